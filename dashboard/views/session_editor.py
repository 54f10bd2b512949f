"""The layout editor on a running recording: the layout in force, what would change, apply once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboard import csp
from dashboard.editor_data import live_data, picture_data, previous_data
from dashboard.htmx import REFUSED, is_htmx, poll_tag, render_page, unchanged
from dashboard.json_bodies import Refusal, answers_json, json_body, told
from dashboard.layout_changes import layout_changes
from dashboard.people import user_of
from dashboard.pictures import describe, thumbnail
from dashboard.views.layout_json import CONFLICT, read_document
from dashboard.views.session import picture_of
from dashboard.views.session_actions import session_of
from dashboard.views.sessions import BUSY, STEADY, is_busy
from recorder.contract.layouts import Canvas, Layout, layout_from_wire
from recorder.contract.problems import Problem
from recorder.errors import RecorderError
from recorder.lifecycle.layout import ShownMeanwhile, apply_layout, previous_of, tag_of
from recorder.lifecycle.requests import InvalidRequest
from recorder.lifecycle.sending import send
from recorder.lifecycle.words import legal_actions
from recorder.models import LayoutVersion, RecordingSession
from recorder.providers.errors import ProviderUnavailable


@require_safe
def session_editor(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor with the layout in force; without scripts, the saved layouts to choose from.

    Asked by htmx: whether the layout can still be changed, and if not, why.
    """
    session = session_of(request, pk)
    why_not = legal_actions(session)["layout"]
    settled = session.is_final or not session.layout
    pace = 0 if settled else BUSY if is_busy(session) else STEADY
    tag = poll_tag(request.path, why_not, pace)
    if same := unchanged(request, tag):
        return same
    context: dict[str, object] = {"session": session, "why_not": why_not, "pace": pace}
    if not is_htmx(request):
        context["editor"] = live_data(request, session) if session.layout else None
        context["live"] = True
    response = render_page(
        request,
        "sessions/layout_editor.html",
        "sessions/_layout_standing.html",
        context,
        tag=tag,
    )
    csp.allow_images(response)
    return response


@require_POST
@answers_json
def session_layout_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What the sent document would change, in words and as two pictures."""
    session = session_of(request, pk)
    _size, wire, warnings = _read(json_body(request), session)
    before, canvas = picture_of(session)
    after = layout_from_wire(wire)
    changes = layout_changes(before, after) if before else ()
    return JsonResponse(
        {
            "before": tag_of(session.layout),
            "now": picture_data(session.layout or {}, canvas or Canvas(0, 0)),
            "changes": [
                {
                    "what": change.what,
                    "before": change.before,
                    "after": change.after,
                    "reset": change.reset,
                }
                for change in changes
            ],
            "thumbnails": {"now": _drawn(before, canvas), "then": _drawn(after, canvas)},
            "why_not": legal_actions(session)["layout"] or "",
            "problems": told(warnings),
        }
    )


@answers_json
def apply_document(request: HttpRequest, session: RecordingSession) -> HttpResponse:
    """Send the document to the service, once; how that ended is `outcome`."""
    body = json_body(request)
    if why_not := legal_actions(session)["layout"]:
        return _refused(session, why_not)
    before = body.get("before")
    seen = before if isinstance(before, str) else tag_of(session.layout)
    picture, version = _wanted(body, session)
    sent: list[bool] = []

    def change(row: RecordingSession) -> None:
        user = user_of(request)
        sent.append(apply_layout(row, picture, by=user, version=version, before=seen))

    try:
        done = send(change, session, in_row=False)
    except ShownMeanwhile as error:
        return _refused(session, str(error), conflict=_shown_now(session))
    except InvalidRequest as error:
        found = [_placed(problem) for problem in error.problems]
        return _refused(session, str(error), status=REFUSED, problems=told(found))
    except ProviderUnavailable as error:
        return _unknown(session, str(error))
    except RecorderError as error:
        return _refused(session, str(error))
    if not done:
        return _unknown(session, _("No answer yet. This page shows the layout when it is taken."))
    fresh = session_of(request, session.pk)
    said = _("%(name)s shows this layout now.") if sent[0] else _("This is what %(name)s shows.")
    return JsonResponse(
        {
            "outcome": "accepted",
            "message": said % {"name": session.cname},
            "sent": sent[0],
            "previous": previous_data(fresh),
            **_standing(fresh),
            **picture_data(fresh.layout or {}, _canvas(fresh)),
        }
    )


def _wanted(
    body: Mapping[str, Any], session: RecordingSession
) -> tuple[dict[str, object], LayoutVersion | None]:
    """The picture to show, and the saved version that it is, if the body names one or it is the
    one before. Raises Refusal.
    """
    number = body.get("version")
    if type(number) is int and 0 < number < 2**63:
        version = LayoutVersion.objects.filter(pk=number).select_related("layout").first()
        if version is None:
            raise Refusal(REFUSED, _("There is no such version."), outcome="refused", problems=[])
        return version.wire, version
    _size, wire, _warnings = _read(body, session)
    last = previous_of(session)
    same = last is not None and tag_of(last.picture) == tag_of(wire)
    return wire, last.layout_version if last and same else None


def _read(
    body: Mapping[str, Any], session: RecordingSession
) -> tuple[Canvas, dict[str, object], list[Problem]]:
    """The document, judged on the recording's own canvas: its size cannot be changed."""
    document = body.get("document")
    if isinstance(document, dict):
        document = {**document, "width": session.canvas_width, "height": session.canvas_height}
    try:
        return read_document(document)
    except Refusal as refusal:
        refusal.said["outcome"] = "refused"
        raise


def _refused(
    session: RecordingSession, why: str, *, status: int = CONFLICT, **more: object
) -> JsonResponse:
    ended = session.is_final
    said = (
        _("The recording has ended, so the layout was not changed. Your draft is still here.")
        if ended
        else _("The layout was not changed; the recording goes on as it was. %(why)s")
        % {"why": why}
    )
    answer = {"outcome": "refused", "message": said, "ended": ended, "conflict": None}
    return JsonResponse({**answer, **_standing(session), **more}, status=status)


def _unknown(session: RecordingSession, why: str) -> JsonResponse:
    said = _("It is not known whether the service took the layout. %(why)s") % {"why": why}
    answer = {"outcome": "unknown", "message": said, **_standing(session)}
    return JsonResponse(answer, status=202)


def _standing(session: RecordingSession) -> dict[str, object]:
    return {"version": session.version, "before": tag_of(session.layout)}


def _shown_now(session: RecordingSession) -> dict[str, object]:
    newest = session.shown.select_related("by").first()
    return {
        **picture_data(session.layout or {}, _canvas(session)),
        "by": str(newest.by or "") if newest else "",
        "at": newest.at.isoformat() if newest else "",
    }


def _placed(problem: Problem) -> Problem:
    return replace(problem, path=problem.path.removeprefix("clientRequest."))


def _canvas(session: RecordingSession) -> Canvas:
    return Canvas(session.canvas_width or 0, session.canvas_height or 0)


def _drawn(layout: Layout | None, canvas: Canvas | None) -> str:
    """The thumbnail as SVG; empty where it cannot be drawn."""
    if layout is None or canvas is None:
        return ""
    drawn = thumbnail(layout, canvas)
    context = {"picture": drawn, "label": describe(layout, canvas, drawn)}
    return render_to_string("components/thumbnail.html", context).strip()
