"""Several starts of one session, all their answers lost: which of them runs, and as which sid.

The first may have ended by itself before a person tried again, and what is heard of it late says
nothing of the second. So a sid that turns up is only a hint: the service is asked for it, under
each resource id that was sent. What it knows under the newest is what the session has come to,
since no earlier start was running then; one that still runs under an earlier id is, since the later
ones were refused.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Max

from recorder.contract.states import Status, status_of_query
from recorder.lifecycle.fold import apply
from recorder.lifecycle.launch import may_pass
from recorder.lifecycle.line import Line, handle_of
from recorder.lifecycle.look import shown
from recorder.lifecycle.observe import QueryAnswer, StartAnswer
from recorder.lifecycle.rows import changing
from recorder.lifecycle.unconfirmed import former_resources
from recorder.models import Notice, RecordingSession
from recorder.providers import errors
from recorder.providers.client import Handle

MOST = 3  # sids that are asked for at once, the newest first
_THERE = frozenset({Status.STARTING, Status.RECORDING})


def ask_which(session: RecordingSession, lease: str, seen: str = "") -> None:
    """Ask for what its notices name, and for `seen` in the bucket. Gives the lease back."""
    line, sids = Line(session), [seen] if seen else _heard(session)
    try:
        found = _found(session, line, sids)
    except errors.Paced as error:
        with changing(session, lease=lease, line=line, wait=error.wait):
            return
    except errors.ProviderError:
        with changing(session, lease=lease, line=line) as row:
            row.tries += 1
            return
    with changing(session, lease=lease, learned=True, line=line) as row:
        row.tries, row.checks = 0, row.checks + 1
        if row.ask_at == session.ask_at:  # else it was told of another meanwhile
            row.ask_at = None
        if found and not row.sid:
            handle, answer = found
            row.resource_id, row.former_resource_id, row.checks = handle.resource_id, "", 0
            apply(row, StartAnswer(answer.at, handle.sid))
            apply(row, answer)


def _heard(session: RecordingSession) -> list[str]:
    """The sids under which something was told of its channel and uid since its first start."""
    since = session.start_sent_at or session.requested_at
    heard = Notice.objects.unmatched().of_projects(session.project_id).exclude(sid="")
    told = heard.filter(cname=session.cname, uid=session.uid, received_at__gte=since)
    newest = told.order_by().values("sid").annotate(last=Max("pk")).order_by("-last")
    return list(newest.values_list("sid", flat=True)[:MOST])


def _found(
    session: RecordingSession, line: Line, sids: Iterable[str]
) -> tuple[Handle, QueryAnswer] | None:
    """The first of them that can be nothing but this session. Raises ProviderError or Paced."""
    for sid in sids:
        for resource_id in (session.resource_id, *former_resources(session)):
            handle = replace(handle_of(session), resource_id=resource_id, sid=sid)
            answer = _shown(line, handle)
            newest = resource_id == session.resource_id
            if answer and (newest or status_of_query(answer.status) in _THERE):
                return handle, answer
    return None


def _shown(line: Line, handle: Handle) -> QueryAnswer | None:
    """None where the service does not know this sid under this resource id, or not any more."""
    try:
        seen = shown(line, handle)
    except errors.ProviderError as error:
        if may_pass(error):
            raise
        return None
    return seen if isinstance(seen, QueryAnswer) else None
