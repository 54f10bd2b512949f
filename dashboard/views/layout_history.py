"""A layout's versions: compared, restored as a new one, and where the layout is used."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboard import csp
from dashboard.forms.layouts import ratio
from dashboard.htmx import go, render_page
from dashboard.layout_changes import Change, layout_changes
from dashboard.numbers import id_in
from dashboard.people import user_of
from dashboard.views.layouts import layout_of
from recorder.models import Layout, LayoutChangedMeanwhile, LayoutVersion, RecordingSession
from recorder.models.audit import record

VERSIONS_SHOWN, SESSIONS_SHOWN = 60, 20


@require_safe
def layout_history(request: HttpRequest, pk: int) -> HttpResponse:
    """`?a=1&b=3` compares two versions; without them the newest with the one before."""
    layout = layout_of(request, pk)
    versions = list(layout.versions.select_related("created_by")[:VERSIONS_SHOWN])
    older = _version(layout, request.GET.get("a", ""), max(layout.version - 1, 1))
    newer = _version(layout, request.GET.get("b", ""), layout.version)
    context = {
        "layout": layout,
        "versions": versions,
        "more": max(layout.version - len(versions), 0),
        "older": older,
        "newer": newer,
        "changes": _changes(older, newer),
        **_used(request, layout),
    }
    part = "layouts/_compare.html" if "a" in request.GET else "layouts/_history.html"
    response = render_page(request, "layouts/history.html", part, context)
    csp.allow_images(response)
    return response


def _version(layout: Layout, asked: str, otherwise: int) -> LayoutVersion:
    number = id_in(asked) or otherwise
    versions = LayoutVersion.objects.filter(layout=layout).select_related("created_by")
    return get_object_or_404(versions, number=number)


def _changes(older: LayoutVersion, newer: LayoutVersion) -> list[Change]:
    changes = list(layout_changes(older.parsed(), newer.parsed()))
    if older.canvas != newer.canvas:
        changes.insert(0, Change(_("Canvas"), _size(older), _size(newer)))
    return changes


def _size(version: LayoutVersion) -> str:
    return f"{version.width} × {version.height} ({ratio(version.canvas)})"


def _used(request: HttpRequest, layout: Layout) -> dict[str, object]:
    """The recordings that show it now, and those that did: at their start or later."""
    every = RecordingSession.objects.visible_to(request.user).select_related("layout_version")
    shows, showed = Q(layout_version__layout=layout), Q(shown__layout_version__layout=layout)
    used = every.filter(shows | showed).distinct()
    live = list(used.live())
    past = used.exclude(pk__in=[session.pk for session in live])
    return {"live": live, "past": list(past[:SESSIONS_SHOWN]), "past_count": past.count()}


@require_POST
def layout_version_restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Save an old picture as the newest version; what lies between stays."""
    layout, user = layout_of(request, pk), user_of(request)
    old = get_object_or_404(LayoutVersion, layout=layout, number=number)
    newest = layout.latest
    if (newest.canvas, newest.wire) == (old.canvas, old.wire):
        messages.info(request, _("This is what the newest version shows already."))
        return go(request, "layout_history", pk)
    seen = id_in(request.POST.get("seen", "")) or 0
    try:
        with transaction.atomic():
            layout.add_version(old.canvas, old.wire, by=user, seen=seen)
            record("layout.update", layout, by=user, version=layout.version, restored=number)
    except LayoutChangedMeanwhile:
        messages.error(
            request,
            _("Somebody else saved this layout meanwhile. Nothing was restored; look again."),
        )
        return go(request, "layout_history", pk)
    said = _("Version %(old)s is back, as version %(new)s.")
    messages.success(request, said % {"old": number, "new": layout.version})
    return go(request, "layout_history", pk)
