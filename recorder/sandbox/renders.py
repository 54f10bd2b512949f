"""The pool in which slices and MP4s are made, and what is known about what it has made."""

import heapq
import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from recorder.sandbox.filing import Filing
from recorder.sandbox.plan import Plan
from recorder.sandbox.store import Session

log = logging.getLogger("sandbox")

POOL = 2  # threads
TRIES = 3  # for one file; then its recording ends and the others go on
DISK_PAUSE_S = 1.0  # after the disk has refused
MP4 = -1  # in place of a slice number


@dataclass(frozen=True, slots=True)
class Made:
    """A file the pool has finished with. `given_up`: it could not be made, TRIES times."""

    sid: str
    number: int
    good: bool
    given_up: bool = False

    @property
    def what(self) -> str:
        return "the MP4" if self.number == MP4 else f"slice {self.number}"


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


class Renders:
    """`ring` is called, from a thread of the pool, whenever something is finished."""

    def __init__(self, filing: Filing, ring: Callable[[], None]):
        self._filing, self._ring = filing, ring
        self._pool = ThreadPoolExecutor(POOL, thread_name_prefix="render")
        self._jobs: dict[tuple[str, int], Future[None]] = {}
        self._failures: Counter[tuple[str, int]] = Counter()
        self._filed: dict[str, Filed] = {}
        self._due: list[tuple[int, str, int]] = []  # a heap of (when, sid, slice)
        self._plans: dict[str, Plan] = {}  # of what is in the heap
        self._disk_pause = 0.0

    @property
    def idle(self) -> bool:
        """Whether nothing is being made or waits for its turn."""
        return not self._jobs and not self._due

    def begin_turn(self) -> None:
        self._due.clear()
        self._plans.clear()

    def look(self, plan: Plan, now_ms: int) -> None:
        """Enter the next missing slices of a recording among those that are due."""
        sid, filed = plan.session.sid, self.filed(plan)
        missing = (
            k
            for k in range(filed.first_gap, _wanted(plan, now_ms))
            if k not in filed and (sid, k) not in self._jobs
        )
        for k in islice(missing, POOL):  # another turn follows each slice that is made
            heapq.heappush(self._due, (plan.slice_due_ms(k), sid, k))
            self._plans[sid] = plan

    def submit(self) -> None:
        """Give the pool the slices that have been due longest; the next turn finds the others."""
        if time.monotonic() < self._disk_pause:
            return
        while self._due and len(self._jobs) < POOL:
            _at, sid, k = heapq.heappop(self._due)
            plan = self._plans[sid]
            assert plan.timeline is not None  # noqa: S101 - only such plans have slices
            future = self._pool.submit(self._filing.render, plan.session, plan.timeline, k)
            self._follow((sid, k), future)

    def submit_mp4(self, session: Session) -> None:
        if time.monotonic() >= self._disk_pause:
            self._follow((session.sid, MP4), self._pool.submit(self._filing.make_mp4, session))

    def collect(self) -> list[Made]:
        """What the pool has finished with since the last time."""
        made = []
        for job in [job for job, future in self._jobs.items() if future.done()]:
            error = self._jobs.pop(job).exception()
            if error is None and job[1] != MP4 and job[0] in self._filed:
                self._filed[job[0]].add(job[1])
            made.append(Made(*job, good=error is None, given_up=self._given_up(job, error)))
        return made

    def busy(self, plan: Plan, now_ms: int) -> bool:
        """Whether slices of this recording are still to be made."""
        sid = plan.session.sid
        if any(job_sid == sid for job_sid, _number in self._jobs):
            return True
        return sid in self._filed and self._filed[sid].first_gap < _wanted(plan, now_ms)

    def filed(self, plan: Plan) -> Filed:
        sid = plan.session.sid
        if sid not in self._filed:
            self._filed[sid] = Filed(self._filing.slices(plan.session))
        return self._filed[sid]

    def gave_up_mp4(self, session: Session) -> bool:
        return self._failures[session.sid, MP4] >= TRIES

    def disk_refused(self, sid: str, error: OSError) -> None:
        """A full disk, say: it is tried again, for as long as it takes."""
        log.error("%s: the disk refuses: %s; trying again", sid, error.strerror or error)
        self._disk_pause = time.monotonic() + DISK_PAUSE_S

    def forget(self, sid: str) -> None:
        self._filed.pop(sid, None)

    def close(self) -> None:
        """Wait for what is being made now, and begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _follow(self, job: tuple[str, int], future: "Future[None]") -> None:
        self._jobs[job] = future
        future.add_done_callback(lambda _future: self._ring())

    def _given_up(self, job: tuple[str, int], error: BaseException | None) -> bool:
        if error is None:
            return False
        if isinstance(error, OSError):
            self.disk_refused(job[0], error)
            return False
        log.error("%s: making file %d failed: %s: %s", *job, type(error).__name__, error)
        self._failures[job] += 1
        return self._failures[job] >= TRIES


def _wanted(plan: Plan, now_ms: int) -> int:
    """How many slices there should be by now; after an error no more than there are."""
    return 0 if plan.session.end_reason == "error" else plan.slices_by(now_ms)
