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
from dashboard.forms.flat import Body
from dashboard.forms.layout_fields import (
    IMAGES,
    KIND,
    MORE,
    REGIONS,
    ROOT,
    places_in,
    unknown_in,
)
from dashboard.forms.places import WholeNumber
from dashboard.layout_saving import NAME_LENGTH, WrongName, clean_tags, settled_name
from recorder.contract.layout_documents import problems_of, whole_wire
from recorder.contract.layouts import (
    CUSTOM,
    DEFAULT_COLOR,
    MAX_REGIONS,
    VERTICAL,
    Canvas,
    Region,
    layout_from_wire,
)
from recorder.contract.layouts import Layout as Picture
from recorder.contract.parameters import Field
from recorder.contract.problems import Problem
from recorder.contract.states import Mode, Operation
from recorder.models import Layout

LARGE = f"{ROOT}.maxResolutionUid"
COLOR = f"{ROOT}.backgroundColor"
_NOWHERE = Region(0, 0, 0, 0)
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
        max_length=NAME_LENGTH,
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
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Words to find it by, with commas between."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
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
        try:
            return settled_name(self.layout, name, self.data.get("named", ""))
        except WrongName as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean_tags(self) -> list[str]:
        try:
            return clean_tags(self.cleaned_data["tags"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

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
        return [_placed(problem) for problem in problems_of(body[ROOT], self.canvas)]

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
    def wire(self) -> dict[str, Any]:
        """The picture of a valid form, with the unknown keys it came with."""
        picture = whole_wire(self.body[ROOT])
        places = places_in(picture)
        more = {place: unknown_in(self.data.get(f"{place}.{MORE}", ""), place) for place in places}
        for place, values in places.items():
            values.update(more[place])
        return {**picture, **more[ROOT]}

    def kept(self) -> list[tuple[str, str]]:
        """The hidden fields of unknown keys, name and value."""
        given = self.data if self.is_bound else self.initial
        return [(name, str(given[name])) for name in given if name.endswith(f".{MORE}")]

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


def ratio(canvas: Canvas) -> str:
    """ "16:9", where the sides have so simple a ratio; else their pixels."""
    common = gcd(canvas.width, canvas.height)
    across, down = canvas.width // common, canvas.height // common
    if max(across, down) <= 21:
        return f"{across}:{down}"
    return f"{canvas.width} × {canvas.height}"
