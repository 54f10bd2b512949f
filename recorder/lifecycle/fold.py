"""Folding what was seen into a session's row and its files."""

import logging
import re
from collections.abc import Iterable
from dataclasses import replace

from django.db import DatabaseError, transaction

from recorder.contract.files import FileEntry, kind_of
from recorder.lifecycle.line import Line
from recorder.lifecycle.observe import Facts, Observation, QueryAnswer, StopAnswer, next_state
from recorder.lifecycle.rows import changing
from recorder.models import RecordedFile, RecordingSession

log = logging.getLogger(__name__)

_LONGEST_NAME = 1024  # an object key; also what the columns hold
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no such text


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
    if isinstance(seen, QueryAnswer | StopAnswer):
        seen = replace(seen, files=tuple(entry for entry in seen.files if _storable(entry)))
        _keep_files(row, seen.files)
    for column, value in next_state(Facts.of(row), seen).columns().items():
        setattr(row, column, value)


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
            RecordedFile.objects.bulk_update(
                [_filled(file, named[name]) for name, file in known.items()],
                ["track_type", "uid", "mixed_all_user", "is_playable", "slice_start_ms"],
            )
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
