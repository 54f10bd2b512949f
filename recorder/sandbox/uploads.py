"""The body of an S3 upload, checked while it streams by: length, SHA-256, chunk signatures,
checksums.
"""

import base64
import binascii
import hashlib
import hmac
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from recorder.sandbox.sigv4 import EMPTY_HASH, STREAMING, UNSIGNED, S3Error, Signed
from recorder.sandbox.wire import Request

BLOCK = 262_144
MOST_CHUNK = 16_777_216
MOST_OBJECT = 5 * 1024**3  # of one PUT, as S3 has it
SIGNED_CHUNKS = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?\r\n")


def checked_body(request: Request, signed: Signed) -> Iterator[bytes]:
    """The content in blocks. Raises S3Error, at the latest after the last block, if anything does
    not match.
    """
    if signed.payload.startswith(STREAMING):
        if signed.payload not in (*SIGNED_CHUNKS, UNSIGNED_CHUNKS):
            raise S3Error("NotImplemented", 501, "This kind of streamed body is not supported.")
        blocks = _chunks(request, signed)
    else:
        blocks = _plain(request, signed)
    yield from _digested(request, blocks)


def _plain(request: Request, signed: Signed) -> Iterator[bytes]:
    left = request.length
    if left is None:
        raise S3Error("MissingContentLength", 411, "You must provide the Content-Length header.")
    if left > MOST_OBJECT:
        raise S3Error("EntityTooLarge", 400, "The body is larger than one upload may be.")
    digest = hashlib.sha256()
    while left:
        block = request.stream.read(min(BLOCK, left))
        if not block:
            raise _incomplete()
        left -= len(block)
        digest.update(block)
        yield block
    if signed.payload != UNSIGNED and not hmac.compare_digest(digest.hexdigest(), signed.payload):
        raise S3Error(
            "XAmzContentSHA256Mismatch", 400, "The body does not match x-amz-content-sha256."
        )


def _chunks(request: Request, signed: Signed) -> Iterator[bytes]:
    """aws-chunked: `size;chunk-signature=…`, data, …, `0;…`, then trailing checksums and their
    signature.
    """
    stream = request.stream
    total, previous = 0, signed.signature
    while True:
        head = _CHUNK.fullmatch(stream.readline(200))
        if not head or (signed.payload in SIGNED_CHUNKS and not head[2]):
            raise S3Error("InvalidRequest", 400, "The chunked body is malformed.")
        size = int(head[1], 16)
        total += size
        if size > MOST_CHUNK or total > MOST_OBJECT:
            raise S3Error("EntityTooLarge", 400, "A chunk or the whole body is too large.")
        data = stream.read(size)
        if len(data) < size:
            raise _incomplete()
        if signed.payload in SIGNED_CHUNKS:
            digest = hashlib.sha256(data).hexdigest()
            previous = _next(signed, previous, head[2].decode(), digest)
        if not size:
            break
        if stream.read(2) != b"\r\n":
            raise S3Error("InvalidRequest", 400, "The chunked body is malformed.")
        yield data
    trailer = _read_trailer(request, signed, previous)
    request.environ["sandbox.trailer"] = trailer
    declared = request.header("x-amz-decoded-content-length")
    if declared and declared != str(total):
        raise _incomplete()


def _next(signed: Signed, previous: str, given: str, digest: str) -> str:
    right = signed.chunk_signature("PAYLOAD", previous, EMPTY_HASH, digest)
    if not hmac.compare_digest(right, given):
        raise S3Error("SignatureDoesNotMatch", 403, "The signature of a chunk does not match.")
    return right


def _read_trailer(request: Request, signed: Signed, previous: str) -> dict[str, str]:
    lines: dict[str, str] = {}
    for _ in range(10):
        line = request.stream.readline(500).rstrip(b"\r\n")
        if not line:
            break
        name, _, value = line.decode("latin-1").partition(":")
        lines[name.strip().lower()] = value.strip()
    signature = lines.pop("x-amz-trailer-signature", "")
    if signed.payload == SIGNED_CHUNKS[1]:
        text = "".join(f"{name}:{value}\n" for name, value in lines.items())
        digest = hashlib.sha256(text.encode()).hexdigest()
        if not hmac.compare_digest(signed.chunk_signature("TRAILER", previous, digest), signature):
            raise S3Error(
                "SignatureDoesNotMatch", 403, "The signature of the trailer does not match."
            )
    return lines


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


def _digested(request: Request, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Pass the blocks on and compare the checksums that the client declared.

    crc32c and crc64nvme are not in the standard library and are taken on trust.
    """
    sums: dict[str, _Digest] = {
        "content-md5": hashlib.md5(usedforsecurity=False),
        "x-amz-checksum-crc32": _Crc32(),
        "x-amz-checksum-sha1": hashlib.sha1(usedforsecurity=False),
        "x-amz-checksum-sha256": hashlib.sha256(),
    }
    promised = request.header("x-amz-trailer").lower()
    used = {name: made for name, made in sums.items() if request.header(name) or name in promised}
    for block in blocks:
        for made in used.values():
            made.update(block)
        yield block
    trailer: dict[str, str] = request.environ.get("sandbox.trailer", {})
    for name, made in used.items():
        given = request.header(name) or trailer.get(name, "")
        try:
            right = base64.b64decode(given, validate=True) == made.digest()
        except binascii.Error:
            right = False
        if not right:
            raise S3Error("BadDigest", 400, f"The body does not match {name}.")


def whole(request: Request, signed: Signed, most: int) -> bytes:
    """A small body, such as an XML document, in one piece."""
    parts, size = [], 0
    for block in checked_body(request, signed):
        size += len(block)
        if size > most:
            raise S3Error("MaxMessageLengthExceeded", 400, "The body is too large.")
        parts.append(block)
    return b"".join(parts)


def spool(source: Iterator[bytes], target: BinaryIO) -> tuple[int, str]:
    """Write the blocks to a file; returns (size in bytes, MD5 in hex, which is the ETag)."""
    size, digest = 0, hashlib.md5(usedforsecurity=False)
    for block in source:
        target.write(block)
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


def _incomplete() -> S3Error:
    return S3Error("IncompleteBody", 400, "The body is shorter than it says.")
