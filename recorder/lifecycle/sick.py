"""A row that cannot be worked on, because of a mistake of ours: it must hold up no other."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from recorder.lifecycle.attention import BREAKS, Attention
from recorder.models import RecordingSession


def set_aside(pk: int, lease: str) -> None:
    """Give the lease back and try again later and later; after BREAKS times not any more.

    Written without reading the row, for that may be what fails.
    """
    rows = RecordingSession.objects.filter(pk=pk, lease_token=lease)
    breaks = rows.values_list("breaks", flat=True).first()
    if breaks is None:
        return
    breaks, now = breaks + 1, timezone.now()
    rest = {"lease_token": "", "lease_until": None, "breaks": breaks}
    if breaks < BREAKS:
        rows.update(**rest, next_check_at=now + timedelta(seconds=2**breaks))
    else:
        shown = {"attention": Attention.BROKEN.value, "version": F("version") + 1}
        rows.update(**rest, **shown, next_check_at=None)
