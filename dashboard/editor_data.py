"""What the layout editor's page embeds as JSON: the picture, its limits and where to send it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _

from recorder.contract.layout_documents import document_of
from recorder.contract.layout_tables import editor_tables
from recorder.contract.layouts import Canvas
from recorder.lifecycle.in_channel import arriving
from recorder.lifecycle.layout import previous_of, tag_of, whole
from recorder.lifecycle.words import legal_actions
from recorder.models import Layout, LayoutVersion, RecordingSession


def library_data(
    request: HttpRequest,
    layout: Layout | None,
    version: LayoutVersion | None,
    wire: dict[str, Any],
    canvas: Canvas,
    *,
    name: str,
    tags: list[str],
) -> dict[str, object]:
    """The page of a saved or a new layout. `version`: the one whose picture is shown."""
    address = reverse("layout_edit", args=[layout.pk]) if layout else reverse("layout_new")
    return {
        **_common(request, wire, canvas),
        "mode": "library",
        "name": name,
        "tags": tags,
        "seen": layout.version if layout else None,
        "shown": version.number if version and layout else None,
        "id": layout.pk if layout else None,
        "draft": f"layout-{layout.pk}" if layout else "layout-new",
        "urls": _urls(save=address),
        "live": None,
    }


def live_data(request: HttpRequest, session: RecordingSession) -> dict[str, object]:
    """The page of a recording: the layout in force, to be changed while it runs."""
    version = session.layout_version
    canvas = Canvas(session.canvas_width or 0, session.canvas_height or 0)
    before = {"name": version.layout.name, "number": version.number} if version else None
    return {
        **_common(request, whole(session.layout or {}), canvas),
        "mode": "live",
        "name": version.layout.name if version else "",
        "tags": [],
        "seen": None,
        "shown": None,
        "id": None,
        "draft": f"session-{session.pk}",
        "urls": _urls(
            apply=reverse("session_layout", args=[session.pk]),
            session=reverse("session", args=[session.pk]),
            compare=reverse("session_layout_changes", args=[session.pk]),
        ),
        "live": {
            "session": {
                "id": session.pk,
                "name": session.cname,
                "width": canvas.width,
                "height": canvas.height,
                "users": arriving(session),
            },
            "before": tag_of(session.layout),
            "why_not": legal_actions(session)["layout"] or "",
            "previous": previous_data(session),
            "layout": before,
        },
    }


def previous_data(session: RecordingSession) -> dict[str, object] | None:
    """What was shown before the layout in force, for "Revert to previous"."""
    shown = previous_of(session)
    if shown is None:
        return None
    canvas = Canvas(session.canvas_width or 0, session.canvas_height or 0)
    version = shown.layout_version
    return {
        **picture_data(shown.picture, canvas),
        "name": version.layout.name if version else "",
        "number": version.number if version else None,
        "at": shown.at.isoformat(),
    }


def picture_data(wire: Mapping[str, Any], canvas: Canvas) -> dict[str, object]:
    """One picture in both spellings."""
    named = whole(wire)
    return {"document": document_of(named, canvas), "wire": named}


def _common(request: HttpRequest, wire: dict[str, Any], canvas: Canvas) -> dict[str, object]:
    return {
        **picture_data(wire, canvas),
        "csrf": get_token(request),
        "tables": editor_tables(_),
    }


def _urls(**more: str | None) -> dict[str, str | None]:
    none = dict.fromkeys(("save", "apply", "session", "compare"))
    return {**none, "gallery": reverse("layouts"), **more}
