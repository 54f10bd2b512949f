"""The one way a body comes in: JSON as RFC 8259 has it, of a size and a depth we can carry."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 32


class BodyTooLarge(APIException):
    """The body is longer than this server reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


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
            raise ParseError(_("The body must be a JSON object, that is {…}."))
        return body


def read_json(raw: bytes) -> object:
    """Decode a JSON text strictly. Raises ParseError with a sentence about what is wrong."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_distinct,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error
    except json.JSONDecodeError as error:
        raise ParseError(
            _("The body is not JSON: line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise ParseError(_("The body is nested too deeply.")) from error
    except ValueError as error:  # Python refuses integers of more than 4,300 digits
        raise ParseError(_("The body holds a number that is too long.")) from error
    _check_texts_and_depth(value)
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
                raise ParseError(
                    _("The body holds a character that is no text (NUL or a lone surrogate).")
                )
        if not below:
            return
        level = below
    raise ParseError(_("The body is nested too deeply."))


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A doubled key would let two readers see two requests."""
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _value in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise ParseError(_("The key “%(key)s” is there twice.") % {"key": doubled[:80]})
    return result


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ParseError(_("The body holds a number that is too large."))
    return number


def _no_constant(name: str) -> NoReturn:
    raise ParseError(_("%(name)s is not a JSON number.") % {"name": name})
