"""Why a person should look at a session: computed from the row and the clock, at every commit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from recorder.contract.states import FINAL, Status, Upload
from recorder.lifecycle.observe import Facts
from recorder.lifecycle.unconfirmed import is_unconfirmed
from recorder.models import RecordingSession

# Agora's integration guide: a start that no query has confirmed for so long has not worked.
CONFIRMED_WITHIN = timedelta(seconds=90)
STOP_ANSWERED_WITHIN = timedelta(seconds=60)  # the service itself takes up to 30 s
BACKUP_CLEARED_WITHIN = timedelta(minutes=5)  # after that the documents send one to support
UPLOAD_KNOWN_WITHIN = timedelta(minutes=10)
ERROR, EXIT, STREAM_PUSHED = 1, 11, 100  # types of notices
UPLOADER = 1  # the module of event 1
TRIES_WITHOUT_WORD = 3
BREAKS = 5  # mistakes of ours in a row, after which a session is left alone


class Attention(StrEnum):
    """The reasons; their words are in lifecycle.words."""

    WAITING = "waiting"  # the start cannot be sent: the provider does not answer, or limits us
    FULL = "full"  # the account records as many channels as it may
    BROKEN = "broken"  # our own mistake: lifecycle.sick
    UNCONFIRMED = "unconfirmed"  # the answer to start was lost, and the sid with it
    NOT_RECORDING = "not_recording"  # started 90 s ago and still not recording
    MISSING = "missing"  # 404 since it was last seen
    SILENT = "silent"  # it should be running, and the provider does not answer
    STOP_UNANSWERED = "stop_unanswered"
    BACKED_UP = "backed_up"  # files still in the provider's backup after five minutes
    UPLOAD_UNKNOWN = "upload_unknown"
    FAILED = "failed"  # a recording that had been accepted
    STORAGE = "storage"  # a notice says that files do not reach the storage
    REPORTED = "reported"  # a notice reports another trouble


# Where nothing that we can send may ever end it: a person may, by their word.
STUCK = frozenset(
    {
        Attention.BROKEN,
        Attention.UNCONFIRMED,
        Attention.NOT_RECORDING,
        Attention.MISSING,
        Attention.SILENT,
        Attention.STOP_UNANSWERED,
    }
)


# They rest on what a notice has told, which stays on the row.
_TOLD = frozenset({Attention.STORAGE, Attention.REPORTED})


def regard(session: RecordingSession, now: datetime, *, news: bool = False) -> None:
    """Set its `attention`: the first reason that holds, "" for none or one that was put aside.

    What was put aside is forgotten when it has passed, so that it shows when it comes anew; what a
    notice told, with `news`: one has told of something worse.
    """
    reason, aside = _reason(session, now), session.acknowledged
    if news if aside in _TOLD else reason != aside:
        session.acknowledged = ""
    session.attention = reason if reason != session.acknowledged else ""


def _reason(session: RecordingSession, now: datetime) -> str:
    status, facts = Status(session.status), Facts.of(session)
    if session.breaks >= BREAKS:
        return Attention.BROKEN
    if status in FINAL:
        return _after_the_end(session, now)
    if status in {Status.REQUESTED, Status.ACQUIRED}:
        if session.held:
            return Attention.FULL
        return Attention.WAITING if session.tries >= TRIES_WITHOUT_WORD else ""
    if session.sid and session.stop_requested_at:
        since = max(filter(None, (session.stop_requested_at, session.started_at)))
        if now - since > STOP_ANSWERED_WITHIN:  # also one that could not be sent yet
            return Attention.STOP_UNANSWERED
    if status is Status.STOPPING:
        by_itself = not session.stop_requested_at
        return Attention.SILENT if by_itself and session.tries >= TRIES_WITHOUT_WORD else ""
    if is_unconfirmed(session):
        return Attention.UNCONFIRMED
    if not session.sid:
        return ""  # its start is on its way: it has not been taken, and its tries were to send it
    if facts.unseen:
        return Attention.MISSING
    if trouble := _trouble(session):
        return trouble
    if session.tries >= TRIES_WITHOUT_WORD:
        return Attention.SILENT
    sent = session.start_sent_at
    late = not session.recording_at and sent and now - sent > CONFIRMED_WITHIN
    return Attention.NOT_RECORDING if late else ""


def tell_late_stops(project_id: int, now: datetime) -> None:
    """Raise STOP_UNANSWERED where no commit does: nothing is worked on while the provider is in
    trouble. Rows that somebody has locked are told of by the next probe: whoever waits for many in
    an order of their own may wait in a circle."""
    late = (
        RecordingSession.objects.live()
        .of_projects(project_id)
        .filter(
            stop_requested_at__lt=now - STOP_ANSWERED_WITHIN,
            started_at__lt=now - STOP_ANSWERED_WITHIN,
            attention="",
        )
    )
    late = late.exclude(sid="").exclude(acknowledged=Attention.STOP_UNANSWERED)
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        free = list(late.select_for_update(skip_locked=skip).values_list("pk", flat=True))
        RecordingSession.objects.filter(pk__in=free).update(
            attention=Attention.STOP_UNANSWERED, version=F("version") + 1, changed_at=now
        )


def _after_the_end(session: RecordingSession, now: datetime) -> str:
    if session.status == Status.FAILED and session.sid:
        return Attention.FAILED
    since = now - (session.ended_at or now)
    if session.upload not in {Upload.UPLOADED, Upload.BACKED_UP} and (trouble := _trouble(session)):
        return trouble
    if session.upload == Upload.BACKED_UP and since > BACKUP_CLEARED_WITHIN:
        return Attention.BACKED_UP
    if session.upload in {Upload.UNKNOWN, Upload.UPLOADING} and since > UPLOAD_KNOWN_WITHIN:
        return Attention.UPLOAD_UNKNOWN
    return ""


def _trouble(session: RecordingSession) -> str:
    """What a notice reported. A stream that is no longer pushed is no news after the end."""
    trouble = session.trouble
    if not trouble or (session.status in FINAL and trouble["event_type"] == STREAM_PUSHED):
        return ""
    return Attention.STORAGE if is_storage(trouble) else Attention.REPORTED


def is_storage(trouble: Mapping[str, Any]) -> bool:
    """Whether a notice said that files do not reach the storage."""
    return trouble["event_type"] == ERROR and trouble.get("module") == UPLOADER
