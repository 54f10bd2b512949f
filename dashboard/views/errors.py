"""Refusals that are not a page of their own."""

import sys

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from recorder.models.disk import disk_problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 400; a view's own sentence is shown, what Django suspects is not."""
    why = str(exception) if isinstance(exception, BadRequest) else ""
    if isinstance(exception, RequestDataTooBig):
        why = _("What was sent is larger than one megabyte")
    return render(request, "400.html", {"why": why}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a 500; drawn without the request, whose person the database may not tell."""
    why = disk_problem(sys.exc_info()[1]) or ""
    return HttpResponseServerError(get_template("500.html").render({"why": why}))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is from an older page. htmx gets an event: the page renews its token."""
    response = render(request, "403_csrf.html", status=403)
    return trigger_client_event(response, "page:stale")
