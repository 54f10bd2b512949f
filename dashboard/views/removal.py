"""Deleting a row that nothing was recorded with: asked once, refused with a sentence otherwise."""

from django.contrib import messages
from django.db import models, transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dashboard.htmx import go, is_htmx, render_dialog, render_page
from dashboard.people import user_of
from recorder.models.audit import record


def remove(
    request: HttpRequest,
    row: models.Model,
    *,
    noun: str,
    title: str,
    text: str,
    then: str,
) -> HttpResponse:
    """GET asks (in the dialog, or as a page), POST deletes and goes on to the view `then`.

    A row that sessions point at stays, and so does all that belongs to it.
    """
    name = str(row)
    if request.method != "POST":
        context = {"title": title, "text": text, "action": request.path, "back": then}
        if is_htmx(request):
            return render_dialog(request, "components/confirm_dialog.html", context)
        return render_page(request, "confirm.html", "components/confirm_dialog.html", context)
    try:
        with transaction.atomic():
            record(f"{noun}.delete", row, by=user_of(request), name=name)
            row.delete()
    except ProtectedError:
        messages.error(
            request,
            _(
                "“%(name)s” has been recorded with, so it stays: its recordings are found through"
                " it. Nothing was changed."
            )
            % {"name": name},
        )
    else:
        messages.success(request, _("“%(name)s” was deleted.") % {"name": name})
    return go(request, then)
