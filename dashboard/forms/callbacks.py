"""The filters of the callbacks' list."""

from collections.abc import Callable, Mapping

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboard.forms.filters import ListFilters
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


class NoticeFilters(ListFilters):
    show = forms.ChoiceField(label=_("Show"), choices=SHOWN, required=False)

    def __init__(self, data: QueryDict, *, user: AbstractBaseUser | AnonymousUser):
        super().__init__(data, user=user)
        self.fields["q"].label = _("sid, channel or notice id")

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
