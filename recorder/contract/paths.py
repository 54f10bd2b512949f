"""Places in a request: dotted wire paths, list positions as numbers.

`clientRequest.recordingConfig.transcodingConfig.layoutConfig.2.x_axis` is a place;
`clientRequest.recordingConfig.transcodingConfig.layoutConfig[].x_axis` the pattern it belongs to.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic_core import ErrorDetails

_POSITION = re.compile(r"\.[0-9]+(?=\.|$)")


def join(*parts: str | int) -> str:
    """One path of several; empty parts vanish."""
    return ".".join(str(part) for part in parts if part != "")


def pattern_of(path: str) -> str:
    return _POSITION.sub("[]", path)


def outwards(pattern: str) -> Iterator[str]:
    """A pattern and everything it lies in, from the inside out: `a[].b`, `a[]`, `a`."""
    while pattern:
        yield pattern
        pattern = pattern[:-2] if pattern.endswith("[]") else pattern.rpartition(".")[0]


def value_at(body: object, path: str) -> object:
    """The value at a path, None where there is none. A null is no value."""
    for part in path.split(".") if path else ():
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, list) and part.isdigit() and int(part) < len(body):
            body = body[int(part)]
        else:
            return None
    return body


def error_path(error: ErrorDetails, tags: Sequence[str] = ()) -> str:
    """The wire path of a pydantic error.

    `tags` are the names of alternatives that pydantic puts between a list position and the field;
    a wrong or missing tag is an error of the field that should hold it.
    """
    loc = error["loc"]
    kept = [
        part
        for before, part in zip(("", *loc), loc, strict=False)
        if not (part in tags and isinstance(before, int))
    ]
    if error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        # pydantic writes 'attribute' | 'alias'; the wire knows the alias
        kept.append(str(error.get("ctx", {}).get("discriminator", "''")).split("'")[-2])
    return join(*kept)
