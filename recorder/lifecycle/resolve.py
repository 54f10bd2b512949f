"""A person's word, where the service has none."""

from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.states import Operation, Status, Upload
from recorder.errors import RecorderError
from recorder.lifecycle import leases
from recorder.lifecycle.change import Busy
from recorder.lifecycle.observe import failure_of
from recorder.lifecycle.rows import changing
from recorder.lifecycle.steps import work
from recorder.lifecycle.words import legal_actions
from recorder.models import InvalidTransition, RecordingSession, User, audit

PATIENCE = 3.0  # seconds to wait for somebody who is at work on the session
REASON_LENGTH = 300  # characters


class ReasonNeeded(RecorderError):
    """Nothing was changed: whoever overrides what the service did not say has to say why."""

    def __init__(self) -> None:
        super().__init__(_("Say why, in 1 to 300 characters: it is kept with the session."))


def try_again(session: RecordingSession, *, by: User) -> None:
    """Wish one more start of an unconfirmed session, for the same channel and uid.

    The service refuses it while the first one runs (53), so there is never a second one. Nothing is
    sent yet. Raises InvalidTransition.
    """
    with changing(session, wait=0) as row:
        if why_not := legal_actions(row)["try_again"]:
            raise InvalidTransition(why_not)
        row.again_at, row.tries = timezone.now(), 0
        audit.record("session.try_again", row, by=by, session=row)


def send_again(session: RecordingSession) -> None:
    """Send the start that was wished for. The row tells the rest."""
    if lease := leases.claim(session, patience=PATIENCE):
        work(session, lease)


def give_up(session: RecordingSession, *, by: User, reason: str) -> None:
    """End a session that is stuck, by a person's word. Nothing is sent.

    Failed where nothing is known to have been recorded, else stopped, with its upload unknown.
    Raises InvalidTransition, ReasonNeeded, or Busy while its start may be on its way: the answer
    would tell of a recording that a session which has ended can no longer stop.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= REASON_LENGTH:
        raise ReasonNeeded
    lease = ""
    if not session.sid and not (lease := leases.claim(session, patience=PATIENCE)):
        raise Busy(_("Another call of this session is on its way. Try again in a few seconds."))
    try:
        with changing(session, lease=lease) as row:
            _end(row, by, reason)
    except InvalidTransition:
        leases.release(session, lease)
        raise


def _end(row: RecordingSession, by: User, reason: str) -> None:
    if why_not := legal_actions(row)["give_up"]:
        raise InvalidTransition(why_not)
    audit.record("session.give_up", row, by=by, session=row, reason=reason, status=row.status)
    if row.recording_at:
        row.move_to(Status.STOPPED)
        if row.upload in {Upload.NONE, Upload.UPLOADING}:
            row.upload = Upload.UNKNOWN.value
    else:
        row.move_to(Status.FAILED)
        row.failure = failure_of(timezone.now(), Operation.START) | {"given_up": reason}


def acknowledge(session: RecordingSession, *, by: User) -> None:
    """Put the present reason for attention aside, until it comes anew or another one does."""
    with changing(session) as row:
        if row.attention:
            audit.record("session.acknowledge", row, by=by, session=row, reason=row.attention)
            row.acknowledged = row.attention
