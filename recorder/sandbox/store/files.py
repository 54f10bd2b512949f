"""The files of each recording, and how far each has come on its way into the bucket."""

import sqlite3
from dataclasses import dataclass

from recorder.sandbox.store.database import Database


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file on our disk. A playlist gets a new `version` with each slice; `sent_version` is what
    the bucket has.
    """

    sid: str
    name: str  # the name in the bucket, without the prefix
    kind: str  # slice, playlist, mp4, jpg or mixed
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
    lane: str  # the playlist it belongs to; "" where a recording has one only
    uid: str  # whose stream it holds; "0" is everybody's
    track: str  # audio, video or audio_and_video
    backup: bool  # it has reached the provider's backup only

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
            " ORDER BY kind DESC, lane, number",
            sid,
            kind,
            kind,
        )
        return [_row(row) for row in rows]

    def uploaded(self, sid: str) -> list[FileRow]:
        """Playlists, then whole files, of which a version has been sent: what can be played."""
        rows = self._database.rows(
            "SELECT * FROM files WHERE sid = ? AND kind IN ('playlist', 'mp4', 'mixed')"
            " AND sent_version > 0 ORDER BY kind != 'playlist', kind, lane, number",
            sid,
        )
        return [_row(row) for row in rows]

    def in_lane(self, sid: str, lane: str, kind: str = "slice", *, since: int = 0) -> list[FileRow]:
        """The files of one kind in a lane from this number on, in order."""
        rows = self._database.rows(
            "SELECT * FROM files WHERE sid = ? AND lane = ? AND kind = ? AND number >= ?"
            " ORDER BY number",
            sid,
            lane,
            kind,
            since,
        )
        return [_row(row) for row in rows]

    def numbers(self, sid: str, kind: str = "slice", lane: str = "") -> set[int]:
        rows = self._database.rows(
            "SELECT number FROM files WHERE sid = ? AND kind = ? AND lane = ?", sid, kind, lane
        )
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
        lane: str = "",
        uid: str = "0",
        track: str = "audio_and_video",
    ) -> None:
        """Enter a file that is complete on disk; entering it again makes a new version that must be
        sent.
        """
        self._database.run(
            "INSERT INTO files (sid, name, kind, number, path, start_ms, duration_ms, size, lane,"
            " uid, track) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (sid, lane, kind, number) DO UPDATE SET"
            " duration_ms = excluded.duration_ms, size = excluded.size, version = version + 1",
            sid, name, kind, number, path, start_ms, duration_ms, size, lane, uid, track,
        )  # fmt: skip

    def waiting(self, sid: str) -> list[FileRow]:
        """What must still be uploaded, in the order in which it must be: slices, playlist, MP4."""
        rows = self._database.rows(
            "SELECT * FROM files WHERE sid = ? AND sent_version < version"
            " ORDER BY kind IN ('mp4', 'mixed'), kind = 'playlist', number, lane",
            sid,
        )
        return [_row(row) for row in rows]

    def sent(self, row: FileRow, *, backup: bool = False) -> None:
        """The bucket has it; with `backup` only the provider's own copy does."""
        values = {"sent_version": row.version, "tries": 0, "error": "", "backup": int(backup)}
        self._database.update("files", values, *_one(row))

    def came_home(self, row: FileRow, name: str) -> None:
        """The customer's bucket has it now, under this name."""
        self._database.update("files", {"backup": 0, "name": name}, *_one(row))

    def in_backup(self, sid: str) -> list[FileRow]:
        """What has not reached the customer's bucket yet, although it counts as sent."""
        rows = self._database.rows("SELECT * FROM files WHERE sid = ? AND backup", sid)
        return [_row(row) for row in rows]

    def forget(self, row: FileRow) -> None:
        """The file is not there after all; it will be made again."""
        where, *values = _one(row)
        self._database.run(f"DELETE FROM files WHERE {where}", *values)  # noqa: S608 - a constant

    def failed(self, row: FileRow, error: str, retry_wall_ms: int) -> None:
        self._database.update(
            "files",
            {"tries": row.tries + 1, "error": error[:500], "retry_wall_ms": retry_wall_ms},
            *_one(row),
        )


def _one(row: FileRow) -> tuple[str, str, str, str, int]:
    """The condition that names this row, and its values."""
    return (
        "sid = ? AND lane = ? AND kind = ? AND number = ?",
        row.sid,
        row.lane,
        row.kind,
        row.number,
    )


def _row(row: sqlite3.Row) -> FileRow:
    return FileRow(**dict(row) | {"backup": bool(row["backup"])})
