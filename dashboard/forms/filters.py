"""What the filters of lists share; a list's address is its state."""

from typing import cast

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from recorder.contract.states import Mode
from recorder.models import Project
from recorder.models.session import SessionQuerySet

MODES = [
    ("", _("Any mode")),
    (Mode.MIX, _("Mix")),
    (Mode.INDIVIDUAL, _("Individual")),
    (Mode.WEB, _("Web page")),
]


class ListFilters(forms.Form):
    """A word and a project. A filter that is malformed shows its error and filters nothing."""

    q = forms.CharField(
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

    def __init__(self, data: QueryDict, *, user: AbstractBaseUser | AnonymousUser):
        super().__init__(data)
        projects = cast("forms.ModelChoiceField[Project]", self.fields["project"])
        projects.queryset = Project.objects.visible_to(user)

    @property
    def in_use(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class Filters(ListFilters):
    """Those of both lists of sessions."""

    mode = forms.ChoiceField(label=_("Mode"), choices=MODES, required=False)

    def __init__(self, data: QueryDict, *, user: AbstractBaseUser | AnonymousUser):
        super().__init__(data, user=user)
        self.fields["q"].label = _("Channel, sid or uid")

    def filtered(self, rows: SessionQuerySet) -> SessionQuerySet:
        """What the filters leave. Extend it by those of one list."""
        self.is_valid()
        wanted = self.cleaned_data
        if text := wanted.get("q"):
            rows = rows.matching(text)
        for name in ("project", "mode"):
            if value := wanted.get(name):
                rows = rows.filter(**{name: value})
        return rows
