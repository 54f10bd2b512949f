"""Whether a recorder was kept out of its channel because of its token."""

from collections.abc import Mapping
from typing import Any

from recorder.contract.events.details import TOKEN_CODES
from recorder.contract.states import Operation
from recorder.models import RecordingSession

_ERROR, _RECORDER = 1, 0  # a type of notice and its module


def token_code(session: RecordingSession) -> int | None:
    """109 (expired) or 110 (wrong), from the answer to its start or from a notice; else None."""
    failure: Mapping[str, Any] = session.failure or {}
    trouble: Mapping[str, Any] = session.trouble or {}
    told = (trouble.get("event_type"), trouble.get("module")) == (_ERROR, _RECORDER)
    codes = (
        failure.get("code") if failure.get("operation") == Operation.START else None,
        trouble.get("code") if told else None,
    )
    return next((code for code in codes if code in TOKEN_CODES), None)
