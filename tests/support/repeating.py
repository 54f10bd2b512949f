"""Doing something again until it has had its effect: a guard that is missing fails a test, and does
not keep it for ever."""

from collections.abc import Callable


def again_until(came_about: Callable[[], object], do: Callable[[], object], times: int = 100):
    for _ in range(times):
        if came_about():
            return
        do()
    raise AssertionError(f"It did not come about in {times} times.")
