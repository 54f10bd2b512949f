"""A PostgreSQL that is restarted under a house at work: when does it serve again, at what cost?"""

import os
import time
from collections.abc import Callable

import requests

from tests.support.houses import House, await_
from tests.support.servers import Cluster

SERVES_WITHIN = 5.0  # seconds after the server accepts connections
STILL = 1.0  # seconds without a change: what was on its way has come to its end
SPARE = 8  # descriptors of threads that have not met the database since its restart
NAMES = ("web", "worker")
CONNECTED = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'worker'"


class Restarts:
    """`back`: seconds from the first accepted connection until the site serves and the worker is
    connected, for each restart. `files`: open descriptors of each process, each time when they were
    counted."""

    def __init__(self, house: House, cluster: Cluster):
        self._house, self._cluster = house, cluster
        self._pids = {name: house.pid(name) for name in NAMES}
        self.back: list[tuple[float, float]] = []
        self.files: dict[str, list[int]] = {name: [] for name in NAMES}
        self.ended: set[str] = set()  # which of them did not live through it

    def restart(self, how: str) -> None:
        self._cluster.stop(how)
        self._cluster.start()
        accepts, back = time.monotonic(), dict[Callable[[], bool], float]()

        def all_back() -> bool:
            for serves in (self._site_serves, self._worker_is_connected):
                if serves not in back and serves():
                    back[serves] = time.monotonic() - accepts
            return len(back) == len(NAMES)

        await_(all_back, "the house serves again")
        self.ended |= {name for name, pid in self._pids.items() if self._house.pid(name) != pid}
        self.back.append((back[self._site_serves], back[self._worker_is_connected]))

    def _site_serves(self) -> bool:
        """Whoever asks for sessions with a token asks the database."""
        headers = {"Authorization": f"Token {self._house.token}"}
        address = f"{self._house.url}/api/v1/sessions/?page_size=1"
        return requests.get(address, headers=headers, timeout=30).ok

    def _worker_is_connected(self) -> bool:
        return bool(self._house.run(CONNECTED))

    def count_files(self) -> None:
        """When nothing is on its way any more."""
        for name, pid in self._pids.items():
            self.files[name].append(_when_still(lambda pid=pid: len(os.listdir(f"/proc/{pid}/fd"))))

    def problems(self) -> list[str]:
        found = [f"{name} ended at a restart" for name in sorted(self.ended)]
        late = [seconds for pair in self.back for seconds in pair if seconds > SERVES_WITHIN]
        found += [f"served again only after {seconds:.1f} s" for seconds in late]
        for name, (before, after) in self.files.items():
            if after > before + SPARE:
                found.append(f"{name} had {before} files open, and has {after}")
        return found

    def __str__(self) -> str:
        site, worker = (max(seconds) for seconds in zip(*self.back, strict=True))
        files = ", ".join(
            f"{name} {'then'.join(f' {n} ' for n in counts).strip()}"
            for name, counts in self.files.items()
        )
        return (
            f"{len(self.back)} restarts: the site served again after {site:.2f} s at most, the"
            f" worker after {worker:.2f} s; open files: {files}"
        )


def _when_still(count: Callable[[], int]) -> int:
    """The count when it has not changed for a while."""
    last, since, ends = count(), time.monotonic(), time.monotonic() + 60.0
    while time.monotonic() - since < STILL and time.monotonic() < ends:
        time.sleep(0.05)
        if (now := count()) != last:
            last, since = now, time.monotonic()
    return last
