"""Requests and responses as the sandbox's handlers see them, over plain WSGI."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, quote, unquote_to_bytes

WSGIEnviron = dict[str, Any]


class BadRequest(Exception):
    """The request itself is unusable; `str(error)` says why."""

    def __init__(self, message: str, status: int = 400):
        super().__init__(message)
        self.status = status


class HangUp(Exception):
    """Raised instead of an answer, or in the middle of one: the connection is reset."""


@dataclass(slots=True)
class Response:
    status: int
    body: bytes | Iterable[bytes] = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None  # of an iterable body, or of what a HEAD does not send

    def header_list(self) -> list[tuple[str, str]]:
        length = (
            len(self.body) if isinstance(self.body, bytes) and self.length is None else self.length
        )
        headers = [("Content-Type", self.content_type)] if self.content_type else []
        if length is not None and self.status not in (204, 304):
            headers.append(("Content-Length", str(length)))
        return headers + list(self.headers.items())


def json_response(status: int, body: Mapping[str, object], **headers: str) -> Response:
    return Response(status, json.dumps(body).encode(), headers=headers)


class Request:
    """`raw_path` is the path as it was sent, still percent-encoded."""

    def __init__(self, environ: WSGIEnviron):
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.raw_path = _raw_path(environ)
        self.query_string: str = environ.get("QUERY_STRING", "")

    @property
    def remote(self) -> str:
        return str(self.environ.get("REMOTE_ADDR", ""))

    @cached_property
    def query(self) -> dict[str, str]:
        try:
            return dict(parse_qsl(self.query_string, keep_blank_values=True, max_num_fields=200))
        except ValueError as error:
            raise BadRequest("The query has too many parts") from error

    def header(self, name: str, default: str = "") -> str:
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        return str(self.environ.get(key, default))

    @property
    def length(self) -> int | None:
        """The body's declared length; None when it is chunked or not declared."""
        text = self.header("Content-Length")
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise BadRequest("Content-Length is no number")
        return int(text)

    @property
    def stream(self) -> BinaryIO:
        return cast(BinaryIO, self.environ["wsgi.input"])

    def body(self, most: int) -> bytes:
        """The whole body. Raises BadRequest with status 413 when it is longer than `most` bytes."""
        length = self.length
        if length is None and "chunked" not in self.header("Transfer-Encoding").lower():
            return b""
        if length is not None and length > most:
            raise BadRequest("Request size limit exceeded", 413)
        data = self.stream.read(length if length is not None else most + 1)
        if len(data) > most:
            raise BadRequest("Request size limit exceeded", 413)
        if length is not None and len(data) < length:
            raise BadRequest("The body ended early")
        return data


def _raw_path(environ: WSGIEnviron) -> str:
    """Our server passes the path untouched; under any other it is encoded again from PATH_INFO."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if isinstance(raw, str) and raw.startswith("/"):
        return raw.split("?", 1)[0]
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "/")
    return quote(path.encode("latin-1"), safe="/-_.~")


def decoded(text: str) -> str:
    """Percent-decode one part of a path. Raises BadRequest when it is not UTF-8."""
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("The address is not UTF-8") from error


MOST_DEPTH = 20  # no documented body nests deeper than 7


def parse_json(data: bytes) -> Any:
    """Strict JSON: UTF-8, no NaN, no lone surrogates, no deep nesting. Raises ValueError."""
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise ValueError("nested too deeply")
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate is a ValueError here
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
