"""The start form of each mode."""

from collections.abc import Mapping

from django.http import QueryDict

from dashboard.forms.start import StartForm
from dashboard.forms.start_individual import IndividualForm
from dashboard.forms.start_mix import MixForm
from dashboard.forms.start_web import WebForm
from recorder.contract.states import Mode
from recorder.models import User

FORMS: Mapping[Mode, type[StartForm]] = {
    form.shows: form for form in (IndividualForm, MixForm, WebForm)
}


def mode_in(text: str | None) -> Mode:
    """The mode that an address or a form names; mix where it names none."""
    return next((mode for mode in Mode if mode == text), Mode.MIX)


def posted(data: QueryDict, user: User) -> StartForm:
    """The form as it was sent, of the mode that it names."""
    return FORMS[mode_in(data.get("mode"))](data, user=user)
