"""The index of the buckets: which key lies in which file. The row decides; a file no row names is
rubbish.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from recorder.sandbox.store.database import Database


@dataclass(frozen=True, slots=True)
class ObjectRow:
    bucket: str
    key: str
    file: str  # the file's name inside the bucket's folder
    size: int
    etag: str  # without quotes
    content_type: str
    headers: dict[str, str]  # Cache-Control, Content-Disposition, x-amz-meta-… as they were given
    modified_wall_ms: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that has not been completed."""

    upload_id: str
    bucket: str
    key: str
    content_type: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class PartRow:
    number: int
    file: str
    size: int
    etag: str


class Objects:
    def __init__(self, database: Database):
        self._database = database

    def folder(self, bucket: str) -> str | None:
        value: str | None = self._database.value(
            "SELECT folder FROM buckets WHERE name = ?", bucket
        )
        return value

    def buckets(self) -> list[tuple[str, str, int]]:
        """(name, folder, when made) in order of name."""
        rows = self._database.rows("SELECT * FROM buckets ORDER BY name")
        return [(row["name"], row["folder"], row["made_wall_ms"]) for row in rows]

    def add_bucket(self, bucket: str, folder: str) -> None:
        self._database.run(
            "INSERT OR IGNORE INTO buckets VALUES (?, ?, ?)",
            bucket,
            folder,
            int(time.time() * 1000),
        )

    def drop_bucket(self, bucket: str) -> None:
        self._database.run("DELETE FROM buckets WHERE name = ?", bucket)

    def get(self, bucket: str, key: str) -> ObjectRow | None:
        row = self._database.row("SELECT * FROM objects WHERE bucket = ? AND key = ?", bucket, key)
        return _object(row) if row else None

    def totals(self, bucket: str) -> dict[str, int]:
        """{count, bytes}"""
        row = self._database.row(
            "SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM objects"
            " WHERE bucket = ?",
            bucket,
        )
        return dict(row) if row else {}

    def newest(self, bucket: str, limit: int) -> list[ObjectRow]:
        rows = self._database.rows(
            "SELECT * FROM objects WHERE bucket = ? ORDER BY modified_wall_ms DESC, key LIMIT ?",
            bucket, limit,
        )  # fmt: skip
        return [_object(row) for row in rows]

    def put(self, row: ObjectRow) -> str | None:
        """Point the key to a new file; returns the file that it pointed to before."""
        with self._database.transaction():
            old = self.get(row.bucket, row.key)
            values: dict[str, Any] = {name: getattr(row, name) for name in ObjectRow.__slots__}
            self._database.insert(
                "objects", values | {"headers": json.dumps(row.headers)}, replace=True
            )
        return old.file if old else None

    def delete(self, bucket: str, key: str) -> str | None:
        """Forget the key; returns its file, or None when there was no such key."""
        with self._database.transaction():
            old = self.get(bucket, key)
            self._database.run("DELETE FROM objects WHERE bucket = ? AND key = ?", bucket, key)
        return old.file if old else None

    def page(self, bucket: str, *, after: str, prefix: str, limit: int) -> list[ObjectRow]:
        """Up to `limit` keys that come after `after` and begin with `prefix`, in byte order."""
        rows = self._database.rows(
            "SELECT * FROM objects WHERE bucket = ? AND key > ? AND key >= ?"
            " AND substr(key, 1, ?) = ? ORDER BY key LIMIT ?",
            bucket,
            after,
            prefix,
            len(prefix),
            prefix,
            limit,
        )
        return [_object(row) for row in rows]

    def is_empty(self, bucket: str) -> bool:
        return self._database.row("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", bucket) is None

    def files(self, bucket: str) -> set[str]:
        """Every file name of the bucket's folder that is in use."""
        rows = self._database.rows(
            "SELECT file FROM objects WHERE bucket = ? UNION ALL SELECT parts.file FROM parts"
            " JOIN multiparts USING (upload_id) WHERE multiparts.bucket = ?",
            bucket,
            bucket,
        )
        return {row["file"] for row in rows}

    def begin_upload(self, upload: Upload) -> None:
        values: dict[str, Any] = {name: getattr(upload, name) for name in Upload.__slots__}
        values |= {"headers": json.dumps(upload.headers), "made_wall_ms": int(time.time() * 1000)}
        self._database.insert("multiparts", values)

    def upload(self, upload_id: str) -> Upload | None:
        row = self._database.row("SELECT * FROM multiparts WHERE upload_id = ?", upload_id)
        if row is None:
            return None
        values = {name: row[name] for name in Upload.__slots__}
        return Upload(**values | {"headers": json.loads(row["headers"])})

    def put_part(self, upload_id: str, part: PartRow) -> str | None:
        """Enter a part; returns the file of the part it replaces."""
        with self._database.transaction():
            old: str | None = self._database.value(
                "SELECT file FROM parts WHERE upload_id = ? AND number = ?", upload_id, part.number
            )
            values = {name: getattr(part, name) for name in PartRow.__slots__}
            self._database.insert("parts", {"upload_id": upload_id} | values, replace=True)
        return old

    def parts(self, upload_id: str) -> list[PartRow]:
        rows = self._database.rows(
            "SELECT number, file, size, etag FROM parts WHERE upload_id = ? ORDER BY number",
            upload_id,
        )
        return [PartRow(*row) for row in rows]

    def end_upload(self, upload_id: str) -> None:
        with self._database.transaction():
            self._database.run("DELETE FROM parts WHERE upload_id = ?", upload_id)
            self._database.run("DELETE FROM multiparts WHERE upload_id = ?", upload_id)


def _object(row: Any) -> ObjectRow:
    return ObjectRow(**dict(row) | {"headers": json.loads(row["headers"])})
