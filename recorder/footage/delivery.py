"""What browsers and API clients get: a playlist they can play, and the bytes of any file."""

from collections.abc import Callable

from recorder.footage.ledger import Kind, sibling
from recorder.footage.playlist import MAX_BYTES, parse, rewrite
from recorder.models import RecordedFile, StorageConfig
from recorder.storage.access import bucket_for
from recorder.storage.bucket import SIGNED_FOR, ByteRange, Stream, content_type

LONGEST = 6 * 3600  # seconds added at most to the life of the addresses in one playlist


def playable_playlist(file: RecordedFile, *, proxy_url: Callable[[str], str] | None = None) -> str:
    """The playlist with an address in place of each slice, and slices known to be missing marked.

    `proxy_url(key)` gives our own address of a file; it is used where the storage delivers through
    us, else slices get signed addresses that outlive the recording's length by a quarter of an
    hour (a player loads the playlist once). Raises StorageError and BadPlaylist.
    """
    bucket = bucket_for(file.session)
    text = bucket.read(file.name, MAX_BYTES).decode("utf-8", "replace")
    seconds = parse(text).duration_ms // 1000
    missing = set(
        file.session.files.filter(kind=Kind.SLICE, present=False).values_list("name", flat=True)
    )

    def url_for(name: str) -> str:
        key = sibling(file.name, name)
        if proxy_url and is_proxied(file):
            return proxy_url(key)
        return bucket.sign(key, expires=SIGNED_FOR + min(seconds, LONGEST))

    return rewrite(text, url_for, missing=lambda name: sibling(file.name, name) in missing)


def is_proxied(file: RecordedFile) -> bool:
    return file.session.storage_config.delivery == StorageConfig.Delivery.PROXY


def signed_url(file: RecordedFile, *, download: bool = False) -> str:
    """A short-lived address of this file in its bucket; `download`: browsers save it."""
    name = file.name.rpartition("/")[2]
    return bucket_for(file.session).sign(file.name, download_as=name if download else "")


def open_file(file: RecordedFile, range_header: str | None = None) -> tuple[Stream, dict[str, str]]:
    """The bytes, and the headers to send with them (206 where `Content-Range` is among them).

    `range_header` as the browser sent it: one range is passed on, anything else gets the whole
    file. The caller closes the stream. Raises StorageError; RangeNotSatisfiable means 416.
    """
    stream = bucket_for(file.session).open(file.name, ByteRange.of(range_header))
    headers = {
        "Content-Type": content_type(file.name),
        "Content-Length": str(stream.length),
        "Accept-Ranges": "bytes",
        # Compressing on the way would lose the length, and video does not shrink.
        "Content-Encoding": "identity",
        "Cache-Control": "private, max-age=300",
        "X-Content-Type-Options": "nosniff",
    }
    if stream.content_range:
        headers["Content-Range"] = stream.content_range
    return stream, headers
