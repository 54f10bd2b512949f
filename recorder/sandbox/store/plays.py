"""Scenarios that are being played."""

import json
from dataclasses import dataclass
from typing import Any

from recorder.sandbox.store.database import Database


@dataclass(frozen=True, slots=True)
class Play:
    """`steps`: those still to be done by somebody, [{at_ms, action, values}], in order."""

    id: int
    name: str
    channel: str
    began_ms: int
    ends_ms: int
    steps: list[dict[str, Any]]


class Plays:
    def __init__(self, database: Database):
        self._database = database

    def add(
        self, name: str, channel: str, began_ms: int, ends_ms: int, steps: list[dict[str, Any]]
    ) -> int:
        return self._database.insert(
            "plays",
            {
                "name": name,
                "channel": channel,
                "began_ms": began_ms,
                "ends_ms": ends_ms,
                "steps": json.dumps(steps),
            },
        )

    def all(self) -> list[Play]:
        rows = self._database.rows("SELECT * FROM plays ORDER BY id")
        return [Play(**dict(row) | {"steps": json.loads(row["steps"])}) for row in rows]

    def left(self, play_id: int, steps: list[dict[str, Any]]) -> None:
        self._database.update("plays", {"steps": json.dumps(steps)}, "id = ?", play_id)

    def drop(self, play_id: int) -> None:
        self._database.run("DELETE FROM plays WHERE id = ?", play_id)

    def drop_of(self, channel: str) -> None:
        self._database.run("DELETE FROM plays WHERE channel = ?", channel)

    def forget_future(self, channel: str, after_ms: int) -> None:
        """What a scenario had foreseen for the people of a channel does not happen."""
        self._database.run(
            "DELETE FROM facts WHERE channel = ? AND sid = '' AND at_ms > ?", channel, after_ms
        )
