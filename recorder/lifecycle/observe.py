"""The one fold: what was seen of a session, in any order and any number of times, to its state.

Answers, queries, notices and the bucket all end here. `next_state` is pure. Each field of
`Facts` is a join of what was seen (the earliest, the latest, a union, the highest of an order), and
the two columns of states follow from the fields and only climb: the order of arrival cannot matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeAlias

from recorder.contract.files import FileEntry
from recorder.contract.states import (
    QUERY_STATUS,
    Operation,
    Status,
    Upload,
    climbs,
    upload_climbs,
)
from recorder.models import RecordingSession

ABNORMAL = 20  # of serverResponse.status
_LEAVING = frozenset(n for n, row in QUERY_STATUS.items() if row.status is Status.STOPPING)
_RECORDING = frozenset(n for n, row in QUERY_STATUS.items() if row.status is Status.RECORDING)


@dataclass(frozen=True, slots=True)
class StartAnswer:
    """The sid is known: from the answer to `start`, or from wherever else it turned up."""

    at: datetime
    sid: str


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    at: datetime
    status: int  # contract.states.QUERY_STATUS
    files: tuple[FileEntry, ...] = ()
    slice_start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Missing404:
    """The service does not know the session: it ended, never ran, or is in a fail-over."""

    at: datetime


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """The session has stopped. `upload` is NO_FILES where nothing was recorded."""

    at: datetime
    upload: Upload
    files: tuple[FileEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class BucketListing:
    """What lies in the bucket. `complete`: the playlist is ended and all its slices are there."""

    at: datetime
    complete: bool
    playlist: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """One notice, in the contract's words (lifecycle.heard reads it)."""

    at: datetime  # when it happened
    arrived_at: datetime
    sid: str
    sequence: int | None = None
    status: Status | None = None
    upload: Upload | None = None
    files: tuple[FileEntry, ...] = ()
    slice_start_ms: int | None = None
    new_uid: str = ""
    trouble: Mapping[str, Any] | None = None  # {at, event_type, level, …}
    query: bool = False  # a reason to ask the service: no fact, fold.tell plans it


