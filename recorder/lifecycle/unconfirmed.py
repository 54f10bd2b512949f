"""A start whose answer was lost: what can still be tried by itself, judged from the row alone."""

from datetime import datetime, timedelta

from recorder.contract.states import RESOURCE_LIFE_S, Status
from recorder.models import RecordingSession

# Seconds until the same start is repeated with the same resource id: Agora's integration guide.
REPEATS = (3, 6, 9)
# Seconds between looks into its folder; the first slice takes about fifteen.
SEEKS = (15, 30, 60, 120, 300)
SEEK_PATIENCE = timedelta(days=1)
_OWN = "{session}"  # in a prefix: the reference


def is_unconfirmed(session: RecordingSession) -> bool:
    """Whether it may run without anybody knowing its sid."""
    return session.status == Status.UNCONFIRMED and not session.sid


def may_repeat(session: RecordingSession, at: datetime) -> bool:
    """Whether the same start may be sent at that time: only while its resource id is alive, for
    after that the service may know nothing of it any more."""
    acquired = session.acquired_at
    young = acquired is not None and at - acquired < timedelta(seconds=RESOURCE_LIFE_S)
    return young and not session.proven_at and session.repeats < len(REPEATS)


def has_own_folder(session: RecordingSession) -> bool:
    """Whether whatever lies under its prefix is this session's and nobody else's."""
    parts = session.storage.get("file_name_prefix") or ()
    return any(_OWN in part or session.reference in part for part in map(str, parts))


def is_sought(session: RecordingSession, now: datetime) -> bool:
    """Whether its sid is still looked for in the storage."""
    sent = session.start_sent_at or now
    return has_own_folder(session) and now - sent <= SEEK_PATIENCE


def next_try(session: RecordingSession, now: datetime) -> datetime | None:
    """When something is tried again by itself; None: only a notice or a person can help."""
    back_off = timedelta(seconds=(0, *REPEATS)[min(session.tries, len(REPEATS))])
    if session.again_at:
        return now + back_off
    wait = timedelta(seconds=REPEATS[min(session.repeats, len(REPEATS) - 1)])
    if may_repeat(session, now + wait):
        return now + wait
    if session.ask_at:
        return now + back_off
    if not is_sought(session, now):
        return None
    return now + timedelta(seconds=SEEKS[min(session.checks, len(SEEKS) - 1)])


def former_resources(session: RecordingSession) -> list[str]:
    """Other ids that a start of this session was sent with, the newest first. None of them has a
    line break in it (providers.answers)."""
    return session.former_resource_id.split()
