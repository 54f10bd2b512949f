"""A provider in trouble is asked less and less, and everything queued for it keeps its order.

After some calls in a row without an answer (none, or a 5xx) nothing more is sent for the project
but one probe at a time, with growing pauses. The sweep leaves its rows as they are meanwhile, so
that with the first answer they go on as they stood: stops first, then the longest due.
"""

import logging
import random
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.states import Operation
from recorder.lifecycle.attention import tell_late_stops
from recorder.models import Project
from recorder.models.project import LONGEST_PAUSE
from recorder.providers.client import CallRecord, Outcome
from recorder.providers.errors import Paced

log = logging.getLogger(__name__)

OPENS_AFTER = 10  # calls in a row
PAUSES = (2, 4, 8, 15, 30)  # seconds, one for each probe that fails
PROBE = timedelta(seconds=45)  # longer than the longest call: whoever probes is alone with it
# What a person sends and waits for; a refusal of ours would tell them less than the provider's.
_NEVER_HELD = frozenset({Operation.UPDATE, Operation.UPDATE_LAYOUT})


class Paused(Paced):
    """The provider is in trouble, and this call was not sent."""

    def __init__(self, wait: float):
        super().__init__(wait)
        self.args = (
            _("The provider has not answered several calls. This one is sent when it answers."),
        )


class Breaker:
    """For one piece of work on a session of this project, as it was read just before."""

    def __init__(self, project: Project):
        self._project = project
        self._rows = Project.objects.filter(pk=project.pk)

    def let_through(self, operation: Operation) -> None:
        """Raises Paused, but for the one that probes."""
        until = self._project.paused_until
        if until is None or operation in _NEVER_HELD:
            return
        now = timezone.now()
        if now < until <= now + LONGEST_PAUSE:
            raise Paused((until - now).total_seconds())
        if not self._rows.filter(paused_until=until).update(paused_until=now + PROBE):
            raise Paused(1.0)  # another one probes
        self._project.paused_until = now + PROBE

    def hear(self, record: CallRecord) -> None:
        """What a call has shown. Must not cost its answer."""
        try:
            if _unanswered(record):
                self._count()
            elif self._project.failures or self._project.paused_until:
                self._rows.update(failures=0, failing_since=None, paused_until=None)
                self._project.failures, self._project.paused_until = 0, None
        except DatabaseError:
            log.warning("The trouble of project %s could not be counted.", self._project.pk)

    def _count(self) -> None:
        now = timezone.now()
        self._rows.update(
            failures=F("failures") + 1, failing_since=Coalesce(F("failing_since"), now)
        )
        failures = self._rows.values_list("failures", flat=True).get()
        self._project.failures = failures
        if failures < OPENS_AFTER:
            return
        seconds = PAUSES[min(failures - OPENS_AFTER, len(PAUSES) - 1)]
        spread = random.uniform(0.8, 1.2)  # noqa: S311  (no secret)
        until = now + timedelta(seconds=seconds * spread)
        self._rows.update(paused_until=until)
        self._project.paused_until = until
        tell_late_stops(self._project.pk, now)


def _unanswered(record: CallRecord) -> bool:
    if record.outcome is Outcome.UNREACHABLE or record.http_status is None:
        return True
    return record.http_status >= 500
