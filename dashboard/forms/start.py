"""Starting a mix recording: the places of the request, and whereto, as which project, how large.

What the contract knows comes from there. Our own fields are the project, the storage, the layout
with its size, and the random key by which a second click is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.forms import start_layouts
from dashboard.forms.contract import ContractForm, Section
from dashboard.forms.flat import Body
from dashboard.forms.places import SecretInput
from dashboard.forms.start_fields import (
    AS_LAYOUT,
    BITRATE,
    FILE_TYPES,
    FPS,
    FRAMES,
    HEIGHT,
    IDLE,
    KEY,
    LARGE,
    ROOT,
    TRANSCODING,
    WIDTH,
    ProjectChoice,
    StorageChoice,
    new_key,
    sizes,
)
from dashboard.forms.start_picture import Chosen
from recorder.contract.parameters import Field
from recorder.contract.parameters.base import (
    CHANNEL,
    ENCRYPTION,
    FILES,
    LIMITS,
    PICTURE,
    STORAGE,
    STREAMS,
)
from recorder.contract.problems import Problem
from recorder.contract.rules import check
from recorder.contract.rules.layout import FRAME_RATES
from recorder.contract.states import Mode, Operation
from recorder.lifecycle.requests import StartRequest, preview, problems
from recorder.models import Project, StorageConfig, User
from recorder.providers.redact import redact

# Given by the storage, the layout and the project, or not a matter of a mix recording.
_ELSEWHERE = {
    f"{ROOT}.token",
    f"{ROOT}.storageConfig",
    f"{ROOT}.extensionServiceConfig",
    f"{TRANSCODING}.mixedVideoLayout",
    f"{TRANSCODING}.layoutConfig",
    f"{TRANSCODING}.backgroundConfig",
}
# Where a person sees what is wrong with a part that comes from elsewhere.
_SHOWN_AT = {
    f"{ROOT}.token": "project",
    f"{ROOT}.storageConfig": "storage",
    f"{TRANSCODING}.mixedVideoLayout": "layout",
    f"{TRANSCODING}.layoutConfig": "layout",
    f"{TRANSCODING}.backgroundConfig": "layout",
}
_OWN = {CHANNEL: ["project"], PICTURE: ["layout", "size"], STORAGE: ["storage"]}
_OFTEN = (FPS, BITRATE)  # first behind "More settings"
_SECTIONS = (CHANNEL, STREAMS, PICTURE, FILES, STORAGE, LIMITS, ENCRYPTION)


class StartForm(ContractForm):
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
    layout = forms.ChoiceField(
        label=gettext_lazy("Layout"),
        error_messages={
            "required": gettext_lazy("Choose a layout."),
            "invalid_choice": gettext_lazy("This layout is gone. Choose another."),
        },
    )
    size = forms.ChoiceField(
        label=gettext_lazy("Picture size"),
        help_text=gettext_lazy("A predefined layout has no size of its own and takes 1280 × 720."),
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
        wanted = [(data or given).get("layout"), given.get("layout")]
        self.layouts = start_layouts.choices(user, [value for value in wanted if value])
        super().__init__(data, operation=Operation.START, mode=Mode.MIX, initial=given)
        self.order_fields(["project", "cname", "uid"])
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["storage"].queryset = StorageConfig.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["layout"].choices = [(c.value, c.label) for c in self.layouts.values()]  # type: ignore[attr-defined]
        self.fields["size"].choices = sizes()  # type: ignore[attr-defined]
        self._prepare_fields()

    def _prepare_fields(self) -> None:
        """What this form says or begins with that the service leaves open."""
        begins: dict[str, object] = {
            "layout": "kind-0",
            "size": AS_LAYOUT,
            "key": new_key(),
            FILE_TYPES: ["hls"],
            WIDTH: start_layouts.WIDE.width,
            HEIGHT: start_layouts.WIDE.height,
            FPS: FRAMES,
            BITRATE: None,  # as advised
        }
        for name, value in begins.items():
            self.fields[name].initial = value
        for name in ("project", "storage"):
            first = self.fields[name].queryset.first()  # type: ignore[attr-defined]
            self.fields[name].initial = first and first.pk
        for name, field in self.fields.items():
            if isinstance(field, forms.TypedChoiceField) and self.places[name].default is not None:
                field.required = True  # it always says something, so it is not "optional"
        for name in (IDLE, WIDTH, HEIGHT, FPS):
            self.fields[name].required = True
        self.fields[FPS].help_text = ""  # it tells what may be typed; here it is chosen
        self.fields[BITRATE].help_text = _("Empty: as advised.")
        self.fields["cname"].help_text = ""  # it speaks of web mode
        self.fields["cname"].error_messages["required"] = _("The name of the channel is needed.")
        for name in ("cname", "uid", f"{TRANSCODING}.backgroundColor", LARGE):
            self.fields[name].widget.attrs["class"] = "mono"
        for field in self.fields.values():
            # What says "off" is empty after "back", and the form would be another than was sent.
            if not isinstance(field.widget, SecretInput):
                field.widget.attrs.pop("autocomplete", None)
        self.fields[FPS].widget = forms.Select(choices=self._rates())
        for name in [name for name in self.initial if not self._offers(name)]:
            del self.initial[name]

    def _rates(self) -> list[tuple[str, str]]:
        """The frame rates of the service, and another that an earlier request has."""
        rates = sorted({*FRAME_RATES, _whole((self.data or self.initial).get(FPS))} - {0})
        return [(str(rate), str(rate)) for rate in rates]

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

    # The contract's form, told what this one is about.

    def takes(self, place: Field) -> bool:
        return place.pattern not in _ELSEWHERE

    def complete(self, body: Body) -> Body:
        request = body.setdefault(ROOT, {})
        recording = request.setdefault("recordingConfig", {})
        written = recording.pop("transcodingConfig", {})
        if self.chosen.wanted:
            recording["transcodingConfig"] = self.chosen.config(written)
        return {"cname": "", "uid": ""} | body

    def clean(self) -> dict[str, Any]:
        for name in [name for name in self.errors if self.chosen.leaves_out(name)]:
            del self.errors[name]
        return super().clean()

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
        for outer, name in _SHOWN_AT.items():
            if path == outer or path.startswith(f"{outer}."):
                return name
        return super().shown_at(path)

    def refuse(self, found: Iterable[Problem]) -> None:
        """Show what the lifecycle found after this form had found nothing."""
        for problem in found:
            self._put(problem)

    def differs(self, path: str) -> bool:
        if path == FPS:
            return str(self[path].value()) != str(FRAMES)
        return super().differs(path)

    # What was chosen, also in a form that is not right yet.

    @property
    def chosen(self) -> Chosen:
        return Chosen.of(self.cleaned_data, self.layouts)

    @property
    def request(self) -> StartRequest | None:
        """What would be started; None while there is no project to start it with."""
        project, chosen = self.cleaned_data.get("project"), self.chosen
        if project is None:
            return None
        version = chosen.layout.version if chosen.layout and chosen.wanted else None
        return StartRequest(
            project=project,
            storage_config=self.cleaned_data.get("storage"),
            mode=Mode.MIX,
            cname=self.body["cname"],
            uid=self.body["uid"],
            layout_version=version,
            client_request=self.body[ROOT],
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
            section = made.get(name) or Section(name, _(name), [], [], 0)
            own = [self[field] for field in _OWN.get(name, ())]
            more = sorted(section.more, key=lambda field: field.name not in _OFTEN)
            found.append(replace(section, basic=[*own, *section.basic], more=more))
        return found


def _whole(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
