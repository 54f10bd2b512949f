"""The geometry of server-drawn SVG: layout thumbnails and slice strips. Templates draw."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recorder.contract import layouts

# Grounds for participants: told apart by number too, calm beside each other, 4.5:1 under white.
GROUNDS = ("#35544b", "#44516b", "#5b4a66", "#665038", "#3b5c6e", "#624447", "#4c5a3a", "#4f4f5c")


@dataclass(frozen=True, slots=True)
class Tile:
    """One region, in the canvas's pixels. `occupied` False: it waits for somebody."""

    x: int
    y: int
    width: int
    height: int
    opacity: float
    ground: str
    label: str
    occupied: bool
    text_size: int

    @property
    def baseline(self) -> int:
        return round(self.text_size * 1.5)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    width: int
    height: int
    ground: str
    tiles: tuple[Tile, ...]


def thumbnail(
    layout: layouts.Layout, canvas: layouts.Canvas, users: Sequence[str] | None = None
) -> Thumbnail:
    """A layout with `users` (uids in joining order) in it; None: one stand-in for each region."""
    stand_in = users is None
    people = stand_ins(layout) if users is None else users
    text_size = canvas.height // 14  # pictures of all shapes are shown at one height
    tiles = tuple(
        Tile(
            x=box.x,
            y=box.y,
            width=box.width,
            height=box.height,
            opacity=round(box.alpha / layouts.UNIT, 3),
            ground=GROUNDS[box.index % len(GROUNDS)],
            label=str(box.index + 1) if stand_in or box.uid is None else box.uid,
            occupied=box.uid is not None,
            text_size=max(8, min(text_size, box.height // 3, box.width // 3)),
        )
        for box in layouts.boxes(layout, people, canvas)
    )
    return Thumbnail(canvas.width, canvas.height, layout.background_color, tiles)


def stand_ins(layout: layouts.Layout) -> tuple[str, ...]:
    """Uids that fill every region: its own where it names one, made-up ones for the rest."""
    if layout.kind != layouts.CUSTOM:
        return tuple(str(number) for number in range(1, 5))
    taken = {region.uid for region in layout.regions if region.uid}
    spare = (str(n) for n in range(1, 100) if str(n) not in taken)
    return tuple(region.uid or next(spare) for region in layout.regions)


def describe(layout: layouts.Layout, canvas: layouts.Canvas, drawn: Thumbnail) -> str:
    """The thumbnail in words."""
    count = len(drawn.tiles)
    return ngettext(
        "%(kind)s layout, %(count)s region on %(width)s by %(height)s pixels",
        "%(kind)s layout, %(count)s regions on %(width)s by %(height)s pixels",
        count,
    ) % {
        "kind": _(layouts.KINDS[layout.kind]),
        "count": count,
        "width": canvas.width,
        "height": canvas.height,
    }


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice, in seconds from the axis's start. `state` is a key of SLICE_HEIGHTS."""

    start: float
    length: float
    state: str


# Kinds differ in height as well as in colour; a missing slice stands out of the row.
SLICE_HEIGHTS = {"playable": 14, "present": 11, "announced": 8, "predicted": 4, "missing": 20}
STRIP_WIDTH, STRIP_HEIGHT = 1000, 20
SEAMED = 8  # of the strip's width: narrower bars would be hidden by the seams between them


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: int
    width: float
    height: int
    state: str


def slice_bars(slices: Sequence[Slice], span: float) -> list[Bar]:
    """Bars in a 1000 × 20 box for `span` seconds. What lies outside the span is cut off."""
    bars = []
    for each in slices:
        left, right = max(0.0, each.start), min(span, each.start + each.length)
        if span <= 0 or right <= left:
            continue
        height = SLICE_HEIGHTS[each.state]
        x = round(left / span * STRIP_WIDTH, 2)
        width = round((right - left) / span * STRIP_WIDTH, 2)
        bars.append(Bar(x, STRIP_HEIGHT - height, width, height, each.state))
    return bars


def slice_paths(slices: Sequence[Slice], span: float) -> dict[str, str]:
    """The same bars as one SVG path for each state: a board draws thousands of them."""
    paths: dict[str, str] = {}
    for bar in slice_bars(slices, span):
        box = f"M{bar.x:g} {bar.y}h{bar.width:g}v{bar.height}h-{bar.width:g}z"
        paths[bar.state] = paths.get(bar.state, "") + box
    return paths


def is_crowded(slices: Sequence[Slice], span: float) -> bool:
    """Whether the bars are too narrow for seams, as slices of 15 s on a strip of an hour are."""
    length = sum(each.length for each in slices)
    return span > 0 and length / span * STRIP_WIDTH < SEAMED * len(slices)


def slice_words(slices: Sequence[Slice]) -> str:
    """ "12 slices: 11 playable, 1 missing" """
    names = {
        "playable": _("%(count)s playable"),
        "present": _("%(count)s present"),
        "announced": _("%(count)s announced"),
        "predicted": _("%(count)s expected"),
        "missing": _("%(count)s missing"),
    }
    counts = Counter(each.state for each in slices)
    parts = [names[state] % {"count": counts[state]} for state in names if counts[state]]
    total = ngettext("%(count)s slice", "%(count)s slices", len(slices)) % {"count": len(slices)}
    return f"{total}: {', '.join(parts)}" if parts else total
