"""Objects over HTTP: which headers are kept and given back, ranges, and what browsers may do."""

import contextlib
import re
from collections.abc import Iterator
from email.utils import formatdate
from typing import BinaryIO

from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import ObjectRow
from recorder.sandbox.uploads import BLOCK
from recorder.sandbox.wire import Request, Response

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag,"
    " Last-Modified",
}
# Uploaded pages lie on the same origin as the control page: a browser must not run them.
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
_KEPT = ("Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires")
_OVERRIDES = ("cache-control", "content-disposition", "content-language", "expires")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_VALUE = re.compile(r"[\t -~\x80-\xff]*")


def preflight(request: Request) -> Response:
    if not request.header("Origin") or not request.header("Access-Control-Request-Method"):
        raise S3Error("BadRequest", 400, "Insufficient information. Origin request header needed.")
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "Range, If-None-Match, Content-Type, X-Requested-With",
        "Access-Control-Max-Age": "86400",
    }
    return Response(200, b"", "", headers=headers)


def kept_headers(request: Request) -> tuple[str, dict[str, str]]:
    """(content type, what is given back with the object) of an upload."""
    kept = {name: request.header(name) for name in _KEPT if request.header(name)}
    if "aws-chunked" in kept.get("Content-Encoding", ""):  # tells how it was sent, not what it is
        rest = [
            p.strip() for p in kept.pop("Content-Encoding").split(",") if p.strip() != "aws-chunked"
        ]
        kept |= {"Content-Encoding": ", ".join(rest)} if rest else {}
    for name, value in request.environ.items():
        if name.startswith("HTTP_X_AMZ_META_"):
            kept[name[5:].lower().replace("_", "-")] = str(value)
    return request.header("Content-Type") or "binary/octet-stream", kept


def object_response(row: ObjectRow, file: BinaryIO, request: Request) -> Response:
    """The answer to GET or HEAD; it closes the file. Raises S3Error."""
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(file.close)
        headers = _object_headers(row, request)
        wanted = request.header("If-Match")
        if wanted and wanted != "*" and headers["ETag"] not in wanted:
            raise S3Error("PreconditionFailed", 412, "The object has another ETag.")
        if headers["ETag"] in request.header("If-None-Match"):
            return Response(304, b"", "", headers=headers)
        span = _span(request.header("Range"), row.size)
        if span is not None:
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{row.size}"
        status, span = (200, range(row.size)) if span is None else (206, span)
        content_type = _override(request, "content-type") or row.content_type
        response = Response(status, b"", content_type, headers, len(span))
        if request.method == "GET":
            file.seek(span.start)
            response.body = blocks(file, len(span))
            cleanup.pop_all()  # the blocks close it now
        return response


def _object_headers(row: ObjectRow, request: Request) -> dict[str, str]:
    overrides = {name.title(): _override(request, name) for name in _OVERRIDES}
    return {
        **row.headers,
        **{name: value for name, value in overrides.items() if value},
        "ETag": f'"{row.etag}"',
        "Last-Modified": formatdate(row.modified_wall_ms // 1000, usegmt=True),
        "Accept-Ranges": "bytes",
        **HARMLESS,
    }


def _override(request: Request, name: str) -> str:
    """A header that the signed address asks for, as in response-content-disposition.

    What cannot be a header is dropped.
    """
    value = request.query.get(f"response-{name}", "")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return ""
    return value if _VALUE.fullmatch(value) else ""


def _span(header: str, size: int) -> range | None:
    """The bytes of a single range; None for anything else. Raises S3Error if there are none."""
    match = _RANGE.fullmatch(header)
    if not match or not (match[1] or match[2]):
        return None
    start = int(match[1]) if match[1] else max(0, size - int(match[2]))
    last = int(match[2]) if match[1] and match[2] else size - 1
    if match[1] and match[2] and last < start:
        return None
    if start >= size:
        raise S3Error("InvalidRange", 416, "The requested range is not satisfiable.")
    return range(start, min(last, size - 1) + 1)


def blocks(file: BinaryIO, left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
