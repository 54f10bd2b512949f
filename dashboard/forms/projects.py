from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.forms.places import WholeNumber
from dashboard.forms.secrets import SecretForm
from recorder.models import Project
from recorder.models.project import MOST_MINUTES

_MONO = {"autocomplete": "off", "spellcheck": "false", "class": "mono"}
_PACE = _("The pace is 1 to 1000 requests per second.")
_LENGTH = _("The maximum length is 1 to 43200 minutes (30 days).")


class ProjectForm(SecretForm):
    requests_per_second = WholeNumber(
        label=_("Requests per second"),
        initial=10,
        help_text=_("Shared by all projects with the same customer ID. Agora allows 10."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _PACE, "required": _PACE},
    )

    max_minutes = WholeNumber(
        label=_("Maximum length in minutes"),
        required=False,
        help_text=_("A recording is stopped after so long. Empty: only its own end stops it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _LENGTH},
    )

    needed = ("customer_secret",)
    secret_hints = {
        "customer_secret": _("Shown once in the console, together with the customer ID."),
        "app_certificate": _(
            "If the project has one, the recorder's tokens are made with it. Leave it empty if not."
        ),
        "callback_secret": _(
            "The provider signs its callbacks with it. Without one all are refused."
        ),
        "callback_secret_old": _("Accepted beside the new one until you remove it."),
    }

    class Meta:
        model = Project
        fields = [
            "name",
            "provider",
            "area",
            "base_url",
            "app_id",
            "customer_id",
            "callback_sha1",
            "requests_per_second",
            "max_minutes",
        ]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "base_url": forms.TextInput(
                attrs={**_MONO, "inputmode": "url", "placeholder": "https://"}
            ),
            "app_id": forms.TextInput(attrs=_MONO),
            "customer_id": forms.TextInput(attrs=_MONO),
        }
        help_texts = {
            "name": _("What your colleagues will look for."),
            "area": _("Which of the provider's hosts to call first. Only Agora has several."),
            "app_id": _("As the app uses it to join channels."),
            "customer_id": _("From the RESTful API page of the provider's console."),
            "callback_sha1": _("Only for a sender that cannot sign with SHA-256, as Agora can."),
        }
        error_messages = {"name": {"unique": _("There is a project of this name.")}}

    field_order = [
        "name",
        "provider",
        "area",
        "base_url",
        "app_id",
        "customer_id",
        *Project.SECRETS,
        "callback_sha1",
        "requests_per_second",
        "max_minutes",
    ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not self.stored["callback_secret_old"]:
            del self.fields["callback_secret_old"]  # it is never typed: replacing one makes it

    def clean(self) -> dict[str, Any]:
        before = self.instance.callback_secret
        cleaned = super().clean()
        self.instance.change_over(before)
        return cleaned

    def clean_max_minutes(self) -> int | None:
        minutes: int | None = self.cleaned_data["max_minutes"]
        if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
            raise forms.ValidationError(_LENGTH)
        return minutes

    def clean_requests_per_second(self) -> int:
        pace: int = self.cleaned_data["requests_per_second"]
        if not 1 <= pace <= 1000:
            raise forms.ValidationError(_PACE)
        return pace
