"""Sending a stop. Safe to repeat, so a lost answer is asked for again until there is one."""

from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.lifecycle.fold import apply
from recorder.lifecycle.gone import end_if_gone
from recorder.lifecycle.line import Line, handle_of
from recorder.lifecycle.observe import Missing404, Observation, StopAnswer
from recorder.lifecycle.rows import changing
from recorder.models import RecordingSession
from recorder.providers import errors


def halt(session: RecordingSession, lease: str) -> None:
    """Stop a session whose sid is known. Gives the lease back.

    Files may still be uploading afterwards; the bucket, or a notice, tells when they are there.
    """
    line = Line(session)
    with changing(session, lease=lease, keep=True) as row:
        if row.status != Status.STOPPING:
            row.move_to(Status.STOPPING)
        row.stop_sent_at = row.stop_sent_at or timezone.now()
    try:
        seen = _stop(session, line)
    except errors.Paced as error:
        with changing(session, lease=lease, learned=True, line=line, wait=error.wait):
            return  # its turn comes next
    except errors.ProviderError:
        with changing(session, lease=lease, learned=True, line=line) as row:
            row.tries += 1
            return
    with changing(session, lease=lease, learned=True, line=line) as row:
        apply(row, seen)
        row.tries += isinstance(seen, Missing404)
        end_if_gone(row, seen.at)


def _stop(session: RecordingSession, line: Line) -> Observation:
    """What the answer says. Raises ProviderError where it does not say that it stopped."""
    try:
        result = line.client.stop(handle_of(session))
    except errors.SessionNotFound:
        return Missing404(timezone.now())  # it ended before, or is in a fail-over
    except errors.AlreadyStopped:
        return StopAnswer(timezone.now(), Upload.UNKNOWN)
    except errors.NoRecordedData:
        return StopAnswer(timezone.now(), Upload.NO_FILES)
    return StopAnswer(timezone.now(), result.upload, result.files)
