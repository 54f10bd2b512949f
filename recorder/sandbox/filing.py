"""Files of a recording: made on our disk so that a crash leaves whole files or none, then put into
the bucket.
"""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

from recorder.contract.files import mp4_name, slice_name
from recorder.contract.states import Mode
from recorder.sandbox.answers import playlist_of
from recorder.sandbox.buckets import Buckets
from recorder.sandbox.clock import wall_ms
from recorder.sandbox.disk import write_whole
from recorder.sandbox.images import Images
from recorder.sandbox.media import FiledSlice, playlist
from recorder.sandbox.media.timeline import Timeline
from recorder.sandbox.pictures import correct_extinf
from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import FileRow, Session, Store
from recorder.sandbox.tellings import track_of

log = logging.getLogger("sandbox")

TYPES = {"slice": "video/mp2t", "playlist": "application/vnd.apple.mpegurl", "mp4": "video/mp4"}
FIRST_RETRY_MS, LONGEST_RETRY_MS = 1000, 30_000
HELD = "uploads_held"  # a switch: while it is "1" nothing is uploaded


class Filing:
    """The files below `data/sessions/<sid>/`, named by number; their real names exist in the bucket
    only.
    """

    def __init__(self, data: Path, store: Store, buckets: Buckets):
        self._data, self._store, self._buckets = data, store, buckets
        self._images = Images(data)

    def folder(self, session: Session) -> Path:
        path = self._data / "sessions" / session.sid
        path.mkdir(parents=True, exist_ok=True)
        return path

    def clear_drafts(self, session: Session) -> None:
        """After a crash: remove what is half-written, and forget rows whose file is not there
        whole.
        """
        for draft in self.folder(session).glob("*.part"):
            draft.unlink()
        for row in self._store.files.of(session.sid):
            path = self._data / row.path
            if not path.is_file() or path.stat().st_size != row.size:
                self._store.files.forget(row)

    def slices(self, session: Session) -> set[int]:
        """The numbers of the slices that are filed."""
        return self._store.files.numbers(session.sid)

    def render(self, session: Session, timeline: Timeline, k: int) -> None:
        """Make slice k. Runs in a thread of the pool; doing it twice gives the same bytes."""
        from recorder.sandbox.media import render_slice

        data = render_slice(timeline, k, self._images)
        path = self.folder(session) / f"{k:06}.ts"
        write_whole(path, data)
        start_ms = timeline.slice_utc_ms(k)
        self._store.files.file(
            session.sid, "slice", k,
            name=slice_name(Mode(session.mode), session.sid, session.cname, start_ms),
            path=str(path.relative_to(self._data)), start_ms=start_ms,
            duration_ms=round(timeline.span(k).seconds * 1000), size=len(data),
        )  # fmt: skip

    def write_playlist(self, session: Session, timeline: Timeline, *, ended: bool) -> None:
        """List the slices that are there from the first on; after the end all there are."""
        rows = self._store.files.of(session.sid, "slice")
        listed = [row for at, row in enumerate(rows) if ended or row.number == at]
        if not listed:
            return
        slices = [FiledSlice(row.number, row.name) for row in listed]
        text = playlist(timeline, slices, ended, comma=correct_extinf(session)).encode()
        path = self.folder(session) / "list.m3u8"
        write_whole(path, text)
        self._store.files.file(
            session.sid, "playlist", 0, name=playlist_of(session),
            path=str(path.relative_to(self._data)), start_ms=listed[0].start_ms,
            duration_ms=sum(row.duration_ms for row in listed), size=len(text),
            track=track_of(session),
        )  # fmt: skip

    def make_mp4(self, session: Session) -> None:
        """One MP4 of all slices. Runs in a thread of the pool."""
        from recorder.sandbox.media import remux_mp4

        rows = self._store.files.of(session.sid, "slice")
        path = self.folder(session) / "0.mp4"
        draft = path.with_name("0.mp4.part")
        remux_mp4(self._contents(rows), draft)
        draft.replace(path)
        self._store.files.file(
            session.sid, "mp4", 0, name=mp4_name(Mode(session.mode), session.sid, session.cname, 0),
            path=str(path.relative_to(self._data)), start_ms=rows[0].start_ms,
            duration_ms=sum(row.duration_ms for row in rows), size=path.stat().st_size,
            track=track_of(session),
        )  # fmt: skip

    def _contents(self, rows: list[FileRow]) -> Iterator[bytes]:
        for row in rows:
            yield (self._data / row.path).read_bytes()

    def upload(self, session: Session) -> list[FileRow]:
        """Put what is waiting into the bucket, in order; returns what was sent.

        After a failure the rest waits for the next try, so that a playlist never comes before its
        slices.
        """
        sent: list[FileRow] = []
        if self._store.machine.setting(HELD) == "1":
            return sent
        for row in self._store.files.waiting(session.sid):
            if row.retry_wall_ms > wall_ms():
                break
            try:
                self._buckets.put_file(
                    session.bucket,
                    session.prefix + row.name,
                    self._data / row.path,
                    TYPES[row.kind],
                )
            except (OSError, S3Error) as error:
                delay = min(FIRST_RETRY_MS * 2**row.tries, LONGEST_RETRY_MS)
                log.warning(
                    "%s: upload of %s %s failed: %s", session.sid, row.kind, row.number, error
                )
                self._store.files.failed(row, str(error), wall_ms() + delay)
                break
            self._store.files.sent(row)
            sent.append(row)
        return sent

    def remove(self, session: Session) -> None:
        """Everything is in the bucket: the working copies may go."""
        shutil.rmtree(self._data / "sessions" / session.sid, ignore_errors=True)
