"""From the answer of a start until the first slice can be played, against slice length and 1 s."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._recordings import recorder

BAR = 1.0
SLICE_S = 2
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with recorder("--slice-seconds", str(SLICE_S)) as running:
        _state["running"] = running
        yield


def baseline() -> float:
    return SLICE_S + 1.0


def ours() -> float:
    running = _state["running"]
    sid = running.start(f"first {time.monotonic_ns()}")
    begun = time.perf_counter()
    while not any(f["kind"] == "playlist" and f["sent"] for f in running.session(sid)["files"]):
        time.sleep(0.01)
    seconds = time.perf_counter() - begun
    running.stop(sid)
    return seconds
