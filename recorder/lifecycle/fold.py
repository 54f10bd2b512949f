"""Folding what was seen into a session's row and its files."""

import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from recorder.contract.files import FileEntry, kind_of
from recorder.lifecycle.heard import seen_in
from recorder.lifecycle.line import Line
from recorder.lifecycle.observe import (
    Facts,
    Missing404,
    Noticed,
    Observation,
    QueryAnswer,
    StartAnswer,
    StopAnswer,
    next_state,
)
from recorder.lifecycle.rows import changing
from recorder.models import Notice, RecordedFile, RecordingSession

log = logging.getLogger(__name__)

_TOLD = ["track_type", "uid", "mixed_all_user", "is_playable", "slice_start_ms"]
_LONGEST_NAME = 1024  # an object key; also what the columns hold
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no such text

# What telling a session sets on its notice.
TOLD = ["session", "folded_at", "due_at", "tries", "error", "late"]
# A number that is missing may only be late; and where some types are not subscribed to, numbers
# are always missing: then an answer of the last minute is as good as another query.
GAP_GRACE = timedelta(seconds=3)
GAP_ASKED_WITHIN = timedelta(minutes=1)


def fold(
    session: RecordingSession, seen: Observation, *, lease: str = "", line: Line | None = None
) -> None:
    """Let one observation change the session: any order, any number of times, one result.

    Needs no lease; one that is given is given back in the same commit (see rows.changing).
    """
    with changing(session, lease=lease, learned=True, line=line) as row:
        apply(row, seen)


def apply(row: RecordingSession, seen: Observation) -> None:
    """The same on a row that is locked already."""
    if isinstance(seen, QueryAnswer | StopAnswer | Noticed) and seen.files:
        seen = replace(seen, files=tuple(entry for entry in seen.files if _storable(entry)))
        _keep_files(row, seen.files)
    for column, value in next_state(Facts.of(row), seen).columns().items():
        setattr(row, column, value)
    if isinstance(seen, QueryAnswer | Missing404 | StopAnswer):
        row.ask_at = None
    if isinstance(seen, StartAnswer):
        _tell_waiting(row)


def tell(row: RecordingSession, notice: Notice, now: datetime) -> None:
    """Fold one notice into its locked session and set on the notice what came of it (TOLD)."""
    seen, last = seen_in(notice, row), row.last_sequence
    if not notice.folded_at and seen.sequence is not None:
        notice.late = last is not None and seen.sequence < last
        if seen.sequence > (-1 if last is None else last) + 1 and not _asked_lately(row, now):
            row.ask_at = row.ask_at or now + GAP_GRACE
    apply(row, seen)
    if notice.late and row.ask_at and row.ask_at > now and not _lacks_some(row, notice):
        row.ask_at = None  # it was late, not lost
    if seen.query and not notice.folded_at:
        row.ask_at = now
    notice.session, notice.folded_at, notice.due_at, notice.error = row, now, None, ""


def _asked_lately(row: RecordingSession, now: datetime) -> bool:
    return bool(row.observed_at and now - row.observed_at < GAP_ASKED_WITHIN)


def _lacks_some(row: RecordingSession, notice: Notice) -> bool:
    """Whether numbers are still missing once this one is filed."""
    known = set(row.notices.exclude(sequence=None).values_list("sequence", flat=True))
    return len(known | {notice.sequence}) <= (row.last_sequence or 0)


def _tell_waiting(row: RecordingSession) -> None:
    """What came before the sid was known. The sid must not be lost over this: they stay due."""
    waiting = Notice.objects.waiting_for(row.project_id, row.sid)
    if not waiting.exists():
        return  # nearly always: the answer is faster than the first notice
    skip = connection.features.has_select_for_update_skip_locked
    try:
        with transaction.atomic():
            notices = list(waiting.select_for_update(skip_locked=skip))
            for notice in notices:
                tell(row, notice, timezone.now())
            Notice.objects.bulk_update(notices, TOLD)
    except Exception:
        log.exception("What was heard of session %s before could not be folded.", row.reference)


def _storable(entry: FileEntry) -> bool:
    return len(entry.file_name) <= _LONGEST_NAME and not _UNSTORABLE.search(entry.file_name)


def _keep_files(row: RecordingSession, files: Iterable[FileEntry]) -> None:
    """Remember every file that was named. The state must not be lost over one of them."""
    named = {entry.file_name: entry for entry in files}
    try:
        with transaction.atomic():
            known = {file.name: file for file in row.files.filter(name__in=named)}
            RecordedFile.objects.bulk_create(
                _filled(RecordedFile(session=row, name=name), entry)
                for name, entry in named.items()
                if name not in known
            )
            told = {
                name: {key: getattr(file, key) for key in _TOLD} for name, file in known.items()
            }
            filled = [_filled(file, named[name]) for name, file in known.items()]
            changed = [
                file
                for file in filled
                if any(getattr(file, key) != value for key, value in told[file.name].items())
            ]
            if changed:
                RecordedFile.objects.bulk_update(changed, _TOLD)
    except DatabaseError:
        log.exception("Files of session %s could not be kept.", row.reference)


def _filled(file: RecordedFile, entry: FileEntry) -> RecordedFile:
    """The file with what its announcement says; what that leaves open stays as it was."""
    file.kind = kind_of(entry.file_name)
    file.track_type = (entry.track_type or file.track_type)[:20]
    file.uid = (entry.uid or file.uid)[:48]
    for name in ("mixed_all_user", "is_playable", "slice_start_ms"):
        value = getattr(entry, name)
        setattr(file, name, getattr(file, name) if value is None else value)
    return file
