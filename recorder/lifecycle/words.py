"""What a person reads about a session, derived from both columns in one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from recorder.contract.errors import explain
from recorder.contract.events import EVENTS
from recorder.contract.states import FINAL, Mode, Operation, ProviderName, Status, Upload
from recorder.lifecycle import unconfirmed_words
from recorder.lifecycle.attention import ERROR, EXIT, STUCK, Attention, is_storage
from recorder.lifecycle.observe import ABNORMAL
from recorder.lifecycle.tokens import token_code
from recorder.lifecycle.unconfirmed import has_own_folder, is_unconfirmed, may_repeat
from recorder.models import RecordingSession

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# tone -> icon; both are names of the style sheet and the icon file.
ICONS = {
    "busy": "arc",
    "live": "dot",
    "moving": "up",
    "done": "tick",
    "warn": "triangle",
    "failed": "cross",
    "idle": "bar",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands: a stable key, words, tone and icon."""

    key: str
    label: str
    tone: str

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


class Explanation(NamedTuple):
    """What happened, what it means for the recording, what to do. The last two may be empty."""

    what: str
    meaning: str
    remedy: str


_LIVE = {
    Status.REQUESTED: (lazy("Waiting to start"), "busy"),
    Status.ACQUIRED: (lazy("Waiting to start"), "busy"),
    Status.STARTING: (lazy("Starting"), "busy"),
    Status.UNCONFIRMED: (lazy("Unconfirmed"), "warn"),
    Status.RECORDING: (lazy("Recording"), "live"),
    Status.RECOVERING: (lazy("Recovering"), "warn"),
    Status.STOPPING: (lazy("Stopping"), "busy"),
}
_ENDED = {
    Upload.NONE: (lazy("Ended"), "idle"),
    Upload.NO_FILES: (lazy("No files"), "idle"),
    Upload.UPLOADING: (lazy("Uploading"), "moving"),
    Upload.UNKNOWN: (lazy("Upload unknown"), "warn"),
    Upload.BACKED_UP: (lazy("In the provider's backup"), "warn"),
    Upload.UPLOADED: (lazy("Uploaded"), "done"),
}


def standing(session: RecordingSession) -> Standing:
    """`status` while the session lives, `upload` once it has stopped; failed wins."""
    status, upload = Status(session.status), Upload(session.upload)
    if status is Status.FAILED:
        return Standing("failed", _("Failed"), "failed")
    if status is Status.STOPPED and not session.start_sent_at:
        return Standing("cancelled", _("Cancelled"), "idle")
    if status is Status.STOPPED:
        label, tone = _ENDED[upload]
        return Standing(upload.value, str(label), tone)
    if session.stop_requested_at and not is_unconfirmed(session):
        return Standing("stopping", _("Stopping"), "busy")
    if status is Status.UNCONFIRMED and session.sid:
        status = Status.STARTING  # the sid is known after all; whether it records, a query tells
    label, tone = _LIVE[status]
    return Standing(status.value, str(label), "warn" if session.attention else tone)


def upload_word(session: RecordingSession) -> str:
    """What is known of its files by itself; "" while there is nothing to say."""
    upload = Upload(session.upload)
    return "" if upload is Upload.NONE else str(_ENDED[upload][0])


