"""The picture of what arrived: one bar a minute, drawn by the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WIDTH, HEIGHT, GAP = 600, 48, 2  # of the SVG's box
LEAST = 3  # height of a minute with a single notice beside busy ones


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrivals:
    """`minutes` are those in which something came, the newest first: the picture as a table."""

    bars: tuple[Bar, ...]
    most: int
    total: int
    minutes: tuple[tuple[datetime, int], ...]
    words: str


def arrivals(counts: Sequence[tuple[datetime, int]]) -> Arrivals:
    most = max((number for _minute, number in counts), default=0)
    total = sum(number for _minute, number in counts)
    step = WIDTH / max(len(counts), 1)
    bars = tuple(
        Bar(
            x=round(place * step, 2),
            y=round(HEIGHT - _height(number, most), 2),
            width=round(step - GAP, 2),
            height=_height(number, most),
        )
        for place, (_minute, number) in enumerate(counts)
        if number
    )
    words = (
        _("No callback in %(minutes)s minutes")
        if not total
        else ngettext(
            "%(total)s callback in %(minutes)s minutes, at most %(most)s in one",
            "%(total)s callbacks in %(minutes)s minutes, at most %(most)s in one",
            total,
        )
    )
    words %= {"total": total, "minutes": len(counts), "most": most}
    some = tuple((minute, number) for minute, number in reversed(counts) if number)
    return Arrivals(bars, most, total, some, words)


def _height(number: int, most: int) -> float:
    return round(max(number / most * HEIGHT, LEAST), 2)
