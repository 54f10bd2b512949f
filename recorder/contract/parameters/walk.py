"""Walking through the models: every field with its place on the wire."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from recorder.contract.parameters.base import About, WireModel, about
from recorder.contract.paths import join


@dataclass(frozen=True, slots=True)
class Field:
    """One field at one place. `pattern` as in `paths`; `names` in it are the first spelling."""

    pattern: str
    about: About
    required: bool
    default: Any
    model: type[WireModel]
    attribute: str
    deferred: bool  # a wrong value is found only after start has answered 200
    code: int  # the service's code for a wrong value


def fields_of(
    model: type[WireModel], at: str = "", *, deferred: bool = False, code: int = 2
) -> Iterator[Field]:
    """Every field of a model and of the objects in it, outer ones first."""
    for attribute, info in model.model_fields.items():
        said = about(info)
        for name in said.names:
            pattern = join(at, name)
            yield Field(
                pattern=pattern,
                about=said,
                required=info.is_required(),
                default=None if info.is_required() else info.default,
                model=model,
                attribute=attribute,
                deferred=deferred,
                code=code,
            )
            inner, many = models_in(info.annotation)
            for part in inner:
                yield from fields_of(
                    part,
                    f"{pattern}[]" if many else pattern,
                    deferred=deferred or said.deferred,
                    code=said.code or code,
                )


def unknown_paths(
    model: type[WireModel], body: Mapping[str, object], at: str = ""
) -> Iterator[str]:
    """The places in a body that the model does not know. Nulls count as absent."""
    known = _inside(model)
    for key, value in body.items():
        path = join(at, str(key))
        if value is None:
            continue
        if key not in known:
            yield path
            continue
        inner, many = known[key]
        places = (
            [(join(path, i), entry) for i, entry in enumerate(value)]
            if many and isinstance(value, list)
            else [(path, value)]
        )
        for place, entry in places:
            if isinstance(entry, Mapping) and (part := _which(inner, entry)):
                yield from unknown_paths(part, entry, place)


@cache
def _inside(model: type[WireModel]) -> Mapping[str, tuple[tuple[type[WireModel], ...], bool]]:
    """Every name that a model knows, with what `models_in` says of its field."""
    return {
        name: models_in(info.annotation)
        for info in model.model_fields.values()
        for name in about(info).names
    }


def models_in(annotation: object) -> tuple[tuple[type[WireModel], ...], bool]:
    """The models a field may hold, and whether it holds a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, WireModel):
        return (annotation,), False
    found = [models_in(part) for part in get_args(annotation)]
    many = get_origin(annotation) is list or any(inside and many for inside, many in found)
    return tuple(model for inside, _many in found for model in inside), many


def _which(
    models: tuple[type[WireModel], ...], entry: Mapping[str, object]
) -> type[WireModel] | None:
    """Of alternatives the one that the entry's serviceName picks; a single model is itself."""
    if len(models) == 1:
        return models[0]
    for model in models:
        name = model.model_fields["service_name"]
        if entry.get("serviceName") in get_args(name.annotation):
            return model
    return None
