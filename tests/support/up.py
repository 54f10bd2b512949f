"""The whole `up`, as a person starts it: real processes on free ports in a folder of their own."""

import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from recorder.management.environment import apart

MANAGE = Path(__file__).parents[2] / "manage.py"
PATIENCE = 300  # seconds until an event that must come has surely not come


class Up:
    """One running `manage.py up`, its lines as they come, and its children."""

    def __init__(self, folder: Path, port: int, *arguments: str, **environment: str):
        self.port = port
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.seen: list[str] = []
        kept = apart(str(folder))
        del kept["DATA_DIR"]  # --data says it
        self.process = subprocess.Popen(
            [sys.executable, MANAGE, "up", "--data", folder, "--port", str(port), *arguments],
            cwd="/",  # people start it from wherever they are
            env=kept | {"DJANGO_SETTINGS_MODULE": "dashboard.settings"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)  # it has ended, and its children too

    def wait_for(self, pattern: str) -> str:
        """The first line from now on that matches."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                line = None
            if line is None:
                pytest.fail(f"No line like {pattern!r} came; these did: {self.seen}")
            self.seen.append(line)
            if re.search(pattern, line):
                return line

    def children(self) -> dict[int, str]:
        """Process id and command line of each child."""
        listing = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = [line.split(maxsplit=2) for line in listing.stdout.splitlines()]
        return {int(pid): args for pid, ppid, args in rows if int(ppid) == self.process.pid}

    def child(self, name: str) -> int:
        return next(pid for pid, args in self.children().items() if f" {name}" in args)

    def end(self) -> float:
        """Send SIGTERM; returns the seconds until everything had ended."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        return time.monotonic() - begun
