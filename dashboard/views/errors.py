"""Refusals that are not a page of their own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is from an older page. htmx gets an event: the page renews its token."""
    response = render(request, "403_csrf.html", status=403)
    return trigger_client_event(response, "page:stale")
