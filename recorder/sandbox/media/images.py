"""Background images in the size of their box.

The timeline names an image by the SHA-256 of its content, so a picture stays a function of the
timeline: `Contents` can only answer with those very bytes.
"""

import functools
import io
from typing import Protocol

import numpy as np
from PIL import Image

from recorder.sandbox.media.planes import Planes, Rect, place

FORMATS = ("JPEG", "PNG", "BMP")
MOST_PIXELS = 50_000_000  # 150 MB unpacked; a file of few bytes may claim far more
# Pillow's YCbCr is BT.601 with luma and chroma 0..255; the streams have 16..235 and 128 +- 112.
_LUMA = (16 + np.arange(256) * 219 / 255).round().astype(np.uint8)
_CHROMA = (128 + (np.arange(256) - 128) * 224 / 255).round().astype(np.uint8)


class Contents(Protocol):
    """Where the bytes are. Equal ones hash equally, so that what they gave can be remembered."""

    def read(self, digest: str) -> bytes:
        """The content with this SHA-256. Raises LookupError when it is not kept."""

    def __hash__(self) -> int: ...


class _Nothing:
    def read(self, digest: str) -> bytes:
        raise LookupError(f"No image {digest} is kept")


NOTHING: Contents = _Nothing()  # for timelines without images


def drawn(
    contents: Contents, digest: str, width: int, height: int, render_mode: int
) -> Planes | None:
    """The image cropped to fill the box, or whole between black bars; None when it cannot be shown:
    it is not ours (no digest), not kept, broken, of another format or too large.

    The planes are shared: copy, do not draw on them.
    """
    if not digest:
        return None
    try:
        return _drawn(contents, digest, width, height, render_mode)
    except LookupError:
        return None  # not remembered: it may come back


@functools.lru_cache(maxsize=16)
def _drawn(
    contents: Contents, digest: str, width: int, height: int, render_mode: int
) -> Planes | None:
    """Remembered, since each slice shows the same images again; at 1080p one takes 3 MB."""
    content = contents.read(digest)
    try:
        return _planes(_fitted(content, Rect(0, 0, width, height), render_mode))
    except MemoryError:
        raise  # says something about this moment, not about the image
    except Exception:
        # A broken file makes Pillow raise OSError, SyntaxError, ValueError, struct.error and more.
        return None


def _fitted(content: bytes, box: Rect, render_mode: int) -> Image.Image:
    """The part of the image that shows, on black, as large as the box. Raises for a bad image."""
    with _opened(content) as image:
        placed = place(image.width, image.height, box, render_mode)
        shown = placed & box
        image.draft(None, (placed.width, placed.height))  # a JPEG is read no finer than needed
        across, down = image.width / placed.width, image.height / placed.height
        cut = shown.moved(-placed.left, -placed.top)
        part = _rgb(image).resize(
            (shown.width, shown.height),
            Image.Resampling.BICUBIC,
            box=(cut.left * across, cut.top * down, cut.right * across, cut.bottom * down),
        )
    canvas = Image.new("RGB", (box.width, box.height))
    canvas.paste(part, (shown.left, shown.top))
    return canvas


def _opened(content: bytes) -> Image.Image:
    """The image, its pixels not yet read. ValueError when there would be too many."""
    image = Image.open(io.BytesIO(content), formats=FORMATS)  # refuses 179 million by itself
    if image.width * image.height > MOST_PIXELS:
        raise ValueError(f"An image of {image.width}x{image.height} pixels is too large")
    return image


def _rgb(image: Image.Image) -> Image.Image:
    """In plain colours. What is transparent becomes black: a stream has nothing below it."""
    if image.mode.startswith("I;16"):  # grey of 16 bits, which `convert` would clip to white
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "black"), image).convert("RGB")


def _planes(image: Image.Image) -> Planes:
    luma, *chroma = image.convert("YCbCr").split()
    blue, red = (_CHROMA[np.asarray(plane.reduce(2))] for plane in chroma)
    return Planes(_LUMA[np.asarray(luma)], blue, red)
