"""The sandbox's clock."""

import pytest
import time_machine

from recorder.sandbox.clock import Clock
from recorder.sandbox.store import Store

NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "sandbox.sqlite3")
    yield store
    store.close()


@pytest.fixture
def wall():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def resumed(store: Store, speed: int | None = None) -> Clock:
    clock = Clock(store)
    clock.resume(speed)
    return clock


def test_it_begins_in_real_time(store, wall):
    clock = resumed(store)
    wall.shift(2.5)

    assert (clock.now_ms(), clock.speed) == (NOW * 1000 + 2500, 1)


def test_by_hand_it_stands_until_it_is_moved(store, wall):
    clock = resumed(store, 0)
    wall.shift(60)
    before = clock.now_ms()

    assert before == NOW * 1000
    assert clock.advance(1500) == NOW * 1000 + 1500


def test_speed_multiplies_and_changing_it_never_jumps(store, wall):
    clock = resumed(store, 60)
    wall.shift(1)
    clock.set_speed(1)
    wall.shift(1)

    assert clock.now_ms() == NOW * 1000 + 61_000


def test_after_a_restart_real_time_has_passed_and_fast_time_has_not(store, wall):
    real = resumed(store)
    wall.shift(10)
    again = resumed(store)
    again.set_speed(60)
    wall.shift(1)
    store.machine.take_lease("worker", 1, 0, again.now_ms())
    wall.shift(3600)
    after = resumed(store)

    assert real.now_ms() == after.now_ms() == NOW * 1000 + 70_000
    assert after.speed == 60


def test_when_the_wall_clock_goes_back_the_sandbox_waits(store, wall):
    clock = resumed(store)
    wall.shift(-3600)

    assert clock.now_ms() == NOW * 1000
