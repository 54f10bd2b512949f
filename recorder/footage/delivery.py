"""What browsers and API clients get: a playlist they can play, and the bytes of any file."""

from collections.abc import Callable, Sequence

from recorder.errors import RecorderError
from recorder.footage.ledger import Kind, sibling
from recorder.footage.parts import in_parts, joined
from recorder.footage.playlist import MAX_BYTES, BadPlaylist, parse, rewrite
from recorder.models import RecordedFile, StorageConfig
from recorder.storage.access import bucket_for
from recorder.storage.bucket import SIGNED_FOR, Bucket, ByteRange, Stream, content_type
from recorder.storage.errors import NoSuchFile, TooLarge

LONGEST = 6 * 3600  # seconds added at most to the life of the addresses in one playlist


def playable_playlist(file: RecordedFile, *, proxy_url: Callable[[str], str] | None = None) -> str:
    """The playlist with an address in place of each slice, and slices known to be missing marked.

    The first list of a recording that moved to another server goes on with the others, in order;
    those that are not there yet or cannot be read are passed over.

    `proxy_url(key)` gives our own address of a file; it is used where the storage delivers through
    us, else slices get signed addresses that outlive the recording's length by a quarter of an
    hour (a player loads the playlist once). Raises StorageError and BadPlaylist.
    """
    bucket = bucket_for(file.session)
    texts = _texts(bucket, _from_here(file))
    seconds = sum(parse(text).duration_ms for text in texts.values()) // 1000
    missing = set(
        file.session.files.filter(kind=Kind.SLICE, present=False).values_list("name", flat=True)
    )

    def url_for(name: str) -> str:
        key = sibling(file.name, name)
        if proxy_url and is_proxied(file):
            return proxy_url(key)
        return bucket.sign(key, expires=SIGNED_FOR + min(seconds, LONGEST))

    def is_missing(name: str) -> bool:
        return sibling(file.name, name) in missing

    return joined([rewrite(text, url_for, missing=is_missing) for text in texts.values()])


def _from_here(file: RecordedFile) -> list[RecordedFile]:
    """The list and those that continue it; of a later one only itself."""
    lists = file.session.files.filter(kind=Kind.PLAYLIST)
    return next((parts for parts in in_parts(lists) if parts[0].pk == file.pk), [file])


def _texts(bucket: Bucket, parts: Sequence[RecordedFile]) -> dict[str, str]:
    """By name. Raises for the first what it ignores for the others, where none can be read."""
    texts: dict[str, str] = {}
    problem: RecorderError | None = None
    for part in parts:
        try:
            text = bucket.read(part.name, MAX_BYTES).decode("utf-8", "replace")
            parse(text)
        except (NoSuchFile, TooLarge, BadPlaylist) as error:
            problem = problem or error
        else:
            texts[part.name] = text
    if problem and not texts:
        raise problem
    return texts


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
