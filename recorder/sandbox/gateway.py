"""The gateway in front of the service: who calls, which App ID, how often, and whether the body is
JSON at all.
"""

import base64
import binascii
import hmac
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from recorder.sandbox.answers import Answer, gateway, refused
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.wire import BadRequest, Request, parse_json

log = logging.getLogger("sandbox")

MOST_BODY = 1_000_000  # bytes
UNAUTHORIZED = gateway(401, "Unauthorized")
BAD_CREDENTIALS = gateway(401, "Invalid authentication credentials")
NO_ROUTE = gateway(404, "no Route matched with those values")
BAD_APP_ID = gateway(400, "appid is invalid")
TOO_MANY = gateway(429, "API rate limit exceeded")

_MEDIA_TYPE = re.compile(
    r"\s*application/json\s*(;\s*charset\s*=\s*\"?utf-8\"?\s*)?;?\s*", re.IGNORECASE
)
_PLAIN_TYPES = ("application/json", "application/json;charset=utf-8")


def credentials_fault(request: Request, config: SandboxConfig) -> Answer | None:
    """Basic authentication; both halves are compared in constant time."""
    header = request.header("Authorization")
    if not header:
        return UNAUTHORIZED
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return BAD_CREDENTIALS
    try:
        given = base64.b64decode(encoded.strip().encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return BAD_CREDENTIALS
    right = f"{config.customer_id}:{config.customer_secret}".encode()
    return None if hmac.compare_digest(given, right) else BAD_CREDENTIALS


class RateLimit:
    """At most `most` calls in any second, per App ID. 0 is no limit."""

    def __init__(self, most: int):
        self.most = most
        self._calls: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def allows(self, app_id: str) -> bool:
        if not self.most:
            return True
        now = time.monotonic()
        with self._lock:
            calls = self._calls.setdefault(app_id, deque())
            while calls and calls[0] <= now - 1:
                calls.popleft()
            if len(calls) >= self.most:
                return False
            calls.append(now)
        return True


def read_object(request: Request) -> tuple[Mapping[str, Any], Answer | None]:
    """The JSON object of a POST, or the answer that refuses it: 400 code 8, for another JSON value
    2, or 413.
    """
    content_type = request.header("Content-Type")
    if not _MEDIA_TYPE.fullmatch(content_type):
        return {}, refused(400, 8, "Content-Type must be application/json;charset=utf-8")
    if content_type not in _PLAIN_TYPES:
        log.warning(
            "Content-Type %r has capitals or spaces, which the real service may refuse",
            content_type,
        )
    try:
        value = parse_json(request.body(MOST_BODY))
    except BadRequest as error:
        if error.status == 413:
            return {}, gateway(413, "Request size limit exceeded")
        return {}, refused(400, 8, "the body ended early")
    except ValueError:
        return {}, refused(400, 8, "the body is not valid JSON")
    if not isinstance(value, dict):
        return {}, refused(400, 2, "the body must be a JSON object")
    return value, None
