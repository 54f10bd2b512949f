"""Spaces the calls of one account evenly, across threads, processes and machines.

The service allows so many requests per second to each account (10 unless raised) and counts all its
operations together. What is shared is one integer per account, the *slot*, changed only by
compare-and-set: the time in microseconds since 1970 at which the next call may go. This is GCRA
without bursts, so never more than N calls are let through in any second.

A stop takes the next slot before it waits for it, even one that lies ahead; any other call takes a
slot only once it is due. So nobody but stops stands before a stop: it waits one interval at most,
and one more for each stop that came earlier. The price: among the others no queue is kept, and luck
decides who is next.
"""

import math
import time
from collections.abc import Callable
from typing import Protocol

from recorder.contract.states import Operation
from recorder.providers.errors import Paced

_SECOND = 1_000_000
_HORIZON = 10 * _SECOND  # how far ahead a stop may reserve


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
    nothing is reserved then. Machines that share an account need clocks that agree.
    """

    def __init__(
        self,
        store: SlotStore,
        requests_per_second: float,
        *,
        max_wait: float,
        clock: Callable[[], int] = _now_us,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._store, self._interval = store, interval_for(requests_per_second)
        self._max_wait = int(min(max_wait * _SECOND, _HORIZON))
        self._clock, self._sleep = clock, sleep

    def __call__(self, operation: Operation) -> None:
        """Wait for the account's turn. Raises Paced."""
        began = self._clock()
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
                return
