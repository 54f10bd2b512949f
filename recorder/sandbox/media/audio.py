"""The sound: one tone for each participant who is heard, as AAC-LC at 48 kHz.

Every tone has whole cycles in one AAC frame, so all frames of a steady roster are alike: the mix is
encoded once per roster and its frame repeated, seamlessly. Encoding live would cost as much as the
picture.
"""

from collections.abc import Iterator
from functools import lru_cache

import av
import numpy as np

from recorder.sandbox.media.palette import SAMPLE_RATE, SAMPLES
from recorder.sandbox.media.scene import chords
from recorder.sandbox.media.timeline import Timeline

LEVEL = 0.6  # of full scale, the peak of any mix
SETTLED = 12  # frames after which the encoder answers a steady tone with a steady frame
PROFILES = ((1, 48_000), (1, 128_000), (2, 192_000))  # audioProfile -> channels, bits per second


def sounds(timeline: Timeline, frames: range) -> Iterator[tuple[int, bytes]]:
    """These AAC frames of the recording, each with its number, in ADTS form."""
    for run, tones in chords(timeline, frames):
        data = aac_frame(tones, timeline.audio_profile)
        for number in run:
            yield number, data


@lru_cache(maxsize=256)
def aac_frame(tones: tuple[int, ...], profile: int) -> bytes:
    """One repeatable ADTS frame of these tones, in whole cycles per frame; none: silence."""
    channels, bits = PROFILES[profile]
    layout = "stereo" if channels == 2 else "mono"
    encoder = av.AudioCodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, layout, "fltp"
    encoder.bit_rate = bits
    encoder.options = {"aac_coder": "fast"}  # the default coder leaves audible noise in pure tones
    samples = np.ascontiguousarray(np.tile(_mix(tones), (channels, 1)))
    coded: list[bytes] = []
    for number in range(SETTLED + 2):  # the encoder answers one frame late
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = SAMPLE_RATE, number * SAMPLES
        coded += [bytes(packet) for packet in encoder.encode(frame)]
    return _adts(coded[SETTLED], channels)


def _mix(tones: tuple[int, ...]) -> np.ndarray:
    """One frame of samples. Each tone has a phase of its own, so that their peaks do not meet."""
    phase = 2 * np.pi * np.arange(SAMPLES) / SAMPLES
    mix = np.zeros(SAMPLES)
    for cycles in tones:
        mix += np.sin(cycles * phase + cycles)
    peak = np.abs(mix).max() or 1.0
    return (mix * LEVEL / peak).astype(np.float32)


def _adts(payload: bytes, channels: int) -> bytes:
    """The frame with the header that a transport stream asks for (ISO 13818-7, 6.2)."""
    lc, rate_index = 1, 3  # AAC-LC; 48 kHz
    length = len(payload) + 7
    header = bytes(
        (
            0xFF,
            0xF1,  # MPEG-4, no checksum
            lc << 6 | rate_index << 2 | channels >> 2,
            (channels & 3) << 6 | length >> 11,
            length >> 3 & 0xFF,
            (length & 7) << 5 | 0x1F,
            0xFC,
        )
    )
    return header + payload
