"""Control calls of the sandbox with all their checks, against 300 a second.

Each of four clients starts recordings with a layout of 17 regions, changes the layout and asks how
they are, one call after the other. The clients take part of the machine themselves.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._sandbox import Client, sandbox

BAR = 1.0
UNIT = "ms a call"
BUDGET = 1000 / 300
CLIENTS = 4
REGIONS = [
    {"uid": str(n + 1), "x_axis": n / 20, "y_axis": 0.0, "width": 0.05, "height": 1.0}
    for n in range(17)
]
LAYOUT = {"mixedVideoLayout": 3, "layoutConfig": REGIONS, "backgroundColor": "#102030"}
PICTURE = {"width": 640, "height": 360, "fps": 15, "bitrate": 500, **LAYOUT}
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with sandbox("--media", "none") as port:
        _state.update(port=port, changes=2 if smallest else 25)
        yield


def baseline() -> float:
    return BUDGET


def ours() -> float:
    counts: list[int] = []
    threads = [threading.Thread(target=_work, args=(n, counts)) for n in range(CLIENTS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CLIENTS, "a client failed"
    return (time.perf_counter() - begun) * 1000 / sum(counts)


def _work(number: int, counts: list[int]) -> None:
    client = Client(_state["port"])
    cname, calls = f"bench {number} {time.monotonic_ns()}", 3
    task = client.started(cname, {"recordingConfig": {"transcodingConfig": PICTURE}})
    body = {"cname": cname, "uid": "1", "clientRequest": LAYOUT}
    for _ in range(_state["changes"]):
        client.call(f"{task}/updateLayout", body)
        client.call(f"{task}/query")
        calls += 2
    client.call(f"{task}/stop", {**body, "clientRequest": {"async_stop": True}})
    counts.append(calls)
