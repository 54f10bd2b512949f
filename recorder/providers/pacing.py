"""Spaces the calls of one account evenly, across threads, processes and machines.

The service allows so many requests per second to each account (10 unless raised) and counts all its
operations together. What is shared is one integer per account, the *slot*, changed only by
compare-and-set: the time in microseconds since 1970 at which the next call may go. This is GCRA
without bursts, so never more than N calls are let through in any second.

A stop takes the next slot before it waits for it, even one that lies ahead; any other call takes a
slot only once it is due. So nobody but stops stands before a stop: it waits one interval at most,
and one more for each stop that came earlier. The price: among the others no queue is kept, and luck
decides who is next.

Queries are spaced once more, to a fifth of the account's pace, and take a slot only when nobody
else wanted the one before it: a fleet that starts is not held up by the one that runs. So that they
never stand still altogether, one in ten of their own turns is taken like anybody's.
"""

import math
import time
from collections.abc import Callable
from typing import Protocol

from recorder.contract.states import Operation
from recorder.providers.errors import Paced

_SECOND = 1_000_000
_HORIZON = 10 * _SECOND  # how far ahead a stop may reserve
QUERY_SHARE = 5  # queries take one slot in so many
_OVERDUE = 10  # of their own turns: then a query yields to nobody but stops


class SlotStore(Protocol):
    """The slot of one account, wherever it is kept. A new account's slot is 0."""

    def read(self) -> int:
        """The slot as committed by whoever swapped last."""

    def swap(self, old: int, new: int) -> bool:
        """Put `new` where `old` is, at once and committed. False if it no longer was `old`."""


def interval_for(requests_per_second: float) -> int:
    """Microseconds between two calls."""
    if not 0 < requests_per_second < math.inf:
        raise ValueError("Requests per second must be a number above 0.")
    return math.ceil(_SECOND / requests_per_second)


def reserve(now_us: int, slot_us: int, interval_us: int) -> tuple[int, int]:
    """What taking the next slot means: how many microseconds to wait for it, and the slot after it.

    A slot further ahead than anybody may reserve is from before a clock was put back; it is due.
    """
    if slot_us > now_us + _HORIZON + interval_us:
        slot_us = now_us
    turn = max(now_us, slot_us)
    return turn - now_us, turn + interval_us


def _now_us() -> int:
    return time.time_ns() // 1000


class Pacer:
    """Called before each request with its operation; returns when the request may go.

    Waits `max_wait` seconds at most (10 in any case) and raises Paced where that would not do;
    nothing is reserved then. Machines that share an account need clocks that agree. `queries` keeps
    the slot of queries alone; without it they are paced like all others.
    """

    def __init__(
        self,
        store: SlotStore,
        requests_per_second: float,
        *,
        max_wait: float,
        queries: SlotStore | None = None,
        clock: Callable[[], int] = _now_us,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._store, self._interval = store, interval_for(requests_per_second)
        self._queries = queries
        self._max_wait = int(min(max_wait * _SECOND, _HORIZON))
        self._clock, self._sleep = clock, sleep

    def __call__(self, operation: Operation) -> None:
        """Wait for the account's turn. Raises Paced."""
        began = self._clock()
        if operation is Operation.QUERY and self._queries:
            return self._query(self._queries, began)
        while True:
            now, slot = self._clock(), self._store.read()
            wait, following = reserve(now, slot, self._interval)
            if wait and now + wait > began + self._max_wait:
                raise Paced(wait / _SECOND)
            takes = wait == 0 or operation is Operation.STOP
            if takes and not self._store.swap(slot, following):
                continue  # another process was first; look again
            if wait:
                self._sleep(wait / _SECOND)
            if takes:
                return None

    def _query(self, queries: SlotStore, began: int) -> None:
        spacing = self._interval * QUERY_SHARE
        while True:
            now, kept = self._clock(), queries.read()
            own = kept if kept <= now + spacing else now  # from before a clock was put back
            wait = own - now
            if wait <= 0:
                slot = self._store.read()
                free, _following = reserve(now, slot, self._interval)
                overdue = now - own > _OVERDUE * spacing
                wait = free or (0 if overdue else max(slot + self._interval - now, 0))
            if wait <= 0:
                mine = queries.swap(kept, now + spacing)
                if mine and self._store.swap(slot, now + self._interval):
                    return
                continue
            if now + wait > began + self._max_wait:
                raise Paced(wait / _SECOND)
            self._sleep(wait / _SECOND)
