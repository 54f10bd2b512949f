"""AccessToken2 ("007"): what lets the recorder join a channel of a project with an App Certificate.

Layout (little endian): "007" + base64(zlib(text(signature) + info)), where

    info      = text(app id) u32(issued at) u32(expires after) u32(salt) u16(1 service) service
    service   = u16(1 = RTC) u16(1 privilege) u16(1 = join) u32(expires after) text(cname) text(uid)
    text      = u16(length) + bytes
    key       = HMAC(u32(salt), HMAC(u32(issued at), certificate))
    signature = HMAC(key, info)

Joining is the only privilege asked for: a recorder publishes nothing.
"""

import base64
import hmac
import re
import secrets
import struct
import time
import zlib

from recorder.contract.rules import uid_problem
from recorder.contract.words import _
from recorder.providers.errors import MalformedCredential

_VERSION = "007"
_RTC, _JOIN = 1, 1
_MAX_U32 = 2**32 - 1
_HEX_32 = re.compile(r"[0-9A-Fa-f]{32}", re.ASCII)


def rtc_token(app_id: str, certificate: str, cname: str, uid: str, *, expires_in: int) -> str:
    """A token for this recorder in this channel, good for `expires_in` seconds from now.

    It cannot be renewed: give it a longer life than the recording. Raises MalformedCredential,
    whose sentence names the part at fault and never shows it.
    """
    if not _HEX_32.fullmatch(app_id):
        raise MalformedCredential(_("The App ID must be 32 hexadecimal characters."))
    if not _HEX_32.fullmatch(certificate):
        raise MalformedCredential(_("The App Certificate must be 32 hexadecimal characters."))
    if problem := uid_problem(uid):
        raise MalformedCredential(problem)
    if not 0 < expires_in <= _MAX_U32:
        raise ValueError("A token must expire after 1 to 4294967295 seconds.")

    issued_at, salt = int(time.time()), secrets.randbelow(99_999_999) + 1
    info = b"".join(
        (
            _text(app_id),
            struct.pack("<IIIH", issued_at, expires_in, salt, 1),
            struct.pack("<HHHI", _RTC, 1, _JOIN, expires_in),
            _text(cname),
            _text(uid),
        )
    )
    key = _sign(_u32(salt), _sign(_u32(issued_at), certificate.encode()))
    content = zlib.compress(_text(_sign(key, info)) + info)
    return _VERSION + base64.b64encode(content).decode()


def _sign(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _u32(number: int) -> bytes:
    return struct.pack("<I", number)


def _text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<H", len(data)) + data
