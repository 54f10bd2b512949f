"""The picture coder: H.264, a fresh encoder for each slice, so that none depends on another."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.frame import PictureType
from av.video.plane import VideoPlane

from recorder.contract.layouts import Canvas
from recorder.sandbox.media.images import NOTHING, Contents
from recorder.sandbox.media.painter import Painter
from recorder.sandbox.media.planes import Plane, Planes
from recorder.sandbox.media.scene import even_canvas, scenes
from recorder.sandbox.media.timeline import Timeline

BT601 = 6  # SMPTE 170M in H.264's tables of primaries, transfer and matrix alike
LIMITED = 1  # luma 16..235
NO_FURTHER_IDR = 1_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture: its number in the recording, and its access unit in Annex B form."""

    number: int
    data: bytes
    key: bool


def pictures(timeline: Timeline, numbers: range, contents: Contents = NOTHING) -> Iterator[Picture]:
    """Draw and encode these pictures of the recording. The first is the only IDR among them."""
    canvas = even_canvas(timeline.canvas)
    encoder = _encoder(canvas, timeline.fps, timeline.bitrate_kbps)
    frame = av.VideoFrame(canvas.width, canvas.height, "yuv420p")
    target = frame_planes(frame)
    for run, scene in scenes(timeline, numbers):
        painter = Painter(scene, timeline.fps, target, contents)
        for number in run:
            painter.draw(number)
            frame.pts = number - numbers.start
            frame.pict_type = PictureType.I if number == numbers.start else PictureType.NONE
            yield from _coded(encoder, frame, numbers.start)
    yield from _coded(encoder, None, numbers.start)


def frame_planes(frame: av.VideoFrame) -> Planes:
    """The frame's own memory as planes, without a copy. Its rows are padded: cut to the width."""
    y, u, v = (_rows(plane)[:, : plane.width] for plane in frame.planes)
    return Planes(y, u, v)


def _rows(plane: VideoPlane) -> Plane:
    return np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)


def _coded(
    encoder: av.VideoCodecContext, frame: av.VideoFrame | None, first: int
) -> Iterator[Picture]:
    """With zerolatency a picture comes back at once, so the frame may be drawn over after this."""
    for packet in encoder.encode(frame):
        yield Picture(first + (packet.pts or 0), bytes(packet), packet.is_keyframe)


def _encoder(canvas: Canvas, fps: int, kbps: int) -> av.VideoCodecContext:
    """x264 as fast as it goes; in one thread, so that the bytes do not depend on the cores.

    Constant quality with the asked bitrate as the ceiling: these pictures need less than was asked,
    and an average bitrate would spend the rest on nothing visible.
    """
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = canvas.width, canvas.height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, fps), Fraction(fps)
    encoder.thread_count = 1
    encoder.gop_size, encoder.max_b_frames = NO_FURTHER_IDR, 0
    encoder.color_range = LIMITED
    encoder.color_primaries = encoder.color_trc = encoder.colorspace = BT601
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf": "12",  # flat colours come back within 2 of 255, and cost no more than at 20
        "maxrate": f"{kbps}k",
        "bufsize": f"{2 * kbps}k",
        "sc_threshold": "0",
    }
    return encoder
