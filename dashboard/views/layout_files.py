"""Layouts in and out as files."""

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.forms.layout_files import ImportForm, Row
from dashboard.htmx import go, render_page, render_refused
from dashboard.numbers import id_in
from dashboard.people import user_of
from recorder.contract.layout_files import own_file
from recorder.models import Layout, LayoutVersion, User
from recorder.models.audit import record
from recorder.models.names import NameTaken, name_once

PAGE, PART = "layouts/import.html", "layouts/_import.html"


@require_safe
def layouts_export(request: HttpRequest) -> HttpResponse:
    """`?layout=1&layout=2`: those, without any all that are not archived, in one file."""
    layouts = Layout.objects.visible_to(request.user)
    asked = request.GET.getlist("layout")
    if asked:
        layouts = layouts.filter(pk__in=[pk for text in asked if (pk := id_in(text))])
    else:
        layouts = layouts.filter(archived_at=None)
    newest = LayoutVersion.objects.filter(layout__in=layouts, number=F("layout__version"))
    found = list(newest.select_related("layout").order_by("layout__name"))
    text = own_file(
        (version.layout.name, version.layout.tags, version.canvas, version.wire)
        for version in found
    )
    name = slugify(found[0].layout.name) or "layout" if len(found) == 1 else "layouts"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def layouts_import(request: HttpRequest) -> HttpResponse:
    """Look at a file first: what it holds, what is unknown in it, what was rounded; then add."""
    if request.method != "POST":
        return render_page(request, PAGE, PART, {"form": ImportForm(), "rows": []})
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_refused(request, PAGE, PART, {"form": form, "rows": []})
    context = {
        "form": form,
        "rows": form.rows,
        "text": form.cleaned_data["text"],
        "sound": sum(row.found.is_sound for row in form.rows),
    }
    if "add" not in request.POST:
        return render_page(request, PAGE, PART, context)
    chosen = form.take(request.POST)
    if not chosen or any(row.error for row in chosen):
        context["none"] = not chosen
        return render_refused(request, PAGE, PART, context)
    try:
        _add(chosen, user_of(request))
    except NameTaken as error:
        context["raced"] = str(error)
        return render_refused(request, PAGE, PART, context)
    said = ngettext("%(count)s layout was added.", "%(count)s layouts were added.", len(chosen))
    messages.success(request, said % {"count": len(chosen)})
    return go(request, "layouts")


@transaction.atomic
def _add(chosen: list[Row], user: User) -> None:
    """All of them or none. Raises NameTaken."""
    for row in chosen:
        with name_once(Layout(), row.name):
            layout = Layout.create(
                row.name, row.found.canvas, row.found.wire, by=user, tags=row.tags
            )
            record("layout.create", layout, by=user, name=row.name, source=row.found.source)
