"""Spaces the calls of one account evenly, across threads, processes and machines.

The service allows so many requests per second to each account (10 unless raised) and counts all its
operations together. What is shared is one integer per account, the *slot*, changed only by
compare-and-set: the time in microseconds since 1970 at which the next call may go. This is GCRA
without bursts, so never more than N calls are let through in any second, with two refinements:

- A stop takes the next slot before it waits, even one that lies ahead; any other call takes a slot
  only once it is due. So nobody but stops ever stands before a stop: it waits one interval at most,
  plus one for each stop that came earlier.
- A call that finds a slot gone by unused lets the call after it go before that one's slot is due:
  `start` then follows its `acquire` at once. It uses up its slot all the same, and the unused slot
  before the two keeps any second from holding more than N. The lowest bit of the slot says so.
"""

import math
import time
from collections.abc import Callable
from typing import Protocol

from recorder.contract.states import Operation
from recorder.providers.errors import Paced

_SECOND = 1_000_000
_AHEAD = 1  # the lowest bit of a slot; times in it are therefore even
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
    free, ahead = slot_us & ~_AHEAD, slot_us & _AHEAD
    if free > now_us + _HORIZON + interval_us + 1:
        free, ahead = now_us, 0
    if ahead and now_us < free:
        return 0, _even(free + interval_us)
    rested = now_us >= free + interval_us and interval_us * 2 < _SECOND
    return max(free - now_us, 0), _even(max(free, now_us) + interval_us) | (_AHEAD if rested else 0)


def _even(time_us: int) -> int:
    return time_us + (time_us & 1)


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
