"""Sending a start: each step is committed before and after its call.

    requested -> acquire -> resource id, starting -> start -> sid

`acquired` is where a start waits that certainly was not sent, or that a stop has overtaken.
Whatever line a crash falls between, the row says how far it got. When the answer to `start` is lost
the session is unconfirmed, and lifecycle.repeat goes on from there.
"""

import logging
import random
import time
from dataclasses import replace
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from recorder.contract.states import RESOURCE_LIFE_S, Mode, Operation, Status
from recorder.errors import RecorderError
from recorder.lifecycle.fold import apply
from recorder.lifecycle.line import Line, handle_of
from recorder.lifecycle.observe import StartAnswer, failure_of
from recorder.lifecycle.rows import CAPACITY, changing
from recorder.lifecycle.sealed import restored
from recorder.models import Notice, RecordingSession, audit
from recorder.providers import errors
from recorder.providers.client import Handle

log = logging.getLogger(__name__)

# One this old would be refused on arrival, or nearly so.
RESOURCE_LIFE = timedelta(seconds=RESOURCE_LIFE_S - 30)
CAPACITY_TRY = 20.0  # seconds until a full account is asked again; the end of a recording is sooner
_COMMIT_TRIES = 5  # of the sid, a second apart: it is in no other place
_STRAY_WAITS = (1, 2, 4, 8, 15)  # seconds between tries to stop what belongs to no live row


def advance(session: RecordingSession, lease: str) -> None:
    """From wherever the row stands towards a sid. Gives the lease back."""
    try:
        line = Line(session)
        request = restored(session)
    except RecorderError as error:  # the project's address or a secret cannot be used
        return _failed(session, lease, Operation.ACQUIRE, text=str(error))
    if session.status == Status.ACQUIRED and _too_old(session):
        _forget_resource(session, lease)
    if session.status == Status.REQUESTED and not _acquire(session, lease, line):
        return None
    return _start(session, lease, line, request)


def _acquire(session: RecordingSession, lease: str, line: Line) -> bool:
    """A resource id, committed. Costs nothing, so a lost answer is simply asked for again."""
    try:
        ticket = line.client.acquire(session.cname, session.uid, session.acquire_request)
    except errors.Paced as error:
        _later(session, lease, line, wait=error.wait)
    except errors.TooManySessions:
        wait = CAPACITY_TRY * random.uniform(0.8, 1.2)  # noqa: S311  (no secret)
        with changing(session, lease=lease, line=line, wait=wait) as row:
            row.held, row.tries = CAPACITY, 0
    except errors.ProviderError as error:
        if may_pass(error):
            _later(session, lease, line)
        else:
            _refused(session, lease, line, Operation.ACQUIRE, error)
    else:
        with changing(session, lease=lease, keep=True, line=line) as row:
            row.move_to(Status.ACQUIRED)
            row.resource_id, row.acquired_at = ticket.resource_id, timezone.now()
            row.held = ""
            _leaving(row)
        return True
    return False


def may_pass(error: errors.ProviderError) -> bool:
    """Whether the same call may succeed later."""
    passing = (
        errors.RateLimited
        | errors.ProviderUnreachable
        | errors.ProviderUnavailable
        | errors.TooManySessions
    )
    return isinstance(error, passing) or bool(error.explanation.retry)


def _start(session: RecordingSession, lease: str, line: Line, request: dict[str, object]) -> None:
    """Committed as `starting` before it leaves."""
    if session.status != Status.STARTING:
        with changing(session, lease=lease, keep=True) as row:
            _leaving(row)
    if session.status != Status.STARTING:
        return cancel(session, lease)
    try:
        started = line.client.start(
            session.resource_id, Mode(session.mode), session.cname, session.uid, request
        )
    except errors.Paced as error:
        return _back(session, lease, line, Status.ACQUIRED, wait=error.wait)
    except (errors.RateLimited, errors.ProviderUnreachable):
        return _back(session, lease, line, Status.ACQUIRED)
    except errors.ResourceExpired as error:
        if session.calls.filter(operation=Operation.START, code=error.code).exists():
            return _refused(session, lease, line, Operation.START, error)
        return _back(session, lease, line, Status.REQUESTED)
    except errors.AlreadyStarted as error:
        # It runs, or has run, under a sid that we may be told only here.
        return (
            adopt(session, lease, line, error.sid)
            if error.sid
            else unconfirmed(session, lease, line, proven=True)
        )
    except errors.ProviderUnavailable:
        return unconfirmed(session, lease, line)
    except errors.ProviderError as error:
        return _refused(session, lease, line, Operation.START, error)
    return adopt(session, lease, line, started.sid)


