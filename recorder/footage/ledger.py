"""What a recording should have left in the bucket, what is there, and what of it can be played.

Four facts per file: predicted (by the naming rules), announced (by an answer or notice of the
service, which lifecycle.fold files, or by a playlist), present (the bucket lists it), playable
(its playlist reads, has ended and misses nothing). What is announced or present is a RecordedFile.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from recorder.contract.files import (
    backup_name,
    kind_of,
    mp4_name,
    parse_name,
    playlist_name,
    prefix_path,
)
from recorder.contract.states import Mode
from recorder.footage.playlist import MAX_BYTES, BadPlaylist, Playlist, parse
from recorder.models import RecordedFile, RecordingSession
from recorder.storage.access import bucket_for
from recorder.storage.bucket import Bucket, StoredFile
from recorder.storage.errors import NoSuchFile, TooLarge

Kind = RecordedFile.Kind
FOUND_FIELDS = ["kind", "uid", "track_type", "slice_start_ms", "duration_ms", "size", "present"]


@dataclass(frozen=True, slots=True)
class ListState:
    """One playlist of a session. `missing` are the names it lists that the bucket does not hold."""

    name: str
    playlist: Playlist | None  # None: not there, or not readable; then `problem` says so
    missing: tuple[str, ...] = ()
    problem: str = ""

    @property
    def playable(self) -> bool:
        return bool(self.playlist and self.playlist.segments) and not self.missing

    @property
    def complete(self) -> bool:
        return self.playable and self.playlist is not None and self.playlist.ended


@dataclass(frozen=True, slots=True)
class Ledger:
    """The files of one session at one moment. Names are whole keys; sizes in bytes."""

    predicted: tuple[str, ...]
    announced: frozenset[str]  # by the service or by a playlist
    present: Mapping[str, StoredFile]
    lists: tuple[ListState, ...]
    looked_at: datetime

    @property
    def missing(self) -> tuple[str, ...]:
        """Announced, but not in the bucket (now); in order of name."""
        return tuple(sorted(self.announced - self.present.keys()))

    @property
    def size(self) -> int:
        return sum(file.size for file in self.present.values())

    @property
    def duration_ms(self) -> int:
        """Length of the recording: that of its longest track, each slice counted once."""
        tracks: dict[tuple[str | None, str | None], dict[str, int]] = {}
        for state in self.lists:
            name = parse_name(state.name)
            slices = tracks.setdefault((name.uid, name.track) if name else (None, None), {})
            if state.playlist:
                slices |= {s.uri: s.duration_ms for s in state.playlist.segments}
        return max((sum(slices.values()) for slices in tracks.values()), default=0)

    @property
    def all_present(self) -> bool:
        """Everything that was announced has arrived, and every playlist is complete."""
        return bool(self.lists) and not self.missing and all(s.complete for s in self.lists)


def refresh(session: RecordingSession) -> Ledger:
    """Look into the bucket, store what is there as RecordedFile rows, and return the whole picture.

    May be repeated at any time. Raises StorageError when the bucket cannot be read; the rows then
    stay as they were.
    """
    rows = {row.name: row for row in session.files.all()}
    bucket = bucket_for(session)
    present = {file.key: file for file in _stored(session, bucket)}
    named = {name for name, row in rows.items() if row.kind == Kind.PLAYLIST}
    named |= {key for key in present if kind_of(key) is Kind.PLAYLIST}
    lists = tuple(_read_list(bucket, name, present) for name in sorted(named))
    ledger = Ledger(
        predicted=predicted_names(session),
        announced=frozenset(rows) | frozenset(_listed(lists)),
        present=present,
        lists=lists,
        looked_at=timezone.now(),
    )
    _store(session, rows, ledger)
    return ledger


def predicted_names(session: RecordingSession) -> tuple[str, ...]:
    """The keys that can be known before anybody names them: lists and first MP4 of mix and web."""
    mode = Mode(session.mode)
    if not session.sid or mode is Mode.INDIVIDUAL:
        return ()
    wanted: Any = session.request.get("recordingFileConfig")
    types = wanted.get("avFileType") if isinstance(wanted, dict) else None
    names = [playlist_name(mode, session.sid, session.cname)]
    if isinstance(types, list) and "mp4" in types:
        names.append(mp4_name(mode, session.sid, session.cname, 0))
    return tuple(folder(session) + name for name in names)


def folder(session: RecordingSession) -> str:
    """`"a/b/"`, the folder in the bucket that this session records into; may be empty."""
    parts = session.storage.get("file_name_prefix") or ()
    return prefix_path(part.replace("{session}", session.reference) for part in parts)


def _stored(session: RecordingSession, bucket: Bucket) -> Iterator[StoredFile]:
    """The session's files and no others: folders are shared, so names must begin with the sid."""
    if not session.sid:
        return
    yield from bucket.list(f"{folder(session)}{session.sid}_")
    for failover in count():
        before = backup_name(f"{session.sid}_", failover)
        files = list(bucket.list(f"{folder(session)}{before}"))
        yield from files
        if not files:
            return


