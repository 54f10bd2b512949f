"""Work on the files of a recording that was put off until after its end."""

from dataclasses import dataclass

from recorder.sandbox.store.database import Database


@dataclass(frozen=True, slots=True)
class Job:
    sid: str
    due_ms: int
    begun: bool


class Jobs:
    def __init__(self, database: Database):
        self._database = database

    def add(self, sid: str, due_ms: int) -> None:
        self._database.insert("jobs", {"sid": sid, "due_ms": due_ms}, replace=True)

    def all(self) -> list[Job]:
        """The earliest first."""
        rows = self._database.rows("SELECT sid, due_ms, begun FROM jobs ORDER BY due_ms, sid")
        return [Job(row["sid"], row["due_ms"], bool(row["begun"])) for row in rows]

    def begin(self, sid: str) -> None:
        self._database.update("jobs", {"begun": 1}, "sid = ?", sid)

    def done(self, sid: str) -> None:
        self._database.run("DELETE FROM jobs WHERE sid = ?", sid)
