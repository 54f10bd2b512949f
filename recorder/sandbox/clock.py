"""The sandbox's clock: real, sped up, or moved by hand. Both processes read it from the database.

Names, times of events and expiry go by this clock; HTTP limits, signatures and the worker's lease
by the wall clock.
"""

import time

from recorder.sandbox.store import Store
from recorder.sandbox.store.machine import ClockRow

FASTEST = 600
NO_PICTURES = "no_pictures"  # a switch: nothing is rendered, so there is no renderer to wait for


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Clock:
    """Speed 1 is real time, 2…600 is a ceiling that waits for the renderer, 0 stands still until
    `advance`.
    """

    def __init__(self, store: Store):
        self._store = store

    def resume(self, speed: int | None = None) -> None:
        """Go on from where the last run stopped; `speed` None keeps its speed too.

        At speed 1 the time in which no sandbox ran has passed as well; otherwise the clock stood.
        """
        with self._store.transaction():
            row, lease = self._store.machine.clock(), self._store.machine.lease()
            if row is None:
                now = wall_ms()
                row = ClockRow(now, now, 1)
            elif row.speed != 1:
                base = max(row.base_ms, lease.beat_ms if lease and row.speed else 0)
                row = ClockRow(base, wall_ms(), row.speed)
            self._store.machine.set_clock(row)
            if speed is not None:
                self.set_speed(speed)

    @property
    def speed(self) -> int:
        return self._row().speed

    def now_ms(self) -> int:
        row = self._row()
        return self._held(row, self._free(row))

    def advance(self, ms: int) -> int:
        """Move the clock forward by hand; returns the new time."""
        with self._store.transaction():
            self._set(self.now_ms() + max(0, ms), self._row().speed)
        return self.now_ms()

    def set_speed(self, speed: int) -> None:
        with self._store.transaction():
            self._set(self.now_ms(), speed)

    def reset(self, speed: int = 1) -> None:
        """Back to the wall clock. Only for when no recording is kept: time may go backwards."""
        self._set(wall_ms(), speed)

    def pin(self) -> None:
        """Before the renderer gets something new to wait for: time may stand, but not go back."""
        with self._store.transaction():
            self._set(self.now_ms(), self._row().speed)

    def let_go(self) -> None:
        """After a slice was filed: a clock that was held back runs on from where it was held,
        without a jump.
        """
        with self._store.transaction():
            row = self._row()
            free = self._free(row)
            held = self._held(row, free)
            if held < free:
                self._set(held, row.speed)

    def _row(self) -> ClockRow:
        row = self._store.machine.clock()
        assert row is not None, "resume() was not called"  # noqa: S101
        return row

    def _free(self, row: ClockRow) -> int:
        return row.base_ms + max(0, wall_ms() - row.wall_ms) * row.speed

    def _held(self, row: ClockRow, free: int) -> int:
        """A fast clock never runs ahead of the renderer by more than one slice."""
        waits = row.speed > 1 and self._store.machine.setting(NO_PICTURES) != "1"
        ceiling = self._store.machine.render_ceiling() if waits else None
        return free if ceiling is None else max(row.base_ms, min(free, ceiling))

    def _set(self, now_ms: int, speed: int) -> None:
        self._store.machine.set_clock(ClockRow(now_ms, wall_ms(), speed))