def _read_list(bucket: Bucket, name: str, present: Mapping[str, StoredFile]) -> ListState:
    if name not in present:
        return ListState(name, None)
    try:
        playlist = parse(bucket.read(name, MAX_BYTES).decode("utf-8", "replace"))
    except NoSuchFile:  # it was there a moment ago
        return ListState(name, None)
    except (BadPlaylist, TooLarge) as error:
        return ListState(name, None, problem=str(error))
    keys = (sibling(name, segment.uri) for segment in playlist.segments)
    return ListState(name, playlist, tuple(key for key in keys if key not in present))


def sibling(key: str, file_name: str) -> str:
    """The key of a file in the same folder."""
    return key.rpartition("/")[0] + "/" + file_name if "/" in key else file_name


def _listed(lists: Iterable[ListState]) -> Iterator[str]:
    for state in lists:
        for segment in state.playlist.segments if state.playlist else ():
            yield sibling(state.name, segment.uri)


def _store(session: RecordingSession, rows: Mapping[str, RecordedFile], ledger: Ledger) -> None:
    """Write the rows that are new or changed, then the time of looking on all of them."""
    durations = {
        sibling(state.name, segment.uri): segment.duration_ms
        for state in ledger.lists
        for segment in (state.playlist.segments if state.playlist else ())
    }
    new: list[RecordedFile] = []
    changed: list[RecordedFile] = []
    for name in sorted(ledger.announced | ledger.present.keys()):
        row = rows.get(name) or RecordedFile(session=session, name=name)
        before = [getattr(row, field) for field in FOUND_FIELDS]
        _fill(row, session.cname, ledger.present.get(name), durations.get(name))
        if row.pk is None:
            new.append(row)
        elif before != [getattr(row, field) for field in FOUND_FIELDS]:
            changed.append(row)
    RecordedFile.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["session", "name"], update_fields=FOUND_FIELDS
    )
    RecordedFile.objects.bulk_update(changed, FOUND_FIELDS, batch_size=200)
    session.files.update(checked_at=ledger.looked_at)


def _fill(
    row: RecordedFile, cname: str, stored: StoredFile | None, duration_ms: int | None
) -> None:
    """What the bucket and the name tell; what the service said before is kept."""
    facts = parse_name(row.name, cname)
    row.kind = kind_of(row.name)
    row.present = stored is not None
    row.size = stored.size if stored else row.size
    row.duration_ms = row.duration_ms if duration_ms is None else duration_ms
    if facts:
        row.uid = row.uid or (facts.uid or "")[:48]
        row.track_type = row.track_type or (facts.track or "")[:20]
        if row.slice_start_ms is None:
            row.slice_start_ms = facts.started_ms
