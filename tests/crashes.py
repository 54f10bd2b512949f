"""`python -m tests.crashes [--engine sqlite|postgresql] [--kills 20] [--restarts N] [--seed N]`.

Real processes beside the real sandbox: `up` on SQLite, or web and worker by themselves on a
PostgreSQL and a Redis of the campaign's own. Clients start recordings through the API and stop
them; what gets no answer they repeat with the same key, as real ones do. Meanwhile web and worker
are killed (SIGKILL) at random moments and come back, and with --restarts PostgreSQL is stopped,
now rudely, now in order, and started again. The service is a far one: a moment passes before it
looks at a call, so that many a process is killed while it waits for an answer.

In the end every start that was acknowledged must be a row, and the sandbox must have begun exactly
one recording for each row that has a sid, none that no row knows, none twice, and none that still
runs. Callbacks that were answered with 200 must be stored. The site must serve again within five
seconds after PostgreSQL accepts connections, with no more open files than before.

The seed, which is printed, decides pauses, victims and moments. A process that is killed keeps the
sessions it was at for as long as their leases last, so a campaign ends some ninety seconds after
its last kill. The data folder of one that failed is kept and named.
"""

import argparse
import itertools
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests

from recorder.contract.states import FINAL
from tests.campaign import PICTURE
from tests.support.houses import Apart, House, OneMachine, await_
from tests.support.reckoning import Outcome
from tests.support.restarts import Restarts
from tests.support.servers import Cluster, own_postgres, own_redis

CLIENTS = 6
PAUSE = 0.4  # seconds at most before a start
LENGTH = 2.0  # seconds at most from its answer to its stop: some are stopped before they were sent
AGAIN = 0.1  # seconds until a client repeats what was not answered
FAR = 0.2  # seconds until the service looks at a call: whoever waits for it may be killed
ANSWER = 30  # seconds that a client waits for an answer
PATIENCE = 300.0  # seconds in which a client must be answered, and some row must change
MOMENT = 2.0  # seconds at most from when all goes well until the next kill
STARTS_BETWEEN = 3  # acknowledged between a kill and the next
ROWS = "SELECT id, cname, sid, status FROM recorder_recordingsession"
STORED = "SELECT notice_id FROM recorder_notice"
BEGUN = "SELECT cname, sid, state = 'live' FROM sessions"
ANSWERED = "SELECT notice_id FROM callbacks WHERE state = 'sent' AND status = 200"


