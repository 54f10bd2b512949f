"""The sign-in form: allauth's, in our words."""

from allauth.account.forms import LoginForm as AllauthLoginForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True
        # A way back by mail is only as good as the mail server nobody has set up; admins reset.
        self.fields["password"].help_text = ""
        if "remember" in self.fields:
            self.fields["remember"].label = _("Stay signed in")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)  # it only repeats the label
