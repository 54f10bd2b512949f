"""Takes the secrets out of what is kept or shown: requests, answers, addresses, free text.

The shape stays, so that a reader still sees that a token was sent. Which names hide a secret is
decided here and nowhere else.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

MASK = "•••"

# Names are compared in lower case, without "-" and "_": secretKey and SECRET-KEY are one.
_SECRET_ENDS = (
    "secret",
    "secretkey",
    "token",
    "password",
    "certificate",
    "privatekey",
    "signature",
)
_SECRET_NAMES = frozenset({"salt", "authorization", "proxyauthorization", "cookie", "setcookie"})
_LAST_FOUR = frozenset(
    {"accesskey", "accesskeyid"}
)  # half of a pair; the end of it tells which one
_PLAIN = frozenset(
    {"cname", "uid", "sid", "resourceid"}
)  # ours, never secret; "a?key=1" is a cname
_STREAM_URL = "rtmpurl"

# A presigned address: AWS and its kin (x-amz-, x-goog-, x-oss-, x-cos-), Tencent (q-), Azure (sig).
_QUERY_STARTS = ("xamz", "xgoog", "xoss", "xcos", "qsign", "qak", "qkey")
_QUERY_PARTS = ("token", "secret", "signature", "password", "credential", "accesskey", "apikey")
_QUERY_NAMES = frozenset({"sig", "sign", "key", "auth", "pwd", "pass", "passwd", "authkey"})

_QUOTABLE = 6  # characters; a shorter "secret" would also turn up where nothing is quoted
_DEPTH = 60  # deeper than any answer the service gives; what lies below is dropped, not searched

# Each pattern starts in few places only: answers of a megabyte pass through here.
_RTMP = re.compile(
    r"(?P<scheme>\brtmp[a-z]*://)(?:[^@/\s\"'<>]*@)?(?P<host>[^/\s\"'<>?#]+)"
    r"(?P<app>/[^/\s\"'<>?#]+(?=/))?(?P<key>[^\s\"'<>]+)?",
    re.IGNORECASE,
)
_USERINFO = re.compile(
    r"(?P<scheme>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://)[^@/\s\"'<>]+@", re.IGNORECASE
)
_PAIR = re.compile(r"(?<![\w.%-])(?P<name>[A-Za-z][\w.%-]*)=(?P<value>[^&#;,\s\"'<>]+)")
_QUOTED = re.compile(
    r"(?P<name>[\"'][A-Za-z][\w-]*[\"']\s*:\s*)(?P<quote>[\"'])(?P<value>(?:\\.|(?!(?P=quote)).)*)"
)
_HEADER = re.compile(r"(?P<name>\bauthorization[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n]+", re.IGNORECASE)
_BASIC = re.compile(r"(?P<name>\b(?:basic|bearer)\s+)[A-Za-z0-9+/._~-]{16,}=*", re.IGNORECASE)
_ACCESS_TOKEN = re.compile(r"\b00[67][A-Za-z0-9+/]{40,}=*")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database takes these inside JSON


def redact(value: Any, secrets: frozenset[str] = frozenset()) -> Any:
    """The same JSON value with every secret masked. Accepts anything `json.loads` can return.

    `secrets` are values to be masked wherever they turn up, since an answer may quote the request.
    """
    return _redact(value, "", 0, secrets)


def secrets_in(value: Any, *, hidden: bool = False) -> frozenset[str]:
    """The texts under secret names in a request, for `redact`."""
    if isinstance(value, Mapping):
        parts = (secrets_in(v, hidden=hidden or _hides(_plain(k))) for k, v in value.items())
    elif isinstance(value, list | tuple):
        parts = (secrets_in(inner, hidden=hidden) for inner in value)
    else:
        return frozenset({value}) if hidden and isinstance(value, str) else frozenset()
    return frozenset().union(*parts)


def redact_text(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """The same text with keys in addresses, authorization headers and access tokens masked."""
    for secret in secrets:
        if len(secret) >= _QUOTABLE:
            text = text.replace(secret, MASK)
    text = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _HEADER.sub(rf"\g<name>{MASK}", text)
    text = _BASIC.sub(rf"\g<name>{MASK}", text)
    text = _RTMP.sub(_masked_stream, text)
    text = _USERINFO.sub(rf"\g<scheme>{MASK}@", text)
    text = _QUOTED.sub(_masked_quoted, text)
    text = _PAIR.sub(_masked_pair, text)
    return _ACCESS_TOKEN.sub(MASK, text)


def _redact(value: Any, name: str, depth: int, secrets: frozenset[str]) -> Any:
    """`name` is the nearest key above; elements of a list stand under the key of their list."""
    if depth > _DEPTH:
        return MASK
    if isinstance(value, Mapping):
        return {
            _key(key): _redact(inner, name if _hides(name) else _plain(key), depth + 1, secrets)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_redact(inner, name, depth + 1, secrets) for inner in value]
    if value is None or value == "":
        return value  # that nothing was set is worth seeing, and no secret
    if name in _LAST_FOUR:
        return _last_four(str(value))
    if _hides(name):
        return MASK
    if not isinstance(value, str):
        return value
    if name in _PLAIN:
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if name == _STREAM_URL and not _RTMP.match(value):
        return MASK
    return redact_text(value, secrets)


def _key(key: object) -> object:
    return redact_text(key) if isinstance(key, str) else key


def _plain(name: object) -> str:
    return str(name).lower().replace("-", "").replace("_", "")


def _hides(name: str) -> bool:
    return name in _SECRET_NAMES or name.endswith(_SECRET_ENDS)


def _hides_in_query(name: str) -> bool:
    return (
        _hides(name)
        or name in _QUERY_NAMES
        or name.startswith(_QUERY_STARTS)
        or any(part in name for part in _QUERY_PARTS)
    )


def _last_four(value: str) -> str:
    """`•••WXYZ`; too short a key would be given away by its end."""
    if value.startswith(MASK):
        return value
    return MASK + value[-4:] if len(value) >= 12 else MASK


def _masked_stream(found: re.Match[str]) -> str:
    """`rtmp://host/app/•••`: where it goes stays readable, the stream key does not."""
    start = found["scheme"] + found["host"] + (found["app"] or "")
    return f"{start}/{MASK}" if found["key"] else start


def _masked_pair(found: re.Match[str]) -> str:
    return (
        f"{found['name']}={MASK}" if _hides_in_query(_plain(unquote(found["name"]))) else found[0]
    )


def _masked_quoted(found: re.Match[str]) -> str:
    name = _plain(found["name"].strip(" :\"'\t\r\n"))
    if name in _LAST_FOUR:
        return found["name"] + found["quote"] + _last_four(found["value"])
    return found["name"] + found["quote"] + MASK if _hides(name) else found[0]
