"""One shape for every refusal: {"error": {"code", "message", "fields"?, "provider"?}}."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from recorder.errors import RecorderError
from recorder.footage.playlist import BadPlaylist
from recorder.lifecycle.bulk import ListReused
from recorder.lifecycle.change import Busy
from recorder.lifecycle.requests import InvalidRequest
from recorder.lifecycle.start import AlreadyRecording, KeyReused
from recorder.models import InvalidTransition, LayoutChangedMeanwhile, UnreadableSecret
from recorder.models.disk import AWAY_FOR, disk_problem, is_away
from recorder.providers.errors import (
    MalformedCredential,
    Paced,
    ProviderError,
    ProviderUnavailable,
    ProviderUnreachable,
    RateLimited,
)
from recorder.storage.errors import (
    BadSettings,
    NoSuchFile,
    RangeNotSatisfiable,
    StorageError,
    Unreachable,
)

log = logging.getLogger(__name__)


# What a client may conclude, per class of our own errors. First match wins.
OURS: tuple[tuple[type[RecorderError], int, str], ...] = (
    (InvalidRequest, 400, "invalid"),
    (KeyReused, 409, "key_reused"),
    (ListReused, 409, "key_reused"),
    (AlreadyRecording, 409, "already_recording"),
    (Busy, 409, "busy"),
    (InvalidTransition, 409, "not_now"),
    (LayoutChangedMeanwhile, 409, "changed_meanwhile"),
    (Paced, 503, "paced"),
    (RateLimited, 503, "provider_rate_limited"),
    (ProviderUnreachable, 502, "provider_unreachable"),  # certain: nothing was sent
    (ProviderUnavailable, 504, "provider_unknown"),  # it may have happened
    (ProviderError, 422, "provider_refused"),  # certain: it did not happen
    (MalformedCredential, 409, "bad_settings"),
    (UnreadableSecret, 409, "unreadable_secret"),
    (BadSettings, 409, "bad_settings"),
    (NoSuchFile, 404, "no_such_file"),
    (RangeNotSatisfiable, 416, "range_not_satisfiable"),
    (Unreachable, 502, "storage_unreachable"),
    (StorageError, 502, "storage_refused"),
    (BadPlaylist, 502, "bad_playlist"),
    (RecorderError, 400, "refused"),
)


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: every error of the API leaves through here."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _refusal(error)
    if isinstance(error, RecorderError):
        return _ours(error)
    return _crash(error, context)


def not_found(request: HttpRequest, *_args: object, **_kwargs: object) -> JsonResponse:
    """Any address under the API that leads nowhere."""
    return JsonResponse(body("not_found", _("There is nothing at this address.")), status=404)


def body(code: str, message: str, **more: object) -> dict[str, dict[str, object]]:
    """The envelope; `more` is kept where it is not empty."""
    kept = {name: value for name, value in more.items() if value}
    return {"error": {"code": code, "message": message} | kept}


def _refusal(error: exceptions.APIException) -> Response:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, exceptions.ValidationError):
        content = body("invalid", _("The request has mistakes."), fields=fields_of(error.detail))
    else:
        content = body(str(error.get_codes()), str(error.detail))
    return Response(content, status=error.status_code, headers=headers)


def _ours(error: RecorderError) -> Response:
    http_status, code = next(row[1:] for row in OURS if isinstance(error, row[0]))
    content = body(
        code, str(error), fields=getattr(error, "fields", None), provider=_provider_of(error)
    )
    wait = getattr(error, "wait", None)
    headers = {"Retry-After": str(int(wait) + 1)} if wait is not None else {}
    return Response(content, status=http_status, headers=headers)


def _provider_of(error: RecorderError) -> dict[str, object] | None:
    """The provider's own answer, where there was one."""
    if not isinstance(error, ProviderError) or error.status is None:
        return None
    return {"http_status": error.status, "code": error.code, "reason": error.reason}


def _crash(error: Exception, context: Mapping[str, Any]) -> Response:
    """A mistake of ours or a database in trouble: in the log with its traceback, and the same
    envelope."""
    request = getattr(context.get("request"), "_request", None)
    got_request_exception.send(sender=handle, request=request)
    log.error("The API failed", exc_info=error)
    if sentence := disk_problem(error):
        return Response(body("disk", sentence), status=status.HTTP_507_INSUFFICIENT_STORAGE)
    if is_away(error):
        message = _(
            "The database does not answer now. Whether the request took effect is not known: look"
            " first, or repeat a start with the same Idempotency-Key."
        )
        content = body("unavailable", message)
        headers = {"Retry-After": AWAY_FOR}
        return Response(content, status=status.HTTP_503_SERVICE_UNAVAILABLE, headers=headers)
    message = _("Something went wrong here. Whether the request took effect is not known.")
    return Response(body("internal", message), status=status.HTTP_500_INTERNAL_SERVER_ERROR)


def fields_of(detail: object) -> dict[str, list[str]]:
    """DRF's nested errors as dotted paths, {"layout_config.2.width": ["…"]}; "": the whole body."""
    fields: dict[str, list[str]] = {}
    for path, message in _leaves(detail, ()):
        fields.setdefault(path, []).append(message)
    return fields


def _leaves(detail: object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _leaves(value, path if key == "non_field_errors" else (*path, str(key)))
    elif isinstance(detail, list) and all(isinstance(item, str) for item in detail):
        yield from ((".".join(path), str(item)) for item in detail)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from _leaves(value, (*path, str(index)))
    else:
        yield ".".join(path), str(detail)
