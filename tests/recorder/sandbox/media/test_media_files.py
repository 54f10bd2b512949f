"""MP4 files and single pictures."""

import io

import av
import pytest
from PIL import Image

from recorder.contract.layouts import FLOATING, Layout
from recorder.sandbox.media import composed_picture, remux_mp4, render_slice, snapshot
from recorder.sandbox.media.palette import participant_colour
from recorder.sandbox.media.timeline import Ended, Joined, LayoutChanged, Muted, Track
from tests.recorder.sandbox.media.recordings import Colour, make_timeline

TWO = (Joined(0, "1"), Joined(0, "2", width=480, height=640))


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_the_mp4_has_every_packet_and_starts_at_zero(tmp_path):
    timeline = make_timeline(*TWO, Ended(5000))
    path = tmp_path / "recording.mp4"

    remux_mp4(path, (render_slice(timeline, k) for k in range(3)))

    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # plays while it loads
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.frames, audio.frames) == (75, 235)
        assert (video.start_time, audio.start_time) == (0, 0)
        assert container.duration == pytest.approx(5_010_000, abs=10_000)
        assert sum(1 for _ in container.decode(video)) == 75


def test_an_mp4_can_begin_in_the_middle_of_a_recording(tmp_path):
    timeline = make_timeline(*TWO)
    path = tmp_path / "second.mp4"

    remux_mp4(path, (render_slice(timeline, k) for k in (7, 8)))

    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 60
        assert container.duration == pytest.approx(4_000_000, abs=40_000)


def test_no_slices_make_no_mp4(tmp_path):
    with pytest.raises(ValueError, match="No slices"):
        remux_mp4(tmp_path / "none.mp4", [])

    assert not (tmp_path / "none.mp4").exists()


def test_the_composed_picture_is_the_one_of_that_moment():
    timeline = make_timeline(*TWO, LayoutChanged(1000, Layout(FLOATING)))

    before = opened(composed_picture(timeline, 999))
    after = opened(composed_picture(timeline, 1000, max_width=160))

    assert (before.format, before.size, after.size) == ("JPEG", (320, 240), (160, 120))
    assert Colour(*before.getpixel((240, 20))) == participant_colour("2")
    assert Colour(*after.getpixel((120, 12))) == participant_colour("1")


def test_a_snapshot_is_one_users_picture_in_its_own_size():
    timeline = make_timeline(*TWO)

    image = opened(snapshot(timeline, "2", 1000))

    assert image.size == (480, 640)
    assert Colour(*image.getpixel((240, 60))) == participant_colour("2")


def test_there_is_no_snapshot_without_a_camera():
    timeline = make_timeline(*TWO, Muted(1000, "1", Track.VIDEO))

    assert snapshot(timeline, "1", 999) is not None
    assert snapshot(timeline, "1", 1000) is None
    assert snapshot(timeline, "9", 1000) is None
