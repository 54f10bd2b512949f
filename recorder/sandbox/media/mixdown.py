"""The sound of a whole recording as one file, as it is made after the end when mixing was put off.

Made from the timeline, like everything: the slices hold the same tones, each user's by itself.
"""

import math
from collections.abc import Iterator
from os import PathLike

import av
import numpy as np
from numpy.typing import NDArray

from recorder.sandbox.media.audio import LEVEL
from recorder.sandbox.media.palette import SAMPLE_RATE, SAMPLES
from recorder.sandbox.media.scene import chords
from recorder.sandbox.media.timeline import FRAMES_PER_MS, Timeline

CODERS = {"mp3": ("mp3", "libmp3lame"), "m4a": ("ipod", "aac"), "aac": ("adts", "aac")}
BLOCK = 1 << 15  # samples that are made at a time


def mix_sound(
    path: str | PathLike[str],
    timeline: Timeline,
    *,
    kind: str = "mp3",
    rate: int = 48_000,
    bits: int = 48_000,
    channels: int = 2,
) -> None:
    """Write everybody's sound from the first moment of an ended recording to its last.

    `kind` is mp3, m4a or aac, `rate` in Hz, `bits` per second. ValueError for a recording that has
    not ended, or another kind.
    """
    if timeline.ended_ms is None:
        raise ValueError("Only a recording that has ended can be mixed")
    if kind not in CODERS:
        raise ValueError(f"No sound is made as {kind!r}")
    form, coder = CODERS[kind]
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(coder, rate=rate, layout=layout, format="fltp")
        assert isinstance(stream, av.AudioStream)  # noqa: S101 - both coders make sound
        stream.bit_rate = bits
        at = 0
        for samples in _samples(timeline, rate):
            shape = np.ascontiguousarray(np.tile(samples, (channels, 1)))
            frame = av.AudioFrame.from_ndarray(shape, format="fltp", layout=layout)
            frame.sample_rate, frame.pts = rate, at
            at += len(samples)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _samples(timeline: Timeline, rate: int) -> Iterator[NDArray[np.float32]]:
    """The whole sound in blocks. Phases follow from the time, so nothing clicks between blocks."""
    frames = range(math.ceil((timeline.ended_ms or 0) * FRAMES_PER_MS))
    for run, tones in chords(timeline, frames):
        start, stop = (edge * SAMPLES * rate // SAMPLE_RATE for edge in (run.start, run.stop))
        for first in range(start, stop, BLOCK):
            at = np.arange(first, min(first + BLOCK, stop))
            yield _mixed(tones, 2 * np.pi * (at * SAMPLE_RATE / rate / SAMPLES))


def _mixed(tones: tuple[int, ...], phase: NDArray[np.float64]) -> NDArray[np.float32]:
    """Every tone as loud as the next, and all of them together within full scale."""
    mix = np.zeros(len(phase))
    for cycles in tones:
        mix += np.sin(cycles * phase + cycles)
    return (mix * LEVEL / max(1, len(tones))).astype(np.float32)
