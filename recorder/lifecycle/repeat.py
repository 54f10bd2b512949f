"""After a lost answer to `start`: learning whether it runs, without ever starting a second one.

A resource id starts one recording, so the same start with the same id is safe to repeat while the
id lives: 200, the first had not run; 201 with code 7, it had. Where that does not tell the sid, a
notice may (fold.tell), or the names of the files in a folder that is the session's own. A person
may try once more with a new resource id for the same channel and uid, which the service refuses
with code 53 while the first one runs; of which of the two a sid is, the service then has to say
(lifecycle.which). Another uid is never taken: that would be a second recording.
"""

from django.utils import timezone

from recorder.contract.states import Mode
from recorder.lifecycle.fold import apply
from recorder.lifecycle.launch import adopt, may_pass
from recorder.lifecycle.line import Line
from recorder.lifecycle.look import BucketLook, looked
from recorder.lifecycle.observe import StartAnswer
from recorder.lifecycle.rows import changing
from recorder.lifecycle.sealed import restored
from recorder.lifecycle.unconfirmed import REPEATS, former_resources
from recorder.lifecycle.which import ask_which
from recorder.models import RecordingSession
from recorder.providers import errors


def repeat(session: RecordingSession, lease: str) -> None:
    """The same start with the same resource id. Gives the lease back."""
    line = Line(session)
    request = restored(session)
    try:
        started = line.client.start(
            session.resource_id, Mode(session.mode), session.cname, session.uid, request
        )
    except errors.Paced as error:
        with changing(session, lease=lease, line=line, wait=error.wait):
            return
    except (errors.RateLimited, errors.ProviderUnreachable):
        with changing(session, lease=lease, line=line) as row:
            row.tries += 1  # certainly not sent: it does not count as a repeat
    except errors.AlreadyStarted as error:
        if error.sid:
            adopt(session, lease, line, error.sid)
        else:
            _proven(session, lease, line, own=True)
    except errors.TaskConflict:
        _proven(session, lease, line, own=False)
    except errors.ProviderUnavailable:
        with changing(session, lease=lease, learned=True, line=line) as row:
            row.repeats, row.tries = row.repeats + 1, 0
    except errors.ProviderError:  # neither yes nor no to what was asked before
        with changing(session, lease=lease, learned=True, line=line) as row:
            row.repeats, row.tries = len(REPEATS), 0
    else:
        adopt(session, lease, line, started.sid)


def again(session: RecordingSession, lease: str) -> None:
    """What a person asked for: a start with a new resource id, for the same channel and uid."""
    line = Line(session)
    try:
        ticket = line.client.acquire(session.cname, session.uid, session.acquire_request)
    except errors.Paced as error:
        with changing(session, lease=lease, line=line, wait=error.wait):
            return None
    except errors.ProviderError as error:
        with changing(session, lease=lease, line=line) as row:
            row.tries += 1
            if not may_pass(error):  # the timeline says why; the person may try once more
                row.again_at, row.tries = None, 0
        return None
    with changing(session, lease=lease, keep=True, line=line) as row:
        if not row.sid:
            row.former_resource_id = "\n".join(
                filter(None, [row.resource_id, *former_resources(row)])
            )
            row.resource_id, row.acquired_at = ticket.resource_id, timezone.now()
            row.repeats = row.tries = row.checks = 0
            row.proven_at = None
        row.again_at = None
    if not session.sid:
        return repeat(session, lease)
    with changing(session, lease=lease):
        return None


def _proven(session: RecordingSession, lease: str, line: Line, *, own: bool) -> None:
    """Something runs under this channel and uid. `own`: it was started with the present resource
    id; else with an earlier one, if there was any. Ids that were sent before it are kept: what is
    heard of their starts late must not be taken for this one."""
    with changing(session, lease=lease, learned=True, line=line) as row:
        row.proven_at, row.tries = timezone.now(), 0
        former = former_resources(row)
        if former and not own:
            row.resource_id, row.former_resource_id = former[0], "\n".join(former[1:])


def seek(session: RecordingSession, lease: str, bucket: BucketLook | None) -> None:
    """Look whether its files lie in its own folder: their names begin with the sid."""
    seen = looked(session, bucket)
    if isinstance(seen, StartAnswer) and session.former_resource_id:
        ask_which(session, lease, seen.sid)
        return
    with changing(session, lease=lease, learned=True, keep=True) as row:
        row.checks += 1
        if isinstance(seen, StartAnswer) and not row.sid:
            apply(row, seen)
            row.checks = row.tries = 0
    found = looked(session, bucket) if session.sid else None
    with changing(session, lease=lease, learned=True) as row:
        if found:
            apply(row, found)
