"""Making one slice of 15 s, 640x360 with three users, against a quarter of a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BAR = 1.0
BUDGET = 0.25
_state: dict[str, Any] = {"k": 0}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    from recorder.contract.layouts import BEST_FIT, Canvas, Layout
    from recorder.sandbox.media import Timeline
    from recorder.sandbox.media.timeline import Joined, LayoutChanged

    people = (Joined(0, str(1001 + n)) for n in range(3))
    facts = (LayoutChanged(0, Layout(BEST_FIT)), *people)
    _state["timeline"] = Timeline(1_700_000_000_000, Canvas(640, 360), facts=facts)
    yield


def baseline() -> float:
    return BUDGET


def ours() -> float:
    from recorder.sandbox.media import render_slice

    _state["k"] += 1
    begun = time.perf_counter()
    render_slice(_state["timeline"], _state["k"])
    return time.perf_counter() - begun
