"""Where callbacks go, and what became of each."""

import json
from dataclasses import dataclass
from typing import Any

from recorder.sandbox.store.database import Database
from recorder.sandbox.store.tasks import EventRow, event_row

KEPT = 5_000  # deliveries that have come to their end
UP_TO = "callbacks_up_to"  # the last event that was put into the queue


@dataclass(frozen=True, slots=True)
class Target:
    id: int
    url: str
    secret: str
    redundant: bool  # every event twice, under different ids
    configured: bool  # by the option of the command, which names one at most

    def __repr__(self) -> str:
        return f"Target({self.id})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification on its way to one target. `state`: waiting, sent, failed or lost.

    `payload` without sendts' fellows: what stays the same when it is sent again.
    """

    id: int
    target_id: int
    notice_id: str
    sid: str
    type: int
    payload: dict[str, Any]
    state: str
    tries: int
    due_wall_ms: int
    sent_wall_ms: int | None
    status: int | None
    answer: str
    forged: bool  # signed with a wrong secret, on purpose
    mishap: str  # the name of the fault that befell it


class Callbacks:
    def __init__(self, database: Database):
        self._database = database

    def targets(self) -> list[Target]:
        rows = self._database.rows("SELECT * FROM callback_targets ORDER BY id")
        flags = ("redundant", "configured")
        return [Target(**dict(row) | {flag: bool(row[flag]) for flag in flags}) for row in rows]

    def put_target(self, url: str, secret: str, redundant: bool) -> int:
        """A new one, or the one of this address changed."""
        self._database.run(
            "INSERT INTO callback_targets (url, secret, redundant) VALUES (?, ?, ?)"
            " ON CONFLICT (url) DO UPDATE SET secret = excluded.secret,"
            " redundant = excluded.redundant",
            url, secret, redundant,
        )  # fmt: skip
        return int(self._database.value("SELECT id FROM callback_targets WHERE url = ?", url))

    def drop_target(self, target_id: int) -> bool:
        self._database.run(
            "DELETE FROM callbacks WHERE target_id = ? AND state = 'waiting'", target_id
        )
        return bool(self._database.run("DELETE FROM callback_targets WHERE id = ?", target_id))

    def begin(self, url: str, secret: str) -> None:
        """At the start of a run: the one target that the command names, in place of the last one.

        What happened before there were any callbacks is told to nobody.
        """
        self._database.run("DELETE FROM callback_targets WHERE configured AND url != ?", url)
        if url:
            target = self.put_target(url, secret, redundant=False)
            self._database.update("callback_targets", {"configured": 1}, "id = ?", target)
        self._database.run(
            "INSERT OR IGNORE INTO settings (name, value)"
            " SELECT ?, coalesce(max(id), 0) FROM events",
            UP_TO,
        )

    def new_events(self, after: int) -> list[EventRow]:
        rows = self._database.rows("SELECT * FROM events WHERE id > ? ORDER BY id LIMIT 500", after)
        return [event_row(row) for row in rows]

    def add(self, **values: Any) -> None:
        self._database.insert(
            "callbacks", values | {"payload": json.dumps(values["payload"], ensure_ascii=False)}
        )

    def due(self, wall_ms: int) -> list[Delivery]:
        rows = self._database.rows(
            "SELECT * FROM callbacks WHERE state = 'waiting' AND due_wall_ms <= ?"
            " ORDER BY due_wall_ms, id LIMIT 200",
            wall_ms,
        )
        return [_delivery(row) for row in rows]

    def next_due(self) -> int | None:
        """When the next one is due, on the wall clock."""
        due: int | None = self._database.value(
            "SELECT min(due_wall_ms) FROM callbacks WHERE state = 'waiting'"
        )
        return due

    def change(self, delivery_id: int, **changes: Any) -> None:
        self._database.update("callbacks", changes, "id = ?", delivery_id)

    def recent(self, sid: str | None = None, limit: int = 100) -> list[Delivery]:
        """The newest first."""
        rows = self._database.rows(
            "SELECT * FROM callbacks WHERE ? IS NULL OR sid = ? ORDER BY id DESC LIMIT ?",
            sid, sid, limit,
        )  # fmt: skip
        return [_delivery(row) for row in rows]

    def forget_old(self) -> None:
        self._database.run(
            "DELETE FROM callbacks WHERE state != 'waiting' AND id <="
            " (SELECT max(id) FROM callbacks) - ?",
            KEPT,
        )


def _delivery(row: Any) -> Delivery:
    values = dict(row)
    values["payload"] = json.loads(values["payload"])
    values["forged"] = bool(values["forged"])
    return Delivery(**values)
