"""What a row needs next, and doing it: the same for a click, a job and the sweep."""

import logging
from enum import Enum, auto

from django.utils import timezone

from recorder.contract.states import FINAL, Status
from recorder.errors import RecorderError
from recorder.lifecycle.halt import halt
from recorder.lifecycle.launch import advance, cancel, unconfirmed
from recorder.lifecycle.line import PATIENCE
from recorder.lifecycle.look import BucketLook, look, query
from recorder.lifecycle.repeat import again, repeat, seek
from recorder.lifecycle.rows import changing
from recorder.lifecycle.unconfirmed import has_own_folder, may_repeat
from recorder.lifecycle.which import ask_which
from recorder.models import LostRace, RecordingSession

log = logging.getLogger(__name__)


class Step(Enum):
    CANCEL = auto()  # a stop was wished before anything was sent
    START = auto()
    UNCONFIRM = auto()  # whoever sent the start is gone, and its answer with it
    REPEAT = auto()  # its answer is lost: the same again, with the same resource id
    AGAIN = auto()  # a person asked for one more, with a new resource id
    WHICH = auto()  # of several starts: what runs of those that were heard of?
    SEEK = auto()  # is its sid in the names of its files?
    STOP = auto()
    QUERY = auto()
    LOOK = auto()
    NOTHING = auto()


def what_next(session: RecordingSession) -> Step:
    """Judged from the row alone, by somebody who holds its lease."""
    status = Status(session.status)
    if status in FINAL:
        return Step.LOOK if session.sid else Step.NOTHING
    if status in {Status.REQUESTED, Status.ACQUIRED}:
        return Step.CANCEL if session.stop_requested_at else Step.START
    if not session.sid:
        return Step.UNCONFIRM if status is Status.STARTING else _without_sid(session)
    return Step.STOP if session.stop_requested_at else Step.QUERY


def _without_sid(session: RecordingSession) -> Step:
    if session.again_at:
        return Step.AGAIN
    if may_repeat(session, timezone.now()):
        return Step.REPEAT
    if session.ask_at:
        return Step.WHICH
    return Step.SEEK if has_own_folder(session) else Step.NOTHING


def work(
    session: RecordingSession,
    lease: str,
    bucket: BucketLook | None = None,
    *,
    turn: float = PATIENCE,
) -> None:
    """Do what the row needs now, and give the lease back. `turn`: seconds a query may wait for its
    account's."""
    try:
        step = what_next(session)
        if step is Step.QUERY:
            query(session, lease, bucket, turn=turn)
        else:
            _do(step, session, lease, bucket)
    except LostRace:
        pass  # slower than the lease: somebody else has it, and does what is needed
    except RecorderError:  # its project's secrets or address cannot be used, for one
        log.warning("Session %s has to wait.", session.reference, exc_info=True)
        with changing(session, lease=lease, learned=True) as row:
            row.tries += 1


def _do(step: Step, session: RecordingSession, lease: str, bucket: BucketLook | None) -> None:
    match step:
        case Step.CANCEL:
            cancel(session, lease)
        case Step.START:
            advance(session, lease)
        case Step.UNCONFIRM:
            unconfirmed(session, lease)
        case Step.REPEAT:
            repeat(session, lease)
        case Step.AGAIN:
            again(session, lease)
        case Step.WHICH:
            ask_which(session, lease)
        case Step.SEEK:
            seek(session, lease, bucket)
        case Step.STOP:
            halt(session, lease)
        case Step.LOOK:
            look(session, lease, bucket)
        case Step.NOTHING:
            with changing(session, lease=lease):
                pass
