"""Spaces the calls of one account evenly, across threads, processes and machines.

The service allows so many requests per second to each account (10 unless raised) and counts all its
operations together. What is shared is one integer per account, the *slot*, changed only by
compare-and-set: the time in microseconds since 1970 at which the next call may go. This is GCRA
without bursts, so never more than N calls are let through in any second. The slots lie a little
further apart than the limit asks: what counts is when calls arrive, and one that is slow to leave
or on its way comes closer to the tenth after it.

A stop takes the next slot before it waits for it, even one that lies ahead; any other call takes a
slot only shortly before it is due: early enough that whoever has it need only wake up, so that no
time is lost between two calls. So nobody but stops stands before a stop: it waits one interval and
that short time at most, and one interval more for each stop that came earlier. The price: among the
others no queue is kept, and luck decides who is next.

Queries are spaced once more, to a fifth of the account's pace, and take a slot only when nobody
else wanted the one before it: a fleet that starts is not held up by the one that runs. So that they
never stand still altogether, one in twenty of their own turns is taken like anybody's.
"""

import math
import time
from collections.abc import Callable
from typing import Protocol

from recorder.contract.states import Operation
from recorder.providers.errors import Paced

_SECOND = 1_000_000
_HORIZON = 10 * _SECOND  # how far ahead a stop may reserve
_SPARE = 0.02  # of an interval, added to it: so a call may be late by as much of a second
_LATE = int(0.75 * _SPARE * _SECOND)  # before it has left; the rest is for its way
_EARLY = 0.3  # of an interval: a slot is taken so long before it is due
QUERY_SHARE = 5  # queries take one slot in so many
_OVERDUE = 20  # of their own turns: then a query yields to nobody but stops


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
    return math.ceil(_SECOND * (1 + _SPARE) / requests_per_second)


def early(interval_us: int) -> int:
    """Microseconds before it is due that a slot may be taken by anything but a stop."""
    return int(interval_us * _EARLY)


def reserve(now_us: int, slot_us: int, interval_us: int) -> tuple[int, int]:
    """What taking the next slot means: how many microseconds to wait for it, and the slot after it.

    A slot further ahead than anybody may reserve is from before a clock was put back; it is due.
    """
    if slot_us > now_us + _HORIZON + interval_us:
        slot_us = now_us
    turn = max(now_us, slot_us)
    return turn - now_us, turn + interval_us


def no_room_for_queries(now_us: int, slot_us: int, query_us: int, interval_us: int) -> bool:
    """Whether a query would wait in vain: others take every slot, and its turn is not overdue.
    `query_us`: the slot of queries alone."""
    wanted = early(interval_us) < slot_us - now_us <= _HORIZON + interval_us
    return wanted and not _overdue(now_us, query_us, interval_us)


def queries_turn(now_us: int, query_us: int, interval_us: int) -> int:
    """When the next query may go, as far as only queries count. One further ahead than any query
    puts it is from before a clock was put back; it is due."""
    return query_us if query_us <= now_us + interval_us * QUERY_SHARE else now_us


def _overdue(now_us: int, query_us: int, interval_us: int) -> bool:
    return now_us - query_us > _OVERDUE * QUERY_SHARE * interval_us


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
        self._early = early(self._interval)
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
            if wait > self._early and operation is not Operation.STOP:
                self._sleep((wait - self._early) / _SECOND)
                continue
            if not self._store.swap(slot, following):
                continue  # another process was first; look again
            return self._until(now + wait)

    def _query(self, queries: SlotStore, began: int) -> None:
        spacing = self._interval * QUERY_SHARE
        while True:
            now, kept = self._clock(), queries.read()
            own = queries_turn(now, kept, self._interval)
            wait = own - now
            if wait <= 0:
                slot = self._store.read()
                free, following = reserve(now, slot, self._interval)
                if _overdue(now, own, self._interval):
                    wait = max(free - self._early, 0)
                elif free:
                    wait = free
                else:  # only where nobody wanted the one before
                    passed = slot <= now  # else it is from before a clock was put back
                    wait = max(slot + self._interval - now, 0) if passed else 0
            if now + wait > began + self._max_wait:
                raise Paced(wait / _SECOND)
            if wait > 0:
                self._sleep(wait / _SECOND)
            elif queries.swap(kept, now + spacing):
                if self._store.swap(slot, following):
                    return self._until(now + free)
                queries.swap(now + spacing, kept)  # somebody else has it: the turn is still there

    def _until(self, turn: int) -> None:
        """Sleep until then; what taking the slot cost is time that has passed. If it is late all
        the same, the next slot is moved on, or the tenth call after this one would come too soon.
        """
        if (wait := turn - self._clock()) > 0:
            self._sleep(wait / _SECOND)
        moved = 0
        while (late := self._clock() - turn - moved) > _LATE:
            slot = self._store.read()
            if self._store.swap(slot, slot + late):
                moved += late
