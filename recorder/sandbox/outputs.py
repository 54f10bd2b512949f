"""What a recording hands out: its playlists, its MP4s, and everything's way into the bucket."""

from recorder.sandbox.clock import wall_ms
from recorder.sandbox.endings import Endings
from recorder.sandbox.filing import Filing
from recorder.sandbox.lists import Lists
from recorder.sandbox.plan import Plan
from recorder.sandbox.renders import MP4, Render, Renders
from recorder.sandbox.store import FileRow, Session, Store


class Outputs:
    def __init__(self, store: Store, filing: Filing, renders: Renders, endings: Endings):
        self._store, self._filing = store, filing
        self._renders, self._endings = renders, endings
        self._lists = Lists(store, filing)
        self._unlisted: set[str] = set()  # recordings with slices that their playlists lack
        self._unsent: set[str] = set()  # recordings that may have files to upload

    def note(self, sid: str) -> None:
        """A file of this recording is new, or may be."""
        self._unlisted.add(sid)
        self._unsent.add(sid)

    def forget(self, sid: str) -> None:
        self._lists.forget(sid)
        self._unlisted.discard(sid)
        self._unsent.discard(sid)

    def keep_up(self, plan: Plan) -> None:
        """Write the playlists when slices have come, and make the MP4s that are full; after the end
        `finish` does both.
        """
        session = plan.session
        if session.sid not in self._unlisted or session.listed:
            return
        self._write_lists(plan, ended=False)
        self._make_mp4s(plan, ended=False)
        self._unlisted.discard(session.sid)

    def upload(self, session: Session, now: int) -> None:
        if session.sid not in self._unsent:
            return
        self._filing.upload(
            session,
            lambda row: self._arrived(row, now),
            lambda code: self._endings.warn(session, now, code),
        )
        if not self._store.files.waiting(session.sid):
            self._unsent.discard(session.sid)

    def finish(self, plan: Plan) -> bool:
        """All slices are made: write the last playlists, then make the last MP4s, then upload.

        Whether nothing is left to do. `plan.session` must be fresh.
        """
        session = plan.session
        if session.end_reason == "error" and self._renders.disk_full:
            return True  # what can be written no more stays as it is
        if not session.listed:
            self._write_lists(plan, ended=True)
            self._store.tasks.change(session.sid, listed=1)
            return False
        return not self._make_mp4s(plan, ended=True) and not self._store.files.waiting(session.sid)

    def retry_s(self, most: float) -> float:
        """Seconds until a failed upload is tried again."""
        files = [row for sid in self._unsent for row in self._store.files.waiting(sid)]
        waiting = [row.retry_wall_ms for row in files if row.tries]
        return max(0, min(waiting) - wall_ms()) / 1000 if waiting else most

    def _write_lists(self, plan: Plan, *, ended: bool) -> None:
        sliced = [lane for lane in plan.lanes if lane.sliced]
        written = [self._lists.write(plan.session, lane, ended=ended) for lane in sliced]
        merged = self._lists.write_merged(plan.session, plan.lanes)
        if merged or any(written):
            self._unsent.add(plan.session.sid)

    def _make_mp4s(self, plan: Plan, *, ended: bool) -> bool:
        """Whether some are still to be made."""
        session, missing = plan.session, False
        for lane in plan.lanes if session.with_mp4 else ():
            filed = self._renders.filed(session, lane, MP4)
            for number, slices in self._lists.reels(session, lane, ended=ended):
                file = Render(session.sid, lane.key, MP4, number)
                if number not in filed and not self._renders.gave_up(file):
                    missing = True
                    make = self._filing.make_mp4
                    self._renders.follow(file, make, session, lane, number, slices)
        return missing

    def _arrived(self, row: FileRow, now: int) -> None:
        """A file has reached the bucket."""
        session = self._store.tasks.get(row.sid)
        if session is None:
            return
        if row.kind == "jpg":
            self._endings.snapshot_stored(session, row, now)
        first = row.kind == "playlist" or session.snapshots_only
        if first and session.first_upload_ms is None:
            self._endings.first_upload(session, now)
