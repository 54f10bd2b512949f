"""Memory that ten recordings of 640x360 cost the recorder worker, against 200 MB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._recordings import recorder, worker_pid
from bench._up import pss_mb

BAR = 1.0
UNIT = "MB"
BUDGET = 200.0
COUNT = 10
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with recorder("--speed", "0") as running:
        pid = worker_pid()
        bare = pss_mb(pid)
        for number in range(1 if smallest else COUNT):
            running.start(f"memory {number}")
        running.client.control("clock", advance=20)
        _state.update(running=running, pid=pid, bare=bare)
        yield


def baseline() -> float:
    return BUDGET


def ours() -> float:
    """After another minute of all of them."""
    _state["running"].client.control("clock", advance=60)
    return max(0.0, pss_mb(_state["pid"]) - _state["bare"])