_ATTENTION: "Mapping[str, tuple[StrPromise, StrPromise, StrPromise]]" = {
    Attention.WAITING: (
        lazy("The start could not be sent yet: the provider does not answer or limits us."),
        lazy("Nothing is being recorded."),
        lazy("It is tried again by itself. Check the project, or stop to give it up."),
    ),
    Attention.FULL: (
        lazy("The account records as many channels at once as it may."),
        lazy("Nothing is being recorded yet."),
        lazy("It starts by itself as soon as another recording ends. Stop it to give it up."),
    ),
    Attention.BROKEN: (
        lazy("Something about this session cannot be worked on, and nothing is tried any more."),
        lazy("If it is recording, it goes on recording."),
        lazy("Look again to try once more. If that does not help, report this; the log says why."),
    ),
    Attention.NOT_RECORDING: (
        lazy("The service took the start, and is still not recording after 90 seconds."),
        lazy("So far nothing has been recorded."),
        lazy("Check that somebody is in the channel. Stop it to start anew."),
    ),
    Attention.MISSING: (
        lazy("The service does not find the session at the moment."),
        lazy("It may be moving to another server, which takes up to 90 seconds, or have ended."),
        lazy("Nothing yet: it is asked again every few seconds."),
    ),
    Attention.SILENT: (
        lazy("The provider does not answer our queries."),
        lazy("The recording most likely goes on; its state is not known."),
        lazy("Check the connection and the credentials of the project."),
    ),
    Attention.STOP_UNANSWERED: (
        lazy("The stop has not been confirmed."),
        lazy("It may still be recording."),
        lazy("The stop is repeated by itself. See its answers in the timeline."),
    ),
    Attention.BACKED_UP: (
        lazy("Some files are still in the provider's backup."),
        lazy("They are safe, but not in your storage."),
        lazy("Check the keys of the storage. After five minutes the provider's support helps."),
    ),
    Attention.UPLOAD_UNKNOWN: (
        lazy("The service did not say whether all files were uploaded."),
        lazy("Files may be missing from your storage."),
        lazy("Look at the list of files; it is compared with the storage for a day."),
    ),
}


def explain_attention(session: RecordingSession) -> Explanation | None:
    """Why a person should look, in three parts; None when nobody need."""
    if session.attention == Attention.FAILED:
        return explain_failure(session)
    if session.attention in {Attention.STORAGE, Attention.REPORTED}:
        return _reported(session, session.trouble or {})
    if session.attention == Attention.UNCONFIRMED:
        return Explanation(*unconfirmed_words.told(session))
    words = _ATTENTION.get(session.attention)
    return Explanation(*map(str, words)) if words else None


def _reported(session: RecordingSession, trouble: Mapping[str, Any]) -> Explanation:
    """What the service told by a notice, in its words where it has some."""
    event = EVENTS.get(trouble.get("event_type", 0))
    notes = _notes(trouble)
    meaning = _(event.meaning if event else EVENTS[ERROR].meaning)
    if session.attention == Attention.STORAGE:
        return Explanation(
            " ".join(notes) or meaning,
            _("What is recorded from now on may not reach your storage."),
            _(
                "Check bucket, region and keys of the storage. It is not started again by itself:"
                " stop it, then start anew with the right keys."
            ),
        )
    return Explanation(
        " ".join([meaning, *notes]),
        _("The recording may be incomplete.")
        if session.is_final
        else _("The recording may have ended, or be incomplete."),
        _("See what was reported in the timeline, and look at its files.")
        if session.is_final
        else _("See what was reported in the timeline, and query it."),
    )


def _notes(trouble: Mapping[str, Any]) -> list[str]:
    notes = [_(note) for note in trouble.get("notes", ())]
    if said := trouble.get("text"):
        notes.append(_("The provider said: “%(text)s”.") % {"text": said})
    return notes


def explain_failure(session: RecordingSession) -> Explanation | None:
    """Why a session failed, in three parts; None when it did not, or nobody said why."""
    failure = session.failure
    if not failure:
        return None
    http, code, text = (failure.get(key) for key in ("http_status", "code", "text"))
    operation = Operation(failure["operation"])
    if reason := failure.get("given_up"):
        return Explanation(
            _("It was given up: “%(reason)s”.") % {"reason": reason},
            _("Nothing was sent. If it was running, it went on until it ended by itself."),
            _("Its files, if there are any, are in the storage."),
        )
    if operation is Operation.QUERY:
        return _end_explained(session, _ended_by_itself(session, gone=code != ABNORMAL))
    if http is None and code is None and text:  # ours, not the provider's
        return Explanation(
            _(text), _("Nothing was recorded."), _("Correct this, then start a new recording.")
        )
    row = explain(
        operation, http, code, text or "", provider=ProviderName(session.project.provider)
    )
    said = _("The provider said: “%(text)s”.") % {"text": text} if text else ""
    return Explanation(
        " ".join(filter(None, (_(row.meaning), said))), _(row.consequence), _(row.remedy)
    )


