"""Rectangles of a yuv420p picture as numpy views, and the few things done to them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.contract.layouts import FIT
from recorder.sandbox.media.palette import Yuv

Plane = NDArray[np.uint8]
OPAQUE = 256  # alpha as it is used on bytes: 0..256


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels, half open; every edge even."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def __bool__(self) -> bool:
        return self.right > self.left and self.bottom > self.top

    def __and__(self, other: "Rect") -> "Rect":
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def inset(self, by: int) -> "Rect":
        return Rect(self.left + by, self.top + by, self.right - by, self.bottom - by)

    def moved(self, dx: int, dy: int) -> "Rect":
        return Rect(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)


def place(width: int, height: int, box: Rect, render_mode: int) -> Rect:
    """Where a picture of this size lies, centred: inside the box (fit) or beyond it (crop)."""
    choose = min if render_mode == FIT else max
    scale = choose(box.width / width, box.height / height)
    wide, high = (max(2, round(side * scale / 2) * 2) for side in (width, height))
    left, top = (box.width - wide) // 4 * 2, (box.height - high) // 4 * 2
    return Rect(left, top, left + wide, top + high)


@dataclass(frozen=True, slots=True)
class Planes:
    """Luma, and the two chroma planes of half its width and height. Cut out, they are a view."""

    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def blank(cls, width: int, height: int) -> "Planes":
        half = (height // 2, width // 2)
        return cls(
            np.empty((height, width), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8)
        )

    @property
    def rect(self) -> Rect:
        height, width = self.y.shape
        return Rect(0, 0, width, height)

    def __getitem__(self, rect: Rect) -> "Planes":
        rows = slice(rect.top // 2, rect.bottom // 2)
        columns = slice(rect.left // 2, rect.right // 2)
        return Planes(
            self.y[rect.top : rect.bottom, rect.left : rect.right],
            self.u[rows, columns],
            self.v[rows, columns],
        )

    def copy(self) -> "Planes":
        return Planes(self.y.copy(), self.u.copy(), self.v.copy())

    def fill(self, colour: Yuv) -> None:
        self.y[:], self.u[:], self.v[:] = colour

    def put(self, source: "Planes") -> None:
        """Copy pictures of the same size in."""
        self.y[:], self.u[:], self.v[:] = source.y, source.u, source.v

    def blend(self, source: "Planes", alpha: int) -> None:
        """Lay `source` over what is here, `alpha` of 256 parts of it."""
        for below, above in ((self.y, source.y), (self.u, source.u), (self.v, source.v)):
            mixed = above.astype(np.uint16) * alpha
            mixed += below.astype(np.uint16) * (OPAQUE - alpha)
            mixed += OPAQUE // 2
            below[:] = mixed >> 8

    def write(self, mask: Plane, paper: Yuv, ink: Yuv) -> None:
        """Draw a text mask (0 paper .. 255 ink, of this size) on a flat colour."""
        coarse = mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2).mean(axis=(1, 3))
        shares = (mask, coarse.astype(np.uint8), coarse.astype(np.uint8))
        for plane, share, start, stop in zip(
            (self.y, self.u, self.v), shares, paper, ink, strict=True
        ):
            steps = np.linspace(start, stop, 256).round().astype(np.uint8)
            plane[:] = steps[share]
