"""Small recordings for the media tests, and what a player would make of them."""

import io
from dataclasses import dataclass, field

import av
import numpy as np

from recorder.contract.layouts import BEST_FIT, Canvas, Layout
from recorder.sandbox.media import Listing, Timeline, render_slice
from recorder.sandbox.media.timeline import LayoutChanged

GRID = Layout(BEST_FIT)


def make_timeline(*facts, layout=GRID, width=320, height=240, **settings):
    """A timeline in slices of two seconds; `layout` holds from the start, `facts` follow it."""
    settings = {"started_ms": 1_700_000_000_123, "slice_ms": 2000} | settings
    return Timeline(
        canvas=Canvas(width, height), facts=(LayoutChanged(0, layout), *facts), **settings
    )


def join_slices(timeline, count):
    return b"".join(render_slice(timeline, k) for k in range(count))


def playlist(timeline, numbers, *, ended, name="sid_room_{}.ts", **options):
    """The text that lists these slices of one stretch."""
    listing = Listing(timeline, **options)
    for k in numbers:
        listing.add(timeline, k, name.format(k))
    return listing.text(ended=ended)


@dataclass
class Decoded:
    """Planes and timestamp (90 kHz) of every picture, samples of the first channel, complaints."""

    pictures: list = field(default_factory=list)
    picture_pts: list = field(default_factory=list)
    key_pictures: list = field(default_factory=list)
    samples: np.ndarray = field(default_factory=lambda: np.zeros(0))
    audio_pts: list = field(default_factory=list)
    complaints: list = field(default_factory=list)

    def colour(self, picture, x, y):
        """RGB at a point, by the matrix the stream is tagged with: BT.601, limited range."""
        luma, u, v = self.pictures[picture]
        bright = (int(luma[y, x]) - 16) * 255 / 219
        blue = (int(u[y // 2, x // 2]) - 128) * 255 / 224
        red = (int(v[y // 2, x // 2]) - 128) * 255 / 224
        green = bright - 0.344136 * blue - 0.714136 * red
        return Colour(bright + 1.402 * red, green, bright + 1.772 * blue)


class Colour(tuple):
    """A decoded colour; equal to another when each part differs by at most 4 of 255."""

    def __new__(cls, *parts):
        return super().__new__(cls, (min(255, max(0, round(part))) for part in parts))

    def __eq__(self, other):
        return all(abs(a - b) <= 4 for a, b in zip(self, other, strict=True))

    __hash__ = None


def decode(stream):
    """Decode everything, keeping what the demuxer and decoders complain about."""
    decoded, sound = Decoded(), []
    level = av.logging.get_level()
    av.logging.set_level(av.logging.WARNING)
    try:
        with av.logging.Capture(local=False) as complaints, av.open(io.BytesIO(stream)) as player:
            for frame in player.decode():
                if isinstance(frame, av.VideoFrame):
                    decoded.pictures.append([_rows(plane) for plane in frame.planes])
                    decoded.picture_pts.append(frame.pts)
                    if frame.key_frame:
                        decoded.key_pictures.append(len(decoded.pictures) - 1)
                else:
                    sound.append(frame.to_ndarray()[0])
                    decoded.audio_pts.append(frame.pts)
    finally:
        av.logging.set_level(level)
    decoded.complaints = list(complaints)
    decoded.samples = np.concatenate(sound) if sound else decoded.samples
    return decoded


def _rows(plane):
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width].copy()
