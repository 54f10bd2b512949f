from django import forms
from django.utils.translation import gettext_lazy as _

from recorder.lifecycle.resolve import REASON_LENGTH


class ReasonForm(forms.Form):
    """Why a person overrides what the service did not say."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("Kept with the session, with your name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Say how you know.")},
    )
