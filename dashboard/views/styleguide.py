"""Every component in all its states, for those who build pages. Staff only."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import user_passes_test
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dashboard.htmx import close_dialog, render_dialog, render_page, render_partial, render_refused
from dashboard.pictures import Slice
from recorder.contract.layouts import BEST_FIT, CUSTOM, FLOATING, VERTICAL, Canvas, Layout, Region
from recorder.contract.states import Status, Upload
from recorder.lifecycle.words import ICONS
from recorder.models import RecordingSession, Secret

WIDE, TALL = Canvas(1280, 720), Canvas(360, 640)


class SpecimenForm(forms.Form):
    cname = forms.CharField(
        label=gettext_lazy("Channel"),
        max_length=64,
        help_text=gettext_lazy("As the app joins it; up to 64 characters."),
    )
    uid = forms.RegexField(
        r"^[1-9][0-9]{0,9}$",
        label=gettext_lazy("Recorder's user ID"),
        error_messages={"invalid": gettext_lazy("Write a whole number from 1 to 4294967295.")},
    )
    idle = forms.IntegerField(
        label=gettext_lazy("Stop when nobody is there for"), initial=30, min_value=5, required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Layout"),
        choices=[("0", gettext_lazy("Floating")), ("1", gettext_lazy("Best fit"))],
        required=False,
    )
    quality = forms.ChoiceField(
        label=gettext_lazy("Streams"),
        choices=[("2", gettext_lazy("Sound and picture")), ("0", gettext_lazy("Sound only"))],
        initial="2",
        widget=forms.RadioSelect,
    )
    encrypted = forms.BooleanField(label=gettext_lazy("The channel is encrypted"), required=False)
    secret_key = forms.CharField(
        label=gettext_lazy("Secret key"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def staff(user: object) -> bool:
    if not getattr(user, "is_staff", False):
        raise PermissionDenied
    return True


@require_safe
@user_passes_test(staff)
def styleguide(request: HttpRequest) -> HttpResponse:
    context = {"form": SpecimenForm(), "refused_form": SpecimenForm({"uid": "007"}), **specimens()}
    return render_page(request, "styleguide/page.html", "styleguide/_form.html", context)


@require_POST
@user_passes_test(staff)
def styleguide_form(request: HttpRequest) -> HttpResponse:
    form = SpecimenForm(request.POST, auto_id="try_%s")
    if not form.is_valid():
        return render_refused(
            request, "styleguide/form.html", "styleguide/_form.html", {"form": form}
        )
    messages.success(request, _("Saved. Nothing was sent."))
    return render_partial(
        request, "styleguide/_form.html", {"form": SpecimenForm(auto_id="try_%s")}
    )


@require_safe
@user_passes_test(staff)
def styleguide_dialog(request: HttpRequest) -> HttpResponse:
    return render_dialog(request, "styleguide/_dialog.html")


@require_POST
@user_passes_test(staff)
def styleguide_toast(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Session 4fk2 is stopping."))
    messages.error(request, _("Storage refused the key. 3 slices are in the provider's backup."))
    return close_dialog(render_partial(request, "styleguide/_nothing.html"))


def specimens() -> dict[str, object]:
    """Values for each component, invented but of the right shape."""
    now = timezone.now()
    return {
        "states": [RecordingSession(status=status) for status in Status],
        "uploads": [
            RecordingSession(status=Status.STOPPED, start_sent_at=now, upload=upload)
            for upload in Upload
        ],
        "tones": ICONS.items(),
        "icon_names": _icon_names(),
        "secret": Secret.of("wJalrXUtnFEMIbPxRfi"),
        "now": now,
        "moments": [now - timedelta(seconds=s) for s in (2, 42, 250, 3 * 3600, 4 * 86400)],
        "soon": now + timedelta(minutes=3, seconds=12),
        "began": now - timedelta(hours=1, minutes=42, seconds=8),
        "figures": _figures(),
        "rows": _rows(),
        "columns": [
            {"label": _("State")},
            {"label": _("Channel")},
            {"label": _("Mode")},
            {"label": _("Length"), "css": "is-number"},
            {"label": _("Slices")},
            {"label": "", "css": "is-actions"},
        ],
        "slices": _slices(),
        "timeline": _timeline(now),
        "facts": [
            {"label": _("Channel"), "value": "all-hands"},
            {"label": "sid", "value": "38f8e3cfdc474cd56fc1ceba380d7e1a", "copy": True},
            {"label": _("Recorder's user ID"), "value": "527841", "mono": True},
        ],
        "wire": {
            "cname": "all-hands",
            "uid": "527841",
            "clientRequest": {
                "recordingConfig": {"maxIdleTime": 30, "streamTypes": 2, "token": "•••"},
                "extra": [True, None, 0.36],
            },
        },
        "diff": [
            {"sign": " ", "text": '"mixedVideoLayout": 3,'},
            {"sign": "-", "text": '"backgroundColor": "#000000",'},
            {"sign": "+", "text": '"backgroundColor": "#10201b",'},
        ],
        "steps": [
            {"title": _("Add a project"), "text": _("Its App ID and REST keys."), "done": True},
            {
                "title": _("Add storage"),
                "text": _("Where the recordings go."),
                "href": "#checklist",
                "action": _("Add storage"),
            },
            {"title": _("Record a test"), "text": _("In the sandbox, 20 seconds.")},
        ],
        "problems": [
            {
                "message": _("The channel name is empty."),
                "href": "#id_cname",
                "severity": "error",
            },
            {
                "message": _("Region 2 covers 40 % of region 1."),
                "href": "#id_kind",
                "severity": "warning",
            },
        ],
        "tabs": [
            {"label": _("Files"), "href": "#tabs", "current": True, "count": 14},
            {"label": _("Calls"), "href": "#tabs", "count": 6},
        ],
        "segments": [
            {"label": _("All"), "href": "#filters", "current": True, "count": 128},
            {"label": _("Live"), "href": "#filters", "count": 3},
            {"label": _("Ended"), "href": "#filters", "count": 125},
        ],
        "modes": [{"value": mode, "label": mode} for mode in ("mix", "individual", "web")],
        "pictures": _pictures(),
    }


def _icon_names() -> list[str]:
    sprite = Path(finders.find("icons.svg") or "").read_text()
    return re.findall(r'<symbol id="([a-z]+)"', sprite)


def _figures() -> list[dict[str, object]]:
    return [
        {"label": _("Recording now"), "value": 3, "tone": "live", "href": "#figures"},
        {
            "label": _("Needs attention"),
            "value": 1,
            "tone": "warn",
            "note": _("1 unconfirmed"),
            "href": "#figures",
        },
        {"label": _("Waiting for upload"), "value": 0},
        {"label": _("Recorded today"), "value": 24, "note": "18:42:10"},
    ]


def _rows() -> list[RecordingSession]:
    return [
        RecordingSession(status="unconfirmed", cname="board-call", attention="unconfirmed"),
        RecordingSession(status="recording", cname="all-hands"),
        RecordingSession(status="stopped", upload="uploaded", cname="课堂-0412"),
    ]


def _slices() -> list[Slice]:
    states = ["playable"] * 9 + ["missing"] + ["playable"] * 5 + ["present", "announced"]
    states += ["predicted"] * 3
    return [Slice(start=k * 15, length=15, state=state) for k, state in enumerate(states)]


def _timeline(now: datetime) -> list[dict[str, object]]:
    return [
        {
            "at": now - timedelta(minutes=14),
            "tone": "idle",
            "title": _("acquire sent"),
            "facts": "200 · 92 ms",
            "details": {"resourceId": "JyvK8nXHuV1BE64GDkAaBGEscvtHW7v8BrQoRPCHxmeV"},
        },
        {
            "at": now - timedelta(minutes=13),
            "tone": "live",
            "title": _("Recording"),
            "text": _("The first query found all parts of the recorder ready."),
        },
        {
            "at": now - timedelta(seconds=40),
            "tone": "failed",
            "title": _("updateLayout refused"),
            "facts": "400 · code 2",
            "text": _(
                "The layout has a region outside the canvas. The recording continues as it was."
            ),
            "details": {"code": 2, "reason": "invalid parameter"},
        },
    ]


def _pictures() -> list[tuple[Layout, Canvas, list[str] | None]]:
    tiles = (
        Region(0, 0, 640_000, 1_000_000),
        Region(640_000, 0, 360_000, 500_000, uid="10023"),
        Region(640_000, 500_000, 360_000, 500_000, alpha=800_000),
    )
    people = [str(number) for number in range(1, 8)]
    return [
        (Layout(FLOATING), TALL, people[:4]),
        (Layout(BEST_FIT), WIDE, people),
        (Layout(VERTICAL), WIDE, people[:6]),
        (Layout(CUSTOM, tiles, background_color="#223344"), WIDE, ["7"]),
    ]
