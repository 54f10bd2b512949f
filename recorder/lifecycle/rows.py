"""The one way in which lifecycle writes a session."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.states import FINAL
from recorder.lifecycle.attention import regard
from recorder.lifecycle.due import next_check
from recorder.lifecycle.leases import LEASE
from recorder.lifecycle.line import Line
from recorder.models import LostRace, RecordingSession, Secret

CAPACITY = "capacity"  # of RecordingSession.held


@contextmanager
def changing(
    session: RecordingSession,
    *,
    lease: str = "",
    keep: bool = False,
    learned: bool = False,
    line: Line | None = None,
    wait: float | None = None,
) -> Iterator[RecordingSession]:
    """The row, locked and fresh: what is set on it is committed at the end, all of it or nothing.

    Committed with it: the calls heard on `line`, whether a person should look, and when something
    is to be done next (in `wait` seconds, where given). `lease` is given back, or with `keep`
    renewed for the call that follows. It must be the row's, else LostRace and nothing is changed;
    only what was `learned` from an answer is true whoever has the row now.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        row = RecordingSession.objects.select_for_update().get(pk=session.pk)
        mine = bool(lease) and row.lease_token == lease
        if lease and not mine and not learned:
            raise LostRace(
                _("Another process took this session over; it is now %(status)s.")
                % {"status": row.status}
            )

        def due() -> datetime | None:
            if keep:
                return now
            return next_check(row, now) if wait is None else now + timedelta(seconds=wait)

        with _written(row, now, due):
            yield row
            if mine:
                row.breaks = 0
                row.lease_token, row.lease_until = (lease, now + LEASE) if keep else ("", None)
        if line:
            line.keep(row)
    _copy(row, session)


@contextmanager
def told(row: RecordingSession, now: datetime) -> Iterator[RecordingSession]:
    """The same for what notices change on a row that is locked already, in the caller's
    transaction. Whoever is at work on it, or about to stop it, keeps the time of the next step,
    unless it waits for the sid, or did: then there may be none."""
    planned, status, sid = row.next_check_at, row.status, row.sid

    def due() -> datetime | None:
        if not sid:
            return next_check(row, now)
        taken = bool(row.lease_until and row.lease_until > now)
        stopping = bool(row.stop_requested_at) and row.status == status
        return planned if taken or stopping else next_check(row, now)

    with _written(row, now, due):
        yield row


@contextmanager
def _written(
    row: RecordingSession, now: datetime, due: Callable[[], datetime | None]
) -> Iterator[None]:
    """What follows from the change, and its columns in one UPDATE."""
    was_final, before = row.status in FINAL, _values(row)
    yield
    if row.status in FINAL and not was_final:
        row.ended_at = row.ended_at or now
        row.checks = row.tries = 0
        row.ask_at = None
        row.secrets = Secret()
        row.held = ""
        _let_in(row, now)
    regard(row, now, news=row.trouble != before["trouble"])
    row.next_check_at = due()
    row.version += 1
    row.save(update_fields=["changed_at", *_changed(row, before)])


def _let_in(ended: RecordingSession, now: datetime) -> None:
    """Where the account was full, the one that has waited longest tries at once."""
    waiting = RecordingSession.objects.live().filter(project_id=ended.project_id, held=CAPACITY)
    first = waiting.exclude(pk=ended.pk).order_by("requested_at").values_list("pk", flat=True)
    if pk := first.first():
        RecordingSession.objects.filter(pk=pk).unclaimed(now).update(next_check_at=now)


def _copy(row: RecordingSession, session: RecordingSession) -> None:
    """The caller's object shows what was committed, without another query."""
    for field, value in _values(row).items():
        setattr(session, field, value)


def _values(row: RecordingSession) -> dict[str, Any]:
    """What is loaded of it."""
    loaded = vars(row)
    return {name: loaded[name] for name in _columns() if name in loaded}


@cache
def _columns() -> tuple[str, ...]:
    return tuple(field.attname for field in RecordingSession._meta.concrete_fields)


def _changed(row: RecordingSession, before: dict[str, Any]) -> list[str]:
    """The columns that were set anew. A row has sixty, and a step changes about ten."""
    return [
        name for name, value in _values(row).items() if name not in before or value != before[name]
    ]
