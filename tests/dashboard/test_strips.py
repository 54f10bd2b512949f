from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.strips import strips
from recorder.contract.states import Status, Upload
from recorder.models import RecordedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(time_machine):
    now = timezone.now().replace(microsecond=0)
    time_machine.move_to(now, tick=False)
    return now


@pytest.fixture
def began(now):
    """`began(seconds)`: the columns of a recording that began so long ago."""

    def began(seconds: float) -> dict:
        since = now - timedelta(seconds=seconds)
        ms = int(since.timestamp() * 1000)
        return {"started_at": since, "recording_at": since, "slice_start_ms": ms}

    return began


def add(session, begin_s: float, present: bool | None, seconds: float | None = 15) -> None:
    start_ms = session.slice_start_ms + int(begin_s * 1000)
    RecordedFile.objects.create(
        session=session,
        name=f"{start_ms}-{present}.ts",
        kind="slice",
        slice_start_ms=start_ms,
        duration_ms=None if seconds is None else int(seconds * 1000),
        present=present,
    )


def told(strip) -> list[tuple[float, float, str]]:
    return [(each.start, each.length, each.state) for each in strip.slices]


def test_a_running_recording_expects_the_slices_that_must_have_been_written(make_session, began):
    session = make_session(**began(50))

    strip = strips([session])[session.pk]

    assert strip.span == 300
    assert told(strip) == [(0, 15, "predicted"), (15, 15, "predicted"), (30, 15, "predicted")]


def test_known_slices_come_before_expected_ones_and_missing_ones_are_drawn_last(
    make_session, began
):
    session = make_session(**began(60))
    add(session, 0, present=False)
    add(session, 15, present=True)
    add(session, 30, present=None, seconds=None)

    assert told(strips([session])[session.pk]) == [
        (15, 15, "playable"),
        (30, 15, "announced"),
        (0, 15, "missing"),
        (45, 15, "predicted"),
    ]


def test_a_long_recording_shows_its_last_half_hour(make_session, began):
    session = make_session(**began(3600))
    add(session, 600, present=True)
    add(session, 1800, present=True)

    strip = strips([session])[session.pk]

    assert strip.span == 1800
    assert told(strip)[0] == (0, 15, "playable")
    assert len(strip.slices) == 1 + (1800 - 15) // 15


@pytest.mark.parametrize("upload", [Upload.UPLOADED, Upload.NO_FILES])
def test_nothing_is_expected_of_what_is_known_to_be_whole(make_session, began, upload):
    session = make_session(Status.STOPPED, upload=upload, **began(60))

    assert strips([session])[session.pk].slices == []


def test_what_never_recorded_has_no_strip(make_session):
    session = make_session(Status.STARTING)

    assert session.pk not in strips([session])


def test_all_strips_of_a_page_take_one_query(make_session, began, django_assert_num_queries):
    sessions = [make_session(**began(60)) for _ in range(200)]
    add(sessions[7], 0, present=True)

    with django_assert_num_queries(1):
        drawn = strips(sessions)

    assert drawn[sessions[7].pk].slices[0].state == "playable"
    assert len(drawn) == 200
