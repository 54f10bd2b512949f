"""The pool in which slices, screenshots and MP4s are made, and what is known about what it has
made.
"""

import heapq
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from recorder.sandbox.filing import Filing
from recorder.sandbox.lanes import Lane
from recorder.sandbox.plan import Plan
from recorder.sandbox.store import Session

log = logging.getLogger("sandbox")

POOL = 2  # threads
TRIES = 3  # for one file; then its recording ends and the others go on
DISK_PAUSE_S = 1.0  # after the disk has refused
DISK_PATIENCE_S = 30.0  # for which it may refuse before recordings end
DISK_SILENCE_S = 5.0  # without being refused again: that was something else
SLICE, SHOT, MP4, LATER = "slice", "jpg", "mp4", "mixed"  # kinds of files
WORDS = {SLICE: "slice", SHOT: "screenshot", MP4: "MP4", LATER: "postponed file"}


@dataclass(frozen=True, slots=True, order=True)
class Render:
    """One file that is to be made."""

    sid: str
    lane: str  # its key
    kind: str
    number: int = 0

    def __str__(self) -> str:
        return f"{WORDS[self.kind]} {self.number}{f' of {self.lane}' if self.lane else ''}"


@dataclass(frozen=True, slots=True)
class Made:
    """A file the pool has finished with. `given_up`: it could not be made, TRIES times."""

    file: Render
    good: bool
    given_up: bool = False


class Filed:
    """The files of one kind in one lane that are filed."""

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
        self._jobs: dict[Render, Future[None]] = {}
        self._failures: Counter[Render] = Counter()
        self._filed: dict[tuple[str, str, str], Filed] = {}
        self._due: list[tuple[int, Render]] = []  # a heap
        self._lanes: dict[tuple[str, str], tuple[Session, Lane]] = {}  # of what is in the heap
        self._disk_pause = 0.0
        self._refused = (0.0, 0.0)  # when it began and when it last did, without success between

    @property
    def disk_full(self) -> bool:
        """Whether the disk has refused everything for longer than anybody waits, and still does."""
        first, last = self._refused
        still = time.monotonic() - last <= DISK_SILENCE_S
        return still and last - first > DISK_PATIENCE_S

    @property
    def idle(self) -> bool:
        """Whether nothing is being made or waits for its turn."""
        return not self._jobs and not self._due

    def begin_turn(self) -> None:
        self._due.clear()
        self._lanes.clear()

    def look(self, plan: Plan, now_ms: int) -> None:
        """Enter the next missing files of a recording among those that are due."""
        sid = plan.session.sid
        for lane, kind, wanted, due in _wanted(plan, now_ms):
            filed = self.filed(plan.session, lane, kind)
            missing = (
                file
                for number in range(filed.first_gap, wanted)
                if number not in filed
                and (file := Render(sid, lane.key, kind, number)) not in self._jobs
            )
            for file in islice(missing, POOL):  # another turn follows each file that is made
                heapq.heappush(self._due, (due(file.number) or 0, file))
                self._lanes[sid, lane.key] = (plan.session, lane)

    def submit(self) -> None:
        """Give the pool what has been due longest; the next turn finds the others."""
        if time.monotonic() < self._disk_pause:
            return
        while self._due and len(self._jobs) < POOL:
            _at, file = heapq.heappop(self._due)
            session, lane = self._lanes[file.sid, file.lane]
            make = self._filing.render if file.kind == SLICE else self._filing.take_shot
            self.follow(file, make, session, lane, file.number)

    def follow(self, file: Render, make: Callable[..., None], *arguments: object) -> None:
        """Let the pool make a file, unless it is at it or the disk refuses."""
        if file not in self._jobs and time.monotonic() >= self._disk_pause:
            future = self._pool.submit(make, *arguments)
            self._jobs[file] = future
            future.add_done_callback(lambda _future: self._ring())

    def collect(self) -> list[Made]:
        """What the pool has finished with since the last time."""
        made = []
        for file in [file for file, future in self._jobs.items() if future.done()]:
            error = self._jobs.pop(file).exception()
            filed = self._filed.get((file.sid, file.lane, file.kind))
            if error is None:
                self._refused = (0.0, 0.0)
            if error is None and filed is not None:
                filed.add(file.number)
            made.append(Made(file, good=error is None, given_up=self._given_up(file, error)))
        return made

    def busy(self, plan: Plan, now_ms: int) -> bool:
        """Whether files of this recording are still to be made."""
        if any(file.sid == plan.session.sid for file in self._jobs):
            return True
        return any(
            self.filed(plan.session, lane, kind).first_gap < wanted
            for lane, kind, wanted, _due in _wanted(plan, now_ms)
        )

    def behind_ms(self, plan: Plan) -> int | None:
        """When the earliest file that is not made yet is due; None when none will be."""
        dues = [
            at
            for lane, kind, _number, due in _wanted(plan, 0)
            if (at := due(self.filed(plan.session, lane, kind).first_gap)) is not None
        ]
        return min(dues, default=None)

    def filed(self, session: Session, lane: Lane, kind: str) -> Filed:
        key = (session.sid, lane.key, kind)
        if key not in self._filed:
            self._filed[key] = Filed(self._filing.numbers(session, lane, kind))
        return self._filed[key]

    def gave_up(self, file: Render) -> bool:
        return self._failures[file] >= TRIES

    def disk_refused(self, sid: str, error: OSError) -> None:
        """A full disk, say: it is tried again until `disk_full`."""
        log.error("%s: the disk refuses: %s; trying again", sid, error.strerror or error)
        now = time.monotonic()
        self._disk_pause = now + DISK_PAUSE_S
        first, last = self._refused
        self._refused = (first if now - last <= DISK_SILENCE_S else now, now)

    def forget(self, sid: str) -> None:
        for key in [key for key in self._filed if key[0] == sid]:
            del self._filed[key]

    def close(self) -> None:
        """Wait for what is being made now, and begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _given_up(self, file: Render, error: BaseException | None) -> bool:
        if error is None:
            return False
        if isinstance(error, OSError):
            self.disk_refused(file.sid, error)
            return False
        log.error("%s: making %s failed: %s: %s", file.sid, file, type(error).__name__, error)
        self._failures[file] += 1
        return self.gave_up(file)


def _wanted(
    plan: Plan, now_ms: int
) -> Iterator[tuple[Lane, str, int, Callable[[int], int | None]]]:
    """(lane, kind, how many files there should be by now, when each is due); after an error no more
    than there are.
    """
    if plan.session.end_reason == "error":
        return
    for lane in plan.lanes:
        if lane.sliced:
            yield lane, SLICE, lane.slices_by(now_ms), lane.slice_due_ms
        if lane.shot_ms is not None:
            yield lane, SHOT, lane.shots_by(now_ms), lane.shot_due_ms
