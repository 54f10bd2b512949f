"""The story of a session: what was wished, sent, answered, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from recorder.contract.states import Status
from recorder.lifecycle.notice_words import marks, telling
from recorder.lifecycle.words import explain_failure
from recorder.models import AuditEntry, ProviderCall, RecordedFile, RecordingSession
from recorder.providers.values import Outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `detail` is plain JSON without secrets; `tone` as in words.ICONS."""

    key: str  # its name among the session's entries, the same each time
    at: datetime
    kind: str  # call, action, state, file, notice
    title: str
    detail: dict[str, Any]
    tone: str
    by: str = ""
    text: str = ""


_TONES = {
    Outcome.DONE: "done",
    Outcome.ALREADY: "idle",
    Outcome.REFUSED: "failed",
    Outcome.UNKNOWN: "warn",
    Outcome.UNREACHABLE: "warn",
}


def timeline(session: RecordingSession) -> list[Entry]:
    """Newest first; what has the same time stands in the order in which it was written."""
    kinds = (_actions, _calls, _states, _files, _notices)
    entries = [entry for told in kinds for entry in told(session)]
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _calls(session: RecordingSession) -> Iterator[Entry]:
    for call in session.calls.order_by("id"):
        yield Entry(
            key=f"call-{call.pk}",
            at=call.started_at,
            kind="call",
            title=_call_title(call),
            detail={
                "operation": call.operation,
                "method": call.method,
                "host": call.host,
                "path": call.path,
                "request": call.request,
                "http_status": call.http_status,
                "code": call.code,
                "response": call.response,
                "outcome": call.outcome,
                "error": call.error,
                "duration_ms": call.duration_ms,
            },
            tone=_TONES.get(Outcome(call.outcome), "idle"),
        )


def _call_title(call: ProviderCall) -> str:
    values = {"operation": call.operation, "status": call.http_status, "code": call.code}
    if call.outcome == Outcome.UNREACHABLE:
        return _("%(operation)s could not be sent") % values
    if call.http_status is None:
        return _("%(operation)s was not answered") % values
    if call.code is not None:
        return _("%(operation)s answered %(status)s, code %(code)s") % values
    return _("%(operation)s answered %(status)s") % values


def _actions(session: RecordingSession) -> Iterator[Entry]:
    for entry in session.audit.select_related("user").order_by("id"):
        yield Entry(
            key=f"action-{entry.pk}",
            at=entry.at,
            kind="action",
            title=_action_title(entry),
            detail=dict(entry.details),
            tone="idle",
            by=str(entry.user or ""),
        )


def _action_title(entry: AuditEntry) -> str:
    titles = {
        "session.start": _("Start requested"),
        "session.stop": _("Stop requested"),
        "session.layout": _("Layout changed"),
        "session.update": _("Subscription changed"),
        "session.max_length": _("Stopped at its maximum length"),
        "session.stop_stray": _("Stop of what had started after its end"),
        "session.try_again": _("One more try requested"),
        "session.start_again": _("Started again as a new recording"),
        "session.give_up": _("Given up"),
        "session.acknowledge": _("Marked as seen"),
    }
    return titles.get(entry.action, entry.action)


def _states(session: RecordingSession) -> Iterator[Entry]:
    """The moves, as the times in the row tell them."""
    if session.started_at:
        yield _state("started", session.started_at, _("Started"), "busy", sid=session.sid)
    if session.recording_at:
        yield _state("recording", session.recording_at, _("Recording confirmed"), "live")
    if session.leaving_at:
        yield _state("leaving", session.leaving_at, _("The service is ending it"), "idle")
    if session.ended_at is None:
        return
    if session.status == Status.FAILED:
        why = " ".join(explain_failure(session) or ())
        yield _state(
            "ended",
            session.ended_at,
            _("Failed"),
            "failed",
            failure=session.failure,
            explanation=why,
        )
    else:
        yield _state("ended", session.ended_at, _("Ended"), "idle", upload=session.upload)


def _files(session: RecordingSession) -> Iterator[Entry]:
    """When each list and whole film was first heard of; its slices would drown the rest."""
    shown = [RecordedFile.Kind.PLAYLIST, RecordedFile.Kind.MP4]
    for file in session.files.filter(kind__in=shown).order_by("id"):
        yield Entry(
            key=f"file-{file.pk}",
            at=file.created_at,
            kind="file",
            title=_("%(name)s appeared") % {"name": file.name.rpartition("/")[2]},
            detail={"name": file.name},
            tone="moving",
        )


def _notices(session: RecordingSession) -> Iterator[Entry]:
    """What the provider told by itself, at the time at which it came."""
    for notice in session.notices.order_by("id"):
        told = telling(notice)
        unusual = [words for _tone, words in marks(notice)]
        yield Entry(
            key=f"notice-{notice.pk}",
            at=notice.received_at,
            kind="notice",
            title=told.title,
            text=" ".join([*told.notes, *(f"{words}." for words in unusual)]),
            detail=notice.body,
            tone=told.tone,
        )


def _state(key: str, at: datetime, title: str, tone: str, **detail: object) -> Entry:
    return Entry(key, at, "state", title, detail, tone)
