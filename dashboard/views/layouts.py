"""The gallery of layouts: finding, duplicating, putting aside, and the starter set."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dashboard import csp
from dashboard.forms.layouts import ratio
from dashboard.htmx import go, render_page
from dashboard.layout_saving import free_name
from dashboard.people import user_of
from recorder.contract.layouts import CUSTOM, KINDS
from recorder.contract.states import FINAL
from recorder.models import Layout, LayoutVersion, RecordingSession
from recorder.models.audit import record
from recorder.models.names import NameTaken, name_once
from recorder.models.starters import add_starters, missing_starters

_ENDED = sorted(status.value for status in FINAL)


@require_safe
def layouts(request: HttpRequest) -> HttpResponse:
    """`?q=` finds by a part of a name or tag, `?tag=` by a whole tag."""
    words, tag = request.GET.get("q", "").strip(), request.GET.get("tag", "").strip()
    archived = "archived" in request.GET
    every = Layout.objects.visible_to(request.user)
    rows = list(_with_newest(every.filter(archived_at__isnull=not archived)))
    found = [layout for layout in rows if _matches(layout, words, tag)]
    live = _recording_with(request)
    context = {
        "cards": [_card(layout, live) for layout in found],
        "words": words,
        "tag": tag,
        "tags": _tags_of(rows),
        "archived": archived,
        "has_archived": archived or every.filter(archived_at__isnull=False).exists(),
        "missing": missing_starters(),
        "count": ngettext("%(count)s layout", "%(count)s layouts", len(found))
        % {"count": len(found)},
    }
    response = render_page(request, "layouts/page.html", "layouts/_gallery.html", context)
    csp.allow_images(response)
    return response


def _matches(layout: Layout, words: str, tag: str) -> bool:
    """Compared here: no two databases agree on letters beyond a to z, nor on looking into JSON."""
    inside = " ".join([layout.name, *layout.tags]).casefold()
    return words.casefold() in inside and (not tag or tag.lower() in layout.tags)


def _tags_of(rows: Iterable[Layout]) -> list[str]:
    return sorted({tag for layout in rows for tag in layout.tags})


def _with_newest(rows: QuerySet[Layout]) -> QuerySet[Any]:
    """Each with its newest version, and how often and when it was last recorded with."""
    newest = LayoutVersion.objects.filter(number=F("layout__version"))
    used = RecordingSession.objects.filter(layout_version__layout=OuterRef("pk"))
    ended = Count("versions__sessions", filter=Q(versions__sessions__status__in=_ENDED))
    return rows.prefetch_related(Prefetch("versions", queryset=newest, to_attr="newest")).annotate(
        used_at=Subquery(used.order_by("-pk").values("requested_at")[:1]), past=ended
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
        "past": layout.past,
        "live": live.get(layout.pk, []),
    }


@require_POST
def layout_starters(request: HttpRequest) -> HttpResponse:
    """Add those of the starter set that are missing."""
    added = add_starters(by=user_of(request))
    if added:
        said = ngettext("%(count)s layout was added.", "%(count)s layouts were added.", len(added))
        messages.success(request, said % {"count": len(added)})
    else:
        messages.info(request, _("All layouts of the starter set are here already."))
    return go(request, "layouts")


@require_POST
def layout_duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest picture once more, under a name of its own."""
    layout, user = layout_of(request, pk), user_of(request)
    newest = layout.latest
    copy = Layout(name=free_name(layout.name))
    try:
        with name_once(copy, copy.name):
            copy = Layout.create(copy.name, newest.canvas, newest.wire, by=user, tags=layout.tags)
            record("layout.create", copy, by=user, name=copy.name, copy_of=layout.name)
    except NameTaken as error:
        messages.error(request, str(error))
        return go(request, "layouts")
    messages.success(request, _("“%(name)s” was added.") % {"name": copy.name})
    return go(request, "layout_edit", copy.pk)


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
