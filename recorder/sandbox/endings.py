"""The turns of a recording's life on the recorder's side: each changes its row and writes down the
events it emits.

The events are what the service would tell by callbacks; they lie in the table `events` for whoever
sends them.
"""

from collections.abc import Mapping, Sequence

from recorder.contract.states import Mode
from recorder.sandbox import pages
from recorder.sandbox.answers import LISTED, entry, web_file_list
from recorder.sandbox.filing import Filing
from recorder.sandbox.store import FileRow, Session, State, Store
from recorder.sandbox.tellings import RECORDER, UPLOADER, WEB_RECORDER, Telling

SERVICE, EXTENSION, DOWNLOADER = 0, 4, 8  # serviceType
LEFT, IDLE, INIT_FAILED, IGNORED = 16, 4, 0, 8  # leaveCode bits
LEAVE_CODES = {"stop": LEFT, "idle": IDLE, "error": INIT_FAILED, "outage": IGNORED}
ABNORMAL = ("error", "outage", "capability", "page_load", "unreachable")  # reasons of an end
CAPABILITY = pages.STOP_CODES["capability"]
FATAL = 5


class Endings:
    def __init__(self, store: Store, filing: Filing, *, pictures: bool):
        self._store, self._filing, self._pictures = store, filing, pictures

    def joined(self, session: Session, now: int) -> None:
        """The storage can be used and the recorder is in the channel, or loads the page."""
        with self._store.transaction():
            self._store.tasks.change(session.sid, joined=1)
            if session.mode != Mode.WEB:
                self._emit(session, 30, UPLOADER, now, msgName="uploader_started", status=0)
                self._emit(session, 40, RECORDER, now, msgName="recorder_started", status=0)

    def recording_began(self, session: Session, origin_ms: int) -> None:
        """There is a first recorded moment; callbacks tell of it and of all that follows."""
        self._store.tasks.change(session.sid, origin_ms=origin_ms, told_ms=origin_ms - 1)

    def tell(self, session: Session, news: Sequence[Telling]) -> None:
        """Emit what has happened, and remember up to where it has been told."""
        with self._store.transaction():
            for telling in news:
                self._emit(session, telling.type, telling.service, telling.at_ms, **telling.details)
            self._store.tasks.change(session.sid, told_ms=max(t.at_ms for t in news))

    def first_upload(self, session: Session, now: int) -> None:
        with self._store.transaction():
            self._store.tasks.change(session.sid, first_upload_ms=now, upload="uploading")
            lists = [row for row in self._store.files.of(session.sid, "playlist") if row.sent]
            if lists:  # a recording of screenshots alone has none
                name = session.prefix + lists[0].name
                self._emit(
                    session, 4, SERVICE, now, msgName="cloud_recording_file_infos", fileList=name
                )
            if session.to_vod:
                video = {"videoId": session.sid}
                self._emit(session, 60, EXTENSION, now, msgName="vod_started", aliVodInfo=video)

    def report_progress(self, session: Session, now: int) -> None:
        with self._store.transaction():
            self._store.tasks.change(session.sid, progress_ms=now)
            self._emit_progress(session, now)

    def leave(self, session: Session, end_ms: int, reason: str) -> None:
        """The recording is over at `end_ms`; what is left is to make and upload its last files."""
        self._store.tasks.move(
            session.sid, State.LIVE, State.LEAVING, end_ms=end_ms, end_reason=reason
        )

    def break_off(
        self, session: Session, now: int, text: str, *, module: int = 0, code: int = 2
    ) -> None:
        """The recorder cannot go on: it keeps the files that there are."""
        with self._store.transaction():
            self._error(session, now, module=module, code=code, text=text)
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
            if session.mode != Mode.WEB:
                self._emit(
                    session, 41, RECORDER, now, msgName="recorder_leave", leaveCode=INIT_FAILED
                )
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
        """All files are where they belong, or at least safe: the task is over."""
        rows = self._store.files.of(session.sid)
        uploaded = self._pictures and bool(rows)
        backup = any(row.backup for row in rows)
        with self._store.transaction():
            if session.mode == Mode.WEB:
                self._page_stopped(session, now, rows)
            else:
                left = LEAVE_CODES.get(session.end_reason, LEFT)
                self._emit(session, 41, RECORDER, now, msgName="recorder_leave", leaveCode=left)
            if uploaded:
                self._emit_progress(session, now)
                self._emit_uploaded(session, now, rows, backup=backup)
                if session.to_vod:
                    self._emit(session, 61, EXTENSION, now, msgName="vod_triggered")
            abnormal = int(session.end_reason in ABNORMAL)
            self._emit(session, 11, SERVICE, now, msgName="session_exit", exitStatus=abnormal)
            kept = "unknown" if session.origin_ms is not None else "none"
            upload = ("backuped" if backup else "uploaded") if uploaded else kept
            self._store.tasks.change(
                session.sid, state=State.GONE.value, gone_ms=now, upload=upload
            )
        if not backup:
            self._filing.remove(session)

    def came_home(self, session: Session, now: int) -> None:
        """After `gone`: what was in the provider's backup only is in the customer's bucket."""
        with self._store.transaction():
            rows = self._store.files.of(session.sid)
            self._emit_uploaded(session, now, rows, backup=False)
            self._store.tasks.change(session.sid, upload="uploaded")
        self._filing.remove(session)

    def warn(self, session: Session, now: int, code: int) -> None:
        """A file is sent once more: AGAIN to the bucket, or BACKUP."""
        self._emit(
            session, 2, SERVICE, now, msgName="cloud_recording_warning", module=1, warnCode=code
        )

    def snapshot_stored(self, session: Session, row: FileRow, now: int) -> None:
        """A screenshot is in the bucket."""
        name = session.prefix + row.name
        self._emit(session, 45, RECORDER, now, msgName="recorder_snapshot_file", fileName=name)

    def job_started(self, session: Session, now: int) -> None:
        """The work that was put off until after the recording has begun."""
        self._emit(session, 80, SERVICE, now, msgName="transcoder_started")

    def sources_missing(self, session: Session, now: int, names: Sequence[str]) -> None:
        """That work cannot read the files it needs."""
        place = session.request.get("place") or {}
        self._emit(
            session, 90, DOWNLOADER, now, msgName="download_failed",
            vendor=place.get("vendor"), region=place.get("region"), bucket=session.bucket,
            fileName=";".join(session.prefix + name for name in names),
        )  # fmt: skip

    def job_done(self, session: Session, now: int, files: Mapping[str, Sequence[str]]) -> None:
        """That work is over; `files` are the names it made per uid, none where it failed."""
        named = {uid: [session.prefix + name for name in names] for uid, names in files.items()}
        good = sum(bool(names) for names in named.values())
        whole = "all_success" if good == len(named) else "partial_success" if good else "fail"
        final = {"all_success": "total_success", "fail": "failed"}.get(whole, whole)
        with self._store.transaction():
            self._emit(
                session, 81, SERVICE, now, msgName="transcoder_completed", result=whole,
                uids=[
                    {
                        "uid": uid,
                        "result": "success" if names else "fail",
                        "fileList": [{"fileName": name} for name in names],
                    }
                    for uid, names in named.items()
                ],
            )  # fmt: skip
            made = [{"fileName": name} for names in named.values() for name in names]
            self._emit(
                session, 1001, SERVICE, now, msgName="postpone_transcode_final_result",
                result=final, fileList=made,
            )  # fmt: skip

    def _page_stopped(self, session: Session, now: int, rows: Sequence[FileRow]) -> None:
        """The end of a web recording: its pushes, then why the page is captured no more."""
        facts = self._store.channels.facts(session.channel, session.sid)
        end = now if session.end_ms is None else session.end_ms
        for url in pages.outputs_at(session, facts, end) if session.joined else ():
            self._emit(
                session, 100, WEB_RECORDER, end, msgName="rtmp_publish_status", rtmpUrl=url,
                status="disconnected",
            )  # fmt: skip
        code = 6 if session.end_reason == "outage" else pages.STOP_CODES.get(session.end_reason, 0)
        if code == CAPABILITY:
            limits = [f for f in facts if f.kind == "page" and f.data["event"] in pages.LIMITS]
            self._emit(
                session, 72, WEB_RECORDER, end, msgName="web_recorder_capability_limit",
                limitType=limits[-1].data["event"] if limits else pages.LIMITS[0],
            )  # fmt: skip
        self._emit(
            session, 71, WEB_RECORDER, end, msgName="web_recorder_stopped", code=code,
            message=pages.STOP_WORDS[code], details="", fileList=web_file_list(session, rows),
        )  # fmt: skip

    def _emit_uploaded(
        self, session: Session, now: int, rows: Sequence[FileRow], *, backup: bool
    ) -> None:
        """31, or 32 while something is in the backup only. Of a page it has no list of files."""
        type_, name = (32, "backuped") if backup else (31, "uploaded")
        details: dict[str, object] = {"msgName": name, "status": 0}
        if session.mode != Mode.WEB:
            details["fileList"] = [entry(session, row) for row in rows if row.kind in LISTED]
        self._emit(session, type_, UPLOADER, now, **details)

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
