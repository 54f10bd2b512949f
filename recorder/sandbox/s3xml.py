"""The XML documents of the S3 interface."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import ObjectRow

_SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
Node = tuple[str, "str | int | bool | Sequence[Node]"]


def document(name: str, children: Iterable[Node], *, namespace: bool = True) -> bytes:
    space = f' xmlns="{_SPACE}"' if namespace else ""
    inner = "".join(_text(child) for child in children)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{space}>{inner}</{name}>'.encode()


def _text(node: Node) -> str:
    name, value = node
    if isinstance(value, bool):
        inner = "true" if value else "false"
    elif isinstance(value, str | int):
        inner = escape(str(value), {"\r": "&#13;"})
    else:
        inner = "".join(_text(child) for child in value)
    return f"<{name}>{inner}</{name}>"


def error_document(error: S3Error, resource: str) -> bytes:
    children: list[Node] = [("Code", error.code), ("Message", str(error)), ("Resource", resource)]
    return document("Error", children, namespace=False)


def iso_time(wall_ms: int) -> str:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def encoder(encoding_type: str) -> "Encoder":
    return Encoder(encoding_type == "url")


class Encoder:
    """Keys in a listing: percent-encoded when the client asks for it."""

    def __init__(self, url: bool):
        self.url = url

    def __call__(self, key: str) -> str:
        return quote(key, safe="/-_.~*") if self.url else key


def object_node(row: ObjectRow, encode: Encoder) -> Node:
    return (
        "Contents",
        [
            ("Key", encode(row.key)),
            ("LastModified", iso_time(row.modified_wall_ms)),
            ("ETag", f'"{row.etag}"'),
            ("Size", row.size),
            ("StorageClass", "STANDARD"),
        ],
    )


# The two request documents are flat lists; a regular expression reads them and cannot be made to
# expand entities.
_UNSAFE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_KEY = re.compile(r"<Object>.*?<Key>(.*?)</Key>.*?</Object>", re.DOTALL)
_PART = re.compile(r"<Part>(.*?)</Part>", re.DOTALL)
_NUMBER = re.compile(r"<PartNumber>\s*([0-9]{1,5})\s*</PartNumber>")
_ETAG = re.compile(r"<ETag>\s*(?:\"|&quot;|&#34;)?([0-9a-f]{32})(?:\"|&quot;|&#34;)?\s*</ETag>")
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|lt|gt|amp|quot|apos);")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def keys_to_delete(body: bytes) -> tuple[list[str], bool]:
    """(keys, quiet) of a DeleteObjects request. Raises S3Error."""
    text = _read(body)
    keys = [_plain(key) for key in _KEY.findall(text)]
    if not keys or len(keys) > 1000:
        raise malformed()
    return keys, "<Quiet>true</Quiet>" in text


def chosen_parts(body: bytes) -> list[tuple[int, str]]:
    """(number, ETag) of each part of a CompleteMultipartUpload request. Raises S3Error."""
    chosen = []
    for part in _PART.findall(_read(body)):
        number, etag = _NUMBER.search(part), _ETAG.search(part)
        if not number or not etag:
            raise malformed()
        chosen.append((int(number[1]), etag[1]))
    if not chosen:
        raise malformed()
    return chosen


def _read(body: bytes) -> str:
    if _UNSAFE.search(body):
        raise malformed()
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise malformed() from None


def _plain(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        name = match[1]
        if not name.startswith("#"):
            return _NAMED[name]
        code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise malformed()
        return chr(code)

    return _ENTITY.sub(character, text)


def malformed() -> S3Error:
    return S3Error("MalformedXML", 400, "The XML you provided was not well-formed.")
