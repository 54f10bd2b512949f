"""What a slice of the sandbox shows: decoded, and each picture compared with a layout.

A participant's picture is one flat colour between its rim and a quarter of its height, and the
colour follows from the uid, so the layout of a picture can be told from a few of its pixels.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from recorder.contract.layouts import Canvas, Layout, boxes
from recorder.sandbox.media.palette import Yuv, participant_colour, yuv

TOLERANCE = 8  # of 255, in each plane: what the coder may blur
AT_HEIGHT = 15  # percent of a region, from its top: below the rim, above the name


@dataclass(frozen=True, slots=True)
class Probe:
    """A point of the canvas in pixels, and the colour it has when its region shows its user."""

    x: int
    y: int
    colour: Yuv


@dataclass(frozen=True, slots=True)
class Decoded:
    """`shows`: the names of the layouts seen, in order; "?" for a picture that shows none."""

    pictures: int
    samples: int  # of sound
    duration_ms: int
    shows: tuple[str, ...]


def probes_of(layout: Layout, users: Iterable[str], canvas: Canvas) -> tuple[Probe, ...]:
    """One point in each region that somebody is in. Regions above must leave these points free."""
    return tuple(
        Probe(
            box.x + box.width // 2,
            box.y + box.height * AT_HEIGHT // 100,
            yuv(participant_colour(box.uid)),
        )
        for box in boxes(layout, list(users), canvas)
        if box.uid is not None
    )


def decode(content: bytes, looks: Mapping[str, tuple[Probe, ...]]) -> Decoded:
    """Decode a whole slice. Raises ValueError with a sentence for one that does not play."""
    import av

    names: list[str] = []
    samples, begin, end = 0, None, 0.0
    try:
        with av.open(io.BytesIO(content), mode="r", format="mpegts") as container:
            for frame in container.decode():
                if isinstance(frame, av.VideoFrame):
                    names.append(_name(frame, looks))
                    begin = frame.time if begin is None else begin
                    end = max(end, (frame.time or 0.0) + _seconds_of(frame))
                elif isinstance(frame, av.AudioFrame):
                    samples += frame.samples
    except av.FFmpegError as error:
        raise ValueError(f"it cannot be decoded ({error.strerror})") from error
    if begin is None:
        raise ValueError("it holds no picture")
    shows = tuple(name for name, _run in groupby(names))
    return Decoded(len(names), samples, round((end - begin) * 1000), shows)


def _seconds_of(frame: Any) -> float:
    """How long the picture stands."""
    return float(frame.duration * frame.time_base) if frame.duration else 0.0


def _name(frame: Any, looks: Mapping[str, tuple[Probe, ...]]) -> str:
    planes = [(memoryview(plane), plane.line_size) for plane in frame.planes]
    for name, probes in looks.items():
        if all(_is(probe, planes) for probe in probes):
            return name
    return "?"


def _is(probe: Probe, planes: list[tuple[memoryview, int]]) -> bool:
    """Planes are Y, U, V; the latter two have half the width and height."""
    for (pixels, line), half, wanted in zip(planes, (1, 2, 2), probe.colour, strict=True):
        if abs(pixels[probe.y // half * line + probe.x // half] - wanted) > TOLERANCE:
            return False
    return True
