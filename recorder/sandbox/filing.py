"""Files of a recording: made on our disk so that a crash leaves whole files or none, then put into
the bucket.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from recorder.contract.files import (
    backup_name,
    mp4_name,
    playlist_name,
    slice_name,
    snapshot_name,
)
from recorder.contract.states import Mode
from recorder.sandbox.buckets import Buckets
from recorder.sandbox.clock import wall_ms
from recorder.sandbox.deck import Deck
from recorder.sandbox.disk import write_whole
from recorder.sandbox.images import Images
from recorder.sandbox.lanes import Lane
from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import FileRow, Session, Store

log = logging.getLogger("sandbox")

TYPES = {
    "ts": "video/mp2t",
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
}
FIRST_RETRY_MS, LONGEST_RETRY_MS = 1000, 30_000
AGAIN, BACKUP = 31, 32  # warnCode of event 2: where a file is sent once more
HELD = "uploads_held"  # a switch: while it is "1" nothing is uploaded


class Filing:
    """The files below `data/sessions/<sid>/`, in a folder for each lane and named by number; their
    real names exist in the bucket only.
    """

    def __init__(self, data: Path, store: Store, buckets: Buckets, deck: Deck):
        self._data, self._store, self._buckets, self._deck = data, store, buckets, deck
        self._images = Images(data)

    def folder(self, session: Session, key: str = "") -> Path:
        path = self._data / "sessions" / session.sid / quote(key, safe="")
        path.mkdir(parents=True, exist_ok=True)
        return path

    def clear_drafts(self, session: Session) -> None:
        """After a crash: remove what is half-written, and forget rows whose file is not there
        whole.
        """
        for draft in self.folder(session).rglob("*.part"):
            draft.unlink()
        for row in self._store.files.of(session.sid):
            path = self._data / row.path
            if not path.is_file() or path.stat().st_size != row.size:
                self._store.files.forget(row)

    def numbers(self, session: Session, lane: Lane, kind: str) -> set[int]:
        """The numbers of the files of this kind that are filed."""
        return self._store.files.numbers(session.sid, kind, lane.key)

    def render(self, session: Session, lane: Lane, number: int) -> None:
        """Make a slice. Runs in a thread of the pool; doing it twice gives the same bytes."""
        from recorder.sandbox.media import render_slice

        timeline, k = lane.slice(number)
        data = render_slice(timeline, k, self._images, number)
        path = self.folder(session, lane.key) / f"{number:06}.ts"
        write_whole(path, data)
        start_ms = timeline.slice_utc_ms(k)
        name = slice_name(
            Mode(session.mode), session.sid, session.cname, start_ms, lane.uid, lane.track
        )
        duration_ms = round(timeline.span(k).seconds * 1000)
        self._enter(session, lane, "slice", number, name, path, start_ms, duration_ms)

    def take_shot(self, session: Session, lane: Lane, number: int) -> None:
        """Take a screenshot. Runs in a thread of the pool; doing it twice gives the same bytes."""
        from recorder.sandbox.media import snapshot

        timeline, at_ms = lane.shot(number)
        picture = snapshot(timeline, lane.uid, at_ms)
        if picture is None:
            raise ValueError(f"{lane.uid} has no picture at {at_ms} ms")
        path = self.folder(session, lane.key) / f"{number:06}.jpg"
        write_whole(path, picture)
        taken_ms = timeline.started_ms + at_ms
        name = snapshot_name(session.sid, session.cname, lane.uid, taken_ms)
        self._enter(session, lane, "jpg", number, name, path, taken_ms, 0)

    def write_playlist(
        self,
        session: Session,
        lane: Lane,
        text: str,
        start_ms: int,
        duration_ms: int,
        *,
        name: str = "",
    ) -> None:
        """`name`: what stands for the track in its name, if that is another word."""
        path = self.folder(session, lane.key) / "list.m3u8"
        write_whole(path, text.encode())
        track = name or lane.track
        name = playlist_name(Mode(session.mode), session.sid, session.cname, lane.uid, track)
        self._enter(session, lane, "playlist", 0, name, path, start_ms, duration_ms)

    def make_mp4(self, session: Session, lane: Lane, number: int, slices: tuple[int, int]) -> None:
        """An MP4 of the slices from the first number to before the second. Runs in a thread of the
        pool.
        """
        from recorder.sandbox.media import remux_mp4

        rows = [
            row
            for row in self._store.files.in_lane(session.sid, lane.key, since=slices[0])
            if row.number < slices[1]
        ]
        path = self.folder(session, lane.key) / f"{number}.mp4"
        draft = path.with_name(f"{path.name}.part")
        remux_mp4(draft, self.contents(rows))
        draft.replace(path)
        name = mp4_name(Mode(session.mode), session.sid, session.cname, number)
        duration_ms = sum(row.duration_ms for row in rows)
        self._enter(session, lane, "mp4", number, name, path, rows[0].start_ms, duration_ms)

    def contents(self, rows: list[FileRow]) -> Iterator[bytes]:
        for row in rows:
            yield (self._data / row.path).read_bytes()

    def enter(
        self,
        session: Session,
        kind: str,
        number: int,
        name: str,
        path: Path,
        times: tuple[int, int],
        *,
        lane: str,
        uid: str,
        track: str,
    ) -> None:
        """File what is complete on disk; `times` are its start and its duration, in ms."""
        self._store.files.file(
            session.sid, kind, number, name=name, path=str(path.relative_to(self._data)),
            start_ms=times[0], duration_ms=times[1], size=path.stat().st_size,
            lane=lane, uid=uid, track=track,
        )  # fmt: skip

    def _enter(
        self,
        session: Session,
        lane: Lane,
        kind: str,
        number: int,
        name: str,
        path: Path,
        start_ms: int,
        duration_ms: int,
    ) -> None:
        self.enter(
            session, kind, number, moved(name, lane), path, (start_ms, duration_ms),
            lane=lane.key, uid=lane.uid, track=lane.track,
        )  # fmt: skip

    def upload(
        self,
        session: Session,
        arrived: Callable[[FileRow], None],
        warn: Callable[[int], None] = lambda _code: None,
    ) -> None:
        """Put what is waiting into the bucket, in order; tells of each file that has arrived, and
        warns (AGAIN, BACKUP) of those that have not.

        After a failure the rest waits for the next try, so that a playlist never comes before its
        slices.
        """
        if self._store.machine.setting(HELD) == "1":
            return
        for row in self._store.files.waiting(session.sid):
            if row.retry_wall_ms > wall_ms():
                break
            fate = next(iter(self._deck.on_upload(row)), None)
            if fate and fate.fault == "upload_slow":
                late = round(fate.settings["seconds"] * 1000)
                self._store.files.failed(row, "the storage is slow", wall_ms() + late)
                break
            try:
                self._send(session, row, fate.fault if fate else "")
            except (OSError, S3Error) as error:
                delay = min(FIRST_RETRY_MS * 2**row.tries, LONGEST_RETRY_MS)
                log.warning(
                    "%s: upload of %s %s failed: %s", session.sid, row.kind, row.number, error
                )
                with self._store.transaction():
                    self._store.files.failed(row, str(error), wall_ms() + delay)
                    warn(AGAIN)
                break
            with self._store.transaction():
                to_backup = fate is not None and fate.fault == "upload_to_backup"
                self._store.files.sent(row, backup=to_backup)
                if to_backup:
                    warn(BACKUP)
                arrived(row)

    def _send(self, session: Session, row: FileRow, fate: str) -> None:
        """Put one file into the bucket, or let its fate (of the fault deck) befall it."""
        if fate == "upload_fails":
            raise OSError("the storage refuses")
        if fate in ("slice_lost", "upload_to_backup"):
            return
        path = self._data / row.path
        if fate == "slice_empty":
            path = self.folder(session) / "empty"
            path.write_bytes(b"")
        self._put(session, row.name, path)

    def _put(self, session: Session, name: str, path: Path) -> None:
        kind = TYPES[name.rpartition(".")[2]]
        self._buckets.put_file(session.bucket, session.prefix + name, path, kind)

    def bring_home(self, session: Session) -> bool:
        """Put what only the backup has into the customer's bucket; whether all of it is there.

        Playlists come under a name that tells them from one that may be there.
        """
        for row in self._store.files.in_backup(session.sid):
            if not (self._data / row.path).is_file():
                self._store.files.came_home(row, row.name)  # somebody removed it: nothing to bring
                continue
            stem, _, ending = row.name.rpartition(".")
            name = f"{stem}_{session.gone_ms}_0.{ending}" if row.kind == "playlist" else row.name
            try:
                self._put(session, name, self._data / row.path)
            except (OSError, S3Error) as error:
                log.warning("%s: %s stays in the backup: %s", session.sid, row.kind, error)
                return False
            self._store.files.came_home(row, name)
        return True

    def remove(self, session: Session) -> None:
        """Everything is in the bucket: the working copies may go, unless work was put off."""
        if any(job.sid == session.sid for job in self._store.jobs.all()):
            return
        shutil.rmtree(self._data / "sessions" / session.sid, ignore_errors=True)


def moved(name: str, lane: Lane) -> str:
    """The name with the mark of the recorder that made it."""
    return name if lane.move is None else backup_name(name, lane.move)
