"""Refusals that are not a page of their own."""

import sys

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import trigger_client_event

from recorder.models.disk import AWAY_FOR, disk_problem, is_away

_AWAY = gettext_lazy(
    "The database does not answer now. Recordings continue: the service runs them. If something was"
    " asked for, look whether it took effect before you ask again."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 400; a view's own sentence is shown, what Django suspects is not."""
    why = str(exception) if isinstance(exception, BadRequest) else ""
    if isinstance(exception, RequestDataTooBig):
        why = _("What was sent is larger than one megabyte")
    return render(request, "400.html", {"why": why}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a 500, or of a 503 while the database is away; drawn without the request, whose
    person the database may not tell."""
    error = sys.exc_info()[1]
    away = is_away(error)
    why = disk_problem(error) or (_AWAY if away else "")
    answer = HttpResponseServerError(get_template("500.html").render({"why": why}))
    # A region of a page that gets 503 takes the server for gone, and finds it again by an address
    # that needs no database: its banner would come and go.
    if away and "HX-Request" not in request.headers:
        answer.status_code, answer["Retry-After"] = 503, AWAY_FOR
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is from an older page. htmx gets an event: the page renews its token."""
    response = render(request, "403_csrf.html", status=403)
    return trigger_client_event(response, "page:stale")
