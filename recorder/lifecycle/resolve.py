"""A person's word, where the service has none."""

from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.states import Operation, Status
from recorder.lifecycle.observe import failure_of
from recorder.lifecycle.rows import changing
from recorder.models import InvalidTransition, RecordingSession, User, audit


def give_up(session: RecordingSession, *, by: User) -> None:
    """End an unconfirmed session that somebody knows not to be running.

    Nothing is sent: without a sid the service cannot be asked. Raises InvalidTransition.
    """
    with changing(session) as row:
        if row.status != Status.UNCONFIRMED or row.sid:
            raise InvalidTransition(_("Only a session without a sid can be given up."))
        row.move_to(Status.FAILED)
        row.failure = failure_of(
            timezone.now(), Operation.START, text="Given up: no sid was ever learned."
        )
        audit.record("session.give_up", row, by=by, session=row)


def acknowledge(session: RecordingSession, *, by: User) -> None:
    """Put the present reason for attention aside; another reason raises it again."""
    with changing(session) as row:
        if row.attention:
            audit.record("session.acknowledge", row, by=by, session=row, reason=row.attention)
            row.acknowledged = row.attention
