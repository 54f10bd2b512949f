"""Stopping: the wish is committed at the click; one call is sent, however many click."""

from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.states import FINAL
from recorder.errors import RecorderError
from recorder.lifecycle import leases
from recorder.lifecycle.due import GRACE
from recorder.lifecycle.line import credentials_of, handle_of
from recorder.lifecycle.rows import changing
from recorder.lifecycle.steps import work
from recorder.models import InvalidTransition, RecordingSession, User, audit
from recorder.models.disk import disk_problem
from recorder.providers import errors
from recorder.providers.client import client_for

# Seconds to let a call in flight come back: a query that overlaps a stop spoils its answer.
PATIENCE = 15.0


def request_stop(session: RecordingSession, *, by: User | None, grace: timedelta = GRACE) -> bool:
    """Commit the wish to stop. False when somebody wished it before: `stop_requested_by`.

    The stop itself goes as soon as it can: now, or when the sid of a start in flight is known.
    Raises InvalidTransition for a session that ended without anybody's wish, and StoppedUnrecorded
    where the database is full.
    """
    try:
        return _wish(session, by, grace)
    except DatabaseError as error:
        if disk_problem(error) is None or not session.sid:
            raise
        _stop_unrecorded(session)
        raise StoppedUnrecorded from error


class StoppedUnrecorded(RecorderError):
    """The stop came through, and nothing about it could be saved: the next query will tell."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The service has stopped the recording. The disk of the database is full, so this"
                " is not saved: make room there, and the session will show it."
            )
        )


def _stop_unrecorded(session: RecordingSession) -> None:
    """The stop alone, without pace, lease or record: each of them would have to be saved. Raises
    ProviderError."""
    with suppress(errors.AlreadyStopped, errors.NoRecordedData):
        client_for(credentials_of(session.project)).stop(handle_of(session))


def _wish(session: RecordingSession, by: User | None, grace: timedelta) -> bool:
    session.refresh_from_db(fields=["status", "stop_requested_at", "stop_requested_by"])
    if session.stop_requested_at:
        return False  # and the worker need not wait once more for whoever sends it
    with changing(session, wait=grace.total_seconds()) as row:
        first = row.stop_requested_at is None
        if first and row.status in FINAL:
            raise InvalidTransition(_("This session has ended already. Nothing was sent."))
        if first:
            row.stop_requested_at, row.stop_requested_by = timezone.now(), by
            row.tries = 0
            audit.record("session.stop", row, by=by, session=row)
    return first


def send_stop(session: RecordingSession) -> None:
    """Send the stop that was asked for, or whatever stands before it. The row tells the rest."""
    if lease := leases.claim(session, patience=PATIENCE):
        work(session, lease)
