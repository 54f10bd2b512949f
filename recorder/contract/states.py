"""The words for a session's state, and the directions in which it may move.

`status` and `upload` are two facts: a session can fail and still have uploaded everything.
Observations of both (answers, queries, notices) arrive in any order, so the fold that applies
them moves either one only upwards (`climbs`, `upload_climbs`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from recorder.contract.words import _

RESOURCE_LIFE_S = 300  # seconds after its acquire in which a resource id can be started with


class Mode(StrEnum):
    """How the service records, as in the request path."""

    INDIVIDUAL = "individual"
    MIX = "mix"
    WEB = "web"


class ProviderName(StrEnum):
    AGORA = "agora"
    ANYRTC = "anyrtc"
    SANDBOX = "sandbox"


class Operation(StrEnum):
    """The calls of the service, by the last part of their path."""

    ACQUIRE = "acquire"
    START = "start"
    QUERY = "query"
    UPDATE = "update"
    UPDATE_LAYOUT = "updateLayout"
    STOP = "stop"


class Status(StrEnum):
    REQUESTED = "requested"
    ACQUIRED = "acquired"
    STARTING = "starting"
    UNCONFIRMED = "unconfirmed"
    RECORDING = "recording"
    RECOVERING = "recovering"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class Upload(StrEnum):
    NONE = "none"
    NO_FILES = "no_files"
    UPLOADING = "uploading"
    UNKNOWN = "unknown"
    BACKED_UP = "backed_up"
    UPLOADED = "uploaded"

    @classmethod
    def of(cls, wire: str | None) -> "Upload":
        """Read the service's `uploadingStatus`; a missing or new word means we do not know."""
        return {"uploaded": cls.UPLOADED, "backuped": cls.BACKED_UP}.get(wire or "", cls.UNKNOWN)


FINAL: frozenset[Status] = frozenset({Status.STOPPED, Status.FAILED})
LIVE: frozenset[Status] = frozenset(Status) - FINAL

# The moves our own actions may make. A start that was certainly refused goes back: to `acquired`
# while its resource id is good, to `requested` when that has expired. A session nobody has started
# yet is simply `stopped`. A late notice may still turn `stopped` into `failed`, never the reverse.
NEXT: Mapping[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.ACQUIRED, Status.STOPPED, Status.FAILED}),
    Status.ACQUIRED: frozenset(
        {Status.REQUESTED, Status.STARTING, Status.STOPPED, Status.FAILED},
    ),
    Status.STARTING: frozenset(
        {
            Status.REQUESTED,
            Status.ACQUIRED,
            Status.UNCONFIRMED,
            Status.RECORDING,
            Status.RECOVERING,
            Status.STOPPING,
            Status.STOPPED,
            Status.FAILED,
        }
    ),
    Status.UNCONFIRMED: frozenset(
        {
            Status.RECORDING,
            Status.RECOVERING,
            Status.STOPPING,
            Status.STOPPED,
            Status.FAILED,
        }
    ),
    Status.RECORDING: frozenset(
        {Status.RECOVERING, Status.STOPPING, Status.STOPPED, Status.FAILED},
    ),
    Status.RECOVERING: frozenset(
        {Status.RECORDING, Status.STOPPING, Status.STOPPED, Status.FAILED},
    ),
    Status.STOPPING: frozenset({Status.STOPPED, Status.FAILED}),
    Status.STOPPED: frozenset({Status.FAILED}),
    Status.FAILED: frozenset(),
}

_RANK: Mapping[Status, int] = {
    Status.REQUESTED: 0,
    Status.ACQUIRED: 1,
    Status.STARTING: 2,
    Status.UNCONFIRMED: 3,
    Status.RECORDING: 4,
    Status.RECOVERING: 4,  # the same height: between these two the newest observation decides
    Status.STOPPING: 5,
    Status.STOPPED: 6,
    Status.FAILED: 7,
}
_UPLOAD_RANK: Mapping[Upload, int] = {upload: rank for rank, upload in enumerate(Upload)}


def climbs(old: Status, new: Status) -> bool:
    """Whether an observation of `new` moves a session that is `old`.

    Between recording and recovering both directions are allowed; the caller compares the times of
    the two observations and lets the newer one win.
    """
    return old != new and _RANK[new] >= _RANK[old]


def upload_climbs(old: Upload, new: Upload) -> bool:
    """Whether an observation of `new` moves an upload that is `old`."""
    return _UPLOAD_RANK[new] > _UPLOAD_RANK[old]


@dataclass(frozen=True, slots=True)
class QueryStatus:
    """One value of `serverResponse.status`, also sent in event 3."""

    number: int
    meaning: str
    status: Status | None  # what it says about the session


# Agora Cloud Recording REST API, query; the same numbers appear in callbacks.
QUERY_STATUS: Mapping[int, QueryStatus] = {
    row.number: row
    for row in (
        QueryStatus(0, _("The recording has not started yet."), Status.STARTING),
        QueryStatus(1, _("The recording is initialised."), Status.STARTING),
        QueryStatus(2, _("The recorder is starting."), Status.STARTING),
        QueryStatus(3, _("The uploader is ready."), Status.STARTING),
        QueryStatus(4, _("All parts of the recorder are ready."), Status.RECORDING),
        QueryStatus(5, _("Recording; the first file is uploaded."), Status.RECORDING),
        QueryStatus(6, _("The service has received the stop."), Status.STOPPING),
        QueryStatus(7, _("All parts of the recorder have stopped."), Status.STOPPING),
        QueryStatus(8, _("The recorder is about to leave."), Status.STOPPING),
        QueryStatus(20, _("The recorder ended abnormally."), Status.FAILED),
    )
}


def status_of_query(number: int) -> Status | None:
    """What a query's status number says about the session; None for a number nobody documented."""
    row = QUERY_STATUS.get(number)
    return row.status if row else None
