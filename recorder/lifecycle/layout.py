"""Changing the picture of a running mix recording."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.layout_documents import whole_wire
from recorder.contract.layouts import Layout
from recorder.contract.states import Operation
from recorder.errors import RecorderError
from recorder.lifecycle.change import send_change
from recorder.models import LayoutVersion, RecordingSession, ShownLayout, User


class ShownMeanwhile(RecorderError):
    """Somebody else changed the picture since this change was drawn. Nothing was sent."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The layout of this recording was changed while you were drawing. Nothing of yours"
                " was sent; look at what is shown now, then apply again."
            )
        )


def apply_layout(
    session: RecordingSession,
    picture: LayoutVersion | Layout | Mapping[str, Any],
    *,
    by: User,
    version: LayoutVersion | None = None,
    before: str | None = None,
) -> bool:
    """Show this layout from now on. `picture` may be a saved version, a layout, or a clientRequest;
    `version` is the saved one that it equals, if any.

    Always sent whole, since the service resets what is left out. With `before`, the tag_of the
    layout that the change was drawn on, it is sent once however often it is asked for: False when
    it is shown already. Raises ShownMeanwhile, and what send_change does.
    """
    if isinstance(picture, LayoutVersion):
        version = picture
    wire = whole(picture)

    def needed(row: RecordingSession) -> bool:
        if before is None or tag_of(row.layout) == before:
            return True
        if tag_of(row.layout) == tag_of(wire):
            return False
        raise ShownMeanwhile

    def in_force(row: RecordingSession) -> dict[str, object]:
        _remember_first(row)
        row.layout, row.layout_version = wire, version
        shown = ShownLayout.objects.create(
            session=row, picture=wire, layout_version=version, by=by if by.pk else None
        )
        return {"shown": shown.pk}

    return send_change(
        session,
        "layout",
        Operation.UPDATE_LAYOUT,
        wire,
        by=by,
        needed=needed,
        succeeded=in_force,
        layout=str(version) if version else "",
    )


def _remember_first(row: RecordingSession) -> None:
    """The picture of the start, when it is about to be the one before."""
    if row.layout and not row.shown.exists():
        ShownLayout.objects.create(
            session=row,
            picture=row.layout,
            layout_version=row.layout_version,
            at=row.started_at or row.requested_at or timezone.now(),
            by=row.requested_by,
        )


def previous_of(session: RecordingSession) -> ShownLayout | None:
    """What was shown before the layout in force; None while there was only one."""
    last_two = session.shown.select_related("layout_version__layout")[:2]
    return last_two[1] if len(last_two) == 2 else None


def tag_of(wire: Mapping[str, Any] | None) -> str:
    """A short name for a picture: same picture, same tag."""
    text = json.dumps(wire and whole(wire), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def whole(picture: LayoutVersion | Layout | Mapping[str, Any]) -> dict[str, Any]:
    """Every key of the layout. What a clientRequest says wrongly is kept, for the rules to name."""
    if isinstance(picture, LayoutVersion):
        return picture.wire
    if isinstance(picture, Layout):
        return whole_wire(picture)
    try:
        return whole_wire(picture)
    except ValueError:
        return dict(picture)
