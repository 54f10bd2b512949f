"""Who is at work on a session: one at a time, and never for longer than the lease.

A lease keeps two processes from sending the same thing. What was *learned* needs none: an answer
that comes after its lease ran out is folded in like any other (lifecycle.observe).
"""

import secrets
import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from recorder.models import RecordingSession

# Longer than any call with its repeats elsewhere takes; renewed before each.
LEASE = timedelta(seconds=90)
_KNOCK = 0.1  # seconds between two looks at a lease that somebody else has


def claim(session: RecordingSession, *, patience: float = 0.0) -> str:
    """Take the session, waiting `patience` seconds for somebody else to finish.

    Gives the lease's token and the row as it is now; "" when it stays taken.
    """
    ends = time.monotonic() + patience
    while True:
        now, token = timezone.now(), secrets.token_hex(16)
        until = now + LEASE
        row = RecordingSession.objects.filter(pk=session.pk).unclaimed(now)
        unchanged = row.filter(version=session.version)
        if unchanged.update(lease_token=token, lease_until=until):
            session.lease_token, session.lease_until = token, until
            return token  # what the caller has read is what the row says
        if row.update(lease_token=token, lease_until=until):
            session.refresh_from_db()
            return token
        if time.monotonic() >= ends:
            return ""
        time.sleep(_KNOCK)


def claim_due(limit: int, now: datetime) -> list[RecordingSession]:
    """Take up to `limit` due sessions, each with its token. Two callers never get the same one."""
    if not RecordingSession.objects.due(now).exists():
        return []  # most often: without a transaction that would make writers wait
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        rows = RecordingSession.objects.due(now).select_for_update(skip_locked=skip)
        taken = list(rows[:limit])
        for session in taken:
            session.lease_token, session.lease_until = secrets.token_hex(16), now + LEASE
        RecordingSession.objects.bulk_update(taken, ["lease_token", "lease_until"])
    return taken
