"""The notices a recording sends, and what each of them says about a session."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from recorder.contract.events.details import (
    CAPABILITY_LIMITS,
    ERROR_CODES,
    ERROR_LEVELS,
    ERROR_MODULES,
    EXIT_STATUS,
    FATAL,
    JOB_RESULTS,
    LEAVE_BITS,
    RELOAD_REASONS,
    RTMP_STATES,
    STREAM_STATES,
    WARNING_CODES,
    WEB_NORMAL_STOPS,
    WEB_STOP_CODES,
    leave_reasons,
)
from recorder.contract.events.table import EVENTS, PRODUCT_ID, SERVICE_TYPES, Effect, Event
from recorder.contract.files import file_entries, time_ms
from recorder.contract.states import Status, status_of_query

__all__ = [
    "CAPABILITY_LIMITS",
    "ERROR_CODES",
    "ERROR_LEVELS",
    "ERROR_MODULES",
    "EVENTS",
    "EXIT_STATUS",
    "LEAVE_BITS",
    "PRODUCT_ID",
    "SERVICE_TYPES",
    "STREAM_STATES",
    "WARNING_CODES",
    "WEB_STOP_CODES",
    "Effect",
    "Event",
    "effect_of",
    "leave_reasons",
]


def effect_of(event_type: int, details: Mapping[str, object]) -> Effect:
    """What one notice says, its details included. Unknown types and odd details say nothing."""
    event = EVENTS.get(event_type)
    if event is None:
        return Effect()
    read = _READERS.get(event_type)
    effect = read(event.effect, details) if read else event.effect
    return replace(effect, files=file_entries(details)) if event_type in _WITH_FILES else effect


# Types whose `fileList` names what has been recorded. Event 3 repeats a playlist's name in any
# state, and the `fileName` of 90 is of files that could not be read.
_WITH_FILES = frozenset({4, 31, 32, 71, 1001})


def _number(details: Mapping[str, object], key: str) -> int | None:
    """A whole number, which some senders write as text."""
    value = details.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _known(note: str | None) -> tuple[str, ...]:
    return (note,) if note else ()


def _error(effect: Effect, details: Mapping[str, object]) -> Effect:
    module, code = _number(details, "module"), _number(details, "errorCode")
    known = None if module is None or code is None else ERROR_CODES.get((module, code))
    level = _number(details, "errorLevel")
    level = effect.level if level is None else level
    return replace(
        effect,
        notes=_known(known),
        attention=level >= effect.level,
        level=level,
        query=level == FATAL,
    )


def _warning(effect: Effect, details: Mapping[str, object]) -> Effect:
    module, code = _number(details, "module"), _number(details, "warnCode")
    known = None if module is None or code is None else WARNING_CODES.get((module, code))
    return replace(effect, notes=_known(known))


def _status(effect: Effect, details: Mapping[str, object]) -> Effect:
    number = _number(details, "status")
    return replace(effect, status=None if number is None else status_of_query(number))


def _exit(effect: Effect, details: Mapping[str, object]) -> Effect:
    code = _number(details, "exitStatus")
    failed = bool(code)
    return replace(
        effect,
        status=Status.FAILED if failed else Status.STOPPED,
        notes=(EXIT_STATUS[1 if failed else 0],),
        attention=failed,
    )


def _failover(effect: Effect, details: Mapping[str, object]) -> Effect:
    uid = _number(details, "newUid")
    return replace(effect, new_uid="" if uid is None or not 0 < uid < 2**32 else str(uid))


def _slice_start(effect: Effect, details: Mapping[str, object]) -> Effect:
    return replace(effect, slice_start_ms=time_ms(details.get("startUtcMs")))


def _web_start(effect: Effect, details: Mapping[str, object]) -> Effect:
    return replace(effect, slice_start_ms=time_ms(details.get("recorderStartTime")))


def _snapshot(effect: Effect, details: Mapping[str, object]) -> Effect:
    return replace(effect, files=file_entries({"fileList": details.get("fileName")}))


def _only_if_ok(effect: Effect, details: Mapping[str, object]) -> Effect:
    """`status` 0 means that it happened; anything else that it did not."""
    return Effect(attention=True) if _number(details, "status") else effect


def _leave(effect: Effect, details: Mapping[str, object]) -> Effect:
    code = _number(details, "leaveCode")
    reasons = () if code is None else leave_reasons(code)
    return replace(effect, notes=reasons, attention=code == 0)


def _web_stop(effect: Effect, details: Mapping[str, object]) -> Effect:
    code = _number(details, "code")
    if code is None:
        return effect
    notes = _known(WEB_STOP_CODES.get(code))
    return replace(effect, notes=notes, attention=code not in WEB_NORMAL_STOPS)


def _limit(effect: Effect, details: Mapping[str, object]) -> Effect:
    return replace(effect, notes=_known(CAPABILITY_LIMITS.get(str(details.get("limitType")))))


def _reload(effect: Effect, details: Mapping[str, object]) -> Effect:
    return replace(effect, notes=_known(RELOAD_REASONS.get(str(details.get("reason")))))


def _result(effect: Effect, details: Mapping[str, object]) -> Effect:
    result = str(details.get("result"))
    whole = result in {"all_success", "total_success"}
    users = details.get("uids")
    files = tuple(
        entry
        for user in (users if isinstance(users, list) else [])
        if isinstance(user, Mapping)
        for entry in file_entries(user)
    )
    return replace(effect, notes=_known(JOB_RESULTS.get(result)), attention=not whole, files=files)


def _rtmp(effect: Effect, details: Mapping[str, object]) -> Effect:
    state = str(details.get("status"))
    return replace(effect, notes=_known(RTMP_STATES.get(state)), attention=state == "disconnected")


_READERS: Mapping[int, Callable[[Effect, Mapping[str, object]], Effect]] = {
    1: _error,
    2: _warning,
    3: _status,
    11: _exit,
    12: _failover,
    30: _only_if_ok,
    31: _only_if_ok,
    32: _only_if_ok,
    40: _only_if_ok,
    41: _leave,
    42: _slice_start,
    45: _snapshot,
    70: _web_start,
    71: _web_stop,
    72: _limit,
    73: _reload,
    81: _result,
    100: _rtmp,
    1001: _result,
}
