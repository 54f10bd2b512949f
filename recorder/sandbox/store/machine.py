"""The sandbox's clock, its worker's lease and its switches."""

from dataclasses import dataclass

from recorder.sandbox.store.database import Database


@dataclass(frozen=True, slots=True)
class ClockRow:
    """The clock shows base_ms at wall_ms and runs `speed` times as fast from there."""

    base_ms: int
    wall_ms: int
    speed: int


@dataclass(frozen=True, slots=True)
class Lease:
    """The recorder worker at work. `settled_*`: by when and in which round it last had nothing left
    to do.
    """

    owner: str
    pid: int
    beat_wall_ms: int
    beat_ms: int
    settled_ms: int
    settled_round: int


class Machine:
    def __init__(self, database: Database):
        self._database = database

    def clock(self) -> ClockRow | None:
        row = self._database.row("SELECT base_ms, wall_ms, speed FROM clock")
        return ClockRow(*row) if row else None

    def set_clock(self, clock: ClockRow) -> None:
        values = {"id": 1, "base_ms": clock.base_ms, "wall_ms": clock.wall_ms, "speed": clock.speed}
        self._database.insert("clock", values, replace=True)

    def render_ceiling(self) -> int | None:
        """How far a fast clock may run, in ms: as far as every live recording lets it.

        One that the worker has not seen yet counts too.
        """
        value: int | None = self._database.value(
            "SELECT min(coalesce(pace.until_ms, started_ms + 2 * slice_ms))"
            " FROM sessions LEFT JOIN pace USING (sid)"
            " WHERE state = 'live' AND doom = '' AND (pace.sid IS NOT NULL OR NOT joined)"
        )
        return value

    def set_pace(self, sid: str, until_ms: int | None) -> None:
        """Let a fast clock run no further than this for a recording; None: it need not wait."""
        if until_ms is None:
            self._database.run("DELETE FROM pace WHERE sid = ?", sid)
        else:
            self._database.insert("pace", {"sid": sid, "until_ms": until_ms}, replace=True)

    def lease(self) -> Lease | None:
        row = self._database.row(
            "SELECT owner, pid, beat_wall_ms, beat_ms, settled_ms, settled_round FROM lease"
        )
        return Lease(*row) if row else None

    def take_lease(self, owner: str, pid: int, wall_ms: int, now_ms: int) -> None:
        """Call inside a transaction that has seen the lease free or stale."""
        values = {"id": 1, "owner": owner, "pid": pid, "beat_wall_ms": wall_ms, "beat_ms": now_ms}
        self._database.insert("lease", values, replace=True)

    def beat(self, owner: str, wall_ms: int, now_ms: int) -> bool:
        """Show that the owner lives; False when somebody else has the lease."""
        return bool(
            self._database.run(
                "UPDATE lease SET beat_wall_ms = ?, beat_ms = ? WHERE owner = ?",
                wall_ms,
                now_ms,
                owner,
            )
        )

    def settled(self, owner: str, now_ms: int, round_: int) -> None:
        self._database.run(
            "UPDATE lease SET settled_ms = ?, settled_round = ? WHERE owner = ?",
            now_ms,
            round_,
            owner,
        )

    def release_lease(self, owner: str) -> None:
        """Nobody works now; the last heartbeat stays, since it tells for how long."""
        self._database.run("UPDATE lease SET owner = '' WHERE owner = ?", owner)

    def setting(self, name: str, default: str = "") -> str:
        value = self._database.value("SELECT value FROM settings WHERE name = ?", name)
        return default if value is None else str(value)

    def set_setting(self, name: str, value: str) -> None:
        self._database.insert("settings", {"name": name, "value": value}, replace=True)

    def next_round(self) -> int:
        """A number larger than any before; a worker that settles in it has seen everything written
        earlier.
        """
        with self._database.transaction():
            round_ = int(self.setting("round", "0")) + 1
            self.set_setting("round", str(round_))
        return round_

    def round(self) -> int:
        return int(self.setting("round", "0"))
