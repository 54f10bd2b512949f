"""The first steps: what a new Reelroom needs before it can record. All read from the rows.

The sessions page shows them while there is no session at all, so they cost nothing later:

    checklist = first_steps(request)          # None: dismissed
    {% if checklist %}{% include "first_run/_checklist.html" %}{% endif %}
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from recorder.contract.states import Operation
from recorder.models import Project, ProviderCall, RecordingSession, StorageCheck, StorageConfig
from recorder.providers.client import Outcome

DISMISSED = "first_run"  # the cookie's name


@dataclass(frozen=True, slots=True)
class Step:
    """One line of components/checklist.html."""

    title: str
    text: str
    done: bool
    href: str
    action: str


@dataclass(frozen=True, slots=True)
class Checklist:
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)


def first_steps(request: HttpRequest) -> Checklist | None:
    """The steps with their state; None once this browser has put them away."""
    if request.COOKIES.get(DISMISSED):
        return None
    user = request.user
    projects = Project.objects.visible_to(user)
    return Checklist(
        (
            Step(
                _("Add a project"),
                _("An App ID with the REST credentials that may record its channels."),
                projects.exists(),
                reverse("project_new"),
                _("Add project"),
            ),
            Step(
                _("Check its credentials"),
                _("One harmless call tells whether the provider accepts them."),
                _credentials_accepted(),
                reverse("projects"),
                _("Check credentials"),
            ),
            Step(
                _("Add storage"),
                _("A bucket of your own, where the recordings go."),
                StorageConfig.objects.visible_to(user).exists(),
                reverse("storage_new"),
                _("Add storage"),
            ),
            Step(
                _("Test the storage"),
                _("A small file is written, read and deleted."),
                StorageCheck.objects.filter(outcome=StorageCheck.Outcome.PASSED).exists(),
                reverse("storage"),
                _("Test storage"),
            ),
            Step(
                _("Register callbacks"),
                _("Then the provider tells by itself what happens, within a second or two."),
                projects.exclude(callback_secret="").exists(),
                reverse("callbacks"),
                _("See how"),
            ),
            Step(
                _("Start a test recording"),
                _("In the sandbox it costs nothing, and the participants are made up."),
                RecordingSession.objects.visible_to(user).exists(),
                reverse("start"),
                _("Start recording"),
            ),
        )
    )


def _credentials_accepted() -> bool:
    """An acquire went through, by the check or for a recording."""
    acquired = ProviderCall.objects.filter(operation=Operation.ACQUIRE.value)
    return acquired.filter(outcome=Outcome.DONE.value).exists()
