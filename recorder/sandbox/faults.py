"""Everything that can be made to go wrong: each fault with the real situation that it stands for.

Answers that the service documents come from the contract's table of errors; the others are what
networks, disks and web pages do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recorder.contract.errors import ROWS, Certainty, ErrorRow
from recorder.contract.states import Operation


class Where(StrEnum):
    """What a fault befalls."""

    CALL = "call"  # a call of the API
    START = "start"  # the recording that a start begins; the start itself succeeds
    UPLOAD = "upload"  # a file on its way to the bucket
    CALLBACK = "callback"  # a callback on its way to its receiver
    JOB = "job"  # work that was put off until after a recording


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that may be given when the fault is armed."""

    default: float
    least: float
    most: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    title: str
    stands_for: str
    where: Where = Where.CALL
    operations: tuple[Operation, ...] = tuple(Operation)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    answers: Mapping[Operation, ErrorRow] = field(default_factory=dict)


def _seconds(default: float, most: float, meaning: str) -> Mapping[str, Setting]:
    return {"seconds": Setting(default, 0, most, meaning)}


_NO_ACQUIRE = tuple(o for o in Operation if o is not Operation.ACQUIRE)
_OF_TASK = tuple(o for o in _NO_ACQUIRE if o is not Operation.START)
_START = (Operation.START,)

NETWORK = (
    Fault(
        "latency",
        "Slow answer",
        "A far or busy service: the call works, its answer takes long.",
        settings=_seconds(5, 120, "before the call is looked at"),
    ),
    Fault(
        "lost_answer",
        "Lost answer",
        "The call took effect, and the connection broke before the answer came.",
    ),
    Fault("reset", "Connection reset", "The connection broke before the call took effect."),
    Fault(
        "slow_drip",
        "Dripping answer",
        "A bad line: the answer comes a few bytes at a time.",
        settings=_seconds(30, 600, "for the whole answer"),
    ),
    Fault("truncated", "Half an answer", "The connection broke in the middle of the answer."),
    Fault("malformed", "No JSON", "A proxy on the way answered with a page of its own."),
    Fault(
        "huge",
        "Huge answer",
        "Something on the way sends without end; a client must not keep it all.",
        settings={"megabytes": Setting(100, 1, 2000, "of blanks after the answer")},
    ),
    Fault("redirect", "Redirect", "A gate on the way, such as a sign-in page of the network."),
    Fault("http_500", "500 without a code", "The gateway in front of the service failed."),
    Fault("http_502", "502 without a code", "The gateway could not understand the service."),
    Fault("http_503", "503 without a code", "The service is being maintained or overloaded."),
    Fault("http_504", "504 without a code", "The gateway waited in vain for the service."),
    Fault(
        "already_started_sid",
        "201 with the sid",
        "A start that was sent twice on the way: the second answer came, and it names the task.",
        operations=_START,
    ),
    Fault(
        "gone_for_a_while",
        "404 for a while",
        "The service moves the recording without a word, and finds it again.",
        operations=_OF_TASK,
        settings=_seconds(30, 600, "until it is found again, on the sandbox's clock"),
    ),
)

RECORDINGS = (
    Fault(
        "token_expired",
        "Expired token",
        "The token had expired when the recorder joined: event 1 with code 109.",
        Where.START,
        _START,
    ),
    Fault(
        "token_wrong",
        "Wrong token",
        "The token was for another channel or uid: event 1 with code 110.",
        Where.START,
        _START,
    ),
    Fault(
        "bucket_missing",
        "No such bucket",
        "Bucket, region or keys are wrong: event 1 of the uploader with code 32.",
        Where.START,
        _START,
    ),
    Fault(
        "start_timeout",
        "Recorder does not start",
        "The service gives up starting the recorder: event 1 of the service with code 52.",
        Where.START,
        _START,
    ),
    Fault(
        "fail_over",
        "Server fails",
        "The recorder's server dies: calls answer 404, event 12 comes, files go on as bak<n>_.",
        Where.START,
        _START,
        {
            "after": Setting(10, 0, 86_400, "seconds from the start until it dies"),
            "seconds": Setting(30, 1, 90, "until another server has taken over"),
        },
    ),
    *(
        Fault(f"page_{event}", title, stands_for, Where.START, _START)
        for event, title, stands_for in (
            ("unreachable", "Page not there", "The page answers 404 or not at all: event 71, 5."),
            ("never_ready", "Page never ready", "notifyReady is not called: events 73 and 71, 4."),
            ("silent", "Silent page", "A page without sound is loaded again: event 73."),
            ("WebGL", "Page too demanding", "The page needs WebGL: events 72 and 71, 2."),
        )
    ),
)

