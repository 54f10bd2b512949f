"""Requests and answers in JSON for the modules of our own pages; programs have the REST API."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from dashboard.htmx import REFUSED
from recorder.api.parsers import BadJSON, read_json
from recorder.contract.layout_documents import WIRE
from recorder.contract.problems import Problem


class Refusal(Exception):
    """What was sent is not taken: the answer, ready to go. `said` may be added to on its way."""

    def __init__(self, status: int, message: str, **more: object):
        super().__init__(message)
        self.status, self.said = status, {"message": message, **more}

    @property
    def answer(self) -> JsonResponse:
        return JsonResponse(self.said, status=self.status)


def is_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json"


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent. Raises Refusal: 413, 400 with line and column, 422 with the place
    of a number that is none.
    """
    try:
        body = read_json(request.body)
    except RequestDataTooBig:
        sentence = _("This is more than one megabyte. Nothing was saved.")
        raise Refusal(413, sentence, problems=[]) from None
    except BadJSON as error:
        if error.path:
            problem = Problem("json.number", place_of(error.path), error.sentence)
            raise refused([problem]) from error
        more = {"line": error.line, "column": error.column, "problems": []}
        raise Refusal(400, error.sentence or str(error), **more) from error
    if not isinstance(body, dict):
        raise Refusal(400, _("The body must be a JSON object, that is {…}."), problems=[])
    return body


def place_of(path: str) -> str:
    """ "document.layout_config.2.width" under the name it has in problems: layoutConfig.2.width."""
    first, dot, rest = path.removeprefix("document.").partition(".")
    return (WIRE[first][0] if first in WIRE else first) + dot + rest


def refused(problems: Iterable[Problem]) -> Refusal:
    """422: what has to be put right, each at its place."""
    listed = told(problems)
    wrong = [line["message"] for line in listed if line["severity"] == "error"]
    return Refusal(REFUSED, wrong[0] if wrong else "", problems=listed)


def told(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems as the editor reads them, translated."""
    return [
        {
            "rule": problem.rule,
            "path": problem.path,
            "message": problem.text(_),
            "severity": problem.severity,
        }
        for problem in problems
    ]


def answers_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refusals leave as JSON too; a row that is gone is one of them."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refusal.answer
        except Http404:
            return JsonResponse({"message": _("This is gone. Nothing was saved.")}, status=404)

    return answer
