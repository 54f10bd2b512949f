"""The filters of the callbacks' list."""

from collections.abc import Callable, Mapping
from typing import cast

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from recorder.models import Project
from recorder.models.notice import NoticeQuerySet

SHOWN = [
    ("", _("All")),
    ("unmatched", _("Unmatched")),
    ("odd", _("Repeated or out of order")),
    ("failed", _("Not applied")),
]
_ROWS: Mapping[str, Callable[[NoticeQuerySet], NoticeQuerySet]] = {
    "unmatched": lambda rows: rows.unmatched(),
    "odd": lambda rows: rows.odd(),
    "failed": lambda rows: rows.exclude(error=""),
}


class NoticeFilters(forms.Form):
    """A filter that is malformed shows its error and filters nothing."""

    q = forms.CharField(
        label=_("sid, channel or notice id"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label=_("Any project"),
    )
    show = forms.ChoiceField(label=_("Show"), choices=SHOWN, required=False)

    def __init__(self, data: QueryDict, *, user: AbstractBaseUser | AnonymousUser):
        super().__init__(data)
        projects = cast("forms.ModelChoiceField[Project]", self.fields["project"])
        projects.queryset = Project.objects.visible_to(user)

    def filtered(self, rows: NoticeQuerySet) -> NoticeQuerySet:
        self.is_valid()
        wanted = self.cleaned_data
        if text := wanted.get("q"):
            rows = rows.matching(text)
        if project := wanted.get("project"):
            rows = rows.filter(project=project)
        if show := wanted.get("show"):
            rows = _ROWS[show](rows)
        return rows

    @property
    def in_use(self) -> bool:
        return any(self.data.get(name) for name in self.fields)
