"""How old what the board shows is, with 1,000 live sessions and one callback in twenty lost.

A recording tells of its upload about once a minute (event 33). What keeps the board fresh is then
the plan of queries: this runs an hour of it on a clock of its own, with the product's own fold and
its own judgement of when to ask again, and the account's pace of ten calls a second, of which
queries may take two. Nothing is sent and nothing is stored; the same numbers come out every time.
"""

import heapq
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bench._site import site

BAR = 1.0
BOUND = 60.0  # seconds: the age that 99 of 100 looks find at most
QUERIES = 2.0  # in a second, at most
LOST = 0.05  # of the callbacks
EVERY = 60.0  # seconds between a session's callbacks
SETTLING = 1200.0  # seconds that do not count: the plan begins with all sessions known alike
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with site():
        _state.update(sessions=50 if smallest else 1000, seconds=SETTLING + 3600.0)
        yield


def baseline() -> float:
    """What is allowed."""
    return BOUND


def ours() -> float:
    """The age that 99 of 100 looks find at most, in seconds; infinite where it took too many
    queries."""
    ages, queries = Board(_state["sessions"]).run(_state["seconds"])
    rate = queries / (_state["seconds"] - SETTLING)
    return percentile(ages, 0.99) if rate <= QUERIES else float("inf")


class Board:
    """The rows of live sessions, as they would be after each notice and each answer."""

    def __init__(self, sessions: int):
        self.chance = random.Random(1)  # noqa: S311  (no secret)
        self.rows = [self._row(number) for number in range(sessions)]
        self.shown = [0.0] * sessions  # when what is shown of each was true
        self.since = [0.0] * sessions  # when it arrived
        self.ages: list[tuple[float, float]] = []  # from which to which age each was shown
        self.due: list[tuple[float, int]] = []

    def run(self, seconds: float) -> tuple[list[tuple[float, float]], int]:
        """The ages that were shown, and how many queries that took."""
        arrivals = sorted(self._arrivals(seconds))
        turn, queries, place = 0.0, 0, 0
        for number in range(len(self.rows)):
            self._plan(number, 0.0)
        while turn < seconds:
            while place < len(arrivals) and arrivals[place][0] <= turn:
                self._hear(*arrivals[place])
                place += 1
            number = self._first_due(turn)
            if number is not None:
                self._ask(number, turn)
                queries += turn >= SETTLING
            turn += 1 / QUERIES  # of the account's pace: providers.pacing
        return self.ages, queries

    def _row(self, number: int) -> Any:
        from recorder.contract.states import Status
        from recorder.models import RecordingSession

        asked = BEGIN - timedelta(seconds=self.chance.uniform(0, 600))
        return RecordingSession(
            pk=number + 1,
            status=Status.RECORDING.value,
            sid=f"{number:032x}",
            requested_at=asked,
            start_sent_at=asked,
            started_at=asked,
            recording_at=asked,
            observed_at=asked,
            checks=3,
        )

    def _arrivals(self, seconds: float) -> Iterator[tuple[float, int, int, float]]:
        """When, of which session, with which number, and when it happened."""
        for number in range(len(self.rows)):
            first = self.chance.uniform(0, EVERY)
            for count in range(int((seconds - first) / EVERY) + 1):
                if self.chance.random() >= LOST:
                    happened = first + count * EVERY
                    yield happened + self.chance.uniform(0.05, 0.5), number, count, happened

    def _hear(self, at: float, number: int, sequence: int, happened: float) -> None:
        from recorder.lifecycle.fold import tell
        from recorder.models import Notice

        row = self.rows[number]
        notice = Notice(
            event_type=33,
            sid=row.sid,
            sequence=sequence,
            at=BEGIN + timedelta(seconds=happened),
            received_at=BEGIN + timedelta(seconds=at),
            body={"payload": {"details": {"msgName": "uploading_progress", "progress": 9000}}},
        )
        tell(row, notice, BEGIN + timedelta(seconds=at))
        self._seen(number, at, happened)

    def _ask(self, number: int, at: float) -> None:
        from recorder.lifecycle.fold import apply
        from recorder.lifecycle.observe import QueryAnswer

        row = self.rows[number]
        apply(row, QueryAnswer(BEGIN + timedelta(seconds=at), status=5))
        row.tries, row.checks = 0, row.checks + 1
        self._seen(number, at, at)

    def _seen(self, number: int, at: float, happened: float) -> None:
        if self.since[number] >= SETTLING:
            self.ages.append((self.since[number] - self.shown[number], at - self.shown[number]))
        self.shown[number], self.since[number] = happened, at
        self._plan(number, at)

    def _plan(self, number: int, at: float) -> None:
        from recorder.lifecycle.due import next_check

        row = self.rows[number]
        row.next_check_at = next_check(row, BEGIN + timedelta(seconds=at))
        heapq.heappush(self.due, ((row.next_check_at - BEGIN).total_seconds(), number))

    def _first_due(self, now: float) -> int | None:
        """The longest due; plans that were made anew since are passed over."""
        while self.due and self.due[0][0] <= now:
            at, number = heapq.heappop(self.due)
            if (self.rows[number].next_check_at - BEGIN).total_seconds() == at:
                return number
        return None


def percentile(ages: list[tuple[float, float]], share: float) -> float:
    """The age below which what was shown was for that share of the time."""
    total = sum(older - newer for newer, older in ages)
    low, high = 0.0, max(older for _newer, older in ages)
    while high - low > 0.001:
        age = (low + high) / 2
        above = sum(max(older - max(age, newer), 0.0) for newer, older in ages)
        low, high = (age, high) if above > (1 - share) * total else (low, age)
    return high
