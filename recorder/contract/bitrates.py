"""Advice on bitrates. Source: Agora Cloud Recording guide, recording video profile."""

from collections.abc import Mapping

BITRATE_LIMIT = 6500  # kbit/s
LIVE = 1  # channelType

# (pixels, frames a second) -> kbit/s, for the communication profile.
_ADVICE: Mapping[tuple[int, int], int] = {
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


def recommended_bitrate(width: int, height: int, fps: int, channel_type: int) -> int | None:
    """kbit/s of the smallest listed picture that is as large and as fast; doubled for live.

    None where the guide lists none.
    """
    pixels = width * height
    enough = [rate for (size, speed), rate in _ADVICE.items() if size >= pixels and speed >= fps]
    if not enough:
        return None
    return min(min(enough) * (2 if channel_type == LIVE else 1), BITRATE_LIMIT)


def default_web_bitrate(width: int, height: int) -> int:
    """What a web recording takes when videoBitrate is left out, in kbit/s."""
    return 2000 if width * height >= 1280 * 720 else 1500


def estimated_bytes(kbps: int, seconds: float) -> int:
    """The size of a recording: (audio + video bitrate) × time / 8."""
    return round(kbps * 1000 * seconds / 8)
