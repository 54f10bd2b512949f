"""Two workers against one, on PostgreSQL: the time until every due session has been asked about.

Each worker has one thread, and the provider answers after 50 ms; so a worker mostly waits, and two
cores can show what two workers do. The bar says that two do 1.6 times the work of one.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bench._needs import postgres
from bench._provider import provider
from recorder.management.environment import apart

BAR = 1 / 1.6
ROUND_TRIP = 0.05
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    import psycopg

    count = 8 if smallest else 120
    server, name = postgres().rpartition("/")[0], f"bench_workers_{os.getpid()}"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reelroom-bench-"))
        admin = stack.enter_context(psycopg.connect(f"{server}/postgres", autocommit=True))
        admin.execute(f"CREATE DATABASE {name}")
        stack.callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
        environment = apart(folder) | {
            "DATABASE_URL": f"{server}/{name}",
            "SECRET_KEY": "for benchmarks only",
            "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }
        address = stack.enter_context(provider(ROUND_TRIP))
        for command in (
            ["manage.py", "migrate", "-v0"],
            ["-m", "bench._live_rows", address, str(count)],
        ):
            subprocess.run([sys.executable, *command], env=environment, cwd=ROOT, check=True)
        rows = stack.enter_context(psycopg.connect(f"{server}/{name}", autocommit=True))
        _state.update(environment=environment, rows=rows)
        yield


def baseline() -> float:
    """Seconds that one worker takes."""
    return _seconds(1)


def ours() -> float:
    """Seconds that two workers take."""
    return _seconds(2)


def _seconds(workers: int) -> float:
    rows = _state["rows"]
    rows.execute("DELETE FROM recorder_heartbeat")
    rows.execute("UPDATE recorder_recordingsession SET checks = 0, next_check_at = NULL")
    with _running(workers):
        _wait(lambda: _count("recorder_heartbeat") == workers)
        begun = time.perf_counter()
        rows.execute("UPDATE recorder_recordingsession SET next_check_at = now()")
        _wait(lambda: not _count("recorder_recordingsession WHERE checks = 0"))
        return time.perf_counter() - begun


@contextmanager
def _running(workers: int) -> Iterator[None]:
    command = [sys.executable, "manage.py", "worker", "--threads", "1"]
    options: dict[str, Any] = {"env": _state["environment"], "cwd": ROOT}
    started = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        for _ in range(workers)
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)


def _count(what: str) -> int:
    count: int = _state["rows"].execute(f"SELECT count(*) FROM {what}").fetchone()[0]  # noqa: S608
    return count


def _wait(until: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > end:
            raise RuntimeError("the workers did not come to an end")
        time.sleep(0.01)
