"""Layouts: the gallery, and the form of numbers. Each change of a picture is a new version."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dashboard.forms.layouts import (
    ratio,
)
from dashboard.htmx import go, render_page
from dashboard.people import user_of
from recorder.contract.layouts import CUSTOM, KINDS
from recorder.models import Layout, LayoutVersion, RecordingSession
from recorder.models.audit import record

VERSIONS_SHOWN = 20


@require_safe
def layouts(request: HttpRequest) -> HttpResponse:
    words, archived = request.GET.get("q", "").strip(), "archived" in request.GET
    every = Layout.objects.visible_to(request.user)
    rows = every.filter(archived_at__isnull=not archived)
    if words:
        rows = rows.filter(name__icontains=words)
    live = _recording_with(request)
    cards = [_card(layout, live) for layout in _with_newest(rows)]
    context = {
        "cards": cards,
        "words": words,
        "archived": archived,
        "has_archived": archived or every.filter(archived_at__isnull=False).exists(),
        "count": ngettext("%(count)s layout", "%(count)s layouts", len(cards))
        % {"count": len(cards)},
    }
    return render_page(request, "layouts/page.html", "layouts/_gallery.html", context)


def _with_newest(rows: QuerySet[Layout]) -> QuerySet[Layout]:
    """Each with its newest version and the time it was last recorded with."""
    newest = LayoutVersion.objects.filter(number=F("layout__version"))
    used = RecordingSession.objects.filter(layout_version__layout=OuterRef("pk"))
    return rows.prefetch_related(Prefetch("versions", queryset=newest, to_attr="newest")).annotate(
        used_at=Subquery(used.order_by("-pk").values("requested_at")[:1])
    )


def _recording_with(request: HttpRequest) -> dict[int, list[RecordingSession]]:
    """The live sessions of each layout."""
    live = RecordingSession.objects.visible_to(request.user).live()
    found: dict[int, list[RecordingSession]] = {}
    for session in live.filter(layout_version__isnull=False).select_related("layout_version"):
        if session.layout_version:
            found.setdefault(session.layout_version.layout_id, []).append(session)
    return found


def _card(layout: Any, live: dict[int, list[RecordingSession]]) -> dict[str, Any]:
    version = layout.newest[0]
    picture = version.parsed()
    return {
        "layout": layout,
        "picture": picture,
        "canvas": version.canvas,
        "kind": _(KINDS[picture.kind]),
        "regions": len(picture.regions) if picture.kind == CUSTOM else None,
        "ratio": ratio(version.canvas),
        "used_at": layout.used_at,
        "live": live.get(layout.pk, []),
    }


@require_POST
def layout_archive(request: HttpRequest, pk: int) -> HttpResponse:
    layout = layout_of(request, pk)
    if layout.archived_at is None:
        _set_archived(request, layout, "layout.archive")
        text = _("“%(name)s” was archived. Recordings that use it go on; it can be restored.")
        messages.success(request, text % {"name": layout.name})
    return go(request, "layouts")


@require_POST
def layout_restore(request: HttpRequest, pk: int) -> HttpResponse:
    layout = layout_of(request, pk)
    if layout.archived_at is not None:
        _set_archived(request, layout, "layout.restore")
        messages.success(request, _("“%(name)s” is back.") % {"name": layout.name})
    return go(request, "layouts")


def _set_archived(request: HttpRequest, layout: Layout, action: str) -> None:
    with transaction.atomic():
        layout.archived_at = timezone.now() if action == "layout.archive" else None
        layout.save(update_fields=["archived_at", "changed_at"])
        record(action, layout, by=user_of(request), name=layout.name)


def layout_of(request: HttpRequest, pk: int) -> Layout:
    found: Layout = get_object_or_404(Layout.objects.visible_to(request.user), pk=pk)
    return found
