"""What starting has in common in every mode: the request's places, whereto, and as which project.

What the contract knows comes from there. Our own fields are the project, the storage and the random
key by which a second click is known; each mode adds its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.forms.contract import ContractForm, Section
from dashboard.forms.flat import Body
from dashboard.forms.places import SecretInput, WholeNumber
from dashboard.forms.start_fields import KEY, ROOT, ProjectChoice, StorageChoice, new_key
from recorder.contract.parameters import Field
from recorder.contract.parameters.base import (
    CHANNEL,
    ENCRYPTION,
    FILES,
    LIMITS,
    PAGE,
    PICTURE,
    SNAPSHOTS,
    STORAGE,
    STREAMS,
)
from recorder.contract.problems import Problem
from recorder.contract.rules import check
from recorder.contract.states import Mode, Operation
from recorder.lifecycle.requests import StartRequest, preview, problems
from recorder.models import LayoutVersion, Project, StorageConfig, User
from recorder.providers.redact import redact

_SECTIONS = (CHANNEL, PAGE, STREAMS, PICTURE, FILES, SNAPSHOTS, STORAGE, LIMITS, ENCRYPTION)


class StartForm(ContractForm):
    shows: ClassVar[Mode]
    # Places given by the storage and the project, or by what a mode asks in its own way.
    elsewhere: ClassVar[frozenset[str]] = frozenset(
        {f"{ROOT}.token", f"{ROOT}.storageConfig", f"{ROOT}.extensionServiceConfig"}
    )
    # Where a person sees what is wrong with a part that comes from elsewhere.
    seen_at: ClassVar[Mapping[str, str]] = {
        f"{ROOT}.token": "project",
        f"{ROOT}.storageConfig": "storage",
    }
    own: ClassVar[Mapping[str, tuple[str, ...]]] = {
        CHANNEL: ("project",),
        STORAGE: ("storage",),
        LIMITS: ("max_minutes",),
    }
    often: ClassVar[tuple[str, ...]] = ()  # first behind "More settings"

    project = ProjectChoice(
        label=gettext_lazy("Project"),
        queryset=Project.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("This project is gone. Choose another.")},
    )
    storage = StorageChoice(
        label=gettext_lazy("Storage"),
        queryset=StorageConfig.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("Where the recorder writes its files."),
        error_messages={"invalid_choice": gettext_lazy("This storage is gone. Choose another.")},
    )
    max_minutes = WholeNumber(
        label=gettext_lazy("Stop after"),
        required=False,
        help_text=gettext_lazy("We stop it ourselves then. Empty: as the project says."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"invalid": gettext_lazy("Minutes are a whole number.")},
    )
    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        initial: Mapping[str, object] | None = None,
    ):
        given = {} if initial is None else dict(initial)
        super().__init__(data, operation=Operation.START, mode=self.shows, initial=given)
        self.order_fields(["project", "cname", "uid"])
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["storage"].queryset = StorageConfig.objects.visible_to(user)  # type: ignore[attr-defined]
        self._prepare_common()
        self.prepare()
        for name in [name for name in self.initial if not self._offers(name)]:
            del self.initial[name]

    def _prepare_common(self) -> None:
        """What this form says or begins with that the service leaves open."""
        self.fields["key"].initial = new_key()
        self.fields["max_minutes"].unit = _("min")  # type: ignore[attr-defined]
        for name in ("project", "storage"):
            first = self.fields[name].queryset.first()  # type: ignore[attr-defined]
            self.fields[name].initial = first and first.pk
        for name, field in self.fields.items():
            if isinstance(field, forms.TypedChoiceField) and self.places[name].default is not None:
                field.required = True  # it always says something, so it is not "optional"
            if name.endswith(".maxIdleTime"):
                field.required = True
            # What says "off" is empty after "back", and the form would be another than was sent.
            if not isinstance(field.widget, SecretInput):
                field.widget.attrs.pop("autocomplete", None)
        if self.shows is not Mode.WEB:
            self.fields["cname"].help_text = ""  # it speaks of web mode
            self.fields["cname"].error_messages["required"] = _(
                "The name of the channel is needed."
            )
        for name in ("cname", "uid"):
            self.fields[name].widget.attrs["class"] = "mono"

    def _offers(self, name: str) -> bool:
        """Whether a value to begin with can be chosen: what is gone gives way to the usual."""
        field = self.fields.get(name)
        if not isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
            return True
        try:
            field.clean(self.initial[name])
        except forms.ValidationError:
            return False
        return True

    # What a mode says.

    def prepare(self) -> None:
        """Set up the fields of the mode."""

    @property
    def layout_version(self) -> LayoutVersion | None:
        return None

    @property
    def advice(self) -> str:
        """A sentence beside the bitrate."""
        return ""

    # The contract's form, told what this one is about.

    def takes(self, place: Field) -> bool:
        return place.pattern not in self.elsewhere

    def complete(self, body: Body) -> Body:
        body.setdefault(ROOT, {})
        return {"cname": "", "uid": ""} | body

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not KEY.fullmatch(key):
            raise forms.ValidationError(_("This form is damaged. Reload the page."), code="key")
        return key

    def problems_of(self, body: Body) -> Iterable[Problem]:
        request = self.request
        if request is None:
            found = check(self.operation, self.mode, body)
            return [problem for problem in found if self.shown_at(problem.path) != "storage"]
        return problems(request)

    def shown_at(self, path: str) -> str:
        for outer, name in self.seen_at.items():
            if path == outer or path.startswith(f"{outer}."):
                return name
        return super().shown_at(path)

    def refuse(self, found: Iterable[Problem]) -> None:
        """Show what the lifecycle found after this form had found nothing."""
        for problem in found:
            self._put(problem)

    # What was chosen, also in a form that is not right yet.

    @property
    def request(self) -> StartRequest | None:
        """What would be started; None while there is no project to start it with."""
        project = self.cleaned_data.get("project")
        if project is None:
            return None
        return StartRequest(
            project=project,
            storage_config=self.cleaned_data.get("storage"),
            mode=self.mode,
            cname=self.body["cname"],
            uid=self.body["uid"],
            layout_version=self.layout_version,
            client_request=self.body[ROOT],
            max_minutes=self.cleaned_data.get("max_minutes"),
        )

    @property
    def shown_request(self) -> dict[str, Any]:
        """The request for a screen, secrets masked."""
        request = self.request
        return preview(request) if request else redact(self.body)

    # Showing them.

    def as_posted(self) -> QueryDict:
        """What this form begins with, as a browser would send it."""
        values = QueryDict(mutable=True)
        for name, field in self.fields.items():
            value = field.prepare_value(self.get_initial_for_field(field, name))
            many = value if isinstance(value, list) else ["" if value is None else str(value)]
            values.setlist(name, many)
        return values

    def marked(self) -> list[dict[str, str]]:
        """`listed`, where what is only not filled in yet has the severity "missing"."""
        empty = {
            f"#{self.id_of(name)}"
            for name, field in self.fields.items()
            if field.required and self[name].value() in (None, "", [])
        }
        return [
            line | {"severity": "missing"}
            if line["severity"] == "error" and line["href"] in empty
            else line
            for line in self.listed()
        ]

    def parts(self) -> list[Section]:
        """The sections of the page, with our own fields in their places."""
        made = {section.name: section for section in self.sections()}
        found = []
        for name in _SECTIONS:
            if name not in made and name not in self.own:
                continue
            section = made.get(name) or Section(name, _(name), [], [], 0)
            own = [self[field] for field in self.own.get(name, ())]
            more = sorted(section.more, key=lambda field: field.name not in self.often)
            found.append(replace(section, basic=[*own, *section.basic], more=more))
        return found
