"""A web page under recording: from when it is shown, when it is on hold, where it is pushed to, and
what ends it. All of it follows from the recording's row and its facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from recorder.sandbox.store import Fact, Session

READY_MS = 5000  # from the answer of start until the page is captured
PUSH_MS = 1000  # from an address being given until its stream is published
HOUR_MS = 3_600_000
LIMITS = ("resolution", "WebGL", "bandwidth")  # of `page` facts: more than the recorder has

# Why a web recording ended -> the code of its last event (71).
STOP_CODES = {"max_hour": 1, "capability": 2, "page_load": 4, "unreachable": 5, "error": 6}
STOP_WORDS = (
    "normal_exit",
    "max_recording_hour",
    "capability_limit",
    "start_engine_failed",
    "page_load_timeout",
    "access_url_failed",
    "recorder_error",
)


@dataclass(frozen=True, slots=True)
class Finish:
    """When a recording ends by itself if nothing more happens, and why."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Push:
    """The state of one CDN address from a moment on. Its path carries a stream key."""

    at_ms: int
    url: str
    status: str  # connecting, publishing, onhold or disconnected


def held_at(facts: Sequence[Fact], at_ms: int) -> bool:
    held = [bool(f.data["onhold"]) for f in facts if f.kind == "hold" and f.at_ms <= at_ms]
    return bool(held) and held[-1]


def first_shown(session: Session, facts: Sequence[Fact]) -> int | None:
    """The first captured moment: the page has loaded and the recording is not on hold."""
    ready = session.started_ms + READY_MS
    end = finish(session, facts)
    if end.reason == "page_load" and any(_never_ready(f) and f.at_ms <= ready for f in facts):
        return None
    resumed = (
        f.at_ms for f in facts if f.kind == "hold" and not f.data["onhold"] and f.at_ms > ready
    )
    first = next(resumed, None) if held_at(facts, ready) else ready
    return first if first is not None and first < end.at_ms else None


def finish(session: Session, facts: Sequence[Fact]) -> Finish:
    """The longest time, or what goes wrong with the page."""
    ready = session.started_ms + READY_MS
    hours = int(session.web.get("maxRecordingHour") or 1)
    ends = [Finish(ready + hours * HOUR_MS, "max_hour")]
    for fact in facts:
        if fact.kind != "page":
            continue
        event = fact.data["event"]
        if event == "unreachable":
            ends.append(Finish(max(ready, fact.at_ms), "unreachable"))
        elif event in LIMITS:
            ends.append(Finish(fact.at_ms, "capability"))
        elif event == "never_ready" and (wait := ready_timeout_ms(session)):
            ends.append(Finish(max(session.started_ms, fact.at_ms) + 2 * wait, "page_load"))
    return min(ends, key=lambda end: end.at_ms)


def _never_ready(fact: Fact) -> bool:
    return fact.kind == "page" and fact.data["event"] == "never_ready"


def ready_timeout_ms(session: Session) -> int:
    """How long the page may take to call notifyReady; 0: it need not."""
    return int(session.web.get("readyTimeout") or 0) * 1000


def pushes(session: Session, facts: Sequence[Fact]) -> list[Push]:
    """Every change of state of a CDN address, in order."""
    ready = session.started_ms + READY_MS
    urls = [output["rtmpUrl"] for output in session.outputs]
    found = _begun(urls, ready, held_at(facts, ready))
    for fact in (f for f in facts if f.at_ms > ready):
        if fact.kind == "outputs":
            new = [output["rtmpUrl"] for output in fact.data["outputs"]]
            found += [Push(fact.at_ms, url, "disconnected") for url in urls if url not in new]
            added = [url for url in new if url not in urls]
            found += _begun(added, fact.at_ms, held_at(facts, fact.at_ms))
            urls = new
        elif fact.kind == "hold":
            status = "onhold" if fact.data["onhold"] else "publishing"
            found += [Push(fact.at_ms, url, status) for url in urls]
    return sorted(found, key=lambda push: push.at_ms)


def _begun(urls: list[str], at_ms: int, held: bool) -> list[Push]:
    status = "onhold" if held else "publishing"
    return [
        push
        for url in urls
        for push in (Push(at_ms, url, "connecting"), Push(at_ms + PUSH_MS, url, status))
    ]


def outputs_at(session: Session, facts: Sequence[Fact], at_ms: int) -> dict[str, str]:
    """Address -> state of what is pushed at a moment; before the page is shown, connecting."""
    states = {output["rtmpUrl"]: "connecting" for output in session.outputs}
    for push in pushes(session, facts):
        if push.at_ms <= at_ms:
            states[push.url] = push.status
    return {url: status for url, status in states.items() if status != "disconnected"}
