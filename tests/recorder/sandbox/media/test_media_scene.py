"""What is seen and heard when: facts folded into scenes."""

import pytest

from recorder.contract.layouts import BEST_FIT, CROP, FIT, FLOATING, Layout, UserBackground
from recorder.sandbox.media.palette import (
    parse_colour,
    participant_colour,
    tone_cycles,
    yuv,
)
from recorder.sandbox.media.scene import Look, chords, scene_at, scenes
from recorder.sandbox.media.timeline import (
    Joined,
    LayoutChanged,
    Left,
    Muted,
    Subscribed,
    Subscription,
    Track,
    Unmuted,
)
from tests.recorder.sandbox.media.recordings import GRID, make_timeline


def looks(timeline, at_ms):
    return [(tile.card.label, tile.card.look) for tile in scene_at(timeline, at_ms).tiles]


def test_who_comes_back_joins_at_the_end():
    timeline = make_timeline(Joined(0, "1"), Joined(0, "2"), Left(10, "1"), Joined(20, "1"))

    assert [label for label, _ in looks(timeline, 9)] == ["1", "2"]
    assert [label for label, _ in looks(timeline, 10)] == ["2"]
    assert [label for label, _ in looks(timeline, 20)] == ["2", "1"]


def test_facts_about_somebody_who_is_not_there_change_nothing():
    timeline = make_timeline(Joined(0, "1"))
    strange = timeline.then(Left(5, "9"), Muted(6, "9", Track.VIDEO))

    assert scene_at(strange, 10) == scene_at(timeline, 10)


def test_a_camera_off_goes_from_the_last_picture_to_a_plain_colour_and_back():
    timeline = make_timeline(
        Joined(0, "1"), Muted(100, "1", Track.VIDEO), Unmuted(9000, "1", Track.VIDEO)
    )

    seen = [looks(timeline, at)[0][1] for at in (99, 100, 3599, 3600, 8999, 9000)]

    assert seen == [Look.LIVE, Look.HELD, Look.HELD, Look.PLAIN, Look.PLAIN, Look.LIVE]


def test_muting_twice_does_not_prolong_the_last_picture():
    facts = (Joined(0, "1"), Muted(100, "1", Track.VIDEO), Muted(3000, "1", Track.VIDEO))

    assert looks(make_timeline(*facts), 3600) == [("1", Look.PLAIN)]


@pytest.mark.parametrize(
    ("own", "default", "label", "mode"),
    [
        ("https://e.example/own.png?x=1", "https://e.example/all.png", "own.png", FIT),
        ("", "https://e.example/all.png", "all.png", CROP),
        ("", "", "1", CROP),
    ],
)
def test_the_users_own_image_comes_before_the_default_one(own, default, label, mode):
    layout = Layout(
        BEST_FIT,
        default_user_background_image=default,
        backgrounds=(UserBackground("1", own, FIT),),
    )
    timeline = make_timeline(Joined(0, "1"), Muted(0, "1", Track.VIDEO), layout=layout)

    card = scene_at(timeline, 4000).tiles[0].card

    assert (card.label, card.render_mode) == (label, mode)


def test_who_never_had_a_camera_on_is_transparent_in_the_floating_layout_only():
    joined = (Joined(0, "1"), Joined(0, "2", publishes_video=False))

    floating = make_timeline(*joined, layout=Layout(FLOATING))
    grid = make_timeline(*joined)

    assert looks(floating, 0) == [("1", Look.LIVE)]
    assert looks(grid, 0) == [("1", Look.LIVE), ("2", Look.PLAIN)]


def test_streams_that_are_not_taken_are_neither_seen_nor_heard():
    chosen = Subscribed(1000, audio=Subscription(only=("2",)), video=Subscription(never=("1",)))
    timeline = make_timeline(Joined(0, "1"), Joined(0, "2"), Joined(0, "3"), chosen)

    assert looks(timeline, 1000) == [("2", Look.LIVE), ("3", Look.LIVE)]
    assert list(chords(timeline, range(90))) == [
        (range(47), tuple(sorted(map(tone_cycles, "123")))),
        (range(47, 90), (tone_cycles("2"),)),  # frame 47 begins at 1002.7 ms
    ]


def test_runs_without_a_change_are_not_cut():
    facts = (Joined(0, "1"), Muted(500, "1", Track.AUDIO), LayoutChanged(1000, GRID))

    runs = [run for run, _ in scenes(make_timeline(*facts), range(30))]

    assert runs == [range(30)]


def test_neighbouring_uids_look_and_sound_different():
    uids = [str(number) for number in range(100, 117)]
    colours = [participant_colour(uid) for uid in uids]

    assert len({tone_cycles(uid) for uid in uids}) == 17
    for n, one in enumerate(colours):
        for other in colours[n + 1 :]:
            assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 12
    assert participant_colour("guest-é") == participant_colour("guest-é")


@pytest.mark.parametrize("text", ["red", "#12345", "#12345g", "#+12345", ""])
def test_only_six_hexadecimal_digits_are_a_colour(text):
    with pytest.raises(ValueError, match=r"colour|hex"):
        parse_colour(text)


def test_black_and_white_are_the_ends_of_the_limited_range():
    assert yuv((0, 0, 0)) == (16, 128, 128)
    assert yuv((255, 255, 255)) == (235, 128, 128)
