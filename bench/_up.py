"""`up` in a folder of its own, as a person starts it."""

import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from recorder.management.addresses import free_ports
from recorder.management.environment import apart

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0


@dataclass
class Up:
    process: subprocess.Popen[str]
    ready_after: float  # seconds


@contextmanager
def up(data: str) -> Iterator[Up]:
    """Started, ready, and ended again."""
    ports = [str(port) for port in free_ports(2)]
    command = [sys.executable, "manage.py", "up", "--data", data]
    command += ["--port", ports[0], "--sandbox-port", ports[1]]
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=apart(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        _wait_for_ready(process)
        yield Up(process, time.monotonic() - begun)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()


def _wait_for_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if selector.select(timeout=1.0):
                line = process.stdout.readline()
                if line.startswith("Ready: "):
                    return
                if not line:
                    break
    raise RuntimeError("up did not become ready")


def descendants(pid: int) -> list[int]:
    """This process and all below it, from /proc."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += descendants(int(child))
    return found


def pss_mb(pid: int) -> float:
    """Proportional set size: shared pages counted once in all. Megabytes of 10⁶ bytes."""
    kib = 0
    for process in descendants(pid):
        with suppress(OSError):
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
            match = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
            kib += int(match[1]) if match else 0
    return kib * 1024 / 1e6
