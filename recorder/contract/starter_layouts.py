"""Layouts to begin with: drawn in pixels, for two people up to seventeen.

Each is free of errors, its boxes lie on even pixels, and gaps between them are equal. Where a
picture is cropped, no more than a quarter of a 16:9 picture is lost; what is shared on a screen
is fitted, never cropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from recorder.contract.layouts import CROP, CUSTOM, FIT, UNIT, Canvas, Layout, Region
from recorder.contract.words import _

HD, FULL_HD = Canvas(1280, 720), Canvas(1920, 1080)
PHONE, SQUARE = Canvas(720, 1280), Canvas(1080, 1080)
BLACK, INK, SLATE = "#000000", "#10201B", "#1B2430"

Cell = tuple[int, int, int, int]  # x, y, width, height in pixels


@dataclass(frozen=True, slots=True)
class Starter:
    """One layout of the set, with the words to find it by."""

    name: str
    tags: tuple[str, ...]
    canvas: Canvas
    layout: Layout


def _starter(
    name: str,
    tags: str,
    canvas: Canvas,
    cells: Iterable[Cell],
    *,
    color: str = BLACK,
    fitted: tuple[int, ...] = (),
) -> Starter:
    """`fitted`: positions of the regions for what must be seen whole, such as slides."""
    regions = tuple(
        _region(canvas, cell, FIT if at in fitted else CROP) for at, cell in enumerate(cells)
    )
    layout = Layout(CUSTOM, regions, background_color=color)
    return Starter(name, tuple(tags.split(", ")), canvas, layout)


def _region(canvas: Canvas, cell: Cell, mode: int) -> Region:
    """Both edges are rounded to a millionth, so that neighbours share theirs."""
    x, y, width, height = cell
    left, right = (_share(at, canvas.width) for at in (x, x + width))
    top, bottom = (_share(at, canvas.height) for at in (y, y + height))
    return Region(left, top, right - left, bottom - top, render_mode=mode)


def _share(pixels: int, side: int) -> int:
    return (2 * pixels * UNIT + side) // (2 * side)


def _grid(x: int, y: int, columns: int, rows: int, size: tuple[int, int], gap: int) -> list[Cell]:
    """Equal cells, row by row."""
    width, height = size
    return [
        (x + column * (width + gap), y + row * (height + gap), width, height)
        for row in range(rows)
        for column in range(columns)
    ]


STARTERS: tuple[Starter, ...] = (
    _starter(_("One person"), "1 person, speaker", HD, [(0, 0, 1280, 720)]),
    _starter(
        _("Side by side"),
        "2 people, talk",
        HD,
        _grid(16, 186, 2, 1, (616, 348), 16),
        color=INK,
    ),
    _starter(
        _("Interview"), "2 people, talk", HD, _grid(8, 126, 2, 1, (624, 468), 16), color=SLATE
    ),
    _starter(
        _("Picture in picture"),
        "2 people, speaker",
        HD,
        [(0, 0, 1280, 720), (928, 508, 320, 180)],
    ),
    _starter(
        _("Presenter and slides"),
        "slides, 3 people",
        HD,
        [(936, 106, 328, 246), (16, 106, 904, 508), (936, 368, 328, 246)],
        color=SLATE,
        fitted=(1,),
    ),
    _starter(
        _("Keynote with lower strip"),
        "slides, 5 people, strip",
        HD,
        [(160, 0, 960, 540), *_grid(0, 540, 4, 1, (320, 180), 0)],
        color=INK,
        fitted=(0,),
    ),
    _starter(
        _("Speaker and four beside"),
        "5 people, speaker, strip",
        HD,
        [(0, 0, 960, 720), *_grid(960, 0, 1, 4, (320, 180), 0)],
    ),
    _starter(
        _("Panel of three"),
        "3 people, panel",
        HD,
        [(16, 8, 620, 348), (644, 8, 620, 348), (330, 364, 620, 348)],
        color=SLATE,
    ),
    _starter(
        _("Debate with moderator"),
        "3 people, panel",
        HD,
        [(454, 494, 372, 210), *_grid(16, 16, 2, 1, (616, 462), 16)],
        color=INK,
    ),
    _starter(
        _("Panel of four"), "4 people, panel", HD, _grid(8, 8, 2, 2, (628, 348), 8), color=SLATE
    ),
    _starter(_("Four in a grid"), "4 people, grid", HD, _grid(0, 0, 2, 2, (640, 360), 0)),
    _starter(
        _("Panel of six"), "6 people, panel", HD, _grid(8, 44, 3, 2, (416, 312), 8), color=SLATE
    ),
    _starter(
        _("Classroom 1 + 8"),
        "9 people, classroom",
        HD,
        [
            (0, 0, 1024, 576),
            *_grid(1024, 0, 1, 4, (256, 144), 0),
            *_grid(0, 576, 4, 1, (320, 144), 0),
        ],
    ),
    _starter(
        _("Grid 3 × 3"),
        "9 people, grid",
        FULL_HD,
        _grid(12, 12, 3, 3, (624, 344), 12),
        color=SLATE,
    ),
    _starter(
        _("Grid 4 × 4"),
        "16 people, grid",
        FULL_HD,
        _grid(8, 8, 4, 4, (470, 260), 8),
        color=SLATE,
    ),
    _starter(
        _("Town hall 1 + 16"),
        "17 people, town hall",
        FULL_HD,
        [(238, 0, 1444, 812), *_grid(0, 812, 8, 2, (240, 134), 0)],
        color=INK,
    ),
    _starter(
        _("Mobile duo"),
        "2 people, phone, upright",
        PHONE,
        _grid(0, 92, 1, 2, (720, 540), 16),
        color=INK,
    ),
    _starter(
        _("Mobile call"),
        "2 people, phone, upright",
        PHONE,
        [(0, 0, 720, 1280), (480, 48, 216, 384)],
    ),
    _starter(
        _("Square duo"),
        "2 people, square",
        SQUARE,
        _grid(0, 0, 1, 2, (1080, 540), 0),
    ),
)
