"""Faults that are armed, what they have befallen, and fail-overs still to come."""

import json
from dataclasses import dataclass
from typing import Any

from recorder.sandbox.store.database import Database

KEPT = 500  # lines of the log


@dataclass(frozen=True, slots=True)
class Armed:
    """`operation` "" is every one that the fault knows. Of `share` and `calls` one may be None:
    all calls, and without end. `credit` collects the share until it makes a whole call.
    """

    id: int
    fault: str
    operation: str
    calls: int | None  # that it still befalls
    share: float | None
    credit: float
    until_ms: int | None  # on the sandbox's clock
    settings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Befallen:
    """One line of the log."""

    id: int
    at_ms: int
    fault: str
    what: str  # an operation, or a file's name


@dataclass(frozen=True, slots=True)
class Move:
    """A fail-over to come."""

    sid: str
    due_ms: int
    seconds: int


class Faults:
    def __init__(self, database: Database):
        self._database = database

    def arm(
        self,
        fault: str,
        operation: str,
        *,
        calls: int | None,
        share: float | None,
        until_ms: int | None,
        settings: dict[str, float],
    ) -> int:
        values = {
            "fault": fault, "operation": operation, "calls": calls, "share": share,
            "until_ms": until_ms, "settings": json.dumps(settings),
        }  # fmt: skip
        return self._database.insert("faults", values)

    def armed(self) -> list[Armed]:
        """In the order in which they were armed."""
        rows = self._database.rows("SELECT * FROM faults ORDER BY id")
        return [Armed(**dict(row) | {"settings": json.loads(row["settings"])}) for row in rows]

    def change(self, id_: int, **changes: Any) -> None:
        self._database.update("faults", changes, "id = ?", id_)

    def disarm(self, id_: int | None = None) -> int:
        """One, or all of them; returns how many there were."""
        return self._database.run("DELETE FROM faults WHERE ? IS NULL OR id = ?", id_, id_)

    def note(self, at_ms: int, fault: str, what: str) -> None:
        values = {"at_ms": at_ms, "fault": fault, "what": what}
        newest = self._database.insert("fault_log", values)
        self._database.run("DELETE FROM fault_log WHERE id <= ?", newest - KEPT)

    def log(self) -> list[Befallen]:
        """The newest first."""
        rows = self._database.rows("SELECT * FROM fault_log ORDER BY id DESC")
        return [Befallen(**dict(row)) for row in rows]

    def plan_move(self, sid: str, due_ms: int, seconds: int) -> None:
        values = {"sid": sid, "due_ms": due_ms, "seconds": seconds}
        self._database.insert("moves", values, replace=True)

    def moves(self) -> list[Move]:
        """The earliest first."""
        rows = self._database.rows("SELECT sid, due_ms, seconds FROM moves ORDER BY due_ms, sid")
        return [Move(**dict(row)) for row in rows]

    def moved(self, sid: str) -> None:
        self._database.run("DELETE FROM moves WHERE sid = ?", sid)
