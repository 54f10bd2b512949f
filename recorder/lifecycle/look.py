"""Looking at a session: at the service while it runs, in the bucket after its end."""

from collections.abc import Callable
from typing import TypeAlias

from django.utils import timezone

from recorder.errors import RecorderError
from recorder.lifecycle.fold import apply
from recorder.lifecycle.gone import end_if_gone
from recorder.lifecycle.line import PATIENCE, Line, handle_of
from recorder.lifecycle.observe import (
    BucketListing,
    Missing404,
    QueryAnswer,
    StartAnswer,
)
from recorder.lifecycle.rows import changing
from recorder.models import RecordingSession
from recorder.providers import errors
from recorder.providers.client import Handle

ABOUT_TO_LEAVE = 8  # of serverResponse.status

# Looks into the bucket of a session; None when nothing could be learned. A StartAnswer tells a sid
# that was not known. From above: what lies in a bucket is footage's knowledge.
BucketLook: TypeAlias = Callable[[RecordingSession], BucketListing | StartAnswer | None]


def query(
    session: RecordingSession,
    lease: str,
    bucket: BucketLook | None = None,
    *,
    turn: float = PATIENCE,
) -> None:
    """Ask the service once, and while it records look which slices have arrived. Gives the lease
    back. `turn`: seconds to wait for the account's."""
    line = Line(session, patience=turn)
    try:
        seen = shown(line, handle_of(session))
    except errors.Paced as error:
        with changing(session, lease=lease, line=line, wait=error.wait):
            return
    except errors.ProviderError:
        with changing(session, lease=lease, line=line) as row:
            row.tries += 1
            return
    with changing(session, lease=lease, learned=True, line=line) as row:
        apply(row, seen)
        row.tries, row.checks = 0, row.checks + 1
        end_if_gone(row, seen.at)
    if session.is_live and session.recording_at and (listed := looked(session, bucket)):
        with changing(session, learned=True) as row:
            apply(row, listed)


def shown(line: Line, handle: Handle) -> QueryAnswer | Missing404:
    """What the answer says. Raises ProviderError where it says nothing about the session."""
    try:
        result = line.client.query(handle)
    except errors.SessionNotFound:
        return Missing404(timezone.now())
    except errors.SessionExiting:
        return QueryAnswer(timezone.now(), ABOUT_TO_LEAVE)
    return QueryAnswer(timezone.now(), result.status, result.files, result.slice_start_ms)


def look(session: RecordingSession, lease: str, bucket: BucketLook | None) -> None:
    """See which files have arrived. Gives the lease back; trouble only means looking again."""
    seen = looked(session, bucket)
    with changing(session, lease=lease, learned=True) as row:
        row.checks += 1
        if seen:
            apply(row, seen)
        else:
            row.tries += 1


def looked(
    session: RecordingSession, bucket: BucketLook | None
) -> BucketListing | StartAnswer | None:
    """What the bucket tells; None where it cannot be read, which says nothing of the session."""
    try:
        return bucket(session) if bucket else None
    except RecorderError:
        return None
