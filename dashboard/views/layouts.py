"""Layouts: the gallery, and the form of numbers. Each change of a picture is a new version."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.forms.flat import positions, rearranged
from dashboard.forms.layouts import (
    IMAGES,
    LISTS,
    NAME_TAKEN,
    REGIONS,
    LayoutForm,
    blank,
    edited,
    ratio,
    shown,
)
from dashboard.htmx import go, render_page, render_refused
from dashboard.numbers import id_in
from dashboard.people import user_of
from dashboard.previews import preview, users_in
from recorder.contract.layouts import CUSTOM, DEFAULT_CANVAS, KINDS, MAX_REGIONS, layout_to_wire
from recorder.models import Layout, LayoutChangedMeanwhile, LayoutVersion, RecordingSession
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


@require_http_methods(["GET", "HEAD", "POST"])
def layout_new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, None)
    initial, source = blank(), id_in(request.GET.get("from", ""))
    if source:
        original = _found(request, source)
        initial = shown(original.latest, name=free_name(original.name), seen=0)
    return _show(request, LayoutForm(initial=initial), None)


@require_http_methods(["GET", "HEAD", "POST"])
def layout_edit(request: HttpRequest, pk: int) -> HttpResponse:
    layout = _found(request, pk)
    if request.method == "POST":
        return _posted(request, layout)
    version, number = layout.latest, id_in(request.GET.get("version", ""))
    if number:
        version = get_object_or_404(LayoutVersion, layout=layout, number=number)
    initial = shown(version, name=layout.name, seen=layout.version)
    return _show(request, LayoutForm(layout=layout, initial=initial), layout, version=version)


def _posted(request: HttpRequest, layout: Layout | None) -> HttpResponse:
    """The form's buttons: save, save as a copy, or change the lists and go on editing."""
    posted = _closed_up(request.POST)
    change = posted.get("edit", "")
    if change in {"", "copy"}:
        return _save(request, posted, layout, copy=change == "copy")
    typed, focus = edited(posted, change, users_in(posted.get("users", "")))
    form = LayoutForm(layout=layout, initial=typed)
    if focus in form.fields:
        form.fields[focus].widget.attrs["data-focus"] = ""
    return _show(request, form, layout, posted=posted, focus=focus, unsaved=True)


def _save(
    request: HttpRequest, posted: QueryDict, layout: Layout | None, *, copy: bool
) -> HttpResponse:
    values = posted.copy()
    if copy:
        values["name"] = free_name(posted.get("name", ""))
    form = LayoutForm(values, layout=None if copy else layout)
    theirs = None
    if form.is_valid():
        try:
            return _saved(request, form, None if copy else layout)
        except LayoutChangedMeanwhile:
            theirs = layout.latest if layout else None
        except IntegrityError:  # somebody took the name since it was looked for
            form.add_error("name", NAME_TAKEN)
    if layout:
        layout.refresh_from_db()  # what was not committed is not shown
        if form.has_error("name", "renamed"):
            values["named"] = layout.name  # saving once more is a decision, as below
    if theirs:
        # Saving once more is a decision: this form has then seen the newest version.
        posted["seen"] = str(theirs.number)
    if theirs or copy:
        form = LayoutForm(posted, layout=layout)
    return _show(request, form, layout, posted=posted, theirs=theirs, unsaved=True, refused=True)


def _saved(request: HttpRequest, form: LayoutForm, layout: Layout | None) -> HttpResponse:
    """Save, file it and go on. Raises LayoutChangedMeanwhile, and IntegrityError for the name."""
    user, name, picture = user_of(request), form.cleaned_data["name"], form.picture
    canvas = form.canvas or DEFAULT_CANVAS  # a valid form has one
    with transaction.atomic():
        if layout is None:
            layout, verb = Layout.create(name, canvas, picture, by=user), "layout.create"
        else:
            newest, verb = layout.latest, "layout.update"
            if (newest.canvas, newest.picture) != (canvas, layout_to_wire(picture)):
                layout.add_version(canvas, picture, by=user, seen=form.cleaned_data["seen"])
            elif layout.name == name:
                messages.info(request, _("Nothing was changed, so there is no new version."))
                return go(request, "layouts")
            layout.name = name
            layout.save(update_fields=["name", "changed_at"])
        record(verb, layout, by=user, name=name, version=layout.version)
    said = _("“%(name)s” was saved as version %(number)s.")
    messages.success(request, said % {"name": name, "number": layout.version})
    return go(request, "layouts")


@require_POST
def layout_preview(request: HttpRequest) -> HttpResponse:
    """The unsaved numbers as a picture, with what is wrong or doubtful about them.

    Not render_partial: sent while somebody types, it must not take a save's toast with it.
    """
    posted = _closed_up(request.POST)
    context = preview(LayoutForm(posted), users_in(posted.get("users", "")))
    return render(request, "layouts/_preview.html", context)


@require_POST
def layout_archive(request: HttpRequest, pk: int) -> HttpResponse:
    layout = _found(request, pk)
    if layout.archived_at is None:
        _set_archived(request, layout, "layout.archive")
        text = _("“%(name)s” was archived. Recordings that use it go on; it can be restored.")
        messages.success(request, text % {"name": layout.name})
    return go(request, "layouts")


@require_POST
def layout_restore(request: HttpRequest, pk: int) -> HttpResponse:
    layout = _found(request, pk)
    if layout.archived_at is not None:
        _set_archived(request, layout, "layout.restore")
        messages.success(request, _("“%(name)s” is back.") % {"name": layout.name})
    return go(request, "layouts")


def _set_archived(request: HttpRequest, layout: Layout, action: str) -> None:
    with transaction.atomic():
        layout.archived_at = timezone.now() if action == "layout.archive" else None
        layout.save(update_fields=["archived_at", "changed_at"])
        record(action, layout, by=user_of(request), name=layout.name)


def free_name(name: str) -> str:
    """A name for a copy that no layout has."""
    taken = set(Layout.objects.values_list("name", flat=True))
    stem = name[:60]
    first = _("%(name)s (copy)") % {"name": stem}
    numbered = (
        _("%(name)s (copy %(number)s)") % {"name": stem, "number": number}
        for number in range(2, len(taken) + 3)
    )
    return next(each for each in (first, *numbered) if each not in taken)


def _show(
    request: HttpRequest,
    form: LayoutForm,
    layout: Layout | None,
    *,
    posted: QueryDict | None = None,
    refused: bool = False,
    **more: object,
) -> HttpResponse:
    versions = layout.versions.select_related("created_by")[:VERSIONS_SHOWN] if layout else []
    context = {
        "form": form,
        "layout": layout,
        "kinds": [{"value": str(kind), "label": _(name)} for kind, name in KINDS.items()],
        "kind": str(form.kind),
        "regions": form.rows(REGIONS),
        "images": form.rows(IMAGES),
        "most": MAX_REGIONS,
        "versions": versions,
        **preview(form, users_in(posted.get("users", "") if posted else "")),
        "errors": [line for line in form.listed() if line["severity"] == "error"],
        **more,
    }
    render = render_refused if refused else render_page
    return render(request, "layouts/form.html", "layouts/_form.html", context)


def _closed_up(data: QueryDict) -> QueryDict:
    """What was posted, its lists counted from 0 without gaps, and free to be changed."""
    for path in LISTS:
        data = rearranged(data, path, positions(data, path))
    return data


def _found(request: HttpRequest, pk: int) -> Layout:
    found: Layout = get_object_or_404(Layout.objects.visible_to(request.user), pk=pk)
    return found
