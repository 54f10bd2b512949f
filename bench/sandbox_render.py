"""CPU time of one recorded second, the worst of three sizes against what each may take.

Small pictures with 2 and 17 users may take 0.012 and 0.015 s, large ones with 17 users 0.04 s.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BAR = 1.0
UNIT = "of what it may take"
CASES = ((2, 640, 360, 0.012), (17, 640, 360, 0.015), (17, 1280, 720, 0.04))
SLICE_S = 15
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    from recorder.contract.layouts import BEST_FIT, Canvas, Layout
    from recorder.sandbox.media import Timeline
    from recorder.sandbox.media.timeline import Joined, LayoutChanged

    def timeline(users: int, width: int, height: int) -> Timeline:
        people = (Joined(0, str(1001 + n)) for n in range(users))
        return Timeline(
            1_700_000_000_000,
            Canvas(width, height),
            bitrate_kbps=1500,
            slice_ms=SLICE_S * 1000,
            facts=(LayoutChanged(0, Layout(BEST_FIT)), *people),
        )

    _state["cases"] = [(timeline(*case[:3]), case[3]) for case in CASES]
    yield


def baseline() -> float:
    return 1.0


def ours() -> float:
    return max(_cpu(timeline) / limit for timeline, limit in _state["cases"])


def _cpu(timeline: Any) -> float:
    from recorder.sandbox.media import render_slice

    begun = time.process_time()
    for k in (0, 1):
        render_slice(timeline, k)
    return (time.process_time() - begun) / (2 * SLICE_S)
