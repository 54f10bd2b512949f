"""What happened in the channels, and to the recordings in them: facts with a time, never changed
afterwards.
"""

import json
from dataclasses import dataclass
from typing import Any

from recorder.sandbox.store.database import Database


@dataclass(frozen=True, slots=True)
class Fact:
    """kind: join, leave, publish (of a channel); layout, subscribe (of one recording, which `sid`
    names).
    """

    id: int
    channel: str
    sid: str
    at_ms: int
    kind: str
    data: dict[str, Any]


class Channels:
    """A channel's name is `app_id/cname`."""

    def __init__(self, database: Database):
        self._database = database

    def known(self) -> dict[str, bool]:
        """Every channel, and whether somebody prepared it by hand."""
        rows = self._database.rows("SELECT name, prepared FROM channels ORDER BY name")
        return {row["name"]: bool(row["prepared"]) for row in rows}

    def prepared(self, channel: str) -> bool:
        return bool(self._database.value("SELECT prepared FROM channels WHERE name = ?", channel))

    def note(self, channel: str, *, prepared: bool) -> None:
        """Remember the channel; once prepared by hand it stays so."""
        self._database.run(
            "INSERT INTO channels (name, prepared) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET prepared = max(prepared, excluded.prepared)",
            channel,
            int(prepared),
        )

    def add(self, channel: str, at_ms: int, kind: str, *, sid: str = "", **data: Any) -> None:
        values = {
            "channel": channel,
            "sid": sid,
            "at_ms": at_ms,
            "kind": kind,
            "data": json.dumps(data),
        }
        self._database.insert("facts", values)

    def version(self) -> int:
        """Grows with every fact."""
        return int(self._database.value("SELECT max(id) FROM facts") or 0)

    def facts(self, channel: str, sid: str = "", *, until_ms: int | None = None) -> list[Fact]:
        """The channel's facts and those of the session `sid` in it, in the order in which they
        happened.
        """
        rows = self._database.rows(
            "SELECT id, channel, sid, at_ms, kind, data FROM facts"
            " WHERE channel = ? AND sid IN ('', ?) AND at_ms <= ? ORDER BY at_ms, id",
            channel,
            sid,
            2**62 if until_ms is None else until_ms,
        )
        return [Fact(**dict(row) | {"data": json.loads(row["data"])}) for row in rows]
