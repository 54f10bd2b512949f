"""Changing the picture of a running mix recording: choose, compare, apply once."""

from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dashboard import csp
from dashboard.forms.start_layouts import Choice, choices
from dashboard.htmx import is_htmx, open_dialog, render_page
from dashboard.json_bodies import is_json
from dashboard.layout_changes import layout_changes
from dashboard.people import user_of
from dashboard.views.session import picture_of
from dashboard.views.session_actions import answered, session_of
from dashboard.views.session_editor import apply_document
from recorder.contract.layouts import layout_from_wire
from recorder.errors import RecorderError
from recorder.lifecycle.layout import apply_layout, previous_of, tag_of
from recorder.lifecycle.sending import send
from recorder.lifecycle.words import legal_actions
from recorder.models import RecordingSession

PREVIOUS = "previous"


@require_http_methods(["GET", "HEAD", "POST"])
def session_layout(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows the layouts and, for `?layout=`, what that one changes; POST applies it.

    The editor posts JSON here.
    """
    session = session_of(request, pk)
    if request.method == "POST" and is_json(request):
        return apply_document(request, session)
    asked = request.POST if request.method == "POST" else request.GET
    offered = _offered(request, session)
    chosen = offered.get(asked.get("layout", ""))
    if request.method == "POST":
        return _apply(request, session, chosen)
    context = {
        "session": session,
        "choices": list(offered.values()),
        **_compared(session, chosen),
    }
    # Choosing replaces the comparison below the choice; whoever opens the dialog gets all of it.
    part = "sessions/_layout_compare.html" if "layout" in asked else "sessions/_layout.html"
    response = render_page(request, "sessions/layout.html", part, context)
    if is_htmx(request) and "layout" not in asked:
        response = open_dialog(response)
    csp.allow_images(response)
    return response


def _offered(request: HttpRequest, session: RecordingSession) -> dict[str, Choice]:
    """By value: what was shown before, the predefined ones, the saved ones."""
    offered = choices(user_of(request))
    _picture, canvas = picture_of(session)
    shown = previous_of(session)
    if not shown or not canvas:
        return offered
    try:
        picture = layout_from_wire(shown.picture)
    except ValueError:  # only the service understands it
        return offered
    name = str(shown.layout_version or _("The layout before this one"))
    return {PREVIOUS: Choice(PREVIOUS, name, picture, canvas, shown.layout_version), **offered}


def _compared(session: RecordingSession, chosen: Choice | None) -> dict[str, object]:
    before, canvas = picture_of(session)
    if chosen and canvas and chosen.predefined:
        chosen = replace(chosen, canvas=canvas)  # it has no size of its own
    after = chosen.picture if chosen else None
    changes = layout_changes(before, after) if before and after else ()
    return {
        "chosen": chosen,
        "canvas": canvas or (chosen.canvas if chosen else None),
        "before": before,
        "after": after,
        "changes": changes,
        "resets": [change for change in changes if change.reset],
        "other_shape": bool(chosen and canvas and not _same_shape(session, chosen)),
        "why_not": legal_actions(session)["layout"],
        "tag": tag_of(session.layout),
    }


def _same_shape(session: RecordingSession, chosen: Choice) -> bool:
    """Whether width and height stand in the same ratio."""
    width, height = session.canvas_width or 0, session.canvas_height or 0
    return chosen.canvas.width * height == chosen.canvas.height * width


def _apply(request: HttpRequest, session: RecordingSession, chosen: Choice | None) -> HttpResponse:
    if chosen is None:
        messages.error(
            request,
            _("This layout has a newer version, or is gone. Nothing was sent; choose again."),
        )
        return answered(request, session, refused=True)
    try:
        picture = chosen.version or chosen.picture
        if chosen.value == PREVIOUS and (shown := previous_of(session)):
            picture = shown.picture
        change = partial(
            apply_layout,
            picture=picture,
            version=chosen.version,
            by=user_of(request),
            before=request.POST.get("before"),
        )
        done = send(change, session, in_row=False)
    except RecorderError as error:
        messages.error(
            request,
            _("The layout was not changed; the recording goes on as it was. %(why)s")
            % {"why": error},
        )
        return answered(request, session, refused=True)
    if done:
        messages.success(
            request,
            _("%(name)s shows “%(layout)s” now.") % {"name": session.cname, "layout": chosen.label},
        )
    else:
        messages.warning(
            request,
            _(
                "No answer yet. If the service takes the layout, this page shows it; if not, apply"
                " it again."
            ),
        )
    return answered(request, session)
