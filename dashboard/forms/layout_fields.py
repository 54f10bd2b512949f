"""What the form of numbers shows of a layout, and its lists after one change."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework.exceptions import ParseError

from dashboard.forms.flat import leaves, positions, rearranged
from recorder.api.parsers import read_json
from recorder.contract.layout_documents import KNOWN_KEYS
from recorder.contract.layout_documents import LISTS as NAMES
from recorder.contract.layouts import (
    CUSTOM,
    MAX_REGIONS,
    UNIT,
    Canvas,
    Region,
    layout_to_wire,
    regions_for,
)
from recorder.contract.layouts import Layout as Picture
from recorder.models import LayoutVersion

ROOT = "clientRequest"
KIND = f"{ROOT}.mixedVideoLayout"
REGIONS = f"{ROOT}.layoutConfig"
IMAGES = f"{ROOT}.backgroundConfig"
LISTS = (REGIONS, IMAGES)
BLANK_CANVAS = Canvas(1280, 720)
MORE = "more"  # beside the fields of a place: its keys that nobody here knows, as JSON
# A new region stands in the middle, where it is seen; each further one a step away.
_FIRST, _STEP = 0.3, 0.02
Fields = dict[str, object]  # what a form shows, by field name


def shown(version: LayoutVersion, *, name: str, seen: int) -> Fields:
    """What the form shows of a saved version."""
    return {
        "name": name,
        "width": version.width,
        "height": version.height,
        "seen": seen,
        "named": name,
        "tags": ", ".join(version.layout.tags),
        **dict(leaves({ROOT: layout_to_wire(version.parsed())})),
        **_kept(version.picture),
    }


def _kept(wire: Mapping[str, Any]) -> Fields:
    """Unknown keys as hidden fields, so that saving the numbers does not lose them."""
    kept: Fields = {}
    for place, values in places_in(wire).items():
        known = KNOWN_KEYS[_list_of(place)]
        if more := {key: value for key, value in values.items() if key not in known}:
            kept[f"{place}.{MORE}"] = json.dumps(more, ensure_ascii=False)
    return kept


def blank_picture() -> Picture:
    """A new layout: two side by side."""
    half = UNIT // 2
    return Picture(CUSTOM, (Region(0, 0, half, UNIT), Region(half, 0, half, UNIT)))


def blank() -> Fields:
    """The same as the form shows it."""
    size = {"width": BLANK_CANVAS.width, "height": BLANK_CANVAS.height}
    return {"name": "", "seen": 0, **size, **dict(leaves({ROOT: layout_to_wire(blank_picture())}))}


def edited(posted: QueryDict, edit: str, users: int) -> tuple[Fields, str]:
    """What was typed after one change to a list, and the place that should have the focus.

    `edit` is "add:LIST", "remove:LIST:2", "up:LIST:2", "down:LIST:2" (positions from 0), or
    "convert": a predefined picture of `users` becomes regions. Anything else changes nothing.
    """
    verb, _colon, rest = edit.partition(":")
    path, _colon, text = rest.partition(":")
    if verb == "convert":
        return _converted(posted, users), f"{REGIONS}.0.x_axis"
    if path not in LISTS:
        return {**posted.dict()}, ""
    order = positions(posted, path)
    number = int(text) if text.isascii() and text.isdigit() else -1
    at = order.index(number) if number in order else None
    if verb == "add" and len(order) < MAX_REGIONS:
        return _with_entry(rearranged(posted, path, order), path, len(order))
    if at is None:
        return {**posted.dict()}, ""
    if verb == "remove":
        order.pop(at)
        focus = f"{path}.{min(at, len(order) - 1)}" if order else path
    else:
        to = at + {"up": -1, "down": 1}.get(verb, 0)
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            at = to
        focus = f"{path}.{at}"
    return {**rearranged(posted, path, order).dict()}, focus


def _with_entry(posted: QueryDict, path: str, position: int) -> tuple[Fields, str]:
    at = f"{path}.{position}"
    entry = {"uid": "", "image_url": "", "render_mode": "0"}
    if path == REGIONS:
        start = f"{_FIRST + position % 10 * _STEP:.2f}"
        entry = {"x_axis": start, "y_axis": start, "width": "0.4", "height": "0.4", "alpha": "1"}
        entry |= {"uid": "", "render_mode": "0"}
    first = "x_axis" if path == REGIONS else "uid"
    added = {f"{at}.{name}": value for name, value in entry.items()}
    return {**posted.dict(), **added}, f"{at}.{first}"


def _converted(posted: QueryDict, users: int) -> Fields:
    """The regions of a predefined layout, as they stand for that many users."""
    kind = posted.get(KIND, "")
    picture = Picture(int(kind) if kind in {"0", "1", "2"} else 0)
    placed = regions_for(picture, [str(number) for number in range(1, users + 1)])
    custom = layout_to_wire(Picture(CUSTOM, tuple(region for region, _uid in placed)))
    regions = dict(leaves({ROOT: {"layoutConfig": custom["layoutConfig"]}}))
    return {**rearranged(posted, REGIONS, []).dict(), KIND: str(CUSTOM), **regions}


def places_in(wire: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The picture and each entry of its lists, by the beginning of their fields' names."""
    places = {ROOT: dict(wire)}
    for name in NAMES:
        places |= {f"{ROOT}.{name}.{i}": entry for i, entry in enumerate(wire.get(name) or [])}
    return places


def unknown_in(text: str, place: str) -> dict[str, Any]:
    """The unknown keys that a hidden field holds; none, where it was changed to something else."""
    try:
        values = read_json(text.encode() or b"{}")
    except (ParseError, UnicodeEncodeError):
        return {}
    if not isinstance(values, dict):
        return {}
    known = KNOWN_KEYS[_list_of(place)]
    return {key: value for key, value in values.items() if key not in known}


def _list_of(place: str) -> str:
    """The list that a place is an entry of; "" for the picture itself."""
    return place.removeprefix(ROOT).removeprefix(".").partition(".")[0]
