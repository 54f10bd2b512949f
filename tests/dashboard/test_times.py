import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.template import engines
from django.utils import timezone

from dashboard import times

# Read by tests/js/time.test.js too: page and module must say the same.
CASES = json.loads((Path(__file__).parents[1] / "js" / "times.json").read_text())
NOW = datetime(2026, 11, 20, 14, 3, 7, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "words"), CASES["relative"])
def test_relative_time(seconds, words):
    assert times.relative(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(("seconds", "words"), CASES["duration"])
def test_duration(seconds, words):
    assert times.duration(seconds) == words
    assert times.duration(timedelta(seconds=seconds)) == words


def test_slice_times_show_milliseconds():
    assert times.slice_time(6_128_250) == "1:42:08.250"
    assert times.slice_time(15_007) == "0:15.007"


@pytest.mark.parametrize(
    ("zone", "label"),
    [("UTC", "UTC+00:00"), ("Asia/Shanghai", "UTC+08:00"), ("America/St_Johns", "UTC-03:30")],
)
def test_the_zone_is_named_by_its_offset(zone, label):
    with timezone.override(zone):
        assert times.zone_label(timezone.localtime(NOW)) == label


def test_absolute_and_exact_times_are_in_the_readers_zone():
    with timezone.override("Asia/Shanghai"):
        assert times.absolute(NOW) == "20 Nov 2026, 22:03"
        assert times.exact(NOW) == "2026-11-20T22:03:07+08:00"


def drawn(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def test_a_recent_moment_ticks_and_an_old_one_stands_still(time_machine):
    time_machine.move_to(NOW, tick=False)

    recent = drawn("{% moment then %}", then=NOW - timedelta(minutes=4))
    old = drawn("{% moment then %}", then=NOW - timedelta(days=4))

    assert 'data-tick="relative"' in recent
    assert ">4 min ago</time>" in recent
    assert 'title="2026-11-20T13:59:07+00:00"' in recent
    assert "data-tick" not in old
    assert ">16 Nov 2026, 14:03</time>" in old


def test_a_moment_that_never_came_is_a_dash():
    assert "never" in drawn("{% moment then %}", then=None)


def test_a_running_length_ticks_from_its_beginning(time_machine):
    time_machine.move_to(NOW, tick=False)

    running = drawn("{% length since=then %}", then=NOW - timedelta(seconds=6128))
    ended = drawn("{% length of=lasted %}", lasted=timedelta(seconds=6128))

    assert 'data-tick="since" data-at="2026-11-20T12:20:59+00:00">1:42:08<' in running
    assert 'datetime="PT6128S">1:42:08<' in ended


def test_a_countdown_never_goes_below_nothing(time_machine):
    time_machine.move_to(NOW, tick=False)

    assert ">3:12<" in drawn("{% countdown until=then %}", then=NOW + timedelta(seconds=192))
    assert ">0:00<" in drawn("{% countdown until=then %}", then=NOW - timedelta(seconds=5))