class Crashes:
    """Load on one house, and what befalls it. `cluster`: the PostgreSQL that may be restarted."""

    def __init__(self, house: House, seed: int, cluster: Cluster | None = None):
        self._house, self._cluster = house, cluster
        self._chance, self._outcome = random.Random(seed), Outcome()
        self._numbers = itertools.count()
        self._headers = {"Authorization": f"Token {house.token}"}
        self._over = threading.Event()
        self._clients: list[Future[None]] = []

    def run(self, kills: int, restarts: int, *, outage: bool) -> Outcome:
        """`outage`: in the end all is killed once more, and comes back when the leases are over;
        else they are waited for."""
        began, outcome = time.monotonic(), self._outcome
        self._start_body = self._read_start_body()
        self._make_service_far()
        if kills:
            with self._load():
                self._kill(kills)
        if restarts:
            self._restart(restarts)
        loaded = time.monotonic() - began
        if outage:
            self._house.outage()
        self._await_ends()
        outcome.seconds = time.monotonic() - began
        outcome.settled = outcome.seconds - loaded
        self._look(outcome)
        return outcome

    def _kill(self, kills: int) -> None:
        victims = [("web", "worker")[number % 2] for number in range(kills)]
        self._chance.shuffle(victims)
        for victim in victims:
            self._await_progress()
            await_(lambda victim=victim: self._house.is_back(victim), f"{victim} is back")
            time.sleep(self._chance.uniform(0, MOMENT))
            self._house.kill(victim)
            self._outcome.kills[victim] += 1
            self._read_callbacks()
        self._await_progress()

    def _restart(self, restarts: int) -> None:
        assert self._cluster, "only a PostgreSQL of our own can be restarted"
        self._outcome.restarts = one = Restarts(self._house, self._cluster)
        with self._load():
            self._await_progress()
        one.count_files()
        with self._load():
            for number in range(restarts):
                self._await_progress()
                time.sleep(self._chance.uniform(0, MOMENT))
                one.restart(("immediate", "fast")[number % 2])
            self._await_progress()
        one.count_files()

    def _await_progress(self) -> None:
        enough = len(self._outcome.acknowledged) + STARTS_BETWEEN

        def enough_came() -> bool:
            for client in self._clients:
                if client.done():
                    client.result()  # raises what it raised
            return len(self._outcome.acknowledged) >= enough

        await_(enough_came, "starts are acknowledged")

    @contextmanager
    def _load(self) -> Iterator[None]:
        """Clients, until the end of the block; what they have begun they finish."""
        self._over.clear()
        with ThreadPoolExecutor(CLIENTS) as pool:
            self._clients = [
                pool.submit(self._client, random.Random(self._chance.random()))
                for _ in range(CLIENTS)
            ]
            try:
                yield
            finally:
                self._over.set()
        for client in self._clients:
            client.result()

    def _client(self, chance: random.Random) -> None:
        with requests.Session() as http:
            http.headers.update(self._headers)
            while not self._over.is_set():
                self._record(http, chance, next(self._numbers))

    def _record(self, http: requests.Session, chance: random.Random, number: int) -> None:
        cname = f"room {number}"
        time.sleep(chance.uniform(0, PAUSE))
        body, key = self._start_body | {"cname": cname}, {"Idempotency-Key": f"crashes-{number}"}
        answer = self._answer(http, "sessions/", json=body, headers=key)
        if not answer.ok:
            self._outcome.refused.append(f"{cname}: {answer.status_code} {answer.text}")
            return
        row = answer.json()["id"]
        self._outcome.acknowledged[cname] = row
        time.sleep(chance.uniform(0, LENGTH))
        stop = self._answer(http, f"sessions/{row}/stop/")
        if not stop.ok:
            self._outcome.refused.append(f"stop of {cname}: {stop.status_code} {stop.text}")

    def _answer(self, http: requests.Session, path: str, **options: Any) -> requests.Response:
        """What a client is told that does not give up: yes or no, but not that it is unknown."""
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                answer = http.post(f"{self._house.url}/api/v1/{path}", timeout=ANSWER, **options)
                if answer.status_code < 500 or time.monotonic() > ends:
                    return answer
            except requests.RequestException:
                if time.monotonic() > ends:
                    raise
            self._outcome.unanswered += 1
            time.sleep(AGAIN)

    def _read_start_body(self) -> dict[str, Any]:
        return {
            "project": self._only("projects"),
            "storage_config": self._only("storage-configs"),
            "mode": "mix",
            "uid": "527841",
            "client_request": {"recordingConfig": {"transcodingConfig": PICTURE}},
        }

    def _make_service_far(self) -> None:
        address = f"http://127.0.0.1:{self._house.sandbox_port}/_sandbox/faults"
        slow = {"fault": "latency", "share": 1.0, "seconds": FAR}
        requests.post(address, json=slow, timeout=ANSWER).raise_for_status()

    def _only(self, what: str) -> int:
        address = f"{self._house.url}/api/v1/{what}/"
        (row,) = requests.get(address, headers=self._headers, timeout=ANSWER).json()["results"]
        return int(row["id"])

    def _await_ends(self) -> None:
        """Until every row has come to its end, or nothing moves any more."""
        before: Any = None
        while True:
            rows = sorted(self._house.run(ROWS))
            if {status for *_, status in rows} <= FINAL:
                return
            if rows != before:
                before, ends = rows, time.monotonic() + PATIENCE
            if time.monotonic() > ends:
                return
            time.sleep(0.2)

    def _read_callbacks(self) -> None:
        """The sandbox keeps the last five thousand."""
        self._outcome.told |= {notice_id for (notice_id,) in self._house.sandbox(ANSWERED)}

    def _look(self, outcome: Outcome) -> None:
        self._read_callbacks()
        outcome.stored = [notice_id for (notice_id,) in self._house.run(STORED)]
        outcome.rows = {number: tuple(row) for number, *row in self._house.run(ROWS)}
        for cname, sid, lives in self._house.sandbox(BEGUN):
            outcome.begun.setdefault(cname, []).append(sid)
            outcome.running += [sid] * lives


def crashes(
    house: House,
    kills: int,
    *,
    seed: int,
    restarts: int = 0,
    cluster: Cluster | None = None,
    outage: bool = False,
) -> Outcome:
    """Run one on a new house; its processes end with it."""
    try:
        return Crashes(house, seed, cluster).run(kills, restarts, outage=outage)
    finally:
        house.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crashes", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--restarts", type=int, default=0, help="of PostgreSQL")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # with all that was started
    if options.restarts and options.engine == "sqlite":
        parser.error("--restarts are of PostgreSQL: --engine postgresql")
    folder = Path(tempfile.mkdtemp(prefix="reelroom-crashes-"))
    sys.stdout.write(f"{options.engine}, seed {options.seed}, data in {folder}\n")
    sys.stdout.flush()
    with ExitStack() as servers:
        cluster, house = None, folder / "data"
        if options.engine == "postgresql":
            cluster = servers.enter_context(own_postgres())
            reelroom = Apart(house, cluster.url, servers.enter_context(own_redis()))
        else:
            reelroom = OneMachine(house)
        outcome = crashes(
            reelroom,
            options.kills,
            seed=options.seed,
            restarts=options.restarts,
            cluster=cluster,
        )
    sys.stdout.write(f"{outcome}\n")
    if outcome.problems():
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
