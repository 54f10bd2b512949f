"""What happens next to a session by itself, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.states import FINAL
from recorder.lifecycle.steps import Step, what_next
from recorder.lifecycle.unconfirmed import is_unconfirmed
from recorder.models import RecordingSession


@dataclass(frozen=True, slots=True)
class Ahead:
    """`at` is None while it is being done, and where nothing is to be done."""

    sentence: str
    at: datetime | None = None


def ahead(session: RecordingSession) -> Ahead:
    step, now = what_next(session), timezone.now()
    lease = session.lease_until
    if lease and lease > now and step is not Step.NOTHING:
        return Ahead(_being_done(step))
    if session.next_check_at is None:
        return Ahead(_nothing(session))
    if (paused := session.project.paused_until) and session.status not in FINAL:
        return Ahead(_held_up(step), max(paused, session.next_check_at))
    return Ahead(_waiting(step), session.next_check_at)


def _being_done(step: Step) -> str:
    match step:
        case Step.START | Step.UNCONFIRM:
            return _("The start is being sent.")
        case Step.STOP | Step.CANCEL:
            return _("The stop is being sent.")
        case Step.REPEAT | Step.AGAIN:
            return _("The start is being repeated.")
        case Step.LOOK | Step.SEEK:
            return _("Its files are being looked for.")
    return _("The service is being asked.")


def _waiting(step: Step) -> str:
    match step:
        case Step.START | Step.UNCONFIRM:
            return _("The start is sent")
        case Step.STOP | Step.CANCEL:
            return _("The stop is sent")
        case Step.REPEAT:
            return _("The same start is repeated")
        case Step.AGAIN:
            return _("The start is sent once more")
        case Step.SEEK:
            return _("Its sid is looked for in the storage")
        case Step.LOOK:
            return _("Its files are looked for again")
    return _("The service is asked again")


def _held_up(step: Step) -> str:
    """While the breaker keeps everything of its project back (lifecycle.breaker)."""
    match step:
        case Step.START:
            return _("The provider does not answer: the start waits. It is tried again")
        case Step.STOP:
            return _("The provider does not answer: the stop waits. It is tried again")
    return _("The provider does not answer. It is tried again")


def _nothing(session: RecordingSession) -> str:
    if session.status in FINAL:
        return _("Nothing more happens by itself.")
    if is_unconfirmed(session):
        return _without_sid(session)
    return _("Nothing is planned.")


def _without_sid(session: RecordingSession) -> str:
    """Without a callback secret no callback is let in."""
    if not session.project.callback_secret:
        return _("Nothing happens by itself: its sid is not known. A person has to decide.")
    if session.stop_requested_at:
        return _("The stop goes out as soon as a callback names its sid.")
    return _("Only a callback can name its sid now. Else a person has to decide.")
