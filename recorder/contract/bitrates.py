"""Advice on bitrates. Source: Agora Cloud Recording guide, recording video profile."""

from collections.abc import Mapping

BITRATE_LIMIT = 6500  # kbit/s
LIVE = 1  # channelType

# (longer side, shorter side) -> {frames a second: kbit/s}, for the communication profile.
_ADVICE: Mapping[tuple[int, int], Mapping[int, int]] = {
    (320, 240): {15: 200},
    (640, 360): {15: 400, 30: 600},
    (640, 480): {15: 500},
    (960, 720): {15: 910},
    (1280, 720): {15: 1130, 30: 1710},
    (1920, 1080): {15: 2080, 30: 3150, 60: 4780},
}


def recommended_bitrate(width: int, height: int, fps: int, channel_type: int) -> int | None:
    """kbit/s advised for a picture, upright or wide; None where the guide says nothing.

    Between two listed frame rates the higher one's figure is safe. Live channels get the double.
    """
    rates = _ADVICE.get((max(width, height), min(width, height)), {})
    listed = [rate for rate in sorted(rates) if rate >= fps]
    if not listed or fps < 1:
        return None
    return min(rates[listed[0]] * (2 if channel_type == LIVE else 1), BITRATE_LIMIT)


def default_web_bitrate(width: int, height: int) -> int:
    """What a web recording takes when videoBitrate is left out, in kbit/s."""
    return 2000 if width * height >= 1280 * 720 else 1500


def estimated_bytes(kbps: int, seconds: float) -> int:
    """The size of a recording: (audio + video bitrate) × time / 8."""
    return round(kbps * 1000 * seconds / 8)
