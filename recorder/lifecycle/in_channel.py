"""Who is in the channel of a recording, as far as its notices tell."""

from collections.abc import Mapping

from recorder.models import RecordingSession

MEDIA = (43, 44)  # sound, picture: recorder_{audio,video}_stream_state_changed
ARRIVES = 0
NOBODY = "0"  # streamUid of everybody mixed
NEWEST = 2000  # notices that are looked at


def arriving(session: RecordingSession) -> list[str]:
    """The uids whose sound or picture arrives at the recorder, in the order in which they came."""
    rows = session.notices.filter(event_type__in=MEDIA).order_by("-sequence", "-pk")
    there: dict[str, set[int]] = {}
    for medium, body in reversed(rows.values_list("event_type", "body")[:NEWEST]):
        payload = body.get("payload") if isinstance(body, Mapping) else None
        details = payload.get("details") if isinstance(payload, Mapping) else None
        if not isinstance(details, Mapping):
            continue
        uid = str(details.get("streamUid", NOBODY))
        if uid == NOBODY:
            continue
        media = there.setdefault(uid, set())
        media.discard(medium)
        if details.get("state") == ARRIVES:
            media.add(medium)
        if not media:
            del there[uid]
    return list(there)
