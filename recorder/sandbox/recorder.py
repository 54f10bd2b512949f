"""The recorder: one worker for all recordings.

It looks at what the rows say and does what is due, so a crash at any point leaves nothing to
repair: the next worker looks at the same rows. Slices are made in a small pool, earliest due first;
everything else is quick and done here.
"""

import heapq
import logging
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from recorder.sandbox.buckets import Buckets
from recorder.sandbox.clock import Clock, wall_ms
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.endings import Endings
from recorder.sandbox.filing import Filing
from recorder.sandbox.lease import LeaseLost, WorkerLease
from recorder.sandbox.plan import Plan, make_plan
from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import FileRow, Session, State, Store
from recorder.sandbox.wake import Bell

log = logging.getLogger("sandbox")

POOL = 2  # threads that render
TRIES = 3  # for one slice; then its recording ends and the others go on
BEAT_S = 1.0
OUTAGE_MS = (
    90_000  # the service's own fail-over window: longer without a recorder and a recording is over
)
MP4 = -1  # in place of a slice number

Job = tuple[str, int]  # sid, slice number or MP4


class Filed:
    """The slices of one recording that are filed."""

    def __init__(self, numbers: set[int]):
        self._numbers, self.first_gap = numbers, 0
        self._move_gap()

    def __contains__(self, number: int) -> bool:
        return number in self._numbers

    def add(self, number: int) -> None:
        self._numbers.add(number)
        self._move_gap()

    def _move_gap(self) -> None:
        while self.first_gap in self._numbers:
            self.first_gap += 1


