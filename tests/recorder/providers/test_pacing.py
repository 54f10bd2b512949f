"""The pacer runs here in virtual time: many callers as threads of which one moves at a time, each
pausing between reading the slot and swapping it, in an order chosen by hypothesis."""

import heapq
import random
import threading
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.contract.states import Operation
from recorder.providers.errors import Paced
from recorder.providers.pacing import (
    Pacer,
    early,
    interval_for,
    no_room_for_queries,
    reserve,
)

SECOND = 1_000_000
START = 1_800_000_000 * SECOND  # a time of today, in microseconds


class World:
    """Clock, sleep and slot for threads that take turns."""

    def __init__(self, seed=1):
        self.now, self.slot, self.swaps_lost = START, 0, 0
        self._order, self._number = random.Random(seed), count()
        self._asleep, self._paused = [], threading.Event()

    def clock(self):
        return self.now

    def sleep(self, seconds):
        turn = threading.Event()
        due = self.now + round(seconds * SECOND)
        heapq.heappush(self._asleep, (due, self._order.random(), next(self._number), turn))
        self._paused.set()
        turn.wait()

    def read(self):
        slot = self.slot
        self.sleep(0)  # here others may come between
        return slot

    def swap(self, old, new):
        if self.slot != old:
            self.swaps_lost += 1
            return False
        self.slot = new
        return True

    def pacer(self, rate, max_wait=10.0):
        return Pacer(self, rate, max_wait=max_wait, clock=self.clock, sleep=self.sleep)

    def run(self, rate, arrivals, max_wait=10.0):
        """(microseconds after the start, operation) -> (arrived, granted or None, operation)."""
        outcomes = []

        def caller(after, operation):
            self.sleep(after / SECOND)
            arrived = self.now
            try:
                self.pacer(rate, max_wait)(operation)
                outcomes.append((arrived, self.now, operation))
            except Paced:
                outcomes.append((arrived, None, operation))
            finally:
                self._paused.set()

        threads = [threading.Thread(target=caller, args=arrival) for arrival in arrivals]
        for thread in threads:
            self._let(thread.start)
        while self._asleep:
            due, _order, _number, turn = heapq.heappop(self._asleep)
            self.now = max(self.now, due)
            self._let(turn.set)
        for thread in threads:
            thread.join()
        assert len(outcomes) == len(arrivals)
        return outcomes

    def _let(self, go):
        self._paused.clear()
        go()
        self._paused.wait()


def granted(outcomes):
    return sorted(at for _arrived, at, _operation in outcomes if at is not None)


def busiest_second(times):
    """The most calls in any second [t, t + 1 s)."""
    return max((sum(t <= other < t + SECOND for other in times) for t in times), default=0)


operations = st.sampled_from(Operation)
arrivals = st.lists(st.tuples(st.integers(0, 3 * SECOND), operations), max_size=30)
rates = st.integers(1, 20)
seeds = st.integers(0, 2**32)


@settings(max_examples=150, deadline=None)
@given(rates, arrivals, seeds)
def test_no_second_ever_holds_more_calls_than_allowed(rate, arrivals, seed):
    outcomes = World(seed).run(rate, arrivals)

    assert busiest_second(granted(outcomes)) <= rate


@settings(max_examples=100, deadline=None)
@given(rates, arrivals, st.integers(0, 3 * SECOND), seeds)
def test_a_stop_waits_for_one_other_call_at_most_that_is_about_to_go(rate, arrivals, when, seed):
    others = [(t, op) for t, op in arrivals if op is not Operation.STOP]

    outcomes = World(seed).run(rate, [*others, (when, Operation.STOP)])

    ((arrived, at, _stop),) = [row for row in outcomes if row[2] is Operation.STOP]
    assert at - arrived <= interval_for(rate) + early(interval_for(rate))


@settings(max_examples=100, deadline=None)
@given(arrivals, st.integers(1, 8), seeds)
def test_of_several_stops_each_waits_for_the_stops_before_it_only(arrivals, stops, seed):
    others = [(t, op) for t, op in arrivals if op is not Operation.STOP]

    outcomes = World(seed).run(10, [*others, *[(SECOND, Operation.STOP)] * stops])

    waits = [at - arrived for arrived, at, op in outcomes if op is Operation.STOP]
    assert max(waits) <= stops * interval_for(10) + early(interval_for(10))


def test_under_load_the_whole_allowance_is_used_and_spaced_evenly():
    outcomes = World().run(10, [(0, Operation.QUERY)] * 40)

    times = granted(outcomes)
    gaps = {later - earlier for earlier, later in pairwise(times)}
    assert len(times) == 40
    assert gaps == {interval_for(10)}
    assert times[-1] - times[0] <= 1.02 * 39 * SECOND / 10


