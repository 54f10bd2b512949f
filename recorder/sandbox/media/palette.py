"""What a participant looks and sounds like, from the uid alone: colours and tones. Standard library
only.

The sandbox's page, the compositor and the tests all ask here, so a region can be recognised by its
colour and a voice by its frequency.
"""

import colorsys
import zlib

RGB = tuple[int, int, int]
Yuv = tuple[int, int, int]

SAMPLE_RATE = 48_000  # Hz
SAMPLES = 1024  # of one AAC frame

# Multiples of these irrational steps fill the unit interval evenly: neighbouring uids differ most.
_HUE_STEP = 0.6180339887498949
_LIGHTNESS_STEP = 0.5698402909980532


def participant_colour(uid: str) -> RGB:
    """The flat colour of a participant's picture; dark enough for white writing on it."""
    number = _number(uid)
    lightness = 0.34 + 0.16 * (number * _LIGHTNESS_STEP % 1)
    return _from_hls(number * _HUE_STEP % 1, lightness, 0.62)


def screen_colour(uid: str) -> RGB:
    """The flat colour of a participant's shared screen: the hue of the picture, paler."""
    return _from_hls(_number(uid) * _HUE_STEP % 1, 0.42, 0.28)


def picture_colour(url: str) -> RGB:
    """The colour of the picture that stands for an image address; paler than any participant."""
    return _from_hls(zlib.crc32(url.encode()) * _HUE_STEP % 1, 0.5, 0.22)


def tone_cycles(uid: str) -> int:
    """Whole cycles of this participant's tone in one AAC frame: 5..36, that is 234..1688 Hz.

    Whole, so that an encoded frame can be repeated without a seam. 32 consecutive uids differ.
    """
    return 5 + _number(uid) * 11 % 32


def tone_hz(uid: str) -> float:
    """The frequency of this participant's tone, a multiple of 46.875 Hz."""
    return tone_cycles(uid) * SAMPLE_RATE / SAMPLES


def parse_colour(text: str) -> RGB:
    """`#rrggbb` to its three bytes. Raises ValueError for anything else."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"{text!r} is not a colour of the form #rrggbb")
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def yuv(colour: RGB) -> Yuv:
    """The same colour in BT.601 with limited range (luma 16..235), as the streams are tagged."""
    red, green, blue = colour
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return (
        round(16 + luma * 219 / 255),
        round(128 + (blue - luma) / 1.772 * 224 / 255),
        round(128 + (red - luma) / 1.402 * 224 / 255),
    )


def towards_white(colour: RGB) -> RGB:
    """Half-way between this colour and white: the rim of a picture."""
    red, green, blue = ((part + 255) // 2 for part in colour)
    return red, green, blue


def _number(uid: str) -> int:
    """Agora's uids are numbers, other texts get one; below 2**32, where the steps are exact."""
    return int(uid) % 2**32 if uid.isascii() and uid.isdigit() else zlib.crc32(uid.encode())


def _from_hls(hue: float, lightness: float, saturation: float) -> RGB:
    red, green, blue = (
        round(part * 255) for part in colorsys.hls_to_rgb(hue, lightness, saturation)
    )
    return red, green, blue
