"""Buckets on disk: one folder each, one file per object, found through the index in the database.

A key never becomes a path: files have names of our own making, so any key is safe and none reaches
outside its bucket. Replacing an object writes a new file and then turns the index over to it; who
reads the old one reads on undisturbed.
"""

import contextlib
import errno
import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import ObjectRow, PartRow, Upload
from recorder.sandbox.store.objects import Objects
from recorder.sandbox.uploads import spool

_PLAIN = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_ORPHAN_AGE_S = 60  # a younger file without a row may be about to get one


class Buckets:
    """`root/<folder of the bucket>/<made-up name>`; every method is safe to call from any thread or
    process.
    """

    def __init__(self, data: Path, index: Objects):
        self.root = data / "buckets"
        self.index = index

    def folder(self, bucket: str) -> Path:
        """The bucket's folder, made at first use. Raises S3Error for an impossible name."""
        name = self.index.folder(bucket)
        if name is None:
            if not 0 < len(bucket.encode()) <= 255:
                raise S3Error("InvalidBucketName", 400, "The specified bucket is not valid.")
            name = bucket if _PLAIN.fullmatch(bucket) else _tame(bucket)
            self.index.add_bucket(bucket, name)
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def put(
        self,
        bucket: str,
        key: str,
        body: Iterator[bytes],
        content_type: str,
        headers: dict[str, str],
    ) -> ObjectRow:
        """Store an object from a stream. What raises while streaming leaves nothing behind."""
        folder = self.folder(bucket)
        with self._draft(folder, key) as (draft, final):
            with draft.open("wb") as file:
                size, etag = spool(body, file)
                file.flush()
                os.fsync(file.fileno())
            return self._enter(bucket, key, draft, final, size, etag, content_type, headers)

    def put_file(self, bucket: str, key: str, path: Path, content_type: str) -> ObjectRow:
        """Store a finished file of ours: as a second link to it where the file system can, else as
        a copy.
        """
        digest = hashlib.md5(usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
            size = file.tell()
        with self._draft(self.folder(bucket), key) as (draft, final):
            try:
                os.link(path, draft)
            except OSError:
                shutil.copyfile(path, draft)
            return self._enter(
                bucket, key, draft, final, size, digest.hexdigest(), content_type, {}
            )

    def open(self, bucket: str, key: str) -> tuple[ObjectRow, BinaryIO] | None:
        """The object and its open file; None when there is no such key."""
        for _attempt in range(3):
            row = self.index.get(bucket, key)
            if row is None:
                return None
            # A miss means that the object was replaced between the two steps.
            with contextlib.suppress(FileNotFoundError):
                return row, (self.folder(bucket) / row.file).open("rb")
        return None

    def delete(self, bucket: str, key: str) -> None:
        if file := self.index.delete(bucket, key):
            (self.folder(bucket) / file).unlink(missing_ok=True)

    def drop(self, bucket: str) -> bool:
        """Remove an empty bucket; False when something is in it."""
        folder = self.folder(bucket)
        if not self.index.is_empty(bucket):
            return False
        self.index.drop_bucket(bucket)
        shutil.rmtree(folder, ignore_errors=True)
        return True

    def put_part(self, upload: Upload, number: int, body: Iterator[bytes]) -> PartRow:
        folder = self.folder(upload.bucket)
        with self._draft(folder, f"part-{number}") as (draft, final):
            with draft.open("wb") as file:
                size, etag = spool(body, file)
            draft.replace(final)
            part = PartRow(number, final.name, size, etag)
            if old := self.index.put_part(upload.upload_id, part):
                (folder / old).unlink(missing_ok=True)
            return part

    def complete(self, upload: Upload, chosen: list[PartRow]) -> ObjectRow:
        """Join the parts into one object; its ETag is the MD5 of their MD5s, as S3 does it."""
        folder = self.folder(upload.bucket)
        digests = b"".join(bytes.fromhex(part.etag) for part in chosen)
        etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(chosen)}"
        with self._draft(folder, upload.key) as (draft, final):
            with draft.open("wb") as target:
                for part in chosen:
                    with (folder / part.file).open("rb") as source:
                        shutil.copyfileobj(source, target, 1 << 20)
                size = target.tell()
                target.flush()
                os.fsync(target.fileno())
            row = self._enter(
                upload.bucket,
                upload.key,
                draft,
                final,
                size,
                etag,
                upload.content_type,
                upload.headers,
            )
        self.abort(upload)
        return row

    def abort(self, upload: Upload) -> None:
        """Forget a multipart upload and its parts."""
        folder = self.folder(upload.bucket)
        for part in self.index.parts(upload.upload_id):
            (folder / part.file).unlink(missing_ok=True)
        self.index.end_upload(upload.upload_id)

    def sweep(self) -> None:
        """Remove what a crash has left: drafts, and files that no row names."""
        for bucket, name, _made in self.index.buckets():
            folder = self.root / name
            if not folder.is_dir():
                continue
            found = [
                path
                for path in folder.iterdir()
                if time.time() - path.stat().st_ctime > _ORPHAN_AGE_S
            ]
            used = self.index.files(bucket)
            for path in found:
                if path.name not in used:
                    path.unlink(missing_ok=True)

    def _enter(
        self, bucket: str, key: str, draft: Path, final: Path,
        size: int, etag: str, content_type: str, headers: dict[str, str],
    ) -> ObjectRow:  # fmt: skip
        draft.replace(final)
        row = ObjectRow(
            bucket, key, final.name, size, etag, content_type, headers, time.time_ns() // 1_000_000
        )
        if old := self.index.put(row):
            (final.parent / old).unlink(missing_ok=True)
        return row

    @contextlib.contextmanager
    def _draft(self, folder: Path, key: str) -> Iterator[tuple[Path, Path]]:
        """A file being written, and its name when it is whole; removed if that never comes."""
        name = f"{uuid.uuid4().hex[:16]}-{_readable(key)}"
        draft = folder / f".{name}.part"
        try:
            yield draft, folder / name
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise S3Error(
                    "InsufficientStorage", 507, "The disk of the sandbox is full."
                ) from error
            raise
        finally:
            draft.unlink(missing_ok=True)


def _readable(key: str) -> str:
    """The end of a key, for people who look into the folder."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", key.rpartition("/")[2])[-80:] or "_"


def _tame(bucket: str) -> str:
    """A folder name for a bucket whose own name would not do; upper-case letters count, disks
    differ.
    """
    digest = hashlib.sha256(bucket.encode()).hexdigest()[:16]
    return f"_{re.sub(r'[^a-z0-9.-]', '-', bucket.lower())[:60]}-{digest}"
