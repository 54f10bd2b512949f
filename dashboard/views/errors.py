"""Refusals that are not a page of their own."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 400; a view's own sentence is shown, what Django suspects is not."""
    why = str(exception) if isinstance(exception, BadRequest) else ""
    return render(request, "400.html", {"why": why}, status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is from an older page. htmx gets an event: the page renews its token."""
    response = render(request, "403_csrf.html", status=403)
    return trigger_client_event(response, "page:stale")
