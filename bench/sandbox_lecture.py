"""A class of four over three hours at 320x180, with two MP4s, in time-lapse: against two minutes.

It plays once; the rounds repeat its figure.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._recordings import recorder
from bench._sandbox import Client

BAR = 1.0
BUDGET = 120.0
HOURS = 3
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with recorder("--speed", "600") as running:
        people = [{"uid": str(1001 + n)} for n in range(4)]
        running.client.control("channels", cname="class", participants=people)
        begun = time.perf_counter()
        sid = running.start("class", mp4=True, width=320, height=180, bitrate=200)
        slices = 8 if smallest else HOURS * 240
        running.until_sent(sid, slices, look_s=0.5)
        if not smallest:
            files = running.session(sid)["files"]
            assert any(f["kind"] == "mp4" and f["number"] == 0 for f in files), "it rolls over"
        again = Client(running.port)  # the first connection has been idle for too long
        again.control("channels", cname="class", participants=[])
        while running.session(sid)["state"] != "gone":
            time.sleep(0.05)
        _state["seconds"] = time.perf_counter() - begun
        yield


def baseline() -> float:
    return BUDGET


def ours() -> float:
    return float(_state["seconds"])
