"""`python -m tests.campaign [--starts 200] [--callbacks on|off] [--seed N]`: answers get lost.

The whole `up`, real processes with its sandbox, whose fault deck swallows the answers to one start
in ten and one acquire in twenty after the service has carried them out. Programs start recordings
through the API, some of them twice with the same key, and stop each one as soon as its sid is
known. In the end the sandbox must have begun exactly one recording for each start, each known to
its row and stopped. With callbacks the notices tell the sids whose answers were lost; without them
only the names of the files do, so each recording then has a folder of its own.

The seed, which is printed, decides the pauses and who starts twice. Two hundred starts take about
a minute and a half. The data folder of a run that failed is kept and named.
"""

import argparse
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from recorder.contract.states import FINAL, Status
from recorder.management.addresses import free_ports
from recorder.management.environment import apart
from tests.support.up import MANAGE, Up

LOST = {"start": 0.1, "acquire": 0.05}  # shares of the calls whose answers are lost
TWICE = 0.1  # share of the starts that are sent twice at once
PAUSE = 0.2  # seconds at most before a start
CLIENTS = 6  # that start at once
PATIENCE = 180.0  # seconds in which some row must change
ANSWER = 60  # seconds until a request of ours is answered
PICTURE = {"width": 160, "height": 90, "fps": 15, "bitrate": 100}
SWALLOWED = "SELECT what, count(*) FROM fault_log WHERE fault = 'lost_answer' GROUP BY what"
BEGUN = "SELECT sid, cname, state = 'live' FROM sessions"
CALLS = "SELECT operation, http_status, count(*) FROM recorder_providercall GROUP BY 1, 2"


@dataclass
class Outcome:
    """What came of it. `rows` are ours, as the API gives them; `begun` is what the sandbox ran:
    its channel by sid. `lost` counts the answers that were lost, `calls` operation and status.
    """

    starts: int
    rows: list[dict[str, Any]]
    begun: dict[str, str] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)  # sids, at the sandbox, in the end
    lost: Counter[str] = field(default_factory=Counter)
    calls: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def orphans(self) -> set[str]:
        """Sids of recordings that no row of ours knows."""
        return set(self.begun) - {row["sid"] for row in self.rows}

    @property
    def doubled(self) -> list[str]:
        """Channels that were started more than once."""
        return [cname for cname, n in Counter(self.begun.values()).items() if n > 1]

    def problems(self) -> list[str]:
        ends = Counter(row["status"] for row in self.rows)
        found = [f"{sid} was begun and nobody knows it" for sid in sorted(self.orphans)]
        found += [f"{cname} was started more than once" for cname in self.doubled]
        found += [f"{sid} still runs" for sid in self.running]
        if not len(self.begun) == len(self.rows) == self.starts:
            found.append(f"{len(self.begun)} recordings and {len(self.rows)} rows")
        if set(ends) != {Status.STOPPED}:
            found.append(f"rows ended as {dict(ends)}")
        for operation, share in LOST.items():
            if self.lost[operation] < int(self.starts * share):
                found.append(f"only {self.lost[operation]} answers to {operation} were lost")
        return found

    def __str__(self) -> str:
        proven, limited = (
            self.calls["start", 201],
            sum(count for (_operation, status), count in self.calls.items() if status == 429),
        )
        return "\n".join(
            (
                f"{len(self.begun)} recordings of {self.starts} starts in {self.seconds:.0f} s",
                f"lost answers: {self.lost['start']} to start, {self.lost['acquire']} to acquire",
                f"repeats that proved a start: {proven}; calls answered 429: {limited}",
                f"orphans: {len(self.orphans)}; double starts: {len(self.doubled)}",
                *(f"  {problem}" for problem in self.problems()),
            )
        )


