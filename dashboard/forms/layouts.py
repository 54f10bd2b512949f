"""A layout as a form of numbers: the fields of updateLayout, a name, and the canvas."""

from collections.abc import Mapping
from dataclasses import replace
from math import gcd
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.forms.contract import ContractForm
from dashboard.forms.flat import Body, leaves, positions, rearranged
from dashboard.forms.places import WholeNumber
from recorder.contract.layout_checks import layout_problems
from recorder.contract.layouts import (
    CUSTOM,
    DEFAULT_COLOR,
    MAX_REGIONS,
    UNIT,
    VERTICAL,
    Canvas,
    Region,
    layout_from_wire,
    layout_to_wire,
    regions_for,
)
from recorder.contract.layouts import Layout as Picture
from recorder.contract.parameters import Field
from recorder.contract.problems import Problem, errors
from recorder.contract.rules import check
from recorder.contract.states import Mode, Operation
from recorder.models import Layout, LayoutVersion

ROOT = "clientRequest"
KIND = f"{ROOT}.mixedVideoLayout"
LARGE = f"{ROOT}.maxResolutionUid"
COLOR = f"{ROOT}.backgroundColor"
REGIONS = f"{ROOT}.layoutConfig"
IMAGES = f"{ROOT}.backgroundConfig"
LISTS = (REGIONS, IMAGES)
# A new region stands in the middle, where it is seen; each further one a step away.
_FIRST, _STEP = 0.3, 0.02
_NOWHERE = Region(0, 0, 0, 0)
Fields = dict[str, object]  # what a form shows, by field name
RENAMED = gettext_lazy(
    "Somebody else named this layout “%(name)s” while you were editing. Save again to name it so."
)
NAME_TAKEN = gettext_lazy("There is a layout of this name, perhaps an archived one.")
_SIDE = gettext_lazy("Each side of the picture has 1 to 1920 pixels.")


