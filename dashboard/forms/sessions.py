"""The filters of the board."""

from collections.abc import Callable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.forms.filters import Filters
from recorder.contract.states import FINAL, Status
from recorder.lifecycle.figures import midnight
from recorder.models.session import SessionQuerySet

STATES = [
    ("", _("Any state")),
    ("live", _("Live")),
    ("recording", _("Recording now")),
    ("attention", _("Needs attention")),
    ("waiting", _("Waiting for upload")),
    ("today", _("Recorded today")),
    (_("Exactly"), [
        ("starting", _("Starting")),
        ("unconfirmed", _("Unconfirmed")),
        ("stopping", _("Stopping")),
        ("ended", _("Ended")),
        ("failed", _("Failed")),
    ]),
]  # fmt: skip
_UNSENT = [Status.REQUESTED, Status.ACQUIRED, Status.STARTING]
_ROWS: Mapping[str, Callable[[SessionQuerySet], SessionQuerySet]] = {
    "live": lambda rows: rows.live(),
    "recording": lambda rows: rows.recording_now(),
    "attention": lambda rows: rows.needing_attention(),
    "waiting": lambda rows: rows.waiting_for_upload(),
    "today": lambda rows: rows.recorded_since(midnight()),
    "starting": lambda rows: rows.live().filter(status__in=_UNSENT),
    "unconfirmed": lambda rows: rows.live().filter(status=Status.UNCONFIRMED),
    "stopping": lambda rows: rows.live().filter(status=Status.STOPPING),
    "ended": lambda rows: rows.filter(status__in=FINAL),
    "failed": lambda rows: rows.filter(status=Status.FAILED),
}


class SessionFilters(Filters):
    status = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    field_order = ("q", "status", "project", "mode")

    def filtered(self, rows: SessionQuerySet) -> SessionQuerySet:
        rows = super().filtered(rows)
        state = self.cleaned_data.get("status")
        return _ROWS[state](rows) if state else rows
