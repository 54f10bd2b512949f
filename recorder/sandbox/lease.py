"""Only one recorder worker at a time: a row with an owner and a heartbeat, on the wall clock."""

import os
import uuid

from recorder.sandbox.clock import Clock, wall_ms
from recorder.sandbox.store import Lease, Store

STALE_MS = 10_000


class LeaseLost(Exception):
    """Another worker has taken over; this one must touch nothing more."""


class WorkerLease:
    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock
        self.owner = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"

    def take(self) -> Lease | None:
        """Take the lease; returns the one before, for how long nobody worked. BlockingIOError while
        it is held.
        """
        with self._store.transaction():
            before = self._store.machine.lease()
            if before and before.owner and not _stale(before):
                raise BlockingIOError(f"process {before.pid} is recording")
            now_ms = self._clock.now_ms()
            self._store.machine.take_lease(self.owner, os.getpid(), wall_ms(), now_ms)
        return before

    def beat(self) -> None:
        if not self._store.machine.beat(self.owner, wall_ms(), self._clock.now_ms()):
            raise LeaseLost(f"Another worker has taken over from {self.owner}.")

    def release(self) -> None:
        self._store.machine.release_lease(self.owner)


def _stale(lease: Lease) -> bool:
    """No heartbeat for too long, or its process is gone, which a kill shows at once."""
    if wall_ms() - lease.beat_wall_ms > STALE_MS:
        return True
    if lease.pid == os.getpid():
        return False  # two workers in one process, as only a mistake makes them
    try:
        os.kill(lease.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