class Campaign:
    """One `up` on the data folder `house`, which must be new."""

    def __init__(self, house: Path, *, callbacks: bool, seed: int):
        self._port, self._sandbox_port = free_ports(2)
        self._house, self._callbacks = house, callbacks
        self._chance = random.Random(seed)
        sandbox = ("--sandbox-port", str(self._sandbox_port))
        self.up = Up(house, self._port, *sandbox, SANDBOX_MAX_TASKS="0")
        self._headers: dict[str, str] = {}
        self._start: dict[str, Any] = {}

    def run(self, starts: int) -> Outcome:
        self.up.wait_for("^Ready: ")
        self._prepare()
        for operation, share in LOST.items():
            self._sandbox("POST", "faults", fault="lost_answer", operation=operation, share=share)
        began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as clients:
            for _ in clients.map(self._begin, *zip(*self._plan(starts), strict=True)):
                pass  # raises what a client raised
        outcome = Outcome(starts, self._stop_all())
        outcome.seconds = time.monotonic() - began
        self._look(outcome)
        return outcome

    def _prepare(self) -> None:
        self._headers["Authorization"] = f"Token {self._token()}"
        project, storage = self._only("projects"), self._only("storage-configs")
        self._start = {
            "project": project,
            "storage_config": storage,
            "mode": "mix",
            "uid": "527841",
            "client_request": {"recordingConfig": {"transcodingConfig": PICTURE}},
        }
        if self._callbacks:
            return
        for target in self._sandbox("GET", "callbacks")["targets"]:
            self._sandbox("POST", "callbacks/remove", id=target["id"])
        own_folder = {"file_name_prefix": ["{session}"]}
        self._ask("PATCH", f"storage-configs/{storage}/", json=own_folder)

    def _plan(self, starts: int) -> Iterator[tuple[int, float]]:
        """Number of the start and seconds before it, for each request in its order."""
        for number in range(starts):
            pause = self._chance.uniform(0, PAUSE)
            for _ in range(2 if self._chance.random() < TWICE else 1):
                yield number, pause

    def _begin(self, number: int, pause: float) -> None:
        time.sleep(pause)
        body = self._start | {"cname": f"room {number}"}
        key = {"Idempotency-Key": f"campaign-{number}"}
        row = self._ask("POST", "sessions/", json=body, headers=self._headers | key)
        if row["sid"]:
            self._stop(row)

    def _stop(self, row: dict[str, Any]) -> None:
        self._ask("POST", f"sessions/{row['id']}/stop/")

    def _stop_all(self) -> list[dict[str, Any]]:
        """Stop whatever becomes known, until every row has come to its end or nothing moves."""
        before: list[object] = []
        while True:
            rows = self._rows()
            for row in rows:
                if row["sid"] and row["status"] not in {*FINAL, Status.STOPPING}:
                    self._stop(row)
            now = [(row["id"], row["status"], row["sid"]) for row in rows]
            if now != before:
                before, ends = now, time.monotonic() + PATIENCE
            if {row["status"] for row in rows} <= FINAL or time.monotonic() > ends:
                return rows
            time.sleep(1.0)

    def _rows(self) -> list[dict[str, Any]]:
        rows, path = [], "sessions/?page_size=200"
        while path:
            page = self._ask("GET", path)
            rows += page["results"]
            path = (page["next"] or "").partition("/api/v1/")[2]
        return rows

    def _look(self, outcome: Outcome) -> None:
        (sandbox,) = (self._house / "sandbox").glob("*.sqlite3")
        with closing(_opened(sandbox)) as database:
            for sid, cname, lives in database.execute(BEGUN):
                outcome.begun[sid] = cname
                outcome.running += [sid] * lives
            outcome.lost.update(dict(database.execute(SWALLOWED)))
        with closing(_opened(self._house / "app.sqlite3")) as database:
            for operation, status, count in database.execute(CALLS):
                outcome.calls[operation, status] = count

    def _only(self, what: str) -> int:
        (row,) = self._ask("GET", f"{what}/")["results"]
        return int(row["id"])

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        address = f"http://127.0.0.1:{self._port}/api/v1/{path}"
        options = {"headers": self._headers, "timeout": ANSWER} | options
        return _answer(requests.request(method, address, **options))

    def _sandbox(self, method: str, action: str, **values: object) -> Any:
        address = f"http://127.0.0.1:{self._sandbox_port}/_sandbox/{action}"
        body = values if method == "POST" else None
        return _answer(requests.request(method, address, json=body, timeout=ANSWER))

    def _token(self) -> str:
        made = subprocess.run(
            [sys.executable, MANAGE, "token", "admin", "--name", "campaign"],
            env=apart(str(self._house)) | {"DJANGO_SETTINGS_MODULE": "dashboard.settings"},
            capture_output=True,
            text=True,
            check=True,
        )
        return made.stdout.strip()


def _answer(response: requests.Response) -> Any:
    assert response.ok, f"{response.status_code}: {response.text}"
    return response.json()


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)


def campaign(house: Path, starts: int, *, callbacks: bool, seed: int) -> Outcome:
    """Run one on the new data folder `house`; its processes end with it."""
    one = Campaign(house, callbacks=callbacks, seed=seed)
    try:
        return one.run(starts)
    finally:
        one.up.end()
        one.up.process.stdout.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--starts", type=int, default=200)
    parser.add_argument("--callbacks", choices=("on", "off"), default="on")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reelroom-campaign-"))
    sys.stdout.write(f"callbacks {options.callbacks}, seed {options.seed}, data in {folder}\n")
    sys.stdout.flush()
    outcome = campaign(
        folder / "data", options.starts, callbacks=options.callbacks == "on", seed=options.seed
    )
    sys.stdout.write(f"{outcome}\n")
    if outcome.problems():
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