Observation: TypeAlias = (
    StartAnswer | QueryAnswer | Missing404 | StopAnswer | BucketListing | Noticed
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the fold reads and writes of a session; the names are those of its columns."""

    status: Status
    upload: Upload = Upload.NONE
    sid: str = ""
    playlist: str = ""
    provider_status: int | None = None
    slice_start_ms: int | None = None
    failure: Mapping[str, Any] | None = None
    started_at: datetime | None = None
    recording_at: datetime | None = None
    leaving_at: datetime | None = None
    observed_at: datetime | None = None
    ended_at: datetime | None = None
    missing: tuple[datetime, ...] = ()
    alive_at: datetime | None = None
    failover_at: datetime | None = None
    recorder_uid: str = ""
    trouble: Mapping[str, Any] | None = None
    last_sequence: int | None = None
    heard_at: datetime | None = None

    @classmethod
    def of(cls, session: RecordingSession) -> "Facts":
        values = {field.name: getattr(session, field.name) for field in fields(cls)}
        return cls(
            **values
            | {
                "status": Status(session.status),
                "upload": Upload(session.upload),
                "missing": tuple(datetime.fromisoformat(text) for text in session.missing),
            }
        )

    def columns(self) -> dict[str, Any]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {
            "status": self.status.value,
            "upload": self.upload.value,
            "missing": [moment.isoformat() for moment in self.missing],
        }

    @property
    def unseen(self) -> tuple[datetime, ...]:
        """The 404s since the service last showed the session."""
        return tuple(at for at in self.missing if not self.shown_at or at > self.shown_at)

    @property
    def shown_at(self) -> datetime | None:
        """When a query or a notice last showed that it runs."""
        return max(filter(None, (self.observed_at, self.alive_at)), default=None)


def next_state(facts: Facts, seen: Observation) -> Facts:
    """The facts after one more observation."""
    match seen:
        case StartAnswer():
            facts = replace(
                facts,
                sid=min(facts.sid or seen.sid, seen.sid),
                started_at=_earliest(facts.started_at, seen.at),
            )
        case QueryAnswer():
            facts = _queried(facts, seen)
        case Missing404():
            facts = replace(facts, missing=tuple(sorted({*facts.missing, seen.at})))
        case StopAnswer():
            facts = _with_files(facts, seen.at, seen.files)
            facts = _raised(facts, Status.STOPPED, seen.upload)
            facts = replace(facts, ended_at=_earliest(facts.ended_at, seen.at))
        case BucketListing():
            facts = replace(facts, playlist=_plainest(facts.playlist, seen.playlist))
            facts = _raised(facts, facts.status, Upload.UPLOADED if seen.complete else Upload.NONE)
        case Noticed():
            facts = _noticed(facts, seen)
    return _concluded(facts)


def _noticed(facts: Facts, seen: Noticed) -> Facts:
    facts = _with_files(facts, seen.at, seen.files)
    facts = replace(
        facts,
        sid=min(facts.sid or seen.sid, seen.sid),
        started_at=_earliest(facts.started_at, seen.at),
        slice_start_ms=_least(facts.slice_start_ms, seen.slice_start_ms),
        last_sequence=_highest(facts.last_sequence, seen.sequence),
        heard_at=max(facts.heard_at or seen.arrived_at, seen.arrived_at),
        trouble=_worst(facts.trouble, seen.trouble),
    )
    match seen.status:
        case Status.RECORDING:
            facts = replace(
                facts,
                recording_at=_earliest(facts.recording_at, seen.at),
                alive_at=max(facts.alive_at or seen.at, seen.at),
            )
        case Status.RECOVERING:
            newest = (seen.at, seen.new_uid)
            if facts.failover_at is None or newest > (facts.failover_at, facts.recorder_uid):
                facts = replace(facts, failover_at=seen.at, recorder_uid=seen.new_uid)
        case Status.STOPPING:
            facts = replace(facts, leaving_at=_earliest(facts.leaving_at, seen.at))
        case Status.STOPPED:
            # No files, as far as this goes: what it did record raises the upload (_concluded).
            facts = replace(facts, ended_at=_earliest(facts.ended_at, seen.at))
            facts = _raised(facts, Status.STOPPED, Upload.NO_FILES)
        case Status.FAILED:
            facts = _ended_abnormally(facts, seen.at)
    return _raised(facts, facts.status, seen.upload or Upload.NONE)


def _queried(facts: Facts, seen: QueryAnswer) -> Facts:
    facts = _with_files(facts, seen.at, seen.files)
    newest = (seen.at, seen.status)
    if facts.observed_at is None or newest > (facts.observed_at, facts.provider_status or 0):
        facts = replace(facts, observed_at=seen.at, provider_status=seen.status)
    facts = replace(facts, slice_start_ms=_least(facts.slice_start_ms, seen.slice_start_ms))
    if seen.status in _RECORDING:
        facts = replace(facts, recording_at=_earliest(facts.recording_at, seen.at))
    if seen.status in _LEAVING:
        facts = replace(facts, leaving_at=_earliest(facts.leaving_at, seen.at))
    return _ended_abnormally(facts, seen.at) if seen.status == ABNORMAL else facts


def _ended_abnormally(facts: Facts, at: datetime) -> Facts:
    failure = failure_of(at, Operation.QUERY, http_status=200, code=ABNORMAL)
    facts = replace(
        facts,
        failure=_first_failure(facts.failure, failure),
        ended_at=_earliest(facts.ended_at, at),
    )
    return _raised(facts, Status.FAILED, Upload.NONE)


def _with_files(facts: Facts, at: datetime, files: Iterable[FileEntry]) -> Facts:
    """A file that the service names has been recorded, and is in the bucket or on its way."""
    names = [entry.file_name for entry in files]
    if not names:
        return facts
    lists = (name for name in names if name.endswith(".m3u8"))
    facts = replace(
        facts,
        playlist=_plainest(facts.playlist, *lists),
        recording_at=_earliest(facts.recording_at, at),
    )
    return _raised(facts, facts.status, Upload.UPLOADING)


def _concluded(facts: Facts) -> Facts:
    """What follows from the facts taken together."""
    kept = {*facts.unseen, *facts.missing[-1:]}  # older ones cannot matter again
    facts = replace(facts, missing=tuple(sorted(kept)))
    if facts.recording_at:
        lost_sight = (facts.unseen or _moving(facts)) and not facts.leaving_at
        seen = Status.RECOVERING if lost_sight else Status.RECORDING
        facts = _raised(facts, seen, Upload.NONE)
    if leaving_at := facts.leaving_at:
        facts = _raised(facts, Status.STOPPING, Upload.NONE)
        if facts.missing and facts.missing[-1] > leaving_at:
            facts = _raised(facts, Status.STOPPED, Upload.NONE)
            facts = replace(facts, ended_at=_earliest(facts.ended_at, leaving_at))
            facts = _unwatched_end(facts)
    if facts.status is Status.STOPPED and (facts.slice_start_ms or facts.playlist):
        facts = _raised(facts, facts.status, Upload.UPLOADING)  # something was recorded after all
    return _unwatched_end(facts) if facts.status is Status.FAILED else facts


def _moving(facts: Facts) -> bool:
    """A fail-over was reported, and nothing since has shown the recorder at its new place."""
    failover, shown = facts.failover_at, facts.shown_at
    return failover is not None and (shown is None or shown <= failover)


def _unwatched_end(facts: Facts) -> Facts:
    """No stop was answered: what it had recorded may or may not have reached the bucket."""
    return _raised(facts, facts.status, Upload.UNKNOWN) if facts.recording_at else facts


def _raised(facts: Facts, status: Status, upload: Upload) -> Facts:
    """Both columns, where they climb."""
    return replace(
        facts,
        status=status if climbs(facts.status, status) else facts.status,
        upload=upload if upload_climbs(facts.upload, upload) else facts.upload,
    )


def failure_of(
    at: datetime,
    operation: Operation,
    *,
    http_status: int | None = None,
    code: int | None = None,
    text: str = "",
) -> dict[str, Any]:
    """What `RecordingSession.failure` holds. `text` is the provider's own, redacted."""
    return {
        "at": at.isoformat(),
        "operation": operation.value,
        "http_status": http_status,
        "code": code,
        "text": text,
    }


def _first_failure(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Mapping[str, Any]:
    return new if old is None or str(new["at"]) < str(old.get("at", "")) else old


def _worst(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The trouble of the highest level, of those the first."""
    both = [trouble for trouble in (old, new) if trouble]
    return min(both, key=lambda one: (-one["level"], one["at"], repr(one)), default=None)


def _least(old: int | None, new: int | None) -> int | None:
    return min(filter(None, (old, new)), default=None)


def _highest(*numbers: int | None) -> int | None:
    return max((number for number in numbers if number is not None), default=None)


def _earliest(old: datetime | None, new: datetime) -> datetime:
    return min(old or new, new)


def _plainest(*names: str) -> str:
    """Of several playlists the one without the marks of a fail-over: the shortest."""
    return min(filter(None, names), key=lambda name: (len(name), name), default="")