class Recorder:
    """`run` works until the bell is closed. `turn` is one look around, for those who want to see
    each.
    """

    def __init__(self, config: SandboxConfig, store: Store, bell: Bell):
        self.store, self.bell, self.clock = store, bell, Clock(store)
        self.lease = WorkerLease(store, self.clock)
        buckets = Buckets(config.data, store.objects)
        self.filing = Filing(config.data, store, buckets)
        self.endings = Endings(store, self.filing, pictures=config.media == "full")
        self._buckets, self._pictures = buckets, config.media == "full"
        self._pool = ThreadPoolExecutor(POOL, thread_name_prefix="render")
        self._jobs: dict[Job, Future[None]] = {}
        self._failures: Counter[Job] = Counter()
        self._plans: dict[str, Plan] = {}
        self._filed: dict[str, Filed] = {}
        self._unsent: set[str] = set()  # recordings that may have files to upload
        self._unlisted: set[str] = set()  # recordings with slices that their playlist lacks
        self._more = False  # this turn has made work for the next
        self._disk_pause = 0.0  # until when nothing is rendered, since the disk refused
        self._beaten = 0.0
        self._beat_wall_ms = wall_ms()

    def run(self) -> None:
        """Raises LeaseLost when another worker has taken over."""
        while not self._begin():
            self.bell.wait(0.2)
            if self.bell.closed:
                return
        try:
            while not self.bell.closed:
                self.bell.wait(self.turn())
        except LeaseLost:
            log.error("Another recorder worker has taken over; this one ends.")
            raise
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self.lease.release()

    def _begin(self) -> bool:
        """Take the lease and set right what the last worker left; False while another one works."""
        try:
            before = self.lease.take()
        except BlockingIOError:
            return False
        for session in self.store.tasks.present():
            self.filing.clear_drafts(session)
            self._unsent.add(session.sid)
            self._unlisted.add(session.sid)
        if before:
            self._end_outage(before.beat_wall_ms, restarted=True)
        return True

    def turn(self) -> float:
        """Do what is due; returns for how many seconds nothing will be, unless the bell rings."""
        self._beat()
        self._more = False
        with self.store.transaction():
            # One moment for both: a fact that is entered later also happened later than `now`.
            now, round_ = self.clock.now_ms(), self.store.machine.round()
            version, sessions = self.store.channels.version(), self.store.tasks.present()
        self._collect()
        self._forget_all_but({session.sid for session in sessions})
        due: list[tuple[int, str, int]] = []
        for session in sessions:
            try:
                self._step(self._plan(session, version), now, due)
            except OSError as error:  # a full disk, say: the next turns try again
                self._disk_refused(session.sid, error)
            except (ValueError, KeyError, TypeError, AttributeError):
                log.exception("%s cannot be recorded", session.sid)
                text = "The recorder cannot read the request."
                self.endings.fail(session, now, module=0, code=2, text=text)
        self._submit(due)
        return self._pause(now, round_, due)

    def _forget_all_but(self, present: set[str]) -> None:
        for sid in set(self._plans) - present:
            del self._plans[sid]
            self._filed.pop(sid, None)
            self._unsent.discard(sid)
            self._unlisted.discard(sid)

    def _plan(self, session: Session, version: int) -> Plan:
        """The plan of this session as it is now; kept while neither it nor the facts change."""
        plan = self._plans.get(session.sid)
        if plan is None or plan.version != version or plan.session != session:
            facts = self.store.channels.facts(session.channel, session.sid)
            plan = make_plan(session, facts, version)
            if session.joined and plan.origin_ms is not None and session.origin_ms is None:
                self.endings.recording_began(session, plan.origin_ms, facts)
                return self._plan(self._again(session), version)
            self._plans[session.sid] = plan
        return plan

    def _again(self, session: Session) -> Session:
        return self.store.tasks.get(session.sid) or session

    def _step(self, plan: Plan, now: int, due: list[tuple[int, str, int]]) -> None:
        """Everything one recording needs at this moment; slices to make are added to `due`."""
        session = plan.session
        if plan.join_due(now):
            self._join(session, now)
            return
        if plan.idle_due(now):
            assert plan.idle_end_ms is not None  # noqa: S101 - that is what due means
            self.endings.leave(session, plan.idle_end_ms, "idle")
            self._look_again()
            return
        if self._pictures and plan.timeline is not None:
            self._look_for_slices(plan, now, due)
            self._list(plan)
        if plan.progress_due(now):
            self.endings.report_progress(session, now)
        self._upload(session, now)
        if session.state == State.LEAVING and not self._busy(plan, now):
            self._finish(plan, now)

    def _join(self, session: Session, now: int) -> None:
        """Try the storage and enter the channel; a task that cannot ends here."""
        doom = session.doom
        if not doom:
            try:
                self._buckets.folder(session.bucket)
            except (OSError, S3Error) as error:
                doom = {"module": 1, "code": 32, "text": f"The storage cannot be used: {error}"}
        if doom:
            self.endings.fail(session, now, **doom)
        else:
            self.endings.joined(session, now)
        self._look_again()

    def _look_for_slices(self, plan: Plan, now: int, due: list[tuple[int, str, int]]) -> None:
        sid = plan.session.sid
        if sid not in self._filed:
            self._filed[sid] = Filed(self.store.files.numbers(sid))
        filed = self._filed[sid]
        missing = (
            k
            for k in range(filed.first_gap, self._slices_wanted(plan, now))
            if k not in filed and (sid, k) not in self._jobs
        )
        for k in islice(missing, POOL):  # another turn follows each slice that is made
            heapq.heappush(due, (plan.slice_due_ms(k), sid, k))

    def _slices_wanted(self, plan: Plan, now: int) -> int:
        """How many there should be by now; after an error no more than there are."""
        return 0 if plan.session.end_reason == "error" else plan.slices_by(now)

    def _submit(self, due: list[tuple[int, str, int]]) -> None:
        """Give the pool the slices that have been due longest; the next turn finds the others."""
        if time.monotonic() < self._disk_pause:
            return
        while due and len(self._jobs) < POOL:
            _at, sid, k = heapq.heappop(due)
            plan = self._plans[sid]
            assert plan.timeline is not None  # noqa: S101 - only such plans have slices
            self._do(
                (sid, k), self._pool.submit(self.filing.render, plan.session, plan.timeline, k)
            )

    def _do(self, job: Job, future: "Future[None]") -> None:
        self._jobs[job] = future
        future.add_done_callback(lambda _future: self.bell.ring())

    def _collect(self) -> None:
        """Take in what the pool has finished."""
        filed = False
        for (sid, number), future in list(self._jobs.items()):
            if not future.done():
                continue
            del self._jobs[sid, number]
            if error := future.exception():
                self._failed(sid, number, error)
            elif number != MP4 and sid in self._filed:
                self._filed[sid].add(number)
                self._unlisted.add(sid)
                filed = True
            self._unsent.add(sid)
        if filed:
            self.clock.let_go()

    def _list(self, plan: Plan) -> None:
        """Write the playlist when slices have come; after the end `_finish` writes the last one."""
        sid = plan.session.sid
        if sid in self._unlisted and not plan.session.listed and self._filed[sid].first_gap:
            assert plan.timeline is not None  # noqa: S101 - only such plans have slices
            self.filing.write_playlist(plan.session, plan.timeline, ended=False)
            self._unsent.add(sid)
            self._unlisted.discard(sid)

    def _failed(self, sid: str, number: int, error: BaseException) -> None:
        if isinstance(error, OSError):
            self._disk_refused(sid, error)
            return
        what = "the MP4" if number == MP4 else f"slice {number}"
        log.error("%s: making %s failed: %s: %s", sid, what, type(error).__name__, error)
        self._failures[sid, number] += 1
        session = self.store.tasks.get(sid)
        if session and self._failures[sid, number] >= TRIES:
            text = f"The recorder could not make {what}."
            self.endings.break_off(session, self.clock.now_ms(), text)

    def _disk_refused(self, sid: str, error: OSError) -> None:
        log.error("%s: the disk refuses: %s; trying again", sid, error.strerror or error)
        self._disk_pause = time.monotonic() + BEAT_S

    def _upload(self, session: Session, now: int) -> None:
        if not self._pictures or session.sid not in self._unsent:
            return
        sent = self.filing.upload(session)
        if not self.store.files.waiting(session.sid):
            self._unsent.discard(session.sid)
        if any(row.kind == "playlist" for row in sent) and session.first_upload_ms is None:
            self.endings.first_upload(session, now)

    def _busy(self, plan: Plan, now: int) -> bool:
        """Whether slices of an ending recording are still to be made."""
        sid = plan.session.sid
        if any(job_sid == sid for job_sid, _number in self._jobs):
            return True
        return sid in self._filed and self._filed[sid].first_gap < self._slices_wanted(plan, now)

    def _finish(self, plan: Plan, now: int) -> None:
        """The end is fixed and all slices are made: last playlist, MP4, uploads, good-bye."""
        session = self._again(plan.session)
        if self._pictures and plan.timeline is not None:
            files = self.store.files.of(session.sid)
            if not session.listed:
                self.filing.write_playlist(session, plan.timeline, ended=True)
                self.store.tasks.change(session.sid, listed=1)
                self._unsent.add(session.sid)
                self._look_again()
                return
            if self._wants_mp4(session, files):
                self._do((session.sid, MP4), self._pool.submit(self.filing.make_mp4, session))
                return
            if any(not row.sent for row in files):
                return
        self.endings.gone(session, now)

    def _look_again(self) -> None:
        self._more = True
        self.bell.ring()

    def _wants_mp4(self, session: Session, files: list[FileRow]) -> bool:
        kinds = {row.kind for row in files}
        given_up = self._failures[session.sid, MP4] >= TRIES
        return session.with_mp4 and "slice" in kinds and "mp4" not in kinds and not given_up

    def _beat(self) -> None:
        """Show that we live; and when the machine slept, end what the sleep has ended."""
        if time.monotonic() - self._beaten >= BEAT_S:
            self._end_outage(self._beat_wall_ms)
            self.lease.beat()
            self._beaten, self._beat_wall_ms = time.monotonic(), wall_ms()

    def _end_outage(self, last_wall_ms: int, *, restarted: bool = False) -> None:
        """After a time without a recorder, recordings that could not outlast it ended when it
        began.
        """
        gap = wall_ms() - last_wall_ms
        if self.clock.speed != 1 or gap < BEAT_S * 5000:
            return  # such a clock stood still meanwhile
        end = self.clock.now_ms() - gap
        for session in self.store.tasks.present():
            survives = min(OUTAGE_MS, session.max_idle_ms) if restarted else OUTAGE_MS
            if session.state == State.LIVE and gap > survives:
                log.warning(
                    "%s: no recorder for %d s; the recording ended", session.sid, gap // 1000
                )
                self.endings.leave(session, max(end, session.started_ms), "outage")

    def _pause(self, now: int, round_: int, due: list[tuple[int, str, int]]) -> float:
        if not self._jobs and not due and not self._more:
            self.store.machine.settled(self.lease.owner, now, round_)
        speed = self.clock.speed
        ahead = min((plan.next_ms(now) for plan in self._plans.values()), default=2**62) - now
        seconds = max(ahead, 0) / 1000 / speed if speed else BEAT_S
        return max(0.005, min(seconds, BEAT_S, self._retry_s()))

    def _retry_s(self) -> float:
        """Seconds until a failed upload is tried again."""
        waiting = [
            row.retry_wall_ms
            for sid in self._unsent
            for row in self.store.files.waiting(sid)
            if row.tries
        ]
        return max(0, min(waiting) - wall_ms()) / 1000 if waiting else BEAT_S
