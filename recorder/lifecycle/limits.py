"""The longest that a recording may take, kept by us: in no mode does the service do it as asked."""

import logging
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import Min
from django.utils import timezone

from recorder.contract.states import LIVE
from recorder.lifecycle import leases
from recorder.lifecycle.attention import BREAKS
from recorder.lifecycle.rows import changing
from recorder.lifecycle.sick import set_aside
from recorder.models import RecordingSession, audit

log = logging.getLogger(__name__)

_NEEDED = (
    "started_at",
    "start_sent_at",
    "slice_start_ms",
    "max_minutes",
    "status",
    "version",
)


def stop_overdue(now: datetime) -> int:
    """Wish the stop of each recording that is past its maximum length; how many there were. A
    mistake of ours costs that row only."""
    limited = RecordingSession.objects.live().filter(
        max_minutes__isnull=False,
        started_at__isnull=False,
        stop_requested_at=None,
        breaks__lt=BREAKS,
    )
    shortest = limited.aggregate(minutes=Min("max_minutes"))["minutes"]
    if shortest is None:
        return 0
    # What was wished later cannot be past it: of a thousand that run, hardly one is built here.
    old = limited.filter(requested_at__lte=now - timedelta(minutes=shortest))
    overdue = [row for row in old.only(*_NEEDED) if row.ends_by is not None and row.ends_by <= now]
    for session in overdue:
        try:
            _stop(session)
        except (OperationalError, InterfaceError):
            raise  # the database's trouble, not the row's
        except Exception:
            log.exception("Session %s is past its maximum length, and is not stopped.", session.pk)
            if lease := leases.claim(session):
                set_aside(session.pk, lease)
    return len(overdue)


def _stop(session: RecordingSession) -> None:
    with changing(session, wait=0) as row:
        if row.stop_requested_at or row.status not in LIVE:
            return
        row.stop_requested_at, row.tries = timezone.now(), 0
        audit.record("session.max_length", row, by=None, session=row, minutes=row.max_minutes)
