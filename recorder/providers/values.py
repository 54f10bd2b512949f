"""What goes into a client and what comes out: frozen values, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from recorder.contract.files import FileEntry
from recorder.contract.states import Mode, Operation, ProviderName, Upload
from recorder.contract.words import _
from recorder.providers.errors import MalformedCredential
from recorder.providers.hosts import base_url_problem


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who calls, and where. `base_urls` in order of preference, from `hosts.base_urls_for`."""

    provider: ProviderName
    base_urls: tuple[str, ...]
    app_id: str
    customer_id: str
    customer_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.base_urls:
            raise MalformedCredential(_("A project needs the address of its provider."))
        for url in self.base_urls:
            if problem := base_url_problem(url):
                raise MalformedCredential(problem)


@dataclass(frozen=True, slots=True)
class Handle:
    """What the service wants to see in every call about a running session."""

    resource_id: str
    sid: str
    cname: str
    uid: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Acquired:
    """A ticket: good for five minutes and one start."""

    resource_id: str


@dataclass(frozen=True, slots=True)
class Started:
    """The start was accepted. Whether it records, the first queries tell."""

    sid: str


@dataclass(frozen=True, slots=True)
class QueryResult:
    """`status` as in `contract.states.QUERY_STATUS`; `slice_start_ms` since 1970, if there is one.

    `raw` is the service's `serverResponse`, redacted.
    """

    status: int
    files: tuple[FileEntry, ...]
    file_list_mode: str
    slice_start_ms: int | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StopResult:
    """`playlist` is the M3U8 named first, or "" where none was. `raw` as in QueryResult."""

    upload: Upload
    files: tuple[FileEntry, ...]
    playlist: str
    raw: Mapping[str, Any]


class Outcome(StrEnum):
    """What a call did at the service: `contract.errors.Certainty`, and calls that never left."""

    DONE = "done"
    REFUSED = "refused"
    ALREADY = "already"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One request as it happened, without secrets: what the timeline shows.

    `path` follows `…/cloud_recording/`. `request` is the body (None for GET); `response` the answer
    (None when there was none that could be read). `error` is the sentence of the error raised, or
    ""; `outcome` what may be concluded about the service's side.
    """

    operation: Operation
    method: str
    host: str
    path: str
    request: Mapping[str, Any] | None
    http_status: int | None
    code: int | None
    response: Mapping[str, Any] | None
    started_at: datetime
    duration_ms: int
    outcome: Outcome
    error: str = ""
