"""Forty live recordings of 640x360 in real time: how far behind the last of them is, against one
slice more than the one that is being recorded.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._recordings import recorder

BAR = 1.0
UNIT = "s behind"
SLICE_S = 15
COUNT = 40
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with recorder("--slice-seconds", str(SLICE_S)) as running:
        for number in range(2 if smallest else COUNT):
            running.start(f"live {number}")
        time.sleep(1 if smallest else 3 * SLICE_S)  # all are in the middle of it
        _state["running"] = running
        yield


def baseline() -> float:
    return 2.0 * SLICE_S


def ours() -> float:
    """The worst of what is recorded and not in the bucket, looked at over a whole slice."""
    worst = 0.0
    for _ in range(3):
        time.sleep(SLICE_S / 3)
        for session in _state["running"].sessions():
            behind = session["recorded_ms"] / 1000 - session["slices_sent"] * SLICE_S
            worst = max(worst, behind)
    return worst
