"""Layouts in files: our own, and whatever else has a layout in it.

Read are: a file of ours with one layout or several, a start body, an updateLayout body, what our
REST API gives, and a bare list of regions. Of a start body only its picture is looked at.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recorder.contract.layout_documents import (
    OURS,
    SIZE,
    Wire,
    problems_of,
    size_of,
    unknown_keys,
    whole_wire,
    wire_of,
)
from recorder.contract.layouts import CUSTOM, UNIT, Canvas, millionths
from recorder.contract.paths import join
from recorder.contract.problems import Problem, errors
from recorder.contract.words import _

ONE, SEVERAL, VERSION = "reelroom-layout", "reelroom-layouts", 1
ASSUMED = Canvas(1280, 720)  # for what names no size
MOST = 200  # layouts in one file
# Beside the picture in a transcodingConfig; a layout has none of these.
_NOT_PICTURE = frozenset({*SIZE, "fps", "bitrate"})
_LEFT_OUT = (
    Problem(
        "layout.regions_left_out",
        "layoutConfig",
        _("Only a custom layout has regions; those of this one are left out."),
        "warning",
    ),
)
_START = ("clientRequest", "recordingConfig", "transcodingConfig")


class NoLayout(ValueError):
    """Nothing in it can be read as a layout. `path`: the place that is wrong; "" for all of it."""

    def __init__(self, sentence: str, path: str = ""):
        super().__init__(sentence)
        self.path = path


@dataclass(frozen=True, slots=True)
class Found:
    """One layout of a file. Paths are those of updateLayout's clientRequest.

    `source`: own, start, update, array, api. `rounded`: places whose number had more than six
    decimals, with what it was and is. With an error among the `problems` it cannot be saved.
    """

    name: str
    tags: tuple[str, ...]
    canvas: Canvas
    sized: bool
    wire: Mapping[str, object]
    source: str
    unknown: tuple[str, ...]
    rounded: tuple[tuple[str, str, str], ...]
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        return not errors(self.problems)


def read_layouts(value: object) -> tuple[Found, ...]:
    """Every layout in a decoded JSON value, in order. Raises NoLayout."""
    found = tuple(_read(value, ""))
    if not found:
        raise NoLayout(_("There is no layout in it."))
    if len(found) > MOST:
        raise NoLayout(_("These are more than 200 layouts; split the file."))
    return found


def _read(value: object, path: str) -> Iterator[Found]:
    if isinstance(value, list):
        yield from _of_list(value, path)
        return
    if not isinstance(value, Mapping):
        raise NoLayout(_("This is no layout: an object or a list is needed."), path)
    if (kind := value.get("format")) is not None:
        _need_known(value, kind, path)
    for several in ("layouts", "results"):
        if isinstance(value.get(several), list):
            for at, each in enumerate(value[several]):
                yield from _read(each, join(path, several, at))
            return
    yield _of_object(value, path)


def _need_known(value: Wire, kind: object, path: str) -> None:
    if kind not in {ONE, SEVERAL}:
        raise NoLayout(_("This is a file of another program."), join(path, "format"))
    if value.get("version") != VERSION:
        raise NoLayout(_("This file is of a newer version."), join(path, "version"))


def _of_list(value: list[Any], path: str) -> Iterator[Found]:
    """The regions of one layout, or several layouts."""
    if value and all(isinstance(each, Mapping) and "x_axis" in each for each in value):
        yield _found({"mixedVideoLayout": CUSTOM, "layoutConfig": value}, {}, "array")
        return
    for at, each in enumerate(value):
        yield from _read(each, join(path, at))


def _of_object(value: Wire, path: str) -> Found:
    layout = value.get("layout")
    if isinstance(layout, Mapping):
        return _found(layout, value, "own")
    if {"mixed_video_layout", "layout_config"} & set(value):
        return _found(value, value, "api")
    for parts in range(len(_START)):  # the whole body, or what is inside of it
        config = _at(value, _START[parts:])
        if isinstance(config, Mapping):
            return _found(_picture_of(config), config, "start")
    request = value.get("clientRequest", value)
    if isinstance(request, Mapping) and set(OURS) & set(request):
        return _found(_picture_of(request), request, "update")
    raise NoLayout(_("There is no layout in it."), path)


def _at(value: object, path: Sequence[str]) -> object:
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _picture_of(config: Wire) -> dict[str, object]:
    return {key: value for key, value in config.items() if key not in _NOT_PICTURE}


def _found(wire: Wire, around: Wire, source: str) -> Found:
    """`around` names the size, and in files of ours name and tags."""
    named = source in {"own", "api"}
    name, tags = (around.get("name"), around.get("tags")) if named else ("", [])
    canvas, wrong = size_of(around)
    sized = canvas is not None or any(side in around for side in SIZE)
    regions = wire.get("layoutConfig") or wire.get("layout_config")
    kinds = {"mixedVideoLayout", "mixed_video_layout"}
    if regions and not any(wire.get(name) is not None for name in kinds):
        wire = {**wire, "mixedVideoLayout": CUSTOM}  # whoever lists regions means them
    picture = wire_of(wire)
    rounded = tuple(_round(picture))
    left_out = _LEFT_OUT if regions and "layoutConfig" not in picture else ()
    problems = (
        *(wrong if sized else ()),
        *left_out,
        *problems_of(picture, canvas or ASSUMED),
    )
    return Found(
        name=name.strip() if isinstance(name, str) else "",
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        canvas=canvas or ASSUMED,
        sized=sized,
        wire=picture if errors(problems) else whole_wire(picture),
        source=source,
        unknown=tuple(unknown_keys(picture)),
        rounded=rounded,
        problems=problems,
    )


def _round(picture: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Round lengths of more than six decimals in place. Edges are rounded, so that regions that
    met go on meeting.
    """
    regions = picture.get("layoutConfig")
    if not isinstance(regions, list):
        return
    picture["layoutConfig"] = regions = [
        dict(each) if isinstance(each, Mapping) else each for each in regions
    ]
    for at, region in enumerate(regions):
        if not isinstance(region, dict):
            continue
        for start, size in (("x_axis", "width"), ("y_axis", "height"), ("", "alpha")):
            before = {name: region[name] for name in (start, size) if _is_long(region.get(name))}
            begin = _exact(region.get(start)) or Decimal(0)
            end = begin + (_exact(region.get(size)) or Decimal(0))
            for name in before:
                to = _nearest(begin) if name == start else _nearest(end) - _nearest(begin)
                region[name] = to / UNIT
                yield f"layoutConfig.{at}.{name}", str(before[name]), number(to / UNIT)


