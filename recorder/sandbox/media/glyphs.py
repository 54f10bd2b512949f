"""Writing as masks: the uid, the clock and the names of pictures."""

from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from recorder.sandbox.media.planes import Plane

SMALLEST = 7  # pixels of font size below which nothing can be read


@lru_cache(maxsize=64)
def text_mask(text: str, width: int, height: int) -> Plane | None:
    """The text centred in a mask of exactly width x height pixels (0 nothing .. 255 ink).

    It is made as large as fits; None when it would be too small to be read.
    """
    size = _fitting_size(text, width, height)
    if size < SMALLEST:
        return None
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).text((width / 2, height / 2), text, 255, _font(size), anchor="mm")
    plane: Plane = np.asarray(mask)
    return plane


def clock_mask(seconds: int, width: int, height: int) -> Plane | None:
    """The clock mm:ss (minutes may pass 99) as a mask."""
    return text_mask(f"{seconds // 60:02d}:{seconds % 60:02d}", width, height)


def _fitting_size(text: str, width: int, height: int) -> int:
    """The font size at which the text fills the height or, when it is long, the width."""
    size = int(height * 0.8)
    if size < SMALLEST or not text:
        return 0
    wide = _font(size).getlength(text)
    return size if wide <= width else int(size * width / wide)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
