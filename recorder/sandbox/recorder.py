"""The recorder: one worker for all recordings.

It looks at what the rows say and does what is due, so a crash at any point leaves nothing to
repair: the next worker looks at the same rows. Slices are made in a small pool, earliest due first;
everything else is quick and done here.
"""

import logging
import sqlite3
import time
from dataclasses import replace

from recorder.sandbox.buckets import Buckets
from recorder.sandbox.clock import Clock, wall_ms
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.deck import Deck
from recorder.sandbox.endings import Endings
from recorder.sandbox.fates import Fates
from recorder.sandbox.filing import Filing
from recorder.sandbox.lease import LeaseLost, WorkerLease
from recorder.sandbox.outputs import Outputs
from recorder.sandbox.plan import Plan, make_plan
from recorder.sandbox.postponed import Postponed
from recorder.sandbox.renders import LATER, Renders
from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import Fact, Session, State, Store
from recorder.sandbox.wake import Bell

log = logging.getLogger("sandbox")

BEAT_S = 1.0
SLEPT_S = 5.0  # a shorter time without a heartbeat is a slow machine
OUTAGE_MS = 90_000  # the service's own fail-over window; no recording outlasts more
NEVER_MS = 2**62


class Recorder:
    """`run` works until the bell is closed; `turn` is one look around."""

    def __init__(self, config: SandboxConfig, store: Store, bell: Bell):
        self.store, self.bell, self.clock = store, bell, Clock(store)
        self.lease = WorkerLease(store, self.clock)
        self._pictures = config.media == "full"
        self._buckets = Buckets(config.data, store.objects)
        deck = Deck(store, self.clock)
        self.filing = Filing(config.data, store, self._buckets, deck)
        self.endings = Endings(store, self.filing, pictures=self._pictures)
        self.renders = Renders(self.filing, bell.ring)
        self.outputs = Outputs(store, self.filing, self.renders, self.endings)
        self.fates = Fates(store, self.filing, self.endings)
        self.postponed = Postponed(store, self.filing, self.endings, self.renders, deck)
        self._plans: dict[str, Plan] = {}
        self._paces: dict[str, int | None] = {}  # how far each lets a fast clock run
        self._more = False  # this turn has made work for the next
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
                self.bell.wait(self._turn_or_wait())
        except LeaseLost:
            log.error("Another recorder worker has taken over; this one ends.")
            raise
        finally:
            self.renders.close()
            self.lease.release()

    def _turn_or_wait(self) -> float:
        """A turn; or a while when the database cannot be written, on a full disk, say."""
        try:
            return self.turn()
        except sqlite3.OperationalError as error:
            log.error("The database refuses: %s; trying again", error)
            return BEAT_S

    def _begin(self) -> bool:
        """Take the lease and set right what the last worker left; False while another one works."""
        try:
            before = self.lease.take()
        except BlockingIOError:
            return False
        for session in self.store.tasks.present():
            self.filing.clear_drafts(session)
            self.outputs.note(session.sid)
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
        self.renders.begin_turn()
        if self.renders.disk_full:
            self._end_for_lack_of_room(sessions, now)
        for session in sessions:
            try:
                self._step(self._plan(session, version, now), now)
            except OSError as error:
                self.renders.disk_refused(session.sid, error)
            except (ValueError, KeyError, TypeError, AttributeError):
                log.exception("%s cannot be recorded", session.sid)
                text = "The recorder cannot read the request."
                self.endings.fail(session, now, module=0, code=2, text=text)
        self.renders.submit()
        self._more |= self.postponed.work(now) | self.fates.work(now)
        return self._pause(now, round_)

    def _collect(self) -> None:
        """Take in what the pool has finished."""
        made = self.renders.collect()
        for one in made:
            sid = one.file.sid
            if one.file.kind == LATER:
                continue
            self.outputs.note(sid)
            session = self.store.tasks.get(sid) if one.given_up else None
            if session:
                text = f"The recorder could not make {one.file}."
                self.endings.break_off(session, self.clock.now_ms(), text)
        if made:
            self.clock.let_go()

    def _end_for_lack_of_room(self, sessions: list[Session], now: int) -> None:
        """The disk takes nothing more: recordings end with what they have."""
        for session in sessions:
            if session.state == State.LIVE and session.joined:
                text = "The recorder has no room for files."
                self.endings.break_off(session, now, text, module=1, code=51)

    def _forget_all_but(self, present: set[str]) -> None:
        for sid in set(self._plans) - present:
            del self._plans[sid]
            self.renders.forget(sid)
            self.outputs.forget(sid)
            if self._paces.pop(sid, None) is not None:
                self.store.machine.set_pace(sid, None)

    def _plan(self, session: Session, version: int, now: int) -> Plan:
        """The plan of this session as it is now; kept while neither it nor the facts change."""
        plan = self._plans.get(session.sid)
        if plan is None or plan.version != version or plan.session != session:
            plan = make_plan(session, self._facts(session), version)
            self._plans[session.sid] = plan
        if plan.begin_due(now):
            with self.store.transaction():
                self.clock.pin()
                self._begin_recording(plan, now)
            return self._plan(self._again(session), version, now)
        return plan

    def _facts(self, session: Session) -> list[Fact]:
        return self.store.channels.facts(session.channel, session.sid)

    def _again(self, session: Session) -> Session:
        return self.store.tasks.get(session.sid) or session

    def _step(self, plan: Plan, now: int) -> None:
        """Everything one recording needs at this moment."""
        session = plan.session
        if plan.join_due(now):
            self._join(plan, now)
            return
        if news := plan.news_due(now):
            self.endings.tell(session, news)
        if plan.finish_due(now):
            assert plan.finish is not None  # noqa: S101 - that is what due means
            self.endings.leave(session, plan.finish.at_ms, plan.finish.reason)
            self._look_again()
            return
        if self._pictures and plan.lanes:
            self.renders.look(plan, now)
            self.outputs.keep_up(plan)
            self._keep_pace(plan)
        if plan.progress_due(now):
            self.endings.report_progress(session, now)
        if self._pictures:
            self.outputs.upload(session, now)
        made = not (self._pictures and self.renders.busy(plan, now))
        if session.state == State.LEAVING and made:
            self._finish(plan, now)

    def _join(self, plan: Plan, now: int) -> None:
        """Try the storage and enter the channel; a task that cannot ends here."""
        session, doom = plan.session, plan.session.doom
        if not doom:
            try:
                self._buckets.folder(session.bucket)
            except (OSError, S3Error) as error:
                doom = {"module": 1, "code": 32, "text": f"The storage cannot be used: {error}"}
        with self.store.transaction():
            if doom:
                self.endings.fail(session, now, **doom)
            else:
                self.clock.pin()  # first: who has joined without an origin holds no clock back
                self.endings.joined(session, now)
                self._begin_recording(plan, now)
        self._look_again()

    def _begin_recording(self, plan: Plan, now: int) -> None:
        """Once there is something to record: from here on there are slices, which a fast clock
        waits for, so it has been pinned in the same transaction.
        """
        if plan.origin_ms is not None and plan.origin_ms <= now:
            self.endings.recording_began(plan.session, plan.origin_ms)
            until = plan.origin_ms + 2 * plan.session.slice_ms
            self.store.machine.set_pace(plan.session.sid, until)
            self._paces[plan.session.sid] = until

    def _keep_pace(self, plan: Plan) -> None:
        """Let a fast clock run one slice beyond what is still to be made."""
        session, until = plan.session, None
        if session.state == State.LIVE:
            behind = self.renders.behind_ms(plan)
            until = None if behind is None else behind + session.slice_ms
        if session.sid not in self._paces or self._paces[session.sid] != until:
            with self.store.transaction():
                self.clock.pin()  # one that has run further meanwhile stands until we are there
                self.store.machine.set_pace(session.sid, until)
            self._paces[session.sid] = until

    def _finish(self, plan: Plan, now: int) -> None:
        """The end is fixed and all slices are made: the last files, uploads, good-bye."""
        session = self._again(plan.session)
        if (
            self._pictures
            and plan.lanes
            and not self.outputs.finish(replace(plan, session=session))
        ):
            if not session.listed:
                self._look_again()
            return
        self.postponed.put_off(session, now)  # first: `gone` removes what nobody needs any more
        self.endings.gone(session, now)

    def _look_again(self) -> None:
        self._more = True
        self.bell.ring()

    def _beat(self) -> None:
        """Show that we live; and when the machine slept, end what the sleep has ended."""
        if time.monotonic() - self._beaten >= BEAT_S:
            self._end_outage(self._beat_wall_ms)
            self.lease.beat()
            self._beaten, self._beat_wall_ms = time.monotonic(), wall_ms()

    def _end_outage(self, last_wall_ms: int, *, restarted: bool = False) -> None:
        """End the recordings that could not outlast a time without a recorder, when it began."""
        gap = wall_ms() - last_wall_ms
        if self.clock.speed != 1 or gap < SLEPT_S * 1000:
            return  # any other clock stood still meanwhile
        end = self.clock.now_ms() - gap
        for session in self.store.tasks.present():
            limit = min(OUTAGE_MS, session.max_idle_ms) if restarted else OUTAGE_MS
            if session.state == State.LIVE and gap > limit:
                log.warning("%s: no recorder for %d s; it ended", session.sid, gap // 1000)
                self.endings.leave(session, max(end, session.started_ms), "outage")

    def _pause(self, now: int, round_: int) -> float:
        """Seconds until something is due; and when nothing is left, say so."""
        if self.renders.idle and not self._more:
            self.store.machine.settled(self.lease.owner, now, round_)
        speed = self.clock.speed
        moments = [plan.next_ms(now) for plan in self._plans.values()]
        ahead = min([*moments, self.postponed.next_ms(now), self.fates.next_ms(now)]) - now
        seconds = max(ahead, 0) / 1000 / speed if speed else BEAT_S
        return max(0.005, min(seconds, BEAT_S, self.outputs.retry_s(BEAT_S)))