def _is_long(value: object) -> bool:
    """A plain number with more than six decimals."""
    if _exact(value) is None:
        return False
    try:
        millionths(value)
    except ValueError:
        return True
    return False


def _exact(value: object) -> Decimal | None:
    """A number near the canvas, exactly; None for everything that the checks must refuse."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value)) if math.isfinite(value) and abs(value) < 1000 else None


def _nearest(exact: Decimal) -> int:
    return math.floor(exact * UNIT + Decimal("0.5"))


def own_file(layouts: Iterable[tuple[str, Iterable[str], Canvas, Wire]]) -> str:
    """The text of a file of ours: name, tags, size and picture of one layout or several."""
    parts: list[dict[str, object]] = [
        {
            "name": name,
            "tags": list(tags),
            "width": canvas.width,
            "height": canvas.height,
            "layout": whole_wire(wire),
        }
        for name, tags, canvas, wire in layouts
    ]
    if len(parts) == 1:
        return plain_json({"format": ONE, "version": VERSION, **parts[0]}) + "\n"
    return plain_json({"format": SEVERAL, "version": VERSION, "layouts": parts}) + "\n"


def only_layouts(found: Iterable[Found]) -> str:
    """What was found, sound or not, as a file of ours: nothing else of the body it came in."""
    parts = [
        {
            "name": each.name,
            "tags": list(each.tags),
            **({"width": each.canvas.width, "height": each.canvas.height} if each.sized else {}),
            "layout": each.wire,
        }
        for each in found
    ]
    return plain_json({"format": SEVERAL, "version": VERSION, "layouts": parts})


def plain_json(value: object, indent: str = "\n") -> str:
    """JSON for people: two spaces, and a millionth as 0.000001, not 1e-06."""
    inner = indent + "  "
    if isinstance(value, Mapping) and value:
        pairs = (f"{json.dumps(str(k))}: {plain_json(v, inner)}" for k, v in value.items())
        return "{" + inner + f",{inner}".join(pairs) + indent + "}"
    if isinstance(value, list) and value:
        return "[" + inner + f",{inner}".join(plain_json(v, inner) for v in value) + indent + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
