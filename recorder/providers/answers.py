"""From the service's JSON to our values. Lenient where documents of different years disagree:
numbers and booleans may be strings, times may be seconds. What a caller cannot do without raises
ValueError."""

import re
from collections.abc import Mapping
from typing import Any

from recorder.contract.files import file_entries, time_ms
from recorder.contract.states import Upload
from recorder.providers.redact import redact
from recorder.providers.values import Acquired, QueryResult, Started, StopResult

Answer = Mapping[str, Any]
_ID = re.compile(r"[!-~]{1,2048}", re.ASCII)  # opaque and URL-safe; usually some 250 characters


def acquired(_status: int, answer: Answer) -> Acquired:
    return Acquired(_identifier(answer, "resourceId"))


def started(_status: int, answer: Answer) -> Started:
    return Started(_identifier(answer, "sid"))


def updated(_status: int, answer: Answer) -> None:
    """update and updateLayout answer with the ids only; there is nothing to learn from them."""


def queried(_status: int, answer: Answer) -> QueryResult:
    response = _server_response(answer)
    status = integer(response.get("status"))
    if status is None:
        raise ValueError("no status")
    return QueryResult(
        status=status,
        files=file_entries(response),
        file_list_mode=_text(response.get("fileListMode")),
        slice_start_ms=time_ms(response.get("sliceStartTime")),
        raw=redact(response),
    )


def stopped(status: int, answer: Answer) -> StopResult:
    """206: it has stopped; the state of the upload is not known, the file list may be missing."""
    response = _server_response(answer) if status == 200 else _mapping(answer.get("serverResponse"))
    files = file_entries(response)
    playlists = (entry.file_name for entry in files if entry.file_name.endswith(".m3u8"))
    return StopResult(
        upload=Upload.UNKNOWN if status == 206 else Upload.of(_uploading_status(response)),
        files=files,
        playlist=next(playlists, ""),
        raw=redact(response),
    )


def code_in(answer: Answer) -> int | None:
    """The service's error number. Some documents show 0 or 200 where all is well: that is none."""
    code = integer(answer.get("code"))
    return None if code in {0, 200} else code


def reason_in(answer: Answer) -> str:
    """The service's (`reason`) or its gateway's (`message`) own words."""
    words = (answer.get("reason"), answer.get("message"))
    return next((word for word in words if isinstance(word, str)), "")


def sid_in(answer: Answer) -> str:
    """The sid an answer may carry beside its error; "" where it does not."""
    sid = answer.get("sid")
    return sid if isinstance(sid, str) and _fit(sid) else ""


def integer(value: object) -> int | None:
    """5, 5.0 and "5" are 5. None for anything else, as true, false or what 32 bits cannot hold."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value) if abs(value) < 2**31 else None


def _uploading_status(response: Answer) -> str | None:
    """In mix and individual mode at the top; in web mode in the payload of the upload service."""
    services = response.get("extensionServiceState")
    payloads = [_mapping(_mapping(service).get("payload")) for service in _list(services)]
    words = [place.get("uploadingStatus") for place in (response, *payloads)]
    return next((word for word in words if isinstance(word, str)), None)


def _identifier(answer: Answer, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not _fit(value):
        raise ValueError(f"no usable {name}")
    return value


def _fit(identifier: str) -> bool:
    """Fit to be a part of an address: "." and ".." would lead to another one."""
    return identifier not in {".", ".."} and _ID.fullmatch(identifier) is not None


def _server_response(answer: Answer) -> Answer:
    response = answer.get("serverResponse")
    if not isinstance(response, Mapping):
        raise ValueError("no serverResponse")
    return response


def _mapping(value: object) -> Answer:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