def _leaving(row: RecordingSession) -> None:
    """`start` follows this commit at once, unless a stop was wished."""
    if not row.stop_requested_at:
        row.move_to(Status.STARTING)
        row.start_sent_at = timezone.now()


def cancel(session: RecordingSession, lease: str) -> None:
    """A stop was wished before `start` was sent: nothing runs and nothing is to be stopped."""
    with changing(session, lease=lease) as row:
        row.move_to(Status.STOPPED)


def unconfirmed(
    session: RecordingSession, lease: str, line: Line | None = None, *, proven: bool = False
) -> None:
    """`start` was sent and its answer is lost: it may be recording under a sid we do not know.

    `proven`: an answer said that it runs or has run.
    """
    with changing(session, lease=lease, learned=True, line=line) as row:
        if not row.sid:  # somebody may have learned it meanwhile
            row.move_to(Status.UNCONFIRMED)
            row.proven_at = timezone.now() if proven else None
            row.checks = row.tries = row.repeats = 0
    # What was told meanwhile may name the sid. By itself it is looked at less and less often.
    since = session.start_sent_at or session.requested_at
    heard = Notice.objects.unmatched().of_projects(session.project_id)
    waiting = heard.filter(cname=session.cname, uid=session.uid, received_at__gte=since)
    waiting.update(due_at=timezone.now())


def adopt(session: RecordingSession, lease: str, line: Line, sid: str) -> None:
    """The sid, committed. It exists nowhere else, so a database in trouble is asked repeatedly."""
    seen, handle = StartAnswer(at=timezone.now(), sid=sid), replace(handle_of(session), sid=sid)
    for remaining in reversed(range(_COMMIT_TRIES)):
        try:
            with changing(session, lease=lease, learned=True, line=line) as row:
                apply(row, seen)
                row.tries = row.checks = 0
                row.former_resource_id = ""
                if row.is_live:
                    # A notice of an earlier start may have come meanwhile. That one has ended, or
                    # the service would have refused this one.
                    row.sid = sid
                else:
                    audit.record("session.stop_stray", row, by=None, session=row, sid=sid)
            break
        except DatabaseError:
            log.exception("Session %s runs as %s; this is not stored yet.", session.reference, sid)
            if not remaining:
                raise
            time.sleep(1)
    if session.is_final:
        _stop_stray(session, line, handle)


def _stop_stray(session: RecordingSession, line: Line, handle: Handle) -> None:
    """Stop what a session has started that ended meanwhile: nobody else could, or would know. It
    has no row that would be worked on again, so it is tried again here."""
    log.warning("Session %s has ended; %s is stopped.", session.reference, handle.sid)
    for wait in (*_STRAY_WAITS, None):
        try:
            line.client.stop(handle)
            break
        except (errors.SessionNotFound, errors.AlreadyStopped, errors.NoRecordedData):
            break
        except RecorderError:
            if wait is None:
                log.exception("%s could not be stopped. Nothing else stops it.", handle.sid)
            else:
                time.sleep(wait)
    line.keep(session)


def _later(session: RecordingSession, lease: str, line: Line, *, wait: float | None = None) -> None:
    """Certainly not done: due again. Waiting for one's turn does not count as a failure."""
    with changing(session, lease=lease, line=line, wait=wait) as row:
        row.tries += wait is None


def _back(
    session: RecordingSession,
    lease: str,
    line: Line,
    status: Status,
    *,
    wait: float | None = None,
) -> None:
    """A start that certainly did not happen goes back to where it can be sent again."""
    with changing(session, lease=lease, learned=True, line=line, wait=wait) as row:
        row.move_to(status)
        row.start_sent_at = None
        row.tries += wait is None
        if status is Status.REQUESTED:
            row.resource_id, row.acquired_at = "", None


def _forget_resource(session: RecordingSession, lease: str) -> None:
    with changing(session, lease=lease, keep=True) as row:
        row.move_to(Status.REQUESTED)
        row.resource_id, row.acquired_at = "", None


def _refused(
    session: RecordingSession,
    lease: str,
    line: Line,
    operation: Operation,
    error: errors.ProviderError,
) -> None:
    text = error.reason if error.status is not None else error.explanation.meaning
    _failed(session, lease, operation, line, status=error.status, code=error.code, text=text)


def _failed(
    session: RecordingSession,
    lease: str,
    operation: Operation,
    line: Line | None = None,
    *,
    status: int | None = None,
    code: int | None = None,
    text: str = "",
) -> None:
    with changing(session, lease=lease, learned=True, line=line) as row:
        row.move_to(Status.FAILED)
        row.failure = failure_of(
            timezone.now(), operation, http_status=status, code=code, text=text
        )


def _too_old(session: RecordingSession) -> bool:
    return not session.acquired_at or timezone.now() - session.acquired_at > RESOURCE_LIFE
