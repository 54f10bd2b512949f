"""What the layout editor's page embeds as JSON: the picture, its limits and where to send it."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _

from recorder.contract.layout_documents import document_of
from recorder.contract.layout_tables import editor_tables
from recorder.contract.layouts import Canvas
from recorder.models import Layout, LayoutVersion


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


def _common(request: HttpRequest, wire: dict[str, Any], canvas: Canvas) -> dict[str, object]:
    return {
        "document": document_of(wire, canvas),
        "wire": wire,
        "csrf": get_token(request),
        "tables": editor_tables(_),
    }


def _urls(**more: str | None) -> dict[str, str | None]:
    none = dict.fromkeys(("save", "apply", "session", "compare"))
    return {**none, "gallery": reverse("layouts"), **more}
