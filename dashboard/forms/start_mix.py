"""Starting a mix recording: one picture of everybody, its layout and its size."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.forms import start_layouts
from dashboard.forms.flat import Body
from dashboard.forms.start import StartForm
from dashboard.forms.start_fields import (
    AS_LAYOUT,
    BITRATE,
    FILE_TYPES,
    FPS,
    FRAMES,
    HEIGHT,
    LARGE,
    ROOT,
    TRANSCODING,
    WIDTH,
    sizes,
)
from dashboard.forms.start_picture import Chosen
from recorder.contract.parameters.base import PICTURE
from recorder.contract.rules.layout import FRAME_RATES
from recorder.contract.states import Mode
from recorder.models import LayoutVersion, User

_OF_THE_LAYOUT = (
    f"{TRANSCODING}.mixedVideoLayout",
    f"{TRANSCODING}.layoutConfig",
    f"{TRANSCODING}.backgroundConfig",
)


class MixForm(StartForm):
    shows = Mode.MIX
    elsewhere = StartForm.elsewhere | set(_OF_THE_LAYOUT)
    seen_at = {**StartForm.seen_at, **dict.fromkeys(_OF_THE_LAYOUT, "layout")}
    own = {**StartForm.own, PICTURE: ("layout", "size")}
    often = (FPS, BITRATE)

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

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        initial: Mapping[str, object] | None = None,
    ):
        wanted = [values.get("layout") for values in (data, initial) if values]
        self.layouts = start_layouts.choices(user, [str(value) for value in wanted if value])
        super().__init__(data, user=user, initial=initial)

    def prepare(self) -> None:
        self.fields["layout"].choices = [(c.value, c.label) for c in self.layouts.values()]  # type: ignore[attr-defined]
        self.fields["size"].choices = sizes()  # type: ignore[attr-defined]
        begins: dict[str, object] = {
            "layout": "kind-0",
            "size": AS_LAYOUT,
            FILE_TYPES: ["hls"],
            WIDTH: start_layouts.WIDE.width,
            HEIGHT: start_layouts.WIDE.height,
            FPS: FRAMES,
            BITRATE: None,  # as advised
        }
        for name, value in begins.items():
            self.fields[name].initial = value
        for name in (WIDTH, HEIGHT, FPS):
            self.fields[name].required = True
        self.fields[FPS].help_text = ""  # it tells what may be typed; here it is chosen
        self.fields[BITRATE].help_text = _("Empty: as advised.")
        for name in (f"{TRANSCODING}.backgroundColor", LARGE):
            self.fields[name].widget.attrs["class"] = "mono"
        self.fields[FPS].widget = forms.Select(choices=self._rates())

    def _rates(self) -> list[tuple[str, str]]:
        """The frame rates of the service, and another that an earlier request has."""
        rates = sorted({*FRAME_RATES, _whole((self.data or self.initial).get(FPS))} - {0})
        return [(str(rate), str(rate)) for rate in rates]

    def complete(self, body: Body) -> Body:
        request = body.setdefault(ROOT, {})
        recording = request.setdefault("recordingConfig", {})
        written = recording.pop("transcodingConfig", {})
        if self.chosen.wanted:
            recording["transcodingConfig"] = self.chosen.config(written)
        return super().complete(body)

    def clean(self) -> dict[str, Any]:
        for name in [name for name in self.errors if self.chosen.leaves_out(name)]:
            del self.errors[name]
        return super().clean()

    def differs(self, path: str) -> bool:
        if path == FPS:
            return str(self[path].value()) != str(FRAMES)
        return super().differs(path)

    @property
    def chosen(self) -> Chosen:
        """The picture, also of a form that is not right yet."""
        return Chosen.of(self.cleaned_data, self.layouts)

    @property
    def layout_version(self) -> LayoutVersion | None:
        chosen = self.chosen
        return chosen.layout.version if chosen.layout and chosen.wanted else None

    @property
    def advice(self) -> str:
        return self.chosen.advice


def _whole(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
