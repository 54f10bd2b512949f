"""Changes to a running session: asked for by a person, checked, sent, then recorded as in force."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.problems import errors as refusals
from recorder.contract.rules import check
from recorder.contract.states import Mode, Operation, ProviderName
from recorder.errors import RecorderError
from recorder.lifecycle import leases
from recorder.lifecycle.fold import apply
from recorder.lifecycle.line import Line, handle_of
from recorder.lifecycle.observe import Missing404
from recorder.lifecycle.requests import InvalidRequest
from recorder.lifecycle.rows import changing
from recorder.lifecycle.words import legal_actions
from recorder.models import InvalidTransition, RecordingSession, User, audit
from recorder.providers import errors

PATIENCE = 4.0  # seconds to let another call of this session come back


class Busy(RecorderError):
    """Another call of this session is on its way. Nothing was sent."""


def send_change(
    session: RecordingSession,
    action: str,
    operation: Operation,
    client_request: Mapping[str, Any],
    *,
    by: User,
    needed: Callable[[RecordingSession], bool] = lambda row: True,
    succeeded: Callable[[RecordingSession], Mapping[str, object] | None] = lambda row: None,
    **details: object,
) -> bool:
    """Send one update or updateLayout. False when it is not `needed`, and nothing was sent.

    `needed` looks at the row when nobody else can change it, and may raise. `succeeded` notes on
    the row what is in force now, and may give more details for the audit. `action` is one of
    legal_actions. Raises InvalidTransition, InvalidRequest or Busy, or the
    provider's error; of those only ProviderUnavailable leaves open whether it happened.
    """
    _refuse(session, action, operation, client_request)
    lease = leases.claim(session, patience=PATIENCE)
    if not lease:
        raise Busy(_("Another call of this session is on its way. Try again in a few seconds."))
    try:
        if why_not := legal_actions(session)[action]:
            raise InvalidTransition(why_not)
        if not needed(session):
            _give_back(session, lease)
            return False
        line = Line(session)
    except RecorderError:
        _give_back(session, lease)
        raise
    send = line.client.update_layout if operation is Operation.UPDATE_LAYOUT else line.client.update
    try:
        send(handle_of(session), client_request)
    except errors.SessionNotFound:
        with changing(session, lease=lease, learned=True, line=line) as row:
            apply(row, Missing404(timezone.now()))
        raise
    except (errors.ProviderError, errors.Paced):
        _give_back(session, lease, line)
        raise
    with changing(session, lease=lease, learned=True, line=line) as row:
        more = succeeded(row) or {}
        audit.record(f"session.{action}", row, by=by, session=row, **{**details, **more})
    return True


def _refuse(
    session: RecordingSession,
    action: str,
    operation: Operation,
    client_request: Mapping[str, Any],
) -> None:
    if why_not := legal_actions(session)[action]:
        raise InvalidTransition(why_not)
    body = {"cname": session.cname, "uid": session.uid, "clientRequest": client_request}
    recording = session.request.get("recordingConfig")
    streams = recording.get("streamTypes") if isinstance(recording, dict) else None
    found = check(
        operation,
        Mode(session.mode),
        body,
        provider=ProviderName(session.project.provider),
        stream_types=streams if isinstance(streams, int) else None,
    )
    if wrong := refusals(found):
        raise InvalidRequest(wrong)


def _give_back(session: RecordingSession, lease: str, line: Line | None = None) -> None:
    with changing(session, lease=lease, learned=True, line=line):
        pass
