"""A layout as JSON: the service's own object, whole, with keys that nobody here knows kept.

Two spellings of the same thing: the service's (`mixedVideoLayout`, what updateLayout takes) and
that of our REST API (`mixed_video_layout`, beside `width` and `height`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from recorder.contract.layout_checks import layout_problems
from recorder.contract.layouts import CUSTOM, Canvas, Layout, layout_from_wire, layout_to_wire
from recorder.contract.parameters.layout import LayoutFields
from recorder.contract.parameters.walk import unknown_paths
from recorder.contract.problems import Problem
from recorder.contract.rules import check
from recorder.contract.states import Mode, Operation
from recorder.contract.words import _

Wire = Mapping[str, object]

# Our name of a field -> the service's, and what it is when nobody says so.
WIRE: Mapping[str, tuple[str, Any]] = {
    "mixed_video_layout": ("mixedVideoLayout", 0),
    "background_color": ("backgroundColor", "#000000"),
    "background_image": ("backgroundImage", ""),
    "default_user_background_image": ("defaultUserBackgroundImage", ""),
    "max_resolution_uid": ("maxResolutionUid", ""),
    "layout_config": ("layoutConfig", []),
    "background_config": ("backgroundConfig", []),
}
OURS: Mapping[str, str] = {wire: ours for ours, (wire, _default) in WIRE.items()}
LISTS = ("layoutConfig", "backgroundConfig")
# What stands around a picture in a document of ours; never part of the picture.
ENVELOPE = frozenset({"id", "name", "tags", "version", "created_at", "changed_at"})
SIZE = ("width", "height")
# By list, and "" for the picture itself.
KNOWN_KEYS: Mapping[str, frozenset[str]] = {
    "": frozenset(OURS),
    "layoutConfig": frozenset(
        {"uid", "x_axis", "y_axis", "width", "height", "alpha", "render_mode"}
    ),
    "backgroundConfig": frozenset({"uid", "image_url", "render_mode"}),
}


def whole_wire(layout: Layout | Wire) -> dict[str, object]:
    """The layout with every key, numbers exact to the millionth, unknown keys as they came.

    ValueError if a value is not of its kind (`layouts.layout_from_wire`).
    """
    if isinstance(layout, Layout):
        return layout_to_wire(layout)
    whole = layout_to_wire(layout_from_wire(layout))
    for name in LISTS:
        if name in whole:
            whole[name] = [
                {**read, **_unknown(entry, name)}
                for entry, read in zip(_list(layout[name]), _list(whole[name]), strict=True)
            ]
    return {**whole, **_unknown(layout)}


def document_of(wire: Wire, canvas: Canvas) -> dict[str, object]:
    """The same under our own names, with everything that is left out on the wire."""
    known = {ours: wire.get(theirs, default) for ours, (theirs, default) in WIRE.items()}
    size = {"width": canvas.width, "height": canvas.height}
    return {**size, **known, **_unknown(wire)}


def wire_of(document: Wire) -> dict[str, object]:
    """A document's picture under the service's names; either spelling is read, "" is absent."""
    named = {
        WIRE[key][0] if key in WIRE else key: value
        for key, value in document.items()
        if key not in ENVELOPE and key not in SIZE
    }
    empty: tuple[object, ...] = ("", [], None)
    kept = {key: value for key, value in named.items() if key not in OURS or value not in empty}
    if kept.get("mixedVideoLayout") == CUSTOM:
        kept.setdefault("layoutConfig", [])
    else:
        kept.pop("layoutConfig", None)  # regions wait for a custom layout; nothing else has any
    return kept


def unknown_keys(wire: Wire) -> Iterator[str]:
    """The places of keys that no document of the service names: "layoutConfig.2.zIndex"."""
    return unknown_paths(LayoutFields, wire)


def problems_of(wire: Wire, canvas: Canvas | None = None) -> tuple[Problem, ...]:
    """What the service would refuse, then what makes a bad picture; exact to the millionth.

    Paths are those of clientRequest. Of two errors at one place the first is kept.
    """
    body = {"cname": "layout", "uid": "1", "clientRequest": wire}
    found = [
        replace(problem, path=problem.path.removeprefix("clientRequest").removeprefix("."))
        for problem in check(Operation.UPDATE_LAYOUT, Mode.MIX, body)
    ]
    try:
        picture = layout_from_wire(wire)
    except ValueError:  # what is wrong is found already; more decimals than six is a rule too
        picture = Layout(0)
    named = {problem.path for problem in found}
    found += [
        problem
        for problem in layout_problems(picture, canvas)
        if problem.path not in named or problem.severity != "error"
    ]
    return tuple(found)


def size_of(document: Wire) -> tuple[Canvas | None, tuple[Problem, ...]]:
    """The canvas of a document, or what is wrong with its two numbers."""
    width, height = document.get("width"), document.get("height")
    if type(width) is int and type(height) is int:
        return Canvas(width, height), ()
    sentence = _("Each side of the picture has 1 to 1920 pixels.")
    wrong = [name for name in SIZE if type(document.get(name)) is not int]
    return None, tuple(Problem("layout.canvas", name, sentence) for name in wrong)


def _unknown(entry: Wire, within: str = "") -> dict[str, object]:
    return {key: value for key, value in entry.items() if key not in KNOWN_KEYS[within]}


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else []
