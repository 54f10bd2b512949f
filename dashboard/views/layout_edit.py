"""One layout: the visual editor, and under it the form of numbers that works without scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import csp
from dashboard.editor_data import library_data
from dashboard.forms.flat import positions, rearranged
from dashboard.forms.layout_fields import (
    BLANK_CANVAS,
    IMAGES,
    LISTS,
    REGIONS,
    blank,
    blank_picture,
    edited,
    shown,
)
from dashboard.forms.layouts import LayoutForm
from dashboard.htmx import go, render_page, render_refused
from dashboard.json_bodies import answers_json, is_json
from dashboard.layout_saving import Draft, free_name, save
from dashboard.numbers import id_in
from dashboard.people import user_of
from dashboard.previews import preview, users_in
from dashboard.views.layout_json import save_document
from dashboard.views.layouts import layout_of
from recorder.contract.layout_documents import whole_wire
from recorder.contract.layouts import DEFAULT_CANVAS, KINDS, MAX_REGIONS
from recorder.models import Layout, LayoutChangedMeanwhile, LayoutVersion
from recorder.models.names import NameTaken

VERSIONS_SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@answers_json
def layout_new(request: HttpRequest) -> HttpResponse:
    """GET `?from=12` begins with a copy; POST takes the form, or the editor's JSON."""
    if request.method == "POST":
        return save_document(request, None) if is_json(request) else _posted(request, None)
    source = id_in(request.GET.get("from", ""))
    if not source:
        picture = whole_wire(blank_picture())
        data = library_data(request, None, None, picture, BLANK_CANVAS, name="", tags=[])
        return _show(request, LayoutForm(initial=blank()), None, editor=data)
    original = layout_of(request, source)
    name, newest = free_name(original.name), original.latest
    data = library_data(
        request, None, None, newest.wire, newest.canvas, name=name, tags=original.tags
    )
    initial = shown(newest, name=name, seen=0)
    return _show(request, LayoutForm(initial=initial), None, editor=data)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_json
def layout_edit(request: HttpRequest, pk: int) -> HttpResponse:
    layout = layout_of(request, pk)
    if request.method == "POST":
        return save_document(request, layout) if is_json(request) else _posted(request, layout)
    version, number = layout.latest, id_in(request.GET.get("version", ""))
    if number:
        version = get_object_or_404(LayoutVersion, layout=layout, number=number)
    initial = shown(version, name=layout.name, seen=layout.version)
    data = library_data(
        request,
        layout,
        version,
        version.wire,
        version.canvas,
        name=layout.name,
        tags=layout.tags,
    )
    form = LayoutForm(layout=layout, initial=initial)
    return _show(request, form, layout, version=version, editor=data)


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
        except NameTaken as error:
            form.add_error("name", str(error))
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
    """Save, file it and go on. Raises LayoutChangedMeanwhile and NameTaken."""
    typed = form.cleaned_data
    canvas = form.canvas or DEFAULT_CANVAS  # a valid form has one
    draft = Draft(typed["name"], typed["tags"], canvas, form.wire, typed["seen"])
    saved, changed = save(layout, draft, by=user_of(request))
    if changed:
        said = _("“%(name)s” was saved as version %(number)s.")
        messages.success(request, said % {"name": saved.name, "number": saved.version})
    else:
        messages.info(request, _("Nothing was changed, so there is no new version."))
    return go(request, "layouts")


@require_POST
def layout_preview(request: HttpRequest) -> HttpResponse:
    """The unsaved numbers as a picture, with what is wrong or doubtful about them.

    Not render_partial: sent while somebody types, it must not take a save's toast with it.
    """
    posted = _closed_up(request.POST)
    context = preview(LayoutForm(posted), users_in(posted.get("users", "")))
    return render(request, "layouts/_preview.html", context)


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
    response = render(request, "layouts/form.html", "layouts/_form.html", context)
    csp.allow_images(response)
    return response


def _closed_up(data: QueryDict) -> QueryDict:
    """What was posted, its lists counted from 0 without gaps, and free to be changed."""
    for path in LISTS:
        data = rearranged(data, path, positions(data, path))
    return data
