"""Bitrates that suit a picture's size.

Source: Agora Cloud Recording guide, recording video profile (communication channels; twice as much
for live ones).
"""

from collections.abc import Mapping

from recorder.contract.layouts import Canvas

MAX_BITRATE = 6500  # kbit/s

# (pixels, frames per second) -> kbit/s
BITRATES: Mapping[tuple[int, int], int] = {
    (320 * 240, 15): 200,
    (640 * 360, 15): 400,
    (640 * 360, 30): 600,
    (640 * 480, 15): 500,
    (960 * 720, 15): 910,
    (1280 * 720, 15): 1130,
    (1280 * 720, 30): 1710,
    (1920 * 1080, 15): 2080,
    (1920 * 1080, 30): 3150,
    (1920 * 1080, 60): 4780,
}


def advised_bitrate(canvas: Canvas, fps: int, *, live: bool = False) -> int:
    """kbit/s of the smallest listed picture that is as large and as fast, or of the largest."""
    pixels = canvas.width * canvas.height
    fitting = [rate for (size, speed), rate in BITRATES.items() if size >= pixels and speed >= fps]
    rate = min(fitting, default=max(BITRATES.values()))
    return min(rate * 2 if live else rate, MAX_BITRATE)
