"""Requests as flat names and back: `{"a": {"b": [{"c": 1}]}}` is `a.b.0.c`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from recorder.contract.paths import join

Body = dict[str, Any]


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every single value of a request with its path; a list of single values is one."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, join(path, str(key)))
    elif isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value):
        for position, entry in enumerate(value):
            yield from leaves(entry, join(path, position))
    elif value is not None:
        yield path, value


def put(body: Body, path: str, value: object) -> None:
    """Set a value in a request. The lists on the way must be there, objects are made."""
    *around, last = path.split(".")
    inner: Any = body
    for part in around:
        inner = inner[int(part)] if isinstance(inner, list) else inner.setdefault(part, {})
    inner[last] = value


def positions(given: Mapping[str, object], path: str) -> list[int]:
    """The positions of a list's entries among field names, in order."""
    entry = re.compile(rf"{re.escape(path)}\.([0-9]{{1,4}})\.", re.ASCII)
    return sorted({int(match[1]) for name in given if (match := entry.match(name))})


def rearranged(data: QueryDict, path: str, order: Sequence[int]) -> QueryDict:
    """Posted fields with a list's entries in another order, counted from 0 again.

    An entry that `order` leaves out is dropped; a browser that removed one by itself leaves a gap,
    which `order=positions(data, path)` closes.
    """
    moved = QueryDict(mutable=True)
    places = {f"{path}.{old}.": f"{path}.{new}." for new, old in enumerate(order)}
    for name, values in data.lists():
        if not positions({name: values}, path):
            moved.setlist(name, values)
            continue
        for old, new in places.items():
            if name.startswith(old):
                moved.setlist(new + name.removeprefix(old), values)
    return moved
