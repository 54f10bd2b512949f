"""The pictures in a session's story: what it began with, and each that was put into force."""

from typing import Any

from recorder.contract.layouts import Canvas, layout_from_wire
from recorder.lifecycle.timeline import Entry
from recorder.models import RecordingSession


def pictures_in(session: RecordingSession, entries: list[Entry]) -> dict[str, dict[str, Any]]:
    """By the key of an entry: {layout, canvas, name} of the picture that it is about."""
    if not session.layout or not session.canvas_width or not session.canvas_height:
        return {}
    canvas = Canvas(session.canvas_width, session.canvas_height)
    rows = {row.pk: row for row in session.shown.select_related("layout_version__layout")}
    first = rows[min(rows)] if rows else None
    found = {}
    for entry in entries:
        began = entry.key == "started"
        shown = first if began else rows.get(entry.detail.get("shown", 0))
        if shown:
            wire, version = shown.picture, shown.layout_version
        elif began:
            wire, version = session.layout, session.layout_version
        else:
            continue
        try:
            picture = layout_from_wire(wire)
        except ValueError:  # only the service understands it
            continue
        found[entry.key] = {"layout": picture, "canvas": canvas, "name": str(version or "")}
    return found
