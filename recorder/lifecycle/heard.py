"""What a stored notice says about its session, as the fold reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from recorder.contract.events import PRODUCT_ID, Effect, effect_of
from recorder.lifecycle.observe import Noticed
from recorder.models import Notice, RecordingSession
from recorder.providers.answers import integer

# Types that ask for attention and are told by the session's own state: a fail-over by its status,
# files in the provider's backup by its upload.
_TOLD_BY_STATE = frozenset({12, 32})
_LONGEST_TEXT = 500


def effect_in(notice: Notice) -> Effect:
    """Nothing, where the notice is about another product of the provider."""
    if notice.product_id not in {None, PRODUCT_ID}:
        return Effect()
    return effect_of(notice.event_type, notice.details)


def seen_in(notice: Notice, session: RecordingSession) -> Noticed:
    """The observation. What it tells cannot have happened before the start was sent: the service's
    clock may differ from ours."""
    effect = effect_in(notice)
    at = max(notice.at, session.start_sent_at or notice.at)
    return Noticed(
        at=at,
        arrived_at=notice.received_at,
        sid=notice.sid,
        sequence=notice.sequence,
        status=effect.status,
        upload=effect.upload,
        files=effect.files,
        slice_start_ms=effect.slice_start_ms,
        new_uid=effect.new_uid,
        trouble=_trouble(notice, effect, at),
        query=effect.query,
    )


def _trouble(notice: Notice, effect: Effect, at: datetime) -> Mapping[str, Any] | None:
    if not effect.attention or notice.event_type in _TOLD_BY_STATE:
        return None
    words = (notice.details.get(name) for name in ("errorMsg", "message"))
    text = next((word for word in words if isinstance(word, str)), "")
    return {
        "at": at.isoformat(),
        "event_type": notice.event_type,
        "level": effect.level,
        "module": integer(notice.details.get("module")),
        "code": integer(notice.details.get("errorCode")),
        "notes": list(effect.notes),
        "text": text[:_LONGEST_TEXT],
    }
