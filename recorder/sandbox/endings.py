"""The turns of a recording's life on the recorder's side: each changes its row and writes down the
events it emits.

The events are what the service would tell by callbacks; they lie in the table `events` for whoever
sends them.
"""

from recorder.sandbox.answers import entry, playlist_of
from recorder.sandbox.channels import present_at
from recorder.sandbox.filing import Filing
from recorder.sandbox.store import Fact, Session, State, Store

SERVICE, RECORDER, UPLOADER = 0, 1, 2  # serviceType
LEFT, IDLE, INIT_FAILED, IGNORED = 16, 4, 0, 8  # leaveCode bits
LEAVE_CODES = {"stop": LEFT, "idle": IDLE, "error": INIT_FAILED, "outage": IGNORED}
FATAL = 5


class Endings:
    def __init__(self, store: Store, filing: Filing, *, pictures: bool):
        self._store, self._filing, self._pictures = store, filing, pictures

    def joined(self, session: Session, now: int) -> None:
        """The storage can be used and the recorder is in the channel."""
        with self._store.transaction():
            self._store.tasks.change(session.sid, joined=1)
            self._emit(session, 30, UPLOADER, now, msgName="uploader_started", status=0)
            self._emit(session, 40, RECORDER, now, msgName="recorder_started", status=0)

    def recording_began(self, session: Session, origin_ms: int, facts: list[Fact]) -> None:
        with self._store.transaction():
            self._store.tasks.change(session.sid, origin_ms=origin_ms)
            track = {0: "audio", 1: "video"}.get(session.stream_types, "audio_and_video")
            self._emit(
                session, 42, RECORDER, origin_ms, msgName="recorder_slice_start",
                startUtcMs=origin_ms, discontinueUtcMs=origin_ms, mixedAllUser=True, streamUid="0",
                trackType=track,
            )  # fmt: skip
            for user in present_at(facts, origin_ms).values():
                for type_, medium, on in ((43, "audio", user.audio), (44, "video", user.video)):
                    self._emit(
                        session, type_, RECORDER, origin_ms,
                        msgName=f"recorder_{medium}_stream_state_changed",
                        streamUid=user.uid, state=0 if on else 1, UtcMs=origin_ms,
                    )  # fmt: skip

    def first_upload(self, session: Session, now: int) -> None:
        with self._store.transaction():
            self._store.tasks.change(session.sid, first_upload_ms=now, upload="uploading")
            name = session.prefix + playlist_of(session)
            self._emit(
                session, 4, SERVICE, now, msgName="cloud_recording_file_infos", fileList=name
            )

    def report_progress(self, session: Session, now: int) -> None:
        with self._store.transaction():
            self._store.tasks.change(session.sid, progress_ms=now)
            self._emit_progress(session, now)

    def leave(self, session: Session, end_ms: int, reason: str) -> None:
        """The recording is over at `end_ms`; what is left is to make and upload its last files."""
        self._store.tasks.move(
            session.sid, State.LIVE, State.LEAVING, end_ms=end_ms, end_reason=reason
        )

    def break_off(self, session: Session, now: int, text: str) -> None:
        """The recorder cannot go on: it keeps the files that there are."""
        with self._store.transaction():
            self._error(session, now, module=0, code=2, text=text)
            end = now if session.end_ms is None else session.end_ms
            self._store.tasks.change(
                session.sid, state=State.LEAVING.value, end_ms=end, end_reason="error"
            )

    def fail(self, session: Session, now: int, *, module: int, code: int, text: str) -> None:
        """The task could not begin at all: it leaves at once, without files."""
        with self._store.transaction():
            if not session.joined:
                self.joined(session, now)
            self._error(session, now, module=module, code=code, text=text)
            self._emit(session, 41, RECORDER, now, msgName="recorder_leave", leaveCode=INIT_FAILED)
            self._emit(session, 11, SERVICE, now, msgName="session_exit", exitStatus=1)
            end = now if session.end_ms is None else session.end_ms
            self._store.tasks.change(
                session.sid,
                state=State.GONE.value,
                joined=1,
                end_ms=end,
                gone_ms=now,
                end_reason="error",
            )

    def gone(self, session: Session, now: int) -> None:
        """All files are where they belong: the task is over."""
        uploaded = self._pictures and session.first_upload_ms is not None
        with self._store.transaction():
            left = LEAVE_CODES.get(session.end_reason, LEFT)
            self._emit(session, 41, RECORDER, now, msgName="recorder_leave", leaveCode=left)
            if uploaded:
                self._emit_progress(session, now)
                names = [
                    row.name for row in self._store.files.of(session.sid) if row.kind != "slice"
                ]
                files = [entry(session, name) for name in names]
                self._emit(session, 31, UPLOADER, now, msgName="uploaded", status=0, fileList=files)
            abnormal = int(session.end_reason in ("error", "outage"))
            self._emit(session, 11, SERVICE, now, msgName="session_exit", exitStatus=abnormal)
            upload = (
                "uploaded" if uploaded else "unknown" if session.origin_ms is not None else "none"
            )
            self._store.tasks.change(
                session.sid, state=State.GONE.value, gone_ms=now, upload=upload
            )
        self._filing.remove(session)

    def _error(self, session: Session, now: int, *, module: int, code: int, text: str) -> None:
        self._emit(
            session, 1, SERVICE, now, msgName="cloud_recording_error",
            module=module, errorLevel=FATAL, errorCode=code, stat=1, errorMsg=text,
        )  # fmt: skip

    def _emit_progress(self, session: Session, now: int) -> None:
        rows = [row for row in self._store.files.of(session.sid) if row.kind == "slice"]
        sent = sum(row.duration_ms for row in rows if row.sent)
        made = sum(row.duration_ms for row in rows)
        progress = 10_000 * sent // made if made else 0
        self._emit(session, 33, UPLOADER, now, msgName="uploading_progress", progress=progress)

    def _emit(
        self, session: Session, type_: int, service: int, at_ms: int, **details: object
    ) -> None:
        self._store.tasks.emit(session.sid, type_, service, at_ms, **details)
