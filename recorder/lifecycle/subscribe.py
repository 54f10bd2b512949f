"""Changing whom a running session records, or what its page does."""

from collections.abc import Mapping
from typing import Any

from recorder.contract.states import Operation
from recorder.lifecycle.change import send_change
from recorder.models import RecordingSession, User


def update_subscription(
    session: RecordingSession, client_request: Mapping[str, Any], *, by: User
) -> None:
    """Send `update` with this clientRequest; it replaces the earlier setting as a whole.

    Raises what send_change does.
    """
    send_change(
        session,
        "update",
        Operation.UPDATE,
        client_request,
        by=by,
        changed=sorted(map(str, client_request)),
    )