def _end_explained(session: RecordingSession, ended: Explanation) -> Explanation:
    """With what a notice told of the reason."""
    trouble = session.trouble
    if not trouble or trouble["event_type"] == EXIT:  # which tells of the same end
        return ended
    if code := token_code(session):
        row = explain(Operation.START, None, code)
        return Explanation(_(row.meaning), ended.meaning, _(row.remedy))
    if is_storage(trouble):
        what = " ".join([ended.what, *_notes(trouble)])
        remedy = _("Check bucket, region and keys of the storage, then start a new recording.")
        return Explanation(what, ended.meaning, remedy)
    why = _reported(session, trouble)
    return Explanation(f"{ended.what} {why.what}", ended.meaning, ended.remedy)


def _ended_by_itself(session: RecordingSession, *, gone: bool) -> Explanation:
    return Explanation(
        _("The recording ended by itself, and the service no longer knows it.")
        if gone
        else _("The recording ended abnormally."),
        _("What was uploaded before is in the storage.")
        if session.recording_at
        else _("Nothing was recorded."),
        _(
            "Check the keys of the storage, the App Certificate and that nobody else in the channel"
            " has the recorder's uid. Then start a new recording."
        ),
    )


def legal_actions(session: RecordingSession) -> dict[str, str | None]:
    """Each action: None when it is possible now, else the sentence why not."""
    return {action: why_not(session) for action, why_not in _WHY_NOT.items()}


def _not_live(session: RecordingSession) -> str | None:
    return _("The session has ended.") if session.status in FINAL else None


def _no_sid(session: RecordingSession) -> str | None:
    if session.status == Status.UNCONFIRMED and not session.sid:
        return _("The answer to the start was lost, so the service cannot be asked for it.")
    return None if session.sid else _("The session has not started yet.")


def _ending(session: RecordingSession) -> str | None:
    if session.stop_requested_at or session.status == Status.STOPPING:
        return _("The session is being stopped.")
    return None


def _moving(session: RecordingSession) -> str | None:
    if session.status == Status.RECOVERING:
        return _("The service is moving the recording to another server. Try again in a minute.")
    return None


def _no_picture(session: RecordingSession) -> str | None:
    return None if session.mode == Mode.MIX else _("Only a mix recording has a layout.")


def _stop_wished(session: RecordingSession) -> str | None:
    if not session.stop_requested_at:
        return None
    by = session.stop_requested_by
    if not by:
        return _("It is being stopped.")
    if is_unconfirmed(session):
        return _("The stop that %(name)s asked for waits for the sid.") % {"name": by}
    return _("The stop that %(name)s asked for is on its way.") % {"name": by}


def _not_stuck(session: RecordingSession) -> str | None:
    if is_unconfirmed(session) or not STUCK.isdisjoint({session.attention, session.acknowledged}):
        return None
    return _("Only a session that is stuck can be given up.")


def _not_lost(session: RecordingSession) -> str | None:
    if not is_unconfirmed(session):
        return _("The answer to its start was not lost.")
    if session.again_at or may_repeat(session, timezone.now()):
        return _("The start is being repeated. Wait a few seconds.")
    return None


def _not_over(session: RecordingSession) -> str | None:
    return None if session.status in FINAL else _("The session has not ended.")


def _not_kept_out(session: RecordingSession) -> str | None:
    return None if token_code(session) else _("Its token was not refused.")


def _unasked(session: RecordingSession) -> str | None:
    """For one without a sid, its folder can be looked into."""
    if not is_unconfirmed(session):
        return _no_sid(session)
    if has_own_folder(session) and not may_repeat(session, timezone.now()):
        return None
    return _no_sid(session)


def _nothing_wrong(session: RecordingSession) -> str | None:
    return None if session.attention else _("Nothing needs attention.")


def _first(
    *reasons: Callable[[RecordingSession], str | None],
) -> Callable[[RecordingSession], str | None]:
    return lambda session: next(filter(None, (reason(session) for reason in reasons)), None)


_WHY_NOT: Mapping[str, Callable[[RecordingSession], str | None]] = {
    "stop": _first(_not_live, _stop_wished),
    "query": _first(_not_live, _unasked, _ending),
    "layout": _first(_no_picture, _not_live, _no_sid, _ending, _moving),
    "update": _first(_not_live, _no_sid, _ending, _moving),
    "give_up": _first(_not_live, _not_stuck),
    "try_again": _first(_not_live, _not_lost),
    "start_again": _first(_not_over, _not_kept_out),
    "acknowledge": _nothing_wrong,
}
