"""The filters of the board; its address is its state."""

from collections.abc import Callable, Mapping
from typing import cast

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from recorder.contract.states import FINAL, Status
from recorder.lifecycle.figures import midnight
from recorder.models import Project
from recorder.models.session import SessionQuerySet

MODES = [
    ("", _("Any mode")),
    ("mix", _("Mix")),
    ("individual", _("Individual")),
    ("web", _("Web page")),
]
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


class SessionFilters(forms.Form):
    q = forms.CharField(
        label=_("Channel, sid or uid"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label=_("Any project"),
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=MODES, required=False)

    def __init__(self, data: QueryDict, *, user: AbstractBaseUser | AnonymousUser):
        super().__init__(data)
        projects = cast("forms.ModelChoiceField[Project]", self.fields["project"])
        projects.queryset = Project.objects.visible_to(user)

    def filtered(self, rows: SessionQuerySet) -> SessionQuerySet:
        """What the filters leave; one that is malformed shows its error and filters nothing."""
        self.is_valid()
        wanted = self.cleaned_data
        if text := wanted.get("q"):
            rows = rows.matching(text)
        if state := wanted.get("status"):
            rows = _ROWS[state](rows)
        if project := wanted.get("project"):
            rows = rows.filter(project=project)
        if mode := wanted.get("mode"):
            rows = rows.filter(mode=mode)
        return rows

    @property
    def in_use(self) -> bool:
        return any(self.data.get(name) for name in self.fields)
