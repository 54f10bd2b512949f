"""The unsaved numbers of a layout as a picture, a table and a list of what is wrong with them."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from dashboard.forms.layouts import LayoutForm, ratio
from recorder.contract.layouts import CUSTOM, MAX_REGIONS, Canvas, boxes
from recorder.contract.layouts import Layout as Picture

USERS = 4  # in a predefined layout, unless somebody says otherwise
_WIDE = Canvas(1280, 720)  # to draw on while the canvas has no numbers


def preview(form: LayoutForm, users: int) -> dict[str, Any]:
    """For layouts/_preview.html. Draws what can be drawn of a form that is not right yet."""
    form = judged(form)
    picture, undrawn = form.drawable()
    canvas = _WIDE if {"width", "height"} & set(form.errors) else form.canvas or _WIDE
    people = None if picture.kind == CUSTOM else people_in(picture, users)
    name = f"#{form.id_of('name')}"  # not a matter of the picture
    lines = [line for line in form.listed() if line["href"] != name]
    return {
        "picture": picture,
        "canvas": canvas,
        "ratio": ratio(canvas),
        "people": people,
        "users": users,
        "undrawn": undrawn,
        "table": _table(picture, canvas, people),
        "found": [line for line in lines if line["severity"] != "info"],
        "notes": [line for line in lines if line["severity"] == "info"],
    }


def judged(form: LayoutForm) -> LayoutForm:
    """The same values as if they had been posted: a form that only shows them judges nothing."""
    if not form.is_bound:
        values = QueryDict(mutable=True)
        for name in form.fields:
            value = form[name].value()
            values[name] = "" if value is None else str(value)
        form = LayoutForm(values, layout=form.layout)
    form.is_valid()
    return form


def people_in(picture: Picture, users: int) -> list[str]:
    """So many made-up users; one of them is whom the large window waits for."""
    large = picture.max_resolution_uid
    names = [str(number) for number in range(1, users + 1)]
    return [large, *names[: users - 1]] if large and large not in names else names


def users_in(text: str) -> int:
    """How many users to show, from a field that may hold anything."""
    plain = text.isascii() and text.isdigit() and len(text) < 4
    return min(max(int(text), 1), MAX_REGIONS) if plain else USERS


def _table(picture: Picture, canvas: Canvas, people: list[str] | None) -> list[dict[str, Any]]:
    """Where each region lies, in pixels, and who is in it."""
    own = [region.uid for region in picture.regions]
    return [
        {
            "number": box.index + 1,
            "user": (box.uid if people else own[box.index]) or _("in joining order"),
            "box": box,
        }
        for box in boxes(picture, people or [], canvas)
    ]
