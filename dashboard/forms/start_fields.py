"""What the start form asks for beside the contract's places, and the names of those."""

import re
import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dashboard.forms.layouts import ratio
from dashboard.forms.storage import vendor_name
from recorder.contract.layouts import Canvas
from recorder.contract.vendors import VENDORS

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


def size_value(canvas: Canvas) -> str:
    return f"{canvas.width}x{canvas.height}"


def sizes() -> list[tuple[str, Any]]:
    named = [(size_value(c), f"{c.width} × {c.height} ({ratio(c)})") for c in SIZES]
    wide = [name for name, canvas in zip(named, SIZES, strict=True) if canvas.width > canvas.height]
    tall = [name for name in named if name not in wide]
    return [
        (AS_LAYOUT, _("As the layout")),
        (_("Landscape"), wide),
        (_("Portrait"), tall),
        (CUSTOM_SIZE, _("Another size")),
    ]
