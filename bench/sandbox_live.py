"""Forty live recordings of 640x360 in real time: the cores that they keep busy, against two.

All that the sandbox's processes do for them counts: calls, pictures, sound, lists, uploads. It is
taken per recorded second that has reached the bucket, so a machine that has other work to do, and
falls behind, tells the same.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._recordings import cpu_s, recorder
from bench._up import descendants

BAR = 1.0
UNIT = "cores"
BUDGET = 2.0
SLICE_S = 15
COUNT = 40
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with recorder("--slice-seconds", "2" if smallest else str(SLICE_S)) as running:
        for number in range(2 if smallest else COUNT):
            running.start(f"live {number}")
        _state.update(running=running, seconds=2 if smallest else SLICE_S)
        time.sleep(2 * _state["seconds"])  # all are in the middle of it
        yield


def baseline() -> float:
    return BUDGET


def ours() -> float:
    """Looked at from one slice to the next of all."""
    cpu, recorded = _cpu_s(), _recorded_s()
    time.sleep(_state["seconds"])
    return COUNT * (_cpu_s() - cpu) / max(_recorded_s() - recorded, _state["seconds"])


def _cpu_s() -> float:
    own = os.getpid()
    return sum(cpu_s(pid) for pid in descendants(own) if pid != own)


def _recorded_s() -> int:
    """Seconds that are in the bucket, of all recordings together."""
    sent = sum(session["slices_sent"] for session in _state["running"].sessions())
    return int(sent) * int(_state["seconds"])