class Seen(forms.Field):
    """The version an editor started from; 0, which nobody has seen, for anything else."""

    widget = forms.HiddenInput

    def clean(self, value: object) -> int:
        text = str(value or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class LayoutForm(ContractForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    width = WholeNumber(
        label=gettext_lazy("Width"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _SIDE, "invalid": _SIDE},
    )
    height = WholeNumber(
        label=gettext_lazy("Height"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _SIDE, "invalid": _SIDE},
    )
    seen = Seen()
    named = forms.CharField(required=False, widget=forms.HiddenInput)  # the name it began with

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        layout: Layout | None = None,
        initial: Mapping[str, object] | None = None,
    ):
        self.layout = layout
        super().__init__(data, operation=Operation.UPDATE_LAYOUT, mode=Mode.MIX, initial=initial)
        for path in (COLOR, LARGE):
            self.fields[path].widget.attrs["class"] = "mono"

    def takes(self, place: Field) -> bool:
        return place.pattern not in {"cname", "uid"}

    def row_label(self, place: Field, number: int) -> str:
        if place.about.name == "layoutConfig":
            return _("Region %(number)s") % {"number": number}
        return _("User image %(number)s") % {"number": number}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        began = self.data.get("named", "")
        if self.layout and began and self.layout.name not in (began, name):
            # Somebody else renamed it meanwhile: that stays, unless this form renames it too.
            if name == began:
                return self.layout.name
            theirs = {"name": self.layout.name}
            raise forms.ValidationError(RENAMED % theirs, code="renamed")
        named = Layout.objects.filter(name=name)
        if (named.exclude(pk=self.layout.pk) if self.layout else named).exists():
            raise forms.ValidationError(NAME_TAKEN, code="unique")
        return name

    def clean(self) -> dict[str, Any]:
        """Fields that the chosen kind does not have are neither judged nor sent."""
        for name in [name for name in self.errors if self._is_unused(name)]:
            del self.errors[name]
        return super().clean()

    def _is_unused(self, name: str) -> bool:
        regions = name.startswith(f"{REGIONS}.") and self.kind != CUSTOM
        return regions or (name == LARGE and self.kind != VERTICAL)

    def complete(self, body: Body) -> Body:
        wire = dict(body.get(ROOT, {}))
        if self.kind != CUSTOM:
            wire.pop("layoutConfig", None)
        if self.kind != VERTICAL:
            wire.pop("maxResolutionUid", None)
        return {"cname": "layout", "uid": "1", ROOT: wire}

    def problems_of(self, body: Body) -> list[Problem]:
        """What the service would refuse, then what makes a bad picture."""
        found = list(errors(check(self.operation, self.mode, body)))
        try:
            picture = layout_from_wire(body[ROOT])
        except ValueError:  # a region is not a region yet; its own field says so
            picture = Picture(0)
        named = {problem.path for problem in found}
        found += [
            placed
            for problem in layout_problems(picture, self.canvas)
            if (placed := _placed(problem)).path not in named or problem.severity != "error"
        ]
        return found

    @property
    def kind(self) -> int:
        """The chosen kind of layout, also before anything is judged."""
        if self.is_bound and hasattr(self, "cleaned_data"):
            return self.cleaned_data.get(KIND) or 0
        text = str(self[KIND].value() or 0)
        return int(text) if text in {"0", "1", "2", "3"} else 0

    @property
    def next_version(self) -> int:
        return self.layout.version + 1 if self.layout else 1

    @property
    def has_images(self) -> bool:
        """Whether any image is named, rightly or not."""
        names = (f"{ROOT}.backgroundImage", f"{ROOT}.defaultUserBackgroundImage")
        return bool(self.lengths[IMAGES]) or any(self[name].value() for name in names)

    @property
    def canvas(self) -> Canvas | None:
        """The output picture; None while its numbers are none."""
        width, height = self.cleaned_data.get("width"), self.cleaned_data.get("height")
        return Canvas(width, height) if width is not None and height is not None else None

    @property
    def picture(self) -> Picture:
        """The layout of a valid form."""
        return layout_from_wire(self.body[ROOT])

    def drawable(self) -> tuple[Picture, list[int]]:
        """As much of the picture as can be drawn, and the numbers of regions that cannot.

        A region left out keeps its place, so that the others keep their numbers.
        """
        wire = self.body.get(ROOT, {})
        rows = [_region(entry) for entry in wire.get("layoutConfig", [])]
        color = wire.get("backgroundColor", "") if COLOR not in self.errors else ""
        picture = Picture(
            self.kind,
            tuple(row or _NOWHERE for row in rows[:MAX_REGIONS]),
            max_resolution_uid=wire.get("maxResolutionUid") if LARGE not in self.errors else None,
            background_color=color or DEFAULT_COLOR,
        )
        return picture, [number for number, row in enumerate(rows, 1) if row is None]


def _placed(problem: Problem) -> Problem:
    """Canvas problems are about our own fields, the others about updateLayout's."""
    if problem.path in {"width", "height"}:
        return problem
    return replace(problem, path=f"{ROOT}.{problem.path}")


def _region(entry: Mapping[str, object]) -> Region | None:
    try:
        picture = layout_from_wire({"mixedVideoLayout": CUSTOM, "layoutConfig": [entry]})
    except ValueError:
        return None
    return picture.regions[0]


def shown(version: LayoutVersion, *, name: str, seen: int) -> Fields:
    """What the form shows of a saved version."""
    return {
        "name": name,
        "width": version.width,
        "height": version.height,
        "seen": seen,
        "named": name,
        **dict(leaves({ROOT: version.picture})),
    }


def blank() -> Fields:
    """A new layout: two side by side."""
    half = UNIT // 2
    regions = (Region(0, 0, half, UNIT), Region(half, 0, half, UNIT))
    wire = layout_to_wire(Picture(CUSTOM, regions))
    return {"name": "", "width": 1280, "height": 720, "seen": 0, **dict(leaves({ROOT: wire}))}


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


def ratio(canvas: Canvas) -> str:
    """ "16:9", where the sides have so simple a ratio; else their pixels."""
    common = gcd(canvas.width, canvas.height)
    across, down = canvas.width // common, canvas.height // common
    if max(across, down) <= 21:
        return f"{across}:{down}"
    return f"{canvas.width} × {canvas.height}"
