"""What a row needs next, and doing it: the same for a click, a job and the sweep."""

import logging
from enum import Enum, auto

from recorder.contract.states import FINAL, Status
from recorder.errors import RecorderError
from recorder.lifecycle.halt import halt
from recorder.lifecycle.launch import advance, cancel, unconfirmed
from recorder.lifecycle.look import BucketLook, look, query
from recorder.lifecycle.rows import changing
from recorder.models import LostRace, RecordingSession

log = logging.getLogger(__name__)


class Step(Enum):
    CANCEL = auto()  # a stop was wished before anything was sent
    START = auto()
    UNCONFIRM = auto()  # whoever sent the start is gone, and its answer with it
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
        return Step.UNCONFIRM if status is Status.STARTING else Step.NOTHING
    return Step.STOP if session.stop_requested_at else Step.QUERY


def work(session: RecordingSession, lease: str, bucket: BucketLook | None = None) -> None:
    """Do what the row needs now, and give the lease back."""
    try:
        _do(what_next(session), session, lease, bucket)
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
        case Step.STOP:
            halt(session, lease)
        case Step.QUERY:
            query(session, lease)
        case Step.LOOK:
            look(session, lease, bucket)
        case Step.NOTHING:
            with changing(session, lease=lease):
                pass
