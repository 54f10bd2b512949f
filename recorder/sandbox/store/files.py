"""The files of each recording, and how far each has come on its way into the bucket."""

from dataclasses import dataclass

from recorder.sandbox.store.database import Database


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file on our disk. A playlist gets a new `version` with each slice; `sent_version` is what
    the bucket has.
    """

    sid: str
    name: str  # the name in the bucket, without the prefix
    kind: str  # slice, playlist or mp4
    number: int
    path: str  # below the data directory
    start_ms: int
    duration_ms: int
    size: int
    version: int
    sent_version: int
    tries: int
    retry_wall_ms: int
    error: str

    @property
    def sent(self) -> bool:
        return self.sent_version >= self.version


class Files:
    def __init__(self, database: Database):
        self._database = database

    def of(self, sid: str, kind: str | None = None) -> list[FileRow]:
        """All files of a session, or those of one kind, in order."""
        rows = self._database.rows(
            "SELECT * FROM files WHERE sid = ? AND (? IS NULL OR kind = ?)"
            " ORDER BY kind DESC, number",
            sid,
            kind,
            kind,
        )
        return [FileRow(**dict(row)) for row in rows]

    def numbers(self, sid: str, kind: str = "slice") -> set[int]:
        rows = self._database.rows("SELECT number FROM files WHERE sid = ? AND kind = ?", sid, kind)
        return {row["number"] for row in rows}

    def file(
        self,
        sid: str,
        kind: str,
        number: int,
        *,
        name: str,
        path: str,
        start_ms: int,
        duration_ms: int,
        size: int,
    ) -> None:
        """Enter a file that is complete on disk; entering it again makes a new version that must be
        sent.
        """
        self._database.run(
            "INSERT INTO files (sid, name, kind, number, path, start_ms, duration_ms, size)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sid, kind, number) DO UPDATE SET"
            " duration_ms = excluded.duration_ms, size = excluded.size, version = version + 1",
            sid, name, kind, number, path, start_ms, duration_ms, size,
        )  # fmt: skip

    def waiting(self, sid: str) -> list[FileRow]:
        """What must still be uploaded, in the order in which it must be: slices, playlist, MP4."""
        rows = self._database.rows(
            "SELECT * FROM files WHERE sid = ? AND sent_version < version"
            " ORDER BY kind = 'mp4', kind = 'playlist', number",
            sid,
        )
        return [FileRow(**dict(row)) for row in rows]

    def sent(self, row: FileRow) -> None:
        self._database.update(
            "files",
            {"sent_version": row.version, "tries": 0, "error": ""},
            "sid = ? AND kind = ? AND number = ?",
            row.sid,
            row.kind,
            row.number,
        )

    def forget(self, row: FileRow) -> None:
        """The file is not there after all; it will be made again."""
        self._database.run(
            "DELETE FROM files WHERE sid = ? AND kind = ? AND number = ?",
            row.sid,
            row.kind,
            row.number,
        )

    def failed(self, row: FileRow, error: str, retry_wall_ms: int) -> None:
        self._database.update(
            "files",
            {"tries": row.tries + 1, "error": error[:500], "retry_wall_ms": retry_wall_ms},
            "sid = ? AND kind = ? AND number = ?",
            row.sid,
            row.kind,
            row.number,
        )
