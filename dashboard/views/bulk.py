"""Many starts or stops at once: asking for them, and watching how far they are."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.context import chrome_of
from dashboard.forms.bulk import BulkStartForm, BulkStopForm
from dashboard.htmx import go, poll_tag, render_page, render_refused, unchanged
from dashboard.people import user_of
from recorder.errors import RecorderError
from recorder.lifecycle.bulk import cancel, request_bulk_start, request_bulk_stop
from recorder.lifecycle.bulk_words import Progress, headline, progress, progress_of, result
from recorder.lifecycle.requests import InvalidRequest
from recorder.models import Bulk

PACE = 2  # seconds between two polls
AFTERWARDS = 10  # when all is settled, but its recordings go on
PAGES = ("bulk/form.html", "bulk/_form.html")


@require_safe
def bulks(request: HttpRequest) -> HttpResponse:
    """The newest fifty."""
    lists = Bulk.objects.visible_to(request.user).select_related("requested_by")
    found = lists.defer("recipe", "secrets")[:50]
    far = progress_of(found)
    rows = [
        {
            "bulk": bulk,
            "title": headline(bulk),
            "progress": far[bulk.pk],
            "figures": _figures(far[bulk.pk]),
        }
        for bulk in found
    ]
    return render_page(request, "bulk/page.html", "bulk/_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_start(request: HttpRequest) -> HttpResponse:
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = BulkStartForm(*data, user=user_of(request))
    context = {"form": form, "stop": False}
    if request.method != "POST":
        return render_page(request, *PAGES, context)
    if form.is_valid():
        try:
            bulk, _fresh = request_bulk_start(
                form.request(),
                form.rows,
                by=user_of(request),
                form_key=form.cleaned_data["key"],
            )
        except InvalidRequest as error:
            form.show_refused(error)
        except RecorderError as error:
            form.add_error(None, str(error))
        else:
            return go(request, "bulk", bulk.pk)
    return render_refused(request, *PAGES, context)


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_stop(request: HttpRequest) -> HttpResponse:
    """First what it would stop, then, confirmed, the stops."""
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = BulkStopForm(*data, user=user_of(request))
    context = {"form": form, "stop": True}
    if request.method != "POST":
        return render_page(request, *PAGES, context)
    if not form.is_valid():
        if sent := _sent_before(request):
            return go(request, "bulk", sent.pk)
        return render_refused(request, *PAGES, context)
    if "confirmed" not in request.POST:
        return render_page(request, *PAGES, context | {"confirm": form.sessions})
    try:
        bulk, _fresh = request_bulk_stop(
            form.sessions, by=user_of(request), form_key=form.cleaned_data["key"]
        )
    except RecorderError as error:
        form.add_error(None, str(error))
        return render_refused(request, *PAGES, context)
    return go(request, "bulk", bulk.pk)


def _sent_before(request: HttpRequest) -> Bulk | None:
    """The list that the same confirmation queued: what it stops may run no more."""
    key = request.POST.get("key")
    if not key or "confirmed" not in request.POST:
        return None
    lists = Bulk.objects.visible_to(request.user).filter(kind=Bulk.Kind.STOP)
    return lists.filter(form_key=key).first()


@require_safe
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Bulk.objects.visible_to(request.user), pk=pk)
    counts = progress(found)
    versions = found.items.values_list("number", "state", "session__version")
    tag = poll_tag(
        request.path,
        chrome_of(request).figures,
        chrome_of(request).pulse.coarse,
        found.cancelled_at,
        found.finished_at,
        counts,
        list(versions),
    )
    if same := unchanged(request, tag):
        return same
    items = list(found.items.select_related("session__project").order_by("number"))
    live = any(item.session and item.session.is_live for item in items)
    context = {
        "bulk": found,
        "title": headline(found),
        "progress": counts,
        "figures": _figures(counts),
        "rows": [(item, result(item)) for item in items],
        "pace": PACE if found.finished_at is None else AFTERWARDS if live else 0,
    }
    return render_page(request, "bulk/detail.html", "bulk/_detail_poll.html", context, tag=tag)


@require_POST
def bulk_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Bulk.objects.visible_to(request.user), pk=pk)
    left = cancel(found, by=user_of(request))
    text = ngettext("%(count)s row was cancelled.", "%(count)s rows were cancelled.", left)
    messages.success(request, text % {"count": left})
    return go(request, "bulk", pk)


def _figures(counts: Progress) -> list[tuple[str, int]]:
    words = (
        (_("Queued"), counts.queued),
        (_("Waiting"), counts.waiting),
        (_("Done"), counts.done),
        (_("Unconfirmed"), counts.unsure),
        (_("Failed"), counts.failed),
        (_("Cancelled"), counts.cancelled),
    )
    return [(label, number) for label, number in words if number]
