"""Slices, decoded: pictures, sound, transport stream, and that they are a pure function."""

import io
import os
import shutil
import subprocess
from itertools import pairwise

import av
import numpy as np
import pytest

from recorder.contract.layouts import (
    BEST_FIT,
    CUSTOM,
    FIT,
    FLOATING,
    UNIT,
    VERTICAL,
    Layout,
    Region,
    UserBackground,
)
from recorder.sandbox.media import Timeline, render_slice
from recorder.sandbox.media.palette import (
    participant_colour,
    picture_colour,
    tone_hz,
    towards_white,
)
from recorder.sandbox.media.timeline import (
    Ended,
    Joined,
    LayoutChanged,
    Left,
    Muted,
    Track,
    Unmuted,
)
from tests.recorder.sandbox.media.recordings import (
    GRID,
    decode,
    join_slices,
    make_timeline,
    playlist,
)

BLACK = (0, 0, 0)
TWO = (Joined(0, "1"), Joined(0, "2"))
ONE, OTHER, THIRD = (participant_colour(uid) for uid in ("1", "2", "3"))


def half(x, y, uid=None, **more):
    """A quarter of the canvas."""
    return Region(x * UNIT // 2, y * UNIT // 2, UNIT // 2, UNIT // 2, uid, **more)


# --- pictures


def test_every_picture_and_frame_of_the_recording_is_there_once_and_nothing_complains():
    timeline = make_timeline(*TWO, Ended(5000))

    decoded = decode(join_slices(timeline, 3))

    assert decoded.complaints == []
    assert decoded.picture_pts == [90_000 + 6000 * n for n in range(75)]
    assert decoded.audio_pts == [90_000 + 1920 * n for n in range(235)]  # 5 s · 46.875, begun
    assert decoded.key_pictures == [0, 30, 60]


def test_the_stream_is_tagged_as_what_it_is():
    with av.open(io.BytesIO(render_slice(make_timeline(*TWO), 0))) as container:
        context = container.streams.video[0].codec_context
        tags = (context.color_range, context.colorspace, context.color_primaries, context.color_trc)
        sound = container.streams.audio[0].codec_context

    assert tags == (1, 6, 6, 6)
    assert (context.width, context.height, context.has_b_frames) == (320, 240, 0)
    assert (sound.sample_rate, sound.channels, sound.profile) == (48_000, 1, "LC")


BEFORE = Layout(CUSTOM, (Region(0, 0, UNIT, UNIT, "3"),))


@pytest.mark.parametrize(
    ("layout", "points"),
    [
        (Layout(FLOATING), {(160, 20): ONE, (34, 192): OTHER, (112, 192): THIRD}),
        (Layout(BEST_FIT), {(80, 20): ONE, (240, 20): OTHER, (80, 140): THIRD, (240, 180): BLACK}),
        (
            Layout(VERTICAL, max_resolution_uid="2"),
            {(128, 80): OTHER, (128, 10): BLACK, (288, 10): ONE, (288, 70): THIRD},
        ),
        (
            Layout(CUSTOM, (half(1, 0, "1"), half(0, 1, "2"))),
            {(240, 20): ONE, (80, 140): OTHER, (80, 20): BLACK},
        ),
    ],
    ids=["floating", "best fit", "vertical", "custom"],
)
def test_a_new_layout_shows_on_the_exact_picture(layout, points):
    change = LayoutChanged(2334, layout)  # after picture 35 (2333.3 ms), before picture 36
    timeline = make_timeline(*TWO, Joined(0, "3"), change, layout=BEFORE)

    decoded = decode(join_slices(timeline, 2))

    for x, y in points:
        assert decoded.colour(35, x, y) == THIRD
    assert {point: decoded.colour(36, *point) for point in points} == points
    assert {point: decoded.colour(59, *point) for point in points} == points


def test_a_change_at_the_time_of_a_picture_shows_on_that_picture():
    timeline = make_timeline(*TWO, LayoutChanged(1000, GRID), layout=Layout(FLOATING))

    decoded = decode(render_slice(timeline, 0))

    assert decoded.colour(14, 240, 20) == ONE
    assert decoded.colour(15, 240, 20) == OTHER


def test_a_translucent_region_mixes_with_what_is_below():
    regions = (Region(0, 0, UNIT, UNIT, "1"), half(0, 0, "2", alpha=UNIT // 4))
    timeline = make_timeline(*TWO, layout=Layout(CUSTOM, regions))

    decoded = decode(render_slice(timeline, 0))

    mixed = tuple(round(a * 0.75 + b * 0.25) for a, b in zip(ONE, OTHER, strict=True))
    assert decoded.colour(0, 80, 22) == mixed
    assert decoded.colour(29, 80, 22) == mixed
    assert decoded.colour(0, 240, 22) == ONE


def test_something_moves_below_a_translucent_region_too():
    regions = (Region(0, 0, UNIT, UNIT, "1"), Region(0, 0, UNIT, UNIT, "2", alpha=UNIT // 4))
    timeline = make_timeline(*TWO, layout=Layout(CUSTOM, regions))

    decoded = decode(render_slice(timeline, 0))

    luma = [picture[0].astype(int) for picture in decoded.pictures]
    moved = [np.abs(b - a).max() > 30 for a, b in pairwise(luma)]
    assert all(moved)


def test_cropping_fills_the_region_and_fitting_leaves_black_bars():
    wide = (Joined(0, "1", width=1280, height=720), Joined(0, "2", width=1280, height=720))
    regions = (half(0, 0, "1"), half(1, 0, "2", render_mode=FIT))
    timeline = make_timeline(*wide, layout=Layout(CUSTOM, regions, background_color="#406080"))

    decoded = decode(render_slice(timeline, 0))

    # 160x120 pixels for 16:9. Cropped: its rim is lost at the sides, and there above and below.
    assert decoded.colour(0, 4, 60) == ONE
    assert decoded.colour(0, 80, 1) == towards_white(ONE)
    # Fitted: 160x90, with bars of 15 above and below and the rim all around.
    assert decoded.colour(0, 240, 6) == BLACK
    assert decoded.colour(0, 240, 112) == BLACK
    assert decoded.colour(0, 161, 60) == towards_white(OTHER)
    assert decoded.colour(0, 240, 24) == OTHER
    assert decoded.colour(0, 160, 180) == (0x40, 0x60, 0x80)


def test_the_background_image_lies_over_the_colour_and_below_the_regions():
    url = "https://images.example/hall.jpg"
    layout = Layout(CUSTOM, (half(1, 1, "1"),), background_color="#ff0000", background_image=url)
    plain = Layout(CUSTOM, (half(1, 1, "1"),), background_color="#00ff00")
    timeline = make_timeline(*TWO, LayoutChanged(1000, plain), layout=layout)

    decoded = decode(render_slice(timeline, 0))

    assert decoded.colour(14, 60, 30) == picture_colour(url)
    assert decoded.colour(14, 240, 140) == ONE
    assert decoded.colour(15, 60, 30) == (0, 255, 0)


def test_a_camera_that_goes_off_leaves_its_last_picture_for_three_and_a_half_seconds():
    url = "https://images.example/away.jpg"
    layout = Layout(BEST_FIT, backgrounds=(UserBackground("1", url),))
    facts = (*TWO, Muted(1000, "1", Track.VIDEO), Unmuted(5000, "1", Track.VIDEO))
    timeline = make_timeline(*facts, layout=layout)

    decoded = decode(join_slices(timeline, 3))

    own = [picture[0][:, :150].astype(int) for picture in decoded.pictures]
    still = [bool(np.abs(b - a).max() < 12) for a, b in pairwise(own)]
    assert not any(still[:14])  # it moved from picture to picture
    assert all(still[14:66])  # the picture before 1000 ms stays
    assert decoded.colour(67, 80, 22) == ONE
    assert decoded.colour(68, 80, 22) == picture_colour(url)  # 4533 ms
    assert decoded.colour(74, 80, 22) == picture_colour(url)
    assert decoded.colour(75, 80, 22) == ONE  # 5000 ms


def test_who_leaves_is_gone_and_the_others_move_up():
    timeline = make_timeline(*TWO, Left(1000, "1"))

    decoded = decode(render_slice(timeline, 0))

    assert decoded.colour(14, 40, 22) == ONE
    assert decoded.colour(15, 40, 22) == OTHER


@pytest.mark.parametrize(
    ("width", "height", "fps", "kbps"),
    [(361, 639, 15, 500), (16, 16, 60, 20), (2, 2, 1, 1), (360, 640, 7, 30), (1920, 1080, 1, 900)],
)
def test_any_allowed_size_rate_and_bitrate_gives_clean_slices(width, height, fps, kbps):
    timeline = make_timeline(*TWO, width=width, height=height, fps=fps, bitrate_kbps=kbps)

    decoded = decode(join_slices(timeline, 2))

    assert decoded.complaints == []
    assert decoded.picture_pts == [90_000 + n * 90_000 // fps for n in range(4 * fps)]
    assert decoded.pictures[0][0].shape == (height & ~1, width & ~1)


def test_colours_hold_at_a_bitrate_far_below_the_advice():
    timeline = make_timeline(*TWO, width=640, height=360, bitrate_kbps=60)

    decoded = decode(render_slice(timeline, 0))

    assert {str(decoded.colour(n, 160, 40) == ONE) for n in range(30)} == {"True"}


# --- sound


def heard(samples):
    """The frequencies in 8192 samples that stand out, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    peaks = [
        n
        for n in range(1, len(spectrum) - 1)
        if spectrum[n] > spectrum.max() / 10 and spectrum[n] == spectrum[n - 1 : n + 2].max()
    ]
    return {round(n * 48_000 / len(samples), 3) for n in peaks}


def test_each_participant_who_publishes_audio_is_heard_as_a_tone():
    facts = (*TWO, Joined(0, "3", publishes_audio=False), Muted(1000, "2", Track.AUDIO))
    timeline = make_timeline(*facts)

    decoded = decode(join_slices(timeline, 2))

    start = int(1.2 * 48_000)
    assert heard(decoded.samples[8192:16384]) == {tone_hz("1"), tone_hz("2")}
    assert heard(decoded.samples[start : start + 8192]) == {tone_hz("1")}


def test_the_sound_has_no_seam_between_frames_and_slices():
    decoded = decode(join_slices(make_timeline(Joined(0, "1")), 3))

    settled = decoded.samples[2048:-2048]
    period = settled[: len(settled) // 1024 * 1024].reshape(-1, 1024)
    assert np.abs(period - period[0]).max() < 0.001


def test_nobody_gives_silence_and_stereo_has_two_channels():
    silent = decode(render_slice(make_timeline(), 0))
    with av.open(io.BytesIO(render_slice(make_timeline(*TWO, audio_profile=2), 0))) as container:
        channels = container.streams.audio[0].codec_context.channels

    assert np.abs(silent.samples).max() == 0
    assert silent.colour(0, 160, 120) == BLACK
    assert channels == 2


@pytest.mark.parametrize(("stream_types", "pictures", "frames"), [(0, 0, 188), (1, 60, 0)])
def test_one_medium_alone_makes_a_clean_stream(stream_types, pictures, frames):
    timeline = make_timeline(*TWO, stream_types=stream_types)

    decoded = decode(join_slices(timeline, 2))

    assert decoded.complaints == []
    assert (len(decoded.picture_pts), len(decoded.audio_pts)) == (pictures, frames)


# --- the transport stream


def packets_of(stream):
    packets = np.frombuffer(stream, np.uint8).reshape(-1, 188)
    return packets, ((packets[:, 1].astype(int) & 0x1F) << 8) | packets[:, 2]


@pytest.mark.parametrize("end", [6000, 4001, 4700], ids=["whole", "one picture", "partial"])
def test_packets_are_in_step_and_counters_run_on_over_the_joins(end):
    timeline = make_timeline(*TWO, Ended(end))

    packets, pids = packets_of(join_slices(timeline, 3))

    assert (packets[:, 0] == 0x47).all()
    assert set(pids.tolist()) == {0, 0x100, 0x101, 0x1000}
    for pid in set(pids.tolist()):
        mine = packets[pids == pid]
        with_payload = mine[mine[:, 3] & 0x10 != 0]
        counters = (with_payload[:, 3] & 0x0F).astype(int)
        assert (np.diff(counters) % 16 == 1).all()


def test_a_slice_far_into_a_recording_is_clean_across_the_end_of_the_clock():
    timeline = make_timeline(*TWO)
    wrap = 2**33 // 90_000 // 2  # the 33-bit clock starts again in this slice or next to it

    decoded = decode(b"".join(render_slice(timeline, wrap + n) for n in (-1, 0, 1)))

    assert decoded.complaints == []
    assert len(decoded.pictures) == 90
    assert set(np.diff(decoded.picture_pts).tolist()) == {6000}


@pytest.mark.skipif(
    not shutil.which("ffmpeg") and os.environ.get("TEST_REQUIRE_ALL") != "1",
    reason="ffmpeg is not installed",
)
def test_ffmpeg_has_nothing_to_say_about_the_playlist(tmp_path):
    facts = (*TWO, LayoutChanged(2500, Layout(FLOATING)), Left(3000, "2"), Ended(5010))
    timeline = make_timeline(*facts)
    for k in range(3):
        (tmp_path / f"slice_{k}.ts").write_bytes(render_slice(timeline, k))
    (tmp_path / "list.m3u8").write_text(
        playlist(timeline, range(3), ended=True, name="slice_{}.ts")
    )

    command = ["ffmpeg", "-nostdin", "-v", "warning", "-i", "list.m3u8", "-f", "null", "-"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


# --- a pure function


def test_the_same_timeline_gives_the_same_bytes_in_any_order():
    facts = (*TWO, LayoutChanged(1500, Layout(FLOATING)), Left(3000, "1"), Ended(5000))
    timeline = make_timeline(*facts)

    forwards = [render_slice(timeline, k) for k in range(3)]
    again = Timeline.from_json(timeline.to_json())
    backwards = [render_slice(again, k) for k in reversed(range(3))]

    assert forwards == backwards[::-1]


def test_what_happens_later_does_not_change_a_slice():
    timeline = make_timeline(*TWO)
    later = timeline.then(LayoutChanged(2000, Layout(FLOATING)), Left(2500, "1"), Ended(3000))

    assert render_slice(timeline, 0) == render_slice(later, 0)


def test_a_slice_after_the_end_is_refused():
    with pytest.raises(ValueError, match="no slice 2"):
        render_slice(make_timeline(*TWO, Ended(4000)), 2)
