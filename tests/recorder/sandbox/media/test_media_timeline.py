"""Facts, their JSON form, and which units each slice holds."""

import subprocess
import sys
from fractions import Fraction

import pytest

from recorder.contract.layouts import CUSTOM, FIT, Layout, Region, UserBackground
from recorder.sandbox.media import Timeline
from recorder.sandbox.media.timeline import (
    Ended,
    Joined,
    LayoutChanged,
    Left,
    Muted,
    Subscribed,
    Subscription,
    Track,
    Unmuted,
)
from tests.recorder.sandbox.media.recordings import make_timeline

EVERYTHING = (
    Joined(0, "1", publishes_audio=False, width=480, height=640),
    Muted(10, "1", Track.VIDEO),
    Unmuted(20, "1", Track.AUDIO),
    Subscribed(30, Subscription(only=("1", "2")), Subscription(never=("3",))),
    LayoutChanged(
        40,
        Layout(
            CUSTOM,
            (Region(123_456, 0, 300_001, 999_999, "7", 500_000, FIT), Region(0, 0, 1, 1)),
            background_color="#102030",
            background_image="https://images.example/客厅.jpg",
            default_user_background_image="https://images.example/a.jpg",
            backgrounds=(UserBackground("7", "https://images.example/b.jpg", FIT),),
        ),
    ),
    Left(50, "1"),
    Ended(60_000),
)


def test_a_timeline_comes_back_from_its_json_unchanged():
    timeline = make_timeline(*EVERYTHING, fps=30, audio_profile=2, stream_types=1)

    assert Timeline.from_json(timeline.to_json()) == timeline


def test_adding_facts_one_by_one_gives_the_same_timeline():
    timeline = make_timeline()
    for fact in EVERYTHING:
        timeline = timeline.then(fact)

    assert timeline == make_timeline(*EVERYTHING)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ((Joined(20, "1"), Left(10, "1")), "ordered by time"),
        ((Ended(10), Left(10, "1")), "after a recording has ended"),
    ],
)
def test_facts_out_of_order_are_refused(facts, words):
    with pytest.raises(ValueError, match=words):
        make_timeline(*facts)


@pytest.mark.parametrize(
    "settings",
    [{"fps": 0}, {"slice_ms": 1999}, {"audio_profile": 3}, {"stream_types": -1}],
    ids=str,
)
def test_settings_that_cannot_be_recorded_are_refused(settings):
    with pytest.raises(ValueError, match=r"at least|start at|are 0, 1 or 2"):
        make_timeline(**settings)


@pytest.mark.parametrize("fps", [1, 7, 10, 15, 24, 30, 60])
@pytest.mark.parametrize("slice_ms", [2000, 2500, 15_000, 60_000])
def test_every_unit_is_in_exactly_one_slice(fps, slice_ms):
    timeline = make_timeline(fps=fps, slice_ms=slice_ms)

    spans = [timeline.span(k) for k in range(5)]

    for track in ("video", "audio"):
        units = [unit for span in spans for unit in getattr(span, track)]
        assert units == list(range(len(units)))
    assert sum(span.seconds for span in spans) == Fraction(spans[-1].video.stop, fps)


def test_a_slice_begins_with_the_first_unit_at_or_after_its_start():
    span = make_timeline(slice_ms=15_000).span(1)

    assert (span.video, span.audio) == (range(225, 450), range(704, 1407))
    assert span.seconds == 15


def test_a_last_slice_however_short_has_something_in_each_track():
    timeline = make_timeline(Ended(2001), fps=1)

    span = timeline.span(1)

    assert (len(span.video), len(span.audio)) == (1, 1)


def test_slices_are_due_when_they_are_over_and_the_last_one_at_the_end():
    running = make_timeline()
    ended = running.then(Ended(5000))

    assert [running.slices_by(at) for at in (0, 1999, 2000, 5000)] == [0, 0, 1, 2]
    assert [ended.slices_by(at) for at in (4999, 5000, 9000)] == [2, 3, 3]
    assert running.then(Ended(4000)).slices_by(4000) == 2
    assert running.slice_utc_ms(2) == running.started_ms + 4000


PROBE = """
import sys
{before}
import recorder.sandbox.media as media
media.playlist, media.Timeline
print(sorted({{"av", "numpy", "PIL"}} & {{name for name, module in sys.modules.items() if module}}))
print(media.available())
"""


def probe(before=""):
    command = [sys.executable, "-c", PROBE.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_nothing_heavy_is_imported_until_media_are_made():
    assert probe() == ["[]", "None"]


def test_what_is_missing_is_said_in_a_sentence():
    imports, sentence = probe("sys.modules['av'] = sys.modules['PIL'] = None")

    assert imports == "[]"
    assert sentence == (
        "No pictures and sound: av, pillow not installed. Install the extra 'sandbox'."
    )
