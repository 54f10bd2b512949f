"""Ten recorded minutes in time-lapse, 640x360 with three users, against eight seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._recordings import recorder

BAR = 1.0
BUDGET = 8.0
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with recorder("--speed", "600") as running:
        _state.update(running=running, slices=4 if smallest else 40)
        yield


def baseline() -> float:
    return BUDGET


def ours() -> float:
    """Seconds until the last slice of ten minutes is in the bucket."""
    running, cname = _state["running"], f"lapse {time.monotonic_ns()}"
    begun = time.perf_counter()
    sid = running.start(cname)
    running.until_sent(sid, _state["slices"])
    seconds = time.perf_counter() - begun
    running.stop(sid)
    return seconds
