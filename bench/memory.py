"""Memory of everything `up` started, idle, against the 450 MB it may take."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._up import pss_mb, up

BAR = 1.0
UNIT = "MB"
BUDGET = 450.0
SETTLE = 5.0  # seconds of idling before it is measured
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="reelroom-bench-") as data, up(data) as running:
        time.sleep(SETTLE)
        _state["pid"] = running.process.pid
        yield


def baseline() -> float:
    return BUDGET


def ours() -> float:
    return pss_mb(_state["pid"])
