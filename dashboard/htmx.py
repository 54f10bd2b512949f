"""Answers to htmx: a page or its fragment, unchanged polls, toasts, refused forms, dialogs.

Toasts are Django messages: `messages.success(request, …)` before rendering is all a view does.
A fragment carries them out of band, a whole page draws them in its frame, and a redirect keeps them
for the next page.
"""

import hashlib
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django_htmx.http import trigger_client_event

REFUSED = 422


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def render_partial(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    status: int = 200,
    tag: str = "",
) -> HttpResponse:
    """A fragment, followed by waiting messages as toasts. `tag`: see `poll_tag`."""
    html = render_to_string(template, dict(context or {}), request)
    # Last: the first element decides how all is parsed, and a toast before a <tr> loses the row.
    html += render_to_string("components/toasts_oob.html", {}, request)
    return _finished(HttpResponse(html, status=status), tag)


def render_page(
    request: HttpRequest,
    page: str,
    partial: str,
    context: Mapping[str, object] | None = None,
    *,
    status: int = 200,
    tag: str = "",
) -> HttpResponse:
    """The whole page, or only its changing part when htmx asks: one address serves both.

    The templates find the tag as `ptag`, for the `hx-ptag` of the polled region.
    """
    context = {**(context or {}), "ptag": tag}
    if is_htmx(request):
        return render_partial(request, partial, context, status=status, tag=tag)
    return _finished(render(request, page, context, status=status), tag)


def render_refused(
    request: HttpRequest, page: str, partial: str, context: Mapping[str, object]
) -> HttpResponse:
    """A form that did not validate, with its errors. Its `hx-status:422` swaps it in."""
    return render_page(request, page, partial, context, status=REFUSED)


def render_dialog(
    request: HttpRequest, template: str, context: Mapping[str, object] | None = None
) -> HttpResponse:
    """A fragment for #dialog-content; the dialog opens when it is in place."""
    return open_dialog(render_partial(request, template, context))


def open_dialog(response: HttpResponse) -> HttpResponse:
    return trigger_client_event(response, "dialog:open")


def close_dialog(response: HttpResponse) -> HttpResponse:
    return trigger_client_event(response, "dialog:close")


def go(request: HttpRequest, to: str, *args: object, **kwargs: object) -> HttpResponse:
    """Send the browser to another page after a POST: to a URL or a view name."""
    url = resolve_url(to, *args, **kwargs)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303)


def poll_tag(*facts: object) -> str:
    """A short name for a state that a region shows: same facts, same tag.

    Give it what is cheap to read (counts, versions, newest change). Language and time zone are
    added, since they change the words; relative times tick on in the browser.
    """
    seen = repr((get_language(), timezone.get_current_timezone_name(), facts))
    return hashlib.blake2b(seen.encode(), digest_size=9).hexdigest()


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """304 when the region that asks already shows this state; else None, and the view goes on."""
    if is_htmx(request) and request.headers.get("HX-PTag") == tag:
        return _finished(HttpResponseNotModified(), tag)
    return None


def _finished(response: HttpResponse, tag: str) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])
    # The browser's own cache would answer "back" with a fragment, or a poll with old news.
    response.headers.setdefault("Cache-Control", "no-store")
    if tag:
        response["HX-PTag"] = tag
    return response


class SignInAgainMiddleware:
    """Answer htmx with 401 where a page would be sent to sign in.

    fetch() follows the redirect unseen, and htmx would put the sign-in page into a table. On 401
    static/js/refusals.js asks the person to sign in, and what they typed stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_htmx(request) and _leads_to_sign_in(response):
            return HttpResponse(status=401)
        return response


def _leads_to_sign_in(response: HttpResponse) -> bool:
    target = response.headers.get("Location", "").partition("?")[0]
    return response.status_code == 302 and target == resolve_url(settings.LOGIN_URL)