def test_two_callers_at_the_same_slot_do_not_both_get_it():
    world = World()

    world.run(10, [(0, Operation.QUERY)] * 12)

    assert world.swaps_lost > 0


def test_whoever_may_not_wait_is_told_how_long_it_would_have_been():
    world = World()
    world.slot = START + 80_000

    assert granted(world.run(10, [(0, Operation.QUERY)], max_wait=0.05)) == []
    with pytest.raises(Paced) as caught:
        Pacer(_Fixed(START + 80_000), 10, max_wait=0, clock=world.clock)(Operation.QUERY)
    assert caught.value.wait == pytest.approx(0.08)


def test_a_stop_that_may_not_wait_reserves_nothing():
    store = _Fixed(START + 80_000)

    with pytest.raises(Paced):
        Pacer(store, 10, max_wait=0.05, clock=lambda: START)(Operation.STOP)

    assert store.slot == START + 80_000


def test_a_slot_from_before_the_clock_was_put_back_stops_nobody():
    hour_ahead = START + 3600 * SECOND

    wait, following = reserve(START, hour_ahead, 100_000)

    assert wait == 0
    assert following < START + SECOND


@pytest.mark.parametrize("ahead", [-SECOND, 3600 * SECOND])
def test_a_turn_of_queries_from_before_the_clock_was_put_back_stops_nobody(ahead):
    slots, own = _Slow(slot=START + ahead), _Fixed(START + 3600 * SECOND)

    Pacer(slots, 10, max_wait=1, queries=own, clock=slots.clock, sleep=slots.sleep)(Operation.QUERY)

    assert slots.now == START
    assert own.slot < START + SECOND


def test_a_free_slot_is_taken_without_sleeping():
    def sleep(_seconds):
        raise AssertionError("slept")

    store = _Fixed(0)
    Pacer(store, 10, max_wait=0, clock=lambda: START, sleep=sleep)(Operation.QUERY)

    assert store.slot > START


@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match="second"):
        interval_for(rate)


def test_an_interval_is_never_rounded_down():
    assert interval_for(3) == 340_000
    assert interval_for(7) == 145_715


def test_what_taking_a_slot_cost_is_not_lost_where_it_was_taken_early():
    world = _Slow(swap_us=20_000, slot=START + 25_000)

    Pacer(world, 10, max_wait=1, clock=world.clock, sleep=world.sleep)(Operation.START)

    assert world.now == START + 25_000
    assert world.slot == START + 25_000 + interval_for(10)


def test_a_call_that_is_late_moves_the_next_one_on():
    """The tenth after it would arrive within the same second."""
    world = _Slow(swap_us=50_000, slot=START + 25_000)

    Pacer(world, 10, max_wait=1, clock=world.clock, sleep=world.sleep)(Operation.START)

    assert world.now == START + 50_000
    assert world.slot == world.now + interval_for(10)


@pytest.mark.parametrize(
    ("slot", "query", "full"),
    [
        (START + 80_000, START, True),  # somebody has taken it early
        (START + 10_000, START, False),  # nobody wants the next one yet
        (START - 10_000, START, False),
        (START + 80_000, START - 11 * SECOND, False),  # overdue: it is taken like anybody's
        (START + 3600 * SECOND, START, False),  # from before the clock was put back
    ],
)
def test_queries_are_left_alone_while_others_take_every_slot(slot, query, full):
    assert no_room_for_queries(START, slot, query, interval_for(10)) is full


def test_an_overdue_query_keeps_its_turn_when_somebody_else_has_the_slot():
    slots, own = _Slow(slot=START), _Fixed(START - 11 * SECOND)
    slots.taken = [START + interval_for(10)]
    pacer = Pacer(slots, 10, max_wait=1, queries=own, clock=slots.clock, sleep=slots.sleep)

    pacer(Operation.QUERY)

    assert slots.now == START + interval_for(10)
    assert own.slot > slots.now


class _Fixed:
    """A store of its own for one caller."""

    def __init__(self, slot):
        self.slot = slot

    def read(self):
        return self.slot

    def swap(self, old, new):
        assert old == self.slot
        self.slot = new
        return True


class _Slow(_Fixed):
    """A store whose writes take time, with a clock; `taken`: where others put the slot first."""

    def __init__(self, slot, swap_us=0):
        super().__init__(slot)
        self.now, self.costs, self.taken = START, [swap_us], []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += round(seconds * SECOND)

    def swap(self, old, new):
        self.now += self.costs.pop(0) if self.costs else 0
        if self.taken:
            self.slot = self.taken.pop(0)
            return False
        return super().swap(old, new)
