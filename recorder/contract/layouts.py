"""Canvas, regions and layouts: pure integer geometry.

Every length is an integer in millionths of the canvas (0…`UNIT`); floats exist only on the wire.
Geometry of the predefined layouts: Agora Cloud Recording guide, video layout; what the guide shows
in pictures only (cells for 2 to 16 users of best fit) follows Agora's on-premise recording samples.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from recorder.contract.words import _

UNIT = 1_000_000
MAX_REGIONS = 17  # also the number of users the service records
MAX_SIDE = 1920  # pixels of the output picture
MAX_AREA = 1920 * 1080

FLOATING, BEST_FIT, VERTICAL, CUSTOM = 0, 1, 2, 3
CROP, FIT = 0, 1

KINDS: Mapping[int, str] = {
    FLOATING: _("Floating"),
    BEST_FIT: _("Best fit"),
    VERTICAL: _("Vertical"),
    CUSTOM: _("Custom"),
}
PREDEFINED: Mapping[int, str] = {kind: name for kind, name in KINDS.items() if kind != CUSTOM}
RENDER_MODES: Mapping[int, str] = {CROP: _("Crop to fill"), FIT: _("Fit inside")}

DEFAULT_COLOR = "#000000"


@dataclass(frozen=True, slots=True)
class Canvas:
    """The output picture, in pixels."""

    width: int
    height: int


DEFAULT_CANVAS = Canvas(360, 640)


@dataclass(frozen=True, slots=True)
class Region:
    """One box of a layout. Lengths and `alpha` in millionths; `uid` None: by joining order."""

    x: int
    y: int
    width: int
    height: int
    uid: str | None = None
    alpha: int = UNIT
    render_mode: int = CROP


@dataclass(frozen=True, slots=True)
class UserBackground:
    """The picture shown for one user 3.5 s after their video stops."""

    uid: str
    image_url: str
    render_mode: int = CROP


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything updateLayout can set. `regions` count only when `kind` is `CUSTOM`."""

    kind: int
    regions: tuple[Region, ...] = ()
    max_resolution_uid: str | None = None
    background_color: str = DEFAULT_COLOR
    background_image: str = ""
    default_user_background_image: str = ""
    backgrounds: tuple[UserBackground, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """Where one region lands on the canvas: even pixels. `uid` None: nobody is in it."""

    uid: str | None
    x: int
    y: int
    width: int
    height: int
    alpha: int
    render_mode: int
    index: int  # of the region in the layout, which is also the drawing order


def regions_for(layout: Layout, users: Sequence[str]) -> tuple[tuple[Region, str | None], ...]:
    """Each region in drawing order with the user in it, None where nobody is.

    `users` are uids in joining order; the service records the first 17.
    """
    present = list(users[:MAX_REGIONS])
    if layout.kind == CUSTOM:
        return _custom(layout.regions, present)
    if layout.kind == VERTICAL:
        return _vertical(layout.max_resolution_uid, present)
    arrange = {FLOATING: _floating, BEST_FIT: _best_fit}[layout.kind]
    return tuple(zip(arrange(len(present)), present, strict=True))


def boxes(layout: Layout, users: Sequence[str], canvas: Canvas) -> tuple[Box, ...]:
    """The regions in pixels, in drawing order; a region too small for a pixel pair is left out.

    Both edges of a box are rounded, not its size, so that neighbours share their edge.
    """
    placed = []
    for index, (region, uid) in enumerate(regions_for(layout, users)):
        left, right = (_even(at, canvas.width) for at in (region.x, region.x + region.width))
        top, bottom = (_even(at, canvas.height) for at in (region.y, region.y + region.height))
        if right > left and bottom > top:
            size = (right - left, bottom - top)
            placed.append(Box(uid, left, top, *size, region.alpha, region.render_mode, index))
    return tuple(placed)


def _even(at: int, pixels: int) -> int:
    """The even pixel nearest to a length in millionths, inside 0…pixels."""
    nearest = (at * pixels + UNIT) // (2 * UNIT) * 2
    return max(0, min(nearest, pixels - pixels % 2))


def _floating(count: int) -> list[Region]:
    """The first user everywhere, the others in rows of four from the lower left corner up."""
    step, size, gap = 247_000, 235_000, 12_000
    small = [
        Region(gap + k % 4 * step, UNIT - (k // 4 + 1) * step, size, size) for k in range(count - 1)
    ]
    return [Region(0, 0, UNIT, UNIT), *small][:count]


def _best_fit(count: int) -> list[Region]:
    """A grid that just holds everybody; 17 users are four rows of four and one below."""
    if count > 16:
        side = UNIT // 5
        cells = [Region(side // 2 + k % 4 * side, k // 4 * side, side, side) for k in range(16)]
        return [*cells, Region(2 * side, 4 * side, side, side)]
    if count == 2:
        return [_cell(0, 0, 2, 1), _cell(1, 0, 2, 1)]
    n = math.isqrt(max(count - 1, 0)) + 1
    return [_cell(k % n, k // n, n, n) for k in range(count)]


def _cell(column: int, row: int, columns: int, rows: int) -> Region:
    """One cell of a grid, its edges rounded so that cells meet exactly."""
    left, right = (_round(i * UNIT, columns) for i in (column, column + 1))
    top, bottom = (_round(i * UNIT, rows) for i in (row, row + 1))
    return Region(left, top, right - left, bottom - top)


# Users beside the large one -> (parts the width is cut into, rows of small regions).
_VERTICAL_STEPS = ((4, 5, 4), (6, 7, 6), (8, 9, 8), (16, 10, 8))


def _vertical(large: str | None, users: list[str]) -> tuple[tuple[Region, str | None], ...]:
    """One large region at the left, the others in one or two columns at the right edge.

    No document says who is large when `maxResolutionUid` is not set: the first user (derived).
    """
    if large is None and users:
        large = users[0]
    small = [uid for uid in users if uid != large][:16]
    parts, rows = next((p, r) for capacity, p, r in _VERTICAL_STEPS if len(small) <= capacity)
    width = _round(UNIT * (parts - (2 if parts == 10 else 1)), parts)
    outer = _round(UNIT * (parts - 1), parts)  # two columns fill from the outer edge
    taken: list[tuple[Region, str | None]] = [
        (Region(0, 0, width, UNIT, render_mode=FIT), large if large in users else None)
    ]
    for i, uid in enumerate(small):
        left, right = (outer, UNIT) if i < rows else (width, outer)
        top, bottom = (_round(UNIT * at, rows) for at in (i % rows, i % rows + 1))
        taken.append((Region(left, top, right - left, bottom - top), uid))
    return tuple(taken)


def _custom(regions: tuple[Region, ...], users: list[str]) -> tuple[tuple[Region, str | None], ...]:
    """Regions with a uid wait for that user; the others take the rest in joining order."""
    bound = {region.uid for region in regions if region.uid is not None}
    free = iter([uid for uid in users if uid not in bound])
    return tuple(
        (region, next(free, None))
        if region.uid is None
        else (region, region.uid if region.uid in users else None)
        for region in regions
    )


def _round(numerator: int, denominator: int) -> int:
    """The nearest integer, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


# At most 28 digits: what a Decimal multiplies without rounding.
_DECIMAL = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,24})?([eE][-+]?[0-9]{1,3})?", re.ASCII)


def millionths(value: object) -> int:
    """A number as an exact count of millionths, whatever its size.

    ValueError for anything that is not a plain finite number with at most six decimals. The noise
    of binary arithmetic (0.1 + 0.2) does not count as further decimals.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("not a number")
    text = str(value)
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a plain number")
    exact = Decimal(text) * UNIT
    nearest = exact.to_integral_value()
    noise = Decimal("0.000001") if isinstance(value, float) else Decimal(0)
    if abs(exact - nearest) > noise:
        raise ValueError("more than six decimals")
    return int(nearest)


def parse_fraction(value: object) -> int:
    """A fraction of the canvas, 0…1 with at most six decimals, in millionths. ValueError if not."""
    length = millionths(value)
    if not 0 <= length <= UNIT:
        raise ValueError("not between 0 and 1")
    return length


def layout_from_wire(wire: Mapping[str, object]) -> Layout:
    """Read the layout keys of an updateLayout request or a transcodingConfig.

    Absent keys and nulls take the service's defaults, other keys are left alone. ValueError if a
    value is not of its kind; `rules.check` says what exactly is wrong and where.
    """
    return Layout(
        kind=_one_of(wire.get("mixedVideoLayout"), KINDS, FLOATING),
        regions=tuple(_region(entry) for entry in _entries(wire.get("layoutConfig"))),
        max_resolution_uid=_text(wire.get("maxResolutionUid")) or None,
        background_color=_text(wire.get("backgroundColor")) or DEFAULT_COLOR,
        background_image=_text(wire.get("backgroundImage")),
        default_user_background_image=_text(wire.get("defaultUserBackgroundImage")),
        backgrounds=tuple(_background(entry) for entry in _entries(wire.get("backgroundConfig"))),
    )


def layout_to_wire(layout: Layout) -> dict[str, object]:
    """The whole layout in the service's keys.

    Always whole, since updateLayout resets what is not sent. Keys that would only repeat "none"
    are left out; regions are sent with a custom layout only, as the service asks.
    """
    wire: dict[str, object] = {
        "mixedVideoLayout": layout.kind,
        "backgroundColor": layout.background_color,
    }
    if layout.max_resolution_uid:
        wire["maxResolutionUid"] = layout.max_resolution_uid
    if layout.background_image:
        wire["backgroundImage"] = layout.background_image
    if layout.default_user_background_image:
        wire["defaultUserBackgroundImage"] = layout.default_user_background_image
    if layout.kind == CUSTOM:
        wire["layoutConfig"] = [_region_to_wire(region) for region in layout.regions]
    if layout.backgrounds:
        wire["backgroundConfig"] = [
            {"uid": user.uid, "image_url": user.image_url, "render_mode": user.render_mode}
            for user in layout.backgrounds
        ]
    return wire


def _region_to_wire(region: Region) -> dict[str, object]:
    uid = {} if region.uid is None else {"uid": region.uid}
    return {
        **uid,
        "x_axis": region.x / UNIT,  # the nearest float prints as exactly these six decimals
        "y_axis": region.y / UNIT,
        "width": region.width / UNIT,
        "height": region.height / UNIT,
        "alpha": region.alpha / UNIT,
        "render_mode": region.render_mode,
    }


def _region(entry: Mapping[str, object]) -> Region:
    alpha = entry.get("alpha")
    return Region(
        x=parse_fraction(entry.get("x_axis")),
        y=parse_fraction(entry.get("y_axis")),
        width=parse_fraction(entry.get("width")),
        height=parse_fraction(entry.get("height")),
        uid=_text(entry.get("uid")) or None,
        alpha=UNIT if alpha is None else parse_fraction(alpha),
        render_mode=_one_of(entry.get("render_mode"), RENDER_MODES, CROP),
    )


def _background(entry: Mapping[str, object]) -> UserBackground:
    return UserBackground(
        uid=_text(entry.get("uid")),
        image_url=_text(entry.get("image_url")),
        render_mode=_one_of(entry.get("render_mode"), RENDER_MODES, CROP),
    )


def _entries(value: object) -> list[Mapping[str, object]]:
    entries = [] if value is None else value
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ValueError("not a list of objects")
    return entries


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _one_of(value: object, known: Mapping[int, str], default: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value not in known:
        raise ValueError("not one of the known numbers")
    return value
