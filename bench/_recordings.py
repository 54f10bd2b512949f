"""Recordings in a sandbox of its own, as the benchmarks of its media watch them."""

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench._sandbox import Client, sandbox
from bench._up import descendants

PICTURE = {"width": 640, "height": 360, "fps": 15, "bitrate": 500, "mixedVideoLayout": 1}


class Recorder:
    """One sandbox and what is asked of it here."""

    def __init__(self, port: int):
        self.port, self.client = port, Client(port)
        self._tasks: dict[str, tuple[str, str]] = {}

    def start(self, cname: str, *, mp4: bool = False, **picture: int) -> str:
        """The sid of a new recording."""
        kinds = ["hls", "mp4"] if mp4 else ["hls"]
        request: dict[str, object] = {
            "recordingConfig": {"transcodingConfig": {**PICTURE, **picture}},
            "recordingFileConfig": {"avFileType": kinds},
        }
        path = self.client.started(cname, request)
        sid = path.split("/")[3]
        self._tasks[sid] = (path, cname)
        return sid

    def stop(self, sid: str) -> None:
        """Answered when its last file is in the bucket."""
        path, cname = self._tasks.pop(sid)
        self.client.call(f"{path}/stop", {"cname": cname, "uid": "1", "clientRequest": {}})

    def session(self, sid: str) -> dict[str, Any]:
        address = f"http://127.0.0.1:{self.port}/_sandbox/sessions/{sid}"
        with urllib.request.urlopen(address, timeout=60) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def sessions(self) -> list[dict[str, Any]]:
        address = f"http://127.0.0.1:{self.port}/_sandbox/state"
        with urllib.request.urlopen(address, timeout=60) as answer:
            told: list[dict[str, Any]] = json.load(answer)["sessions"]
        return told

    def until_sent(self, sid: str, slices: int, look_s: float = 0.05) -> None:
        """Wait until so many slices are in the bucket."""
        while self.session(sid)["slices_sent"] < slices:
            time.sleep(look_s)


def worker_pid() -> int:
    """The recorder worker below this process."""
    for pid in descendants(os.getpid()):
        if b"recorder.sandbox.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError("no recorder worker runs")


def cpu_s(pid: int) -> float:
    """CPU time that a process has used, in its own code and in the system's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def recorder(*options: str) -> Iterator[Recorder]:
    with sandbox(*options) as port:
        yield Recorder(port)
