"""Forms of the account pages: allauth's, in our words."""

from typing import Any

from allauth.account import forms as allauth
from django.utils.translation import gettext_lazy as _


class Plain:
    """Without placeholders, which only repeat the label, and without the way back by mail.

    Nobody has to set up a mail server; an administrator gives a new password.
    """

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"password", "oldpassword"}:
                field.help_text = ""


class LoginForm(Plain, allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True
        self.fields["remember"].label = _("Stay signed in")


class ChangePasswordForm(Plain, allauth.ChangePasswordForm):
    pass


class ReauthenticateForm(Plain, allauth.ReauthenticateForm):
    pass
