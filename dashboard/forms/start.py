"""Starting a mix recording: the places of the request, and whereto, as which project, how large.

What the contract knows comes from there. Our own fields are the project, the storage, the layout
with its size, and the random key by which a second click is known.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.forms import start_layouts
from dashboard.forms.contract import ContractForm, Section
from dashboard.forms.flat import Body, put
from dashboard.forms.layouts import ratio
from dashboard.forms.storage import vendor_name
from recorder.contract.bitrates import BITRATE_LIMIT, recommended_bitrate
from recorder.contract.layouts import VERTICAL, Canvas, layout_to_wire
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
from recorder.contract.problems import Problem, errors
from recorder.contract.rules import check
from recorder.contract.rules.layout import FRAME_RATES
from recorder.contract.states import Mode, Operation
from recorder.contract.vendors import VENDORS
from recorder.lifecycle.requests import StartRequest, preview, problems
from recorder.models import Project, StorageConfig, User
from recorder.providers.redact import redact

ROOT = "clientRequest"
RECORDING = f"{ROOT}.recordingConfig"
TRANSCODING = f"{RECORDING}.transcodingConfig"
CHANNEL_TYPE, STREAM_TYPES = f"{RECORDING}.channelType", f"{RECORDING}.streamTypes"
IDLE, FILE_TYPES = f"{RECORDING}.maxIdleTime", f"{ROOT}.recordingFileConfig.avFileType"
WIDTH, HEIGHT = f"{TRANSCODING}.width", f"{TRANSCODING}.height"
FPS, BITRATE = f"{TRANSCODING}.fps", f"{TRANSCODING}.bitrate"
LARGE = f"{TRANSCODING}.maxResolutionUid"
SOUND, FRAMES = 0, 15
AS_LAYOUT, CUSTOM_SIZE = "layout", "custom"
SIZES = [
    *(Canvas(*size) for size in ((1920, 1080), (1280, 720), (960, 720), (640, 480), (640, 360))),
    *(Canvas(*size) for size in ((1080, 1920), (720, 1280), (360, 640))),
]
KEY = re.compile(r"[A-Za-z0-9_-]{22,64}", re.ASCII)
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
_SECTIONS = (CHANNEL, STREAMS, PICTURE, FILES, STORAGE, LIMITS, ENCRYPTION)


def new_key() -> str:
    return secrets.token_urlsafe(24)


class ProjectChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.get_provider_display()}"


class StorageChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        vendor = VENDORS.get(obj.vendor)
        return " · ".join(
            [obj.name, vendor_name(vendor) if vendor else str(obj.vendor), obj.bucket]
        )


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
        self.fields["size"].choices = _sizes()  # type: ignore[attr-defined]
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
        self.fields["cname"].help_text = ""  # it speaks of web mode
        for name in ("cname", "uid", f"{TRANSCODING}.backgroundColor", LARGE):
            self.fields[name].widget.attrs["class"] = "mono"
        rates = [(str(rate), str(rate)) for rate in sorted(FRAME_RATES)]
        self.fields[FPS].widget = forms.Select(choices=rates)
        for name in [name for name in self.initial if not self._offers(name)]:
            del self.initial[name]

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
        """Size, frame rate, bitrate and layout as the service takes them."""
        body.setdefault("cname", "")
        body.setdefault("uid", "")
        request = body.setdefault(ROOT, {})
        recording = request.setdefault("recordingConfig", {})
        written = recording.pop("transcodingConfig", {})
        if not self.has_picture:
            return body
        unused = {
            name.removeprefix(f"{TRANSCODING}.") for name in self.places if self._unused(name)
        }
        config = {name: value for name, value in written.items() if name not in unused}
        if canvas := self.canvas:
            config |= {"width": canvas.width, "height": canvas.height}
            config.setdefault("fps", FRAMES)
            config.setdefault("bitrate", self.advised or BITRATE_LIMIT)
        choice = self.choice
        if choice and not choice.version:
            drawn = layout_to_wire(choice.picture)
            config = (
                {"mixedVideoLayout": choice.picture.kind} if choice.predefined else drawn
            ) | config
        put(body, TRANSCODING, config)
        return body

    def clean(self) -> dict[str, Any]:
        """Fields that what was chosen elsewhere makes useless are neither judged nor sent."""
        for name in [name for name in self.errors if self._unused(name)]:
            del self.errors[name]
        return super().clean()

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not KEY.fullmatch(key):
            raise forms.ValidationError(_("This form is damaged. Reload the page."), code="key")
        return key

    def _unused(self, name: str) -> bool:
        if not self.has_picture:
            return name in {"layout", "size"} or name.startswith(f"{TRANSCODING}.")
        if name in {WIDTH, HEIGHT}:
            return self.cleaned_data.get("size") != CUSTOM_SIZE
        choice = self.choice
        if name == LARGE:
            return choice is None or not choice.predefined or choice.picture.kind != VERTICAL
        looks = name.startswith(f"{TRANSCODING}.") and name not in {FPS, BITRATE}
        return looks and (choice is None or not choice.predefined)

    def problems_of(self, body: Body) -> Iterable[Problem]:
        request = self.request
        if request is None:
            return check(self.operation, self.mode, body)
        found = problems(request)
        wrong = {problem.path for problem in errors(found)}
        if wrong & {"cname", "uid"}:  # no token can be made for these; they say so themselves
            found = tuple(problem for problem in found if problem.path != f"{ROOT}.token")
        return found

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

    # What was chosen. Each also of a form that is not right yet.

    @property
    def has_picture(self) -> bool:
        return self.cleaned_data.get(STREAM_TYPES) != SOUND

    @property
    def choice(self) -> start_layouts.Choice | None:
        return self.layouts.get(self.cleaned_data.get("layout", ""))

    @property
    def canvas(self) -> Canvas | None:
        """The size of the picture; None while it has none."""
        size, choice = self.cleaned_data.get("size"), self.choice
        if size == AS_LAYOUT:
            return choice.canvas if choice else None
        if size == CUSTOM_SIZE:
            width, height = self.cleaned_data.get(WIDTH), self.cleaned_data.get(HEIGHT)
            return Canvas(width, height) if width and height else None
        return next((canvas for canvas in SIZES if size_value(canvas) == size), None)

    @property
    def advised(self) -> int | None:
        """kbit/s for the chosen size, frame rate and channel profile, where there is advice."""
        canvas = self.canvas
        if canvas is None:
            return None
        fps = self.cleaned_data.get(FPS) or FRAMES
        profile = self.cleaned_data.get(CHANNEL_TYPE) or 0
        return recommended_bitrate(canvas.width, canvas.height, fps, profile)

    @property
    def advice(self) -> str:
        """A sentence on the bitrate."""
        canvas = self.canvas
        if canvas is None:
            return ""
        values = {
            "size": f"{canvas.width} × {canvas.height}",
            "fps": self.cleaned_data.get(FPS) or FRAMES,
            "bitrate": self.advised or BITRATE_LIMIT,
        }
        if self.cleaned_data.get(BITRATE) is None:
            return _("Empty: the advised %(bitrate)s for %(size)s at %(fps)s a second.") % values
        return (
            _("Advised for %(size)s at %(fps)s a second: %(bitrate)s. Empty the field to take it.")
            % values
        )

    @property
    def request(self) -> StartRequest | None:
        """What would be started; None while there is no project to start it with."""
        project, choice = self.cleaned_data.get("project"), self.choice
        if project is None:
            return None
        version = choice.version if choice and self.has_picture else None
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

    def parts(self) -> list[Section]:
        """The sections of the page, with our own fields in their places."""
        made = {section.name: section for section in self.sections()}
        found = []
        for name in _SECTIONS:
            section = made.get(name) or Section(name, _(name), [], [], 0)
            own = [self[field] for field in _OWN.get(name, ())]
            found.append(replace(section, basic=[*own, *section.basic]))
        return found

    def give_advice(self, advice: str) -> None:
        """Say it below the bitrate, where later answers can replace it."""
        said = format_html('<span id="start-advice">{}</span>', advice)
        self.fields[BITRATE].help_text = said


def size_value(canvas: Canvas) -> str:
    return f"{canvas.width}x{canvas.height}"


def _sizes() -> list[tuple[str, Any]]:
    named = [(size_value(c), f"{c.width} × {c.height} ({ratio(c)})") for c in SIZES]
    wide = [name for name, canvas in zip(named, SIZES, strict=True) if canvas.width > canvas.height]
    tall = [name for name in named if name not in wide]
    return [
        (AS_LAYOUT, _("As the layout")),
        (_("Landscape"), wide),
        (_("Portrait"), tall),
        (CUSTOM_SIZE, _("Another size")),
    ]
