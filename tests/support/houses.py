"""A whole Reelroom of real processes whose web and worker may be killed: under `up` on SQLite, or
each by itself on PostgreSQL and Redis. Whatever was killed comes back."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from recorder.management import folder
from recorder.management.addresses import free_ports
from recorder.management.environment import apart
from tests.support.up import MANAGE, Up

PATIENCE = 120.0  # seconds until an event that must come has surely not come
FEW_FILES = 256  # descriptors that a process by itself may open
BEAT = "SELECT 1 FROM recorder_heartbeat WHERE name LIKE '%:{}'"
NO_LEASE = "UPDATE recorder_recordingsession SET lease_token = '', lease_until = NULL"
UNLIMITED = {"SANDBOX_MAX_TASKS": "0"}
Rows = list[tuple[Any, ...]]


def await_(event: Callable[[], object], what: str) -> None:
    """Until it is true."""
    ends = time.monotonic() + PATIENCE
    while not event():
        assert time.monotonic() < ends, f"{what}: not within {PATIENCE:.0f} s"
        time.sleep(0.02)


class House(ABC):
    """`name` is web, worker or sandbox. `token` is one of the admin's, for the API."""

    def __init__(self, place: Path, **engines: str):
        self.place = place
        self.port, self.sandbox_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        place.mkdir(mode=0o700)
        self.environment = apart(str(place)) | engines
        self.environment["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
        made = subprocess.run(
            [sys.executable, "-m", "tests.support.house_rows", str(self.sandbox_port)],
            cwd=MANAGE.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        told = json.loads(made.stdout)
        self.token, self.project = told["token"], told["project"]

    @abstractmethod
    def pid(self, name: str) -> int | None:
        """None while it does not run."""

    @abstractmethod
    def run(self, statement: str) -> Rows:
        """One statement, committed; what it selects."""

    @abstractmethod
    def kill(self, name: str) -> None:
        """And its return is on its way."""

    @abstractmethod
    def outage(self) -> None:
        """All of ours are killed at once, and come back after the leases that they held."""

    @abstractmethod
    def close(self) -> None:
        """End what was started."""

    def is_back(self, name: str) -> bool:
        """Whether it runs and works."""
        pid = self.pid(name)
        if name == "web":
            return bool(pid) and _answers(self.port, "/healthz")
        if name == "sandbox":
            return bool(pid) and _answers(self.sandbox_port, "/_sandbox/")
        return bool(pid) and bool(self.run(BEAT.format(pid)))

    def sandbox(self, statement: str) -> Rows:
        """What the sandbox's own file says."""
        file = f"file:{self.place}/sandbox/sandbox.sqlite3?mode=ro"
        with closing(sqlite3.connect(file, uri=True, timeout=PATIENCE)) as database:
            return database.execute(statement).fetchall()


class OneMachine(House):
    """`up`, on SQLite."""

    def __init__(self, place: Path):
        super().__init__(place)
        self._start()

    def _start(self) -> None:
        sandbox = ("--sandbox-port", str(self.sandbox_port))
        self._up = Up(self.place, self.port, *sandbox, **UNLIMITED)
        try:
            self._up.wait_for("^Ready: ")
        except BaseException:
            self.close()
            raise

    def pid(self, name: str) -> int | None:
        found = [pid for pid, args in self._up.children().items() if f" {name}" in args]
        return found[0] if found else None

    def run(self, statement: str) -> Rows:
        file = self.place / "app.sqlite3"
        with closing(sqlite3.connect(file, timeout=PATIENCE)) as database, database:
            return database.execute(statement).fetchall()

    def kill(self, name: str) -> None:
        os.kill(self._pid_of(name), signal.SIGKILL)
        self._up.wait_for(f"^{name} was killed")

    def _pid_of(self, name: str) -> int:
        pid = self.pid(name)
        assert pid, f"{name} does not run"
        return pid

    def outage(self) -> None:
        """Supervisor and sandbox too: the power fails."""
        children = self._up.children()
        self._up.process.kill()
        self._up.process.wait()
        self._up.process.stdout.close()
        await_(lambda: not any(map(_alive, children)), "the children end with their supervisor")
        self.run(NO_LEASE)
        self._start()

    def close(self) -> None:
        if self._up.process.poll() is None:
            self._up.end()
        self._up.process.stdout.close()


class Apart(House):
    """web, worker and sandbox, each a process by itself, on the engines that are named."""

    def __init__(self, place: Path, database_url: str, queue_url: str):
        self._database_url = database_url
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        super().__init__(place, DATABASE_URL=database_url, QUEUE_URL=queue_url)
        told = f"{self.url}/callbacks/{self.project}/"
        values = folder.sandbox_values(place) | {"SANDBOX_CALLBACK_URL": told} | UNLIMITED
        self._commands: Mapping[str, tuple[list[str], Mapping[str, str]]] = {
            "sandbox": (["--port", str(self.sandbox_port), "--data", f"{place}/sandbox"], values),
            "web": (["--port", str(self.port)], {}),
            "worker": ([], {}),
        }
        self._log = (place / "log").open("wb")
        try:
            for name in self._commands:
                self._start(name)
            for name in self._commands:
                await_(lambda name=name: self.is_back(name), f"{name} is ready")
        except BaseException:
            self.close()
            raise

    def _start(self, name: str) -> None:
        arguments, more = self._commands[name]
        limited = ["sh", "-c", f'ulimit -n {FEW_FILES}; exec "$@"', "sh"]
        command = [sys.executable, str(MANAGE), name, *arguments]
        self._running[name] = subprocess.Popen(
            command if name == "sandbox" else [*limited, *command],
            env=self.environment | more | {"PGAPPNAME": name},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def pid(self, name: str) -> int | None:
        process = self._running[name]
        return process.pid if process.poll() is None else None

    def run(self, statement: str) -> Rows:
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def kill(self, name: str) -> None:
        self._end(name)
        self._start(name)

    def _end(self, name: str) -> None:
        self._running[name].kill()
        self._running[name].wait()

    def outage(self) -> None:
        for name in ("web", "worker"):
            self._end(name)
        self.run(NO_LEASE)
        for name in ("web", "worker"):
            self._start(name)

    def close(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._log.close()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
