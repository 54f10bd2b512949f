"""Form fields for the kinds of values a request has, made from what the contract says of them.

They read what a person typed exactly: Django's own number fields take "٣", "1_000" and "+5", and a
browser's number input hands over nothing at all where it does not understand.
"""

import re
import types
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from recorder.contract.layouts import UNIT, parse_fraction
from recorder.contract.parameters import Field, body_model, fields_of
from recorder.contract.parameters.walk import models_in
from recorder.contract.states import Mode, Operation

_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_COMMA = re.compile(r"[0-9]*,[0-9]+", re.ASCII)
_BETWEEN = re.compile(r"[\s,;]+")


class SecretInput(forms.PasswordInput):
    """Dots instead of letters, and never a value in the page.

    No type="password": browsers would offer to make one up, to fill in the person's own, and to
    keep this one.
    """

    input_type = "text"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "masked", "autocomplete": "off", "spellcheck": "false"})


class WholeNumber(forms.Field):
    """Digits, perhaps with a minus. What range they have to lie in, the contract's model says."""

    def to_python(self, value: object) -> int | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(text)


class Fraction(forms.Field):
    """A number from 0 to 1 with at most six decimals; as a float that prints as exactly these."""

    def to_python(self, value: object) -> float | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        if _COMMA.fullmatch(text):
            raise ValidationError(_("Write the fraction with a point, as in 0.5."), code="comma")
        try:
            return parse_fraction(f"0{text}" if text.startswith(".") else text) / UNIT
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return value


class TextList(forms.Field):
    """Several texts, separated by commas, spaces or lines."""

    def to_python(self, value: object) -> list[str]:
        if isinstance(value, list):
            return value
        return [part for part in _BETWEEN.split(str(value or "")) if part]

    def prepare_value(self, value: object) -> object:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: object, data: object) -> bool:
        return self.to_python(initial) != self.to_python(data)


def form_field(place: Field, *, required: bool) -> forms.Field | None:
    """The form field for a place of a request; None where it holds no single value."""
    kind, many = kind_of(place.model.model_fields[place.attribute].annotation)
    made = _made(place, kind, many, required)
    if made is None:
        return None
    said = place.about
    made.label = _(said.label) if said.label else said.name
    made.help_text = _(said.help) if said.help else ""
    made.initial = said.initial if place.default is None else place.default
    sentence = _(said.sentence)
    made.error_messages |= {"required": sentence, "invalid": sentence, "invalid_choice": sentence}
    made.error_messages["invalid_list"] = sentence
    made.unit = said.unit  # type: ignore[attr-defined]  # for components/field.html
    return made


def kind_of(annotation: Any) -> tuple[Any, bool]:
    """The plain type below Annotated and "| None", and whether there is a list of them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return kind_of(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        return kind_of(next(part for part in get_args(annotation) if part is not type(None)))
    if origin is list:
        return kind_of(get_args(annotation)[0])[0], True
    return annotation, False


def _made(place: Field, kind: Any, many: bool, required: bool) -> forms.Field | None:
    said = place.about
    choices = [(value, _(text) if text else str(value)) for value, text in said.choices]
    if choices and many:
        return forms.MultipleChoiceField(
            choices=choices, required=required, widget=forms.CheckboxSelectMultiple
        )
    if choices:
        blank: Sequence[tuple[Any, str]] = [("", "–")] if place.default is None else []
        return forms.TypedChoiceField(
            choices=[*blank, *choices], coerce=kind, empty_value=None, required=required
        )
    if kind is bool:
        return forms.BooleanField(required=False)
    if kind is str and many:
        return TextList(required=required, widget=_text())
    if kind is str and said.secret:
        return forms.CharField(required=required, strip=False, widget=SecretInput())
    if kind is str:
        # Spaces at the ends of a channel's name count.
        return forms.CharField(
            required=required, strip=place.pattern != "cname", widget=_text(), empty_value=None
        )
    if kind is int:
        return WholeNumber(required=required, widget=_text(inputmode="numeric"))
    if kind is float:
        return Fraction(required=required, widget=_text(inputmode="decimal"))
    return None


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})


@cache
def places_of(operation: Operation, mode: Mode) -> tuple[tuple[Field, bool], ...]:
    """Every place of a request under its first name, and whether a form must ask for it.

    What is required in an object that may be left out is not: the rules say when it is.
    """
    needed: dict[str, bool] = {"": True}
    found = []
    for place in fields_of(body_model(operation, mode)):
        outer, _dot, name = place.pattern.rpartition(".")
        if name != place.about.name:
            continue
        inside_needed = outer.endswith("[]") or needed.get(outer, False)
        needed[place.pattern] = place.required and inside_needed
        found.append((place, needed[place.pattern]))
    return tuple(found)


def is_open(place: Field) -> bool:
    """A list of alternatives, whose fields depend on a choice."""
    return len(models_in(place.model.model_fields[place.attribute].annotation)[0]) > 1
