"""The secrets of a request, apart from it: the stored request holds their places only.

What counts as a secret is what providers.redact would not show.
"""

import json
from collections.abc import Mapping
from typing import Any

from recorder.contract.paths import join
from recorder.models import RecordingSession
from recorder.providers.redact import redact

_PLACE = "secret"  # {"secret": "clientRequest.token"} stands for the value kept under that path


def sealed(value: object, path: str = "clientRequest") -> tuple[Any, dict[str, object]]:
    """The value with a placeholder for each secret in it, and the secrets by their paths."""
    kept: dict[str, object] = {}
    return _without(value, path, kept), kept


def _without(value: object, path: str, kept: dict[str, object]) -> object:
    if isinstance(value, Mapping):
        return {
            str(key): _place(inner, join(path, str(key)), kept)
            if _hidden(str(key), inner)
            else _without(inner, join(path, str(key)), kept)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without(inner, join(path, i), kept) for i, inner in enumerate(value)]
    return value


def _hidden(key: str, value: object) -> bool:
    """A text or number that would not be shown under this name."""
    return not isinstance(value, Mapping | list | tuple) and redact({key: value}) != {key: value}


def _place(value: object, path: str, kept: dict[str, object]) -> dict[str, str]:
    kept[path] = value
    return {_PLACE: path}


def restored(session: RecordingSession) -> dict[str, object]:
    """The clientRequest as it is sent. Raises UnreadableSecret."""
    return unsealed(session.request, session.secrets.reveal())


def unsealed(value: object, secrets: str) -> dict[str, object]:
    """The value with its secrets in their places; `secrets` is JSON, path to value."""
    request: dict[str, object] = _with(value, json.loads(secrets or "{}"))
    return request


def _with(value: Any, kept: Mapping[str, object]) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_PLACE} and isinstance(value[_PLACE], str):
            return kept.get(value[_PLACE], dict(value))
        return {key: _with(inner, kept) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with(inner, kept) for inner in value]
    return value
