"""What every kind of object store can do for us, whoever its vendor is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

SIGNED_FOR = 15 * 60  # seconds; long enough to watch on, short enough to be worthless tomorrow
MAX_LISTED = 100_000

CONTENT_TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "ts": "video/mp2t",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "jpg": "image/jpeg",
}

_RANGE = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))", re.ASCII)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the store lists it. `size` in bytes."""

    key: str
    size: int
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class ByteRange:
    """`first` to `last`, both included; None: to the end. A negative `first`: that many last."""

    first: int
    last: int | None = None

    @classmethod
    def of(cls, header: str | None) -> "ByteRange | None":
        """Read a Range header of one range. Anything else is ignored, as RFC 9110 allows."""
        match = _RANGE.fullmatch((header or "").strip())
        if not match:
            return None
        first, last, suffix = match.groups()
        if suffix is not None:
            return cls(-int(suffix)) if int(suffix) else None
        if last and int(last) < int(first):
            return None
        return cls(int(first), int(last) if last else None)

    def __str__(self) -> str:
        if self.first < 0:
            return f"bytes={self.first}"
        return f"bytes={self.first}-{'' if self.last is None else self.last}"


class Stream:
    """The bytes of one file on their way. Iterate once; `close` gives the connection back."""

    def __init__(
        self,
        chunks: Iterator[bytes],
        *,
        length: int,
        content_range: str,
        close: Callable[[], None],
    ):
        self.chunks = chunks
        self.length = length  # bytes that will come
        self.content_range = content_range  # "bytes 0-99/1234", empty for a whole file
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks


class Bucket(Protocol):
    """One bucket, read with one key. Every method raises a StorageError; none retries for long."""

    read_origin: str  # scheme and host that browsers fetch signed addresses from

    def list(self, prefix: str, limit: int = MAX_LISTED) -> Iterator[StoredFile]: ...

    def head(self, key: str) -> StoredFile | None: ...

    def read(self, key: str, max_bytes: int) -> bytes: ...

    def open(self, key: str, byte_range: ByteRange | None = None) -> Stream: ...

    def sign(self, key: str, *, expires: int = SIGNED_FOR, download_as: str = "") -> str:
        """An address that reads this one file without a key, for `expires` seconds."""

    def write(self, key: str, content: bytes) -> None: ...

    def delete(self, key: str) -> None: ...


def content_type(key: str) -> str:
    """What a browser must be told: stores keep whatever type the uploader gave, often none."""
    return CONTENT_TYPES.get(key.rpartition(".")[2].lower(), "application/octet-stream")


def attachment(name: str) -> str:
    """A Content-Disposition that saves under this name, whatever letters it has (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
