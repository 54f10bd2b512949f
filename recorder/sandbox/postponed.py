"""What is made of a recording's files after its end: everybody's sound in one file, or one MP4 for
each user.

Source: Agora Cloud Recording guide, transcodeOptions: "within 24 hours", told by the events 80, 81
and 1001. Here it begins a minute after the good-bye, on the sandbox's clock. Until it is done the
slices stay on our disk.
"""

from collections.abc import Iterator
from pathlib import Path

from recorder.contract.files import file_stem
from recorder.contract.states import Mode
from recorder.sandbox.deck import Deck
from recorder.sandbox.endings import Endings
from recorder.sandbox.filing import Filing
from recorder.sandbox.pictures import timeline_of
from recorder.sandbox.renders import LATER, Render, Renders
from recorder.sandbox.store import Session, Store
from recorder.sandbox.store.jobs import Job

LATER_MS = 60_000
NEVER_MS = 2**62
MIXED = "audioMix"


class Postponed:
    def __init__(
        self, store: Store, filing: Filing, endings: Endings, renders: Renders, deck: Deck
    ):
        self._store, self._filing, self._deck = store, filing, deck
        self._endings, self._renders = endings, renders
        self._jobs: list[Job] | None = None  # as the table has them; None: to be read

    def put_off(self, session: Session, now_ms: int) -> None:
        """Enter the work that this recording, which has just ended, asks for."""
        if session.postponed and self._store.files.of(session.sid, "slice"):
            self._store.jobs.add(session.sid, now_ms + LATER_MS)
            self._jobs = None

    def next_ms(self, now_ms: int) -> int:
        """When something is due."""
        return min((job.due_ms for job in self._all() if job.due_ms > now_ms), default=NEVER_MS)

    def work(self, now_ms: int) -> bool:
        """Do what is due; whether that makes work for the next turn."""
        worked = [self._step(job, now_ms) for job in self._all() if now_ms >= job.due_ms]
        return any(worked)

    def _all(self) -> list[Job]:
        if self._jobs is None:
            self._jobs = self._store.jobs.all()
        return self._jobs

    def _step(self, job: Job, now_ms: int) -> bool:
        session = self._store.tasks.get(job.sid)
        if session is None:
            self._end(job)
            return True
        if not job.begun:
            with self._store.transaction():
                self._store.jobs.begin(job.sid)
                self._endings.job_started(session, now_ms)
            self._jobs = None
            if self._deck.on_job(job.sid):
                self._fail(job, session, now_ms)
            return True
        open_ = [file for file in self._wanted(session) if not self._made(file)]
        for file in open_:
            self._renders.follow(file, self._make, session, file)
        self._filing.upload(session, lambda _row: None)
        if open_ or self._store.files.waiting(session.sid):
            return False
        rows = self._store.files.of(session.sid, LATER)
        by_lane = {row.lane: row for row in rows}
        told = {
            file.lane.partition("/")[0] or "0": [by_lane[file.lane].name]
            if file.lane in by_lane
            else []
            for file in self._wanted(session)
        }
        with self._store.transaction():
            self._endings.job_done(session, now_ms, told)
            self._end(job)
        self._filing.remove(session)
        return True

    def _fail(self, job: Job, session: Session, now_ms: int) -> None:
        """The sources are gone: nothing can be made of them."""
        names = [row.name for row in self._store.files.of(session.sid, "slice")]
        nothing: dict[str, list[str]] = {
            file.lane.partition("/")[0] or "0": [] for file in self._wanted(session)
        }
        with self._store.transaction():
            self._endings.sources_missing(session, now_ms, names)
            self._endings.job_done(session, now_ms, nothing)
            self._end(job)
        self._filing.remove(session)

    def _end(self, job: Job) -> None:
        self._store.jobs.done(job.sid)
        self._jobs = None

    def _wanted(self, session: Session) -> Iterator[Render]:
        if _mode(session) == MIXED:
            yield Render(session.sid, "", LATER)
            return
        slices = self._store.files.of(session.sid, "slice")
        for uid in dict.fromkeys(row.uid for row in slices):
            yield Render(session.sid, f"{uid}/av", LATER)

    def _made(self, file: Render) -> bool:
        numbers = self._store.files.numbers(file.sid, LATER, file.lane)
        return bool(numbers) or self._renders.gave_up(file)

    def _make(self, session: Session, file: Render) -> None:
        """Runs in a thread of the pool."""
        if _mode(session) == MIXED:
            self._mix(session, file)
        else:
            self._join(session, file)

    def _mix(self, session: Session, file: Render) -> None:
        from recorder.sandbox.media import mix_sound

        kind = str((session.postponed.get("container") or {}).get("format") or "mp3")
        audio = session.postponed.get("audio") or {}
        facts = self._store.channels.facts(session.channel, session.sid)
        name = f"{file_stem(Mode.MIX, session.sid, session.cname)}.{kind}"
        draft = self._draft(session, file)
        mix_sound(
            draft,
            timeline_of(session, facts),
            kind=kind,
            rate=int(audio.get("sampleRate") or 48_000),
            bits=int(audio.get("bitrate") or 48_000),
            channels=int(audio.get("channels") or 2),
        )
        self._enter(session, file, draft, name, uid="0", track="audio")

    def _join(self, session: Session, file: Render) -> None:
        from recorder.sandbox.media import remux_mp4

        uid = file.lane.partition("/")[0]
        slices = [row for row in self._store.files.of(session.sid, "slice") if row.uid == uid]
        tracks = [
            self._filing.contents(sorted(rows, key=lambda row: row.start_ms))
            for track in ("video", "audio")
            if (rows := [row for row in slices if row.track == track])
        ]
        draft = self._draft(session, file)
        remux_mp4(draft, *tracks)
        stem = file_stem(Mode.INDIVIDUAL, session.sid, session.cname, uid, "av")
        self._enter(session, file, draft, f"{stem}.mp4", uid=uid, track="audio_and_video")

    def _draft(self, session: Session, file: Render) -> Path:
        return self._filing.folder(session, file.lane) / "later.part"

    def _enter(
        self, session: Session, file: Render, draft: Path, name: str, *, uid: str, track: str
    ) -> None:
        path = draft.with_suffix("." + name.rpartition(".")[2])
        draft.replace(path)
        origin, end = session.origin_ms or 0, session.end_ms or 0
        self._filing.enter(
            session, LATER, 0, name, path, (origin, end - origin),
            lane=file.lane, uid=uid, track=track,
        )  # fmt: skip


def _mode(session: Session) -> str:
    return str((session.postponed.get("transConfig") or {}).get("transMode") or MIXED)
