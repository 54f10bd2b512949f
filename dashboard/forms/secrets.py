"""Write-only fields of forms over rows with secrets: blank keeps what is stored."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.forms.places import SecretInput
from recorder.models import Secret

LONGEST = 4096  # characters, as in the API


class SecretForm(forms.ModelForm):
    """For a model that names its `SECRETS`. `needed`: those no row can be without.

    What was typed never comes back into a page: after an error elsewhere its field says so.
    """

    needed: tuple[str, ...] = ()
    secret_hints: Mapping[str, Any] = {}  # sentences, translated when they are shown

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.stored = {name: getattr(self.instance, name) for name in self.instance.SECRETS}
        for name in self.instance.SECRETS:
            label = self.instance._meta.get_field(name).verbose_name
            self.fields[name] = forms.CharField(
                label=str(label)[:1].upper() + str(label)[1:],
                required=name in self.needed and not self.stored[name],
                max_length=LONGEST,
                help_text=self.secret_hints.get(name, ""),
                widget=SecretInput(),
                error_messages={"required": gettext_lazy("This secret is needed.")},
            )
            if name not in self.needed and self.stored[name]:
                self.fields[f"remove_{name}"] = forms.BooleanField(
                    label=_("Remove it: %(secret)s") % {"secret": label}, required=False
                )

    def clean(self) -> dict[str, Any]:
        """Give the row its secrets before the model looks at it as a whole."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.instance.SECRETS:
            if cleaned.get(f"remove_{name}"):
                setattr(self.instance, name, Secret())
            if cleaned.get(name):
                setattr(self.instance, name, Secret.of(cleaned[name]))
        return cleaned

    def full_clean(self) -> None:
        """One sentence for a field: that it is empty, or else what is wrong with it."""
        super().full_clean()
        if not self.is_bound or not self.errors:
            return
        for found in self.errors.values():
            del found[1:]
        self._ask_again()

    def refuse_name(self, sentence: str) -> None:
        """Somebody else took the name since the form was found right."""
        self.add_error("name", sentence)
        self._ask_again()

    def _ask_again(self) -> None:
        for name in self.instance.SECRETS:
            typed = name in self.fields and self.data.get(self.add_prefix(name))
            if typed and name not in self.errors:
                self.add_error(name, _("What you typed is not shown again: enter it again."))

    def secret_rows(self) -> list[dict[str, Any]]:
        """For templates: each secret's field, what is stored, and the field that removes it."""
        return [
            {
                "field": self[name],
                "secret": self.stored[name],
                "remove": self[f"remove_{name}"] if f"remove_{name}" in self.fields else None,
            }
            for name in self.instance.SECRETS
            if name in self.fields
        ]

    def changes(self) -> list[str]:
        """The names of what was changed, for the audit; never a value."""
        return sorted(self.changed_data)
