"""The one way a body comes in: JSON as RFC 8259 has it, of a size and a depth we can carry."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 32
_NOT_JSON = gettext_lazy("%(name)s is not a JSON number.")
_TOO_LARGE = gettext_lazy("This number is too large.")


class BodyTooLarge(APIException):
    """The body is longer than this server reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class BadJSON(ParseError):
    """Not JSON as it is taken here. `line` and `column` count from 1; `path` is the place of a
    value ("layout_config.2.width"); each is 0 or "" where it says nothing.
    """

    def __init__(self, sentence: str, *, line: int = 0, column: int = 0, path: str = ""):
        super().__init__(f"{path}: {sentence}" if path else sentence)
        self.sentence, self.line, self.column, self.path = sentence, line, column, path


class _NoNumber:
    """Stands where the text had a number that is none, until its place is known."""

    def __init__(self, sentence: str):
        self.sentence = sentence


class StrictJSONParser(BaseParser):
    """An object in UTF-8, without doubled keys, NaN or Infinity; all else is refused."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, object]:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise BodyTooLarge(
                _("The body is longer than %(limit)d bytes. Nothing was read from it.")
                % {"limit": limit}
            )
        body = read_json(raw)
        if not isinstance(body, dict):
            raise BadJSON(_("The body must be a JSON object, that is {…}."))
        return body


def read_json(raw: bytes) -> object:
    """Decode a JSON text strictly. Raises BadJSON with a sentence about what is wrong."""
    strange: list[_NoNumber] = []
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_distinct,
            parse_constant=lambda name: _noted(strange, _NOT_JSON % {"name": name}),
            parse_float=lambda digits: _finite(strange, digits),
        )
    except UnicodeDecodeError as error:
        raise BadJSON(_("The body is not UTF-8.")) from error
    except json.JSONDecodeError as error:
        raise BadJSON(
            _("The body is not JSON: line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno},
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise BadJSON(_("The body is nested too deeply.")) from error
    except ValueError as error:  # Python refuses integers of more than 4,300 digits
        raise BadJSON(_("The body holds a number that is too long.")) from error
    _check_texts_and_depth(value)
    if strange:
        raise BadJSON(strange[0].sentence, path=_place_of(strange[0], value))
    return value


def _check_texts_and_depth(value: object) -> None:
    """Refuse what no database stores (NUL, half a surrogate) and what would exhaust a stack."""
    level = [value]
    for _depth in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below += [*item.keys(), *item.values()]
            elif isinstance(item, list):
                below += item
            elif isinstance(item, str) and not _storable(item):
                raise BadJSON(
                    _("The body holds a character that is no text (NUL or a lone surrogate).")
                )
        if not below:
            return
        level = below
    raise BadJSON(_("The body is nested too deeply."))


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A doubled key would let two readers see two requests."""
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _value in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise BadJSON(_("The key “%(key)s” is there twice.") % {"key": doubled[:80]})
    return result


def _finite(strange: list[_NoNumber], digits: str) -> float | _NoNumber:
    number = float(digits)
    return number if math.isfinite(number) else _noted(strange, _TOO_LARGE)


def _noted(strange: list[_NoNumber], sentence: object) -> _NoNumber:
    strange.append(_NoNumber(str(sentence)))
    return strange[-1]


def _place_of(wanted: object, value: object, path: str = "") -> str:
    """Where in the value it stands; "" at the top, and where a doubled key has hidden it."""
    inside: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, item in inside:
        at = f"{path}.{key}" if path else str(key)
        if item is wanted:
            return at
        if found := _place_of(wanted, item, at):
            return found
    return ""
