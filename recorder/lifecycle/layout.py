"""Changing the picture of a running mix recording."""

from collections.abc import Mapping
from typing import Any

from recorder.contract.layouts import Layout, layout_from_wire, layout_to_wire
from recorder.contract.states import Operation
from recorder.lifecycle.change import send_change
from recorder.models import LayoutVersion, RecordingSession, User


def apply_layout(
    session: RecordingSession, picture: LayoutVersion | Layout | Mapping[str, Any], *, by: User
) -> None:
    """Show this layout from now on. `picture` may be a saved version, a layout, or a clientRequest.

    Always sent whole, since the service resets what is left out. Raises what send_change does.
    """
    version = picture if isinstance(picture, LayoutVersion) else None
    wire = whole(picture)

    def in_force(row: RecordingSession) -> None:
        row.layout, row.layout_version = wire, version

    send_change(
        session,
        "layout",
        Operation.UPDATE_LAYOUT,
        wire,
        by=by,
        succeeded=in_force,
        layout=str(version) if version else "",
    )


def whole(picture: LayoutVersion | Layout | Mapping[str, Any]) -> dict[str, Any]:
    """Every key of the layout. What a clientRequest says wrongly is kept, for the rules to name."""
    if isinstance(picture, LayoutVersion):
        return layout_to_wire(picture.parsed())
    if isinstance(picture, Layout):
        return layout_to_wire(picture)
    try:
        return layout_to_wire(layout_from_wire(picture)) | dict(picture)
    except ValueError:
        return dict(picture)
