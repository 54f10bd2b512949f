"""Recordings in several stretches, pages, shared screens, and what is made of them afterwards."""

import os
import shutil
import subprocess

import av
import m3u8
import numpy as np
import pytest

from recorder.contract.layouts import BEST_FIT, Canvas, Layout
from recorder.sandbox.media import (
    Listing,
    Timeline,
    merged_playlist,
    mix_sound,
    remux_mp4,
    render_slice,
)
from recorder.sandbox.media.palette import participant_colour, screen_colour, tone_hz
from recorder.sandbox.media.scene import PAPER, Look, scene_at
from recorder.sandbox.media.timeline import Ended, Joined, LayoutChanged, Muted, Shared, Track
from tests.recorder.sandbox.media.recordings import decode, make_timeline

ONE = Joined(0, "1", width=640, height=480)
PAGE = "https://example.com/room/lecture?token=secret#top"


def page(*facts, **settings):
    """A page as it is recorded, 320x240 in slices of two seconds."""
    settings = {"slice_ms": 2000} | settings
    return Timeline(1_700_000_000_000, Canvas(320, 240), page=PAGE, facts=facts, **settings)


def two_stretches():
    """From 0 to 3 s and from 10 to 12.5 s of a recording, as their slices and a list of them."""
    early, late = page(Ended(3000)), page(Ended(12_500), first_ms=10_000)
    listing, slices = Listing(early), []
    for timeline in (early, late):
        for k in (0, 1):
            slices.append(render_slice(timeline, k, number=len(slices)))
            listing.add(timeline, k, f"slice_{len(slices) - 1}.ts")
    return slices, listing.text(ended=True)


def test_a_later_stretch_has_a_grid_of_its_own_and_the_recordings_clock():
    late = make_timeline(ONE, Ended(9500), first_ms=7000)

    assert [late.slices_by(at) for at in (0, 7000, 8999, 9000, 9500)] == [0, 0, 0, 1, 2]
    assert late.slice_utc_ms(1) - late.started_ms == 9000
    assert (late.span(0).video, late.span(1).video) == (range(105, 135), range(135, 143))
    assert late.slice_end_ms(1) == 9500
    with pytest.raises(ValueError, match="no slice 2"):
        late.span(2)
    assert Timeline.from_json(late.to_json()) == late


def test_stretches_join_into_one_clean_stream_with_a_discontinuity():
    slices, text = two_stretches()

    decoded, listed = decode(b"".join(slices)), m3u8.loads(text)

    assert len(decoded.pictures) == 45 + 38
    assert decoded.picture_pts[45] - decoded.picture_pts[0] == 10 * 90_000
    assert not decoded.complaints
    assert [s.discontinuity for s in listed.segments] == [True, False, True, False]
    assert [s.duration for s in listed.segments] == pytest.approx([2, 1, 2, 8 / 15], abs=1e-6)


