"""From the notification service's JSON to a row, lenient about everything but its identity.

Source: Agora Notification Center, request body; anyRTC's is the same.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from recorder.contract.files import time_ms
from recorder.errors import RecorderError
from recorder.models import Notice
from recorder.providers.answers import integer, sid_in
from recorder.providers.redact import redact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MalformedNotice(RecorderError):
    """The body is JSON and no notice. Nothing was kept."""


def notice_in(body: Mapping[str, Any], project_id: int, now: datetime) -> Notice:
    """The row, not saved. Raises MalformedNotice where it cannot be told from others."""
    payload = body.get("payload", {})
    if not isinstance(payload, Mapping):
        raise MalformedNotice(_("payload must be an object."))
    event_type = integer(body.get("eventType"))
    if event_type is None:
        raise MalformedNotice(_("eventType must be a whole number."))
    sid = sid_in(payload) or sid_in(body)
    sequence, uid = _count(payload.get("sequence")), _text(payload.get("uid"), 48)
    return Notice(
        project_id=project_id,
        notice_id=_identity(body),
        twin=_twin(sid, uid, sequence, event_type),
        product_id=integer(body.get("productId")),
        event_type=event_type,
        sid=sid,
        cname=_text(payload.get("cname"), 1024),
        uid=uid,
        sequence=sequence,
        at=_happened(body, payload, now),
        body=redact(dict(body)),
        received_at=now,
        delivered_at=now,
    )


def _identity(body: Mapping[str, Any]) -> str:
    """`noticeId` is the same on every resend of one notice."""
    found = body.get("noticeId")
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not 0 < len(found) <= 128:
        raise MalformedNotice(_("noticeId must be a text of 1 to 128 characters."))
    return found


def _twin(sid: str, uid: str, sequence: int | None, event_type: int) -> str | None:
    """One event, whatever the id it comes under: with the redundant service two of them do.

    The uid belongs to it because a recorder that took over may count anew.
    """
    if not sid or sequence is None:
        return None
    key = json.dumps([sid, uid, sequence, event_type])
    return hashlib.sha256(key.encode()).hexdigest()


def _happened(body: Mapping[str, Any], payload: Mapping[str, Any], now: datetime) -> datetime:
    """`sendts`, else when it was sent; never later than its arrival, whatever clock they have."""
    times = (time_ms(payload.get("sendts")), time_ms(body.get("notifyMs")))
    first = next((ms for ms in times if ms), None)
    arrived = (now - _EPOCH) // timedelta(milliseconds=1)
    return now if first is None or first >= arrived else _EPOCH + timedelta(milliseconds=first)


def _count(value: object) -> int | None:
    number = integer(value)
    return number if number is not None and number >= 0 else None


def _text(value: object, longest: int) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value[:longest] if isinstance(value, str) else ""
