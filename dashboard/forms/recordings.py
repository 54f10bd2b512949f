"""The filters of the recordings list; its address is its state."""

from django import forms
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from recorder.contract.states import Mode, Upload
from recorder.models import Project

UPLOADS = [
    ("", _("Any upload")),
    (Upload.UPLOADED, _("Uploaded")),
    (Upload.UPLOADING, _("Uploading")),
    (Upload.BACKED_UP, _("In the provider's backup")),
    (Upload.UNKNOWN, _("Upload unknown")),
]
MODES = [
    ("", _("Any mode")),
    (Mode.MIX, _("Mix")),
    (Mode.INDIVIDUAL, _("Individual")),
    (Mode.WEB, _("Web page")),
]


class RecordingFilters(forms.Form):
    q = forms.CharField(
        label=_("Channel or sid"),
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
    mode = forms.ChoiceField(label=_("Mode"), choices=MODES, required=False)
    upload = forms.ChoiceField(label=_("Upload"), choices=UPLOADS, required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: QueryDict, *, user: AbstractBaseUser | AnonymousUser):
        super().__init__(data)
        projects = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