@pytest.mark.skipif(
    not shutil.which("ffmpeg") and os.environ.get("TEST_REQUIRE_ALL") != "1",
    reason="ffmpeg is not installed",
)
def test_ffmpeg_has_nothing_to_say_about_an_interrupted_list(tmp_path):
    slices, text = two_stretches()
    for number, data in enumerate(slices):
        (tmp_path / f"slice_{number}.ts").write_bytes(data)
    (tmp_path / "list.m3u8").write_text(text)

    command = ["ffmpeg", "-nostdin", "-v", "warning", "-i", "list.m3u8", "-f", "null", "-"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_an_mp4_leaves_no_gap_where_the_recording_was_interrupted(tmp_path):
    slices, _text = two_stretches()
    path = tmp_path / "whole.mp4"

    remux_mp4(path, slices)

    with av.open(str(path)) as player:
        seconds = player.duration / av.time_base
        times = [frame.time for frame in player.decode(video=0)]
    assert seconds == pytest.approx(5.5, abs=0.1)
    assert max(np.diff(times)) < 0.2


def test_the_sound_of_one_user_joins_their_pictures_in_an_mp4(tmp_path):
    picture = make_timeline(ONE, Ended(3000), stream_types=1)
    sound = make_timeline(ONE, Ended(3000), stream_types=0)
    path = tmp_path / "both.mp4"

    remux_mp4(path, *([render_slice(timeline, k) for k in (0, 1)] for timeline in (picture, sound)))

    with av.open(str(path)) as player:
        starts = {
            stream.type: float(stream.start_time * stream.time_base) for stream in player.streams
        }
        pictures = sum(1 for _ in player.decode(video=0))
    assert starts == pytest.approx({"video": 0, "audio": 0}, abs=0.03)
    assert pictures == 45


def test_a_page_shows_its_address_without_what_may_be_secret():
    bar, body = scene_at(page(), 0).tiles

    assert (bar.card.label, bar.card.look) == ("https://example.com/room/lecture", Look.ADDRESS)
    assert (body.card.label, body.card.look) == ("lecture", Look.LIVE)
    assert (bar.height + body.height, body.y) == (240, bar.height)


def test_a_page_is_seen_and_heard():
    decoded = decode(render_slice(page(), 0))

    assert len(decoded.pictures) == 30
    assert decoded.colour(0, 3, 3) == PAPER
    assert decoded.colour(0, 160, 60) == participant_colour(PAGE)
    assert np.abs(decoded.samples).max() > 0.3
    assert not decoded.complaints


@pytest.mark.parametrize("address", ["https://example.com", "https://example.com/?a=b", "x"])
def test_any_address_can_be_drawn(address):
    timeline = Timeline(0, Canvas(320, 240), page=address, slice_ms=2000)

    assert len(scene_at(timeline, 0).tiles) == 2


def test_a_shared_screen_takes_the_place_of_the_camera_and_gives_it_back():
    timeline = make_timeline(ONE, Shared(400, "1"), Shared(1000, "1", screen=False))

    decoded = decode(render_slice(timeline, 0))

    colours = [decoded.colour(number, 160, 60) for number in (5, 6, 14, 15)]
    camera, screen = participant_colour("1"), screen_colour("1")
    assert colours == [camera, screen, screen, camera]


def test_a_screen_that_is_no_longer_published_stays_for_a_moment():
    timeline = make_timeline(ONE, Shared(100, "1"), Muted(200, "1", Track.VIDEO))

    cards = [scene_at(timeline, at).tiles[0].card for at in (150, 250, 4000)]

    assert [(card.label, card.look) for card in cards] == [
        ("1 screen", Look.LIVE),
        ("1 screen", Look.HELD),
        ("1 screen", Look.PLAIN),
    ]


def test_one_list_of_both_names_the_pictures_and_the_sound():
    text = merged_playlist("v.m3u8", "a.m3u8", Canvas(641, 480), 250_000)

    read = m3u8.loads(text)

    assert read.is_variant
    assert [variant.uri for variant in read.playlists] == ["v.m3u8"]
    assert read.playlists[0].stream_info.resolution == (640, 480)
    assert [medium.uri for medium in read.media] == ["a.m3u8"]


@pytest.mark.parametrize(
    ("kind", "rate", "channels"), [("mp3", 48_000, 2), ("m4a", 16_000, 1), ("aac", 32_000, 2)]
)
def test_a_mix_holds_every_tone_for_as_long_as_it_sounded(tmp_path, kind, rate, channels):
    facts = (ONE, Joined(0, "2"), Muted(1000, "2", Track.AUDIO), Ended(2000))
    timeline = Timeline(
        0, Canvas(320, 240), facts=(LayoutChanged(0, Layout(BEST_FIT)), *facts), slice_ms=2000
    )
    path = tmp_path / f"mix.{kind}"

    mix_sound(path, timeline, kind=kind, rate=rate, bits=64_000, channels=channels)

    with av.open(str(path)) as player:
        stream = player.streams.audio[0]
        form = (stream.rate, stream.channels)
        sound = np.concatenate([frame.to_ndarray()[0] for frame in player.decode(audio=0)])
    late = rate // 20  # the coders' delay
    loud = [strength(sound[start + late :][: rate // 2], rate) for start in (0, int(1.2 * rate))]
    assert form == (rate, channels)
    assert len(sound) / rate == pytest.approx(2, abs=0.15)
    assert all(tone > 0.1 for tone in loud[0])
    assert loud[1][0] > 0.1 > 0.01 > loud[1][1]


def strength(samples, rate):
    """Of the two users' tones, as parts of full scale."""
    at = np.arange(len(samples)) / rate
    return [
        2 * abs(np.mean(samples * np.exp(-2j * np.pi * tone_hz(uid) * at))) for uid in ("1", "2")
    ]


def test_only_an_ended_recording_is_mixed(tmp_path):
    with pytest.raises(ValueError, match="has ended"):
        mix_sound(tmp_path / "mix.mp3", make_timeline(ONE))
    with pytest.raises(ValueError, match="'ogg'"):
        mix_sound(tmp_path / "mix.ogg", make_timeline(ONE, Ended(1000)), kind="ogg")
