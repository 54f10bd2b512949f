"""Checks an RTC token (AccessToken2, "007") as the service does when an App Certificate is set.

Layout: "007" + base64(zlib(string(signature) + info)); info = string(app id), u32 issued, u32
lifetime, u32 salt, u16 count, services in order of type; the RTC service = u16 1, map of u16
privilege to u32 lifetime, string(channel), string(uid); string = u16 length and bytes; all little
endian. Lifetimes are seconds from `issued`; 0 never ends.
"""

import base64
import binascii
import hashlib
import hmac
import struct
import zlib
from dataclasses import dataclass

EXPIRED, WRONG = 109, 110  # error codes of the recorder's failed join
JOIN = 1
_RTC = 1
_MOST = 16_384  # characters; a real token has a few hundred


@dataclass(frozen=True, slots=True)
class _Token:
    app_id: str
    issued: int
    lifetime: int
    privileges: dict[int, int]
    channel: str
    uid: str


class _Reader:
    def __init__(self, data: bytes):
        self._data, self._at = data, 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return int(value)

    def string(self) -> bytes:
        length = self.number("<H")
        if self._at + length > len(self._data):
            raise ValueError("the token ends early")
        self._at += length
        return self._data[self._at - length : self._at]

    def rest(self) -> bytes:
        return self._data[self._at :]


def token_fault(
    token: str, *, app_id: str, certificate: str, cname: str, uid: str, now_s: float
) -> int | None:
    """None when the token lets this recorder in, else EXPIRED or WRONG. An empty token is wrong."""
    try:
        read = _read(token, certificate)
    except (ValueError, struct.error, zlib.error, binascii.Error):
        return WRONG
    if read is None or read.app_id != app_id or read.channel != cname or read.uid not in ("", uid):
        return WRONG
    if JOIN not in read.privileges:
        return WRONG
    ends = [read.issued + life for life in (read.lifetime, read.privileges[JOIN]) if life]
    return EXPIRED if any(now_s >= end for end in ends) else None


def _read(token: str, certificate: str) -> _Token | None:
    """The token's content; None when the signature is not of this certificate or it is no RTC
    token.
    """
    if not token.startswith("007") or len(token) > _MOST:
        return None
    packed = base64.b64decode(token[3:].encode("ascii"), validate=True)
    outer = _Reader(zlib.decompressobj().decompress(packed, 65_536))
    signature, info = outer.string(), outer.rest()
    reader = _Reader(info)
    app_id, issued, lifetime, salt = reader.string(), *(reader.number("<I") for _ in range(3))
    key = hmac.digest(struct.pack("<I", issued), certificate.encode(), hashlib.sha256)
    key = hmac.digest(struct.pack("<I", salt), key, hashlib.sha256)
    if not hmac.compare_digest(signature, hmac.digest(key, info, hashlib.sha256)):
        return None
    if not reader.number("<H") or reader.number("<H") != _RTC:
        return None  # services come in order of type and RTC is the first
    privileges = {reader.number("<H"): reader.number("<I") for _ in range(reader.number("<H"))}
    channel, uid = reader.string().decode(), reader.string().decode()
    return _Token(app_id.decode(), issued, lifetime, privileges, channel, uid)