UPLOADS = (
    Fault(
        "upload_slow",
        "Slow storage",
        "The bucket is far or busy: files arrive late.",
        Where.UPLOAD,
        (),
        _seconds(60, 3600, "by which each file is late"),
    ),
    Fault(
        "upload_fails",
        "Storage refuses",
        "The bucket refuses a file; it is sent again: event 2 with code 31.",
        Where.UPLOAD,
        (),
    ),
    Fault(
        "upload_to_backup",
        "Into the backup",
        "The bucket cannot be reached; files go to the provider's backup and follow: 32, then 31.",
        Where.UPLOAD,
        (),
    ),
    Fault(
        "slice_lost",
        "Slice lost",
        "A slice that the playlist names never reaches the bucket.",
        Where.UPLOAD,
        (),
    ),
    Fault("slice_empty", "Empty slice", "A slice arrives with 0 bytes.", Where.UPLOAD, ()),
)

JOBS = (
    Fault(
        "sources_missing",
        "Sources missing",
        "The bucket was emptied before the postponed work could read it: events 90, 81 and 1001.",
        Where.JOB,
        (),
    ),
)

CALLBACKS = tuple(
    Fault(f"callback_{name}", title, stands_for, Where.CALLBACK, (), settings)
    for name, title, stands_for, settings in (
        (
            "late",
            "Late callback",
            "Callbacks are held up on the way.",
            _seconds(60, 3600, "by which it is late"),
        ),
        ("lost", "Lost callback", "Delivery is not promised: one never arrives.", {}),
        ("twice", "Doubled callback", "One is sent again although it was answered.", {}),
        ("out_of_order", "Out of order", "One overtakes the one before it.", {}),
        ("wrongly_signed", "Wrong signature", "The secret was changed, or somebody forges.", {}),
    )
)

# What the service says with a code, where the table of errors has no words of its own.
REASONS: Mapping[tuple[int | None, int | None], str] = {
    (201, 7): "already started",
    (206, 65): "request not completed",
    (206, 435): "no recorded data",
    (400, 49): "invalid operation",
    (400, 53): "task conflict",
    (500, 62): "request timeout",
    (504, 62): "request timeout",
    (500, 500): "internal_error",
    (500, 501): "no_worker_manager_available",
    (500, 502): "Failed to allocate worker",
    (500, 504): "allocate_timeout",
    (400, 400): "invalid_appid",
    (400, 405): "no_active_status",
    (400, 406): "vendor_over_load",
    (404, 404): "failed to find worker",
    (429, None): "API rate limit exceeded",
    (401, None): "Invalid authentication credentials",
}
_NOT_ANSWERED = ("upload_unknown", "no_route", "token_expired", "token_invalid", "upload_timeout")


def _documented() -> Iterator[Fault]:
    """One fault for each meaning in the table of errors: its answer, per operation."""
    names = dict.fromkeys(row.name for row in ROWS if row.name not in _NOT_ANSWERED)
    for name in names:
        rows = [row for row in reversed(ROWS) if row.name == name]
        # Of several for one operation, the first in the table.
        told = {row.operation: row for row in rows}
        answers = {operation: told[operation] for operation in Operation if operation in told}
        first = next(iter(answers.values()))
        doubtful = first.certainty is Certainty.UNKNOWN
        effect = {"effect": Setting(0, 0, 1, "1: the call takes effect all the same")}
        yield Fault(
            name,
            f"{first.http or 400} {first.code or ''}".strip(),
            first.meaning,
            operations=tuple(answers),
            settings=effect if doubtful else {},
            answers=answers,
        )


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (*NETWORK, *_documented(), *RECORDINGS, *UPLOADS, *JOBS, *CALLBACKS)
}
