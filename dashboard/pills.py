"""How a session's state looks: tone, icon and word, from its two columns; decided only here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from recorder.contract.states import FINAL, Status, Upload

ICONS: Mapping[str, str] = {
    "busy": "arc",
    "live": "dot",
    "moving": "up",
    "done": "tick",
    "warn": "triangle",
    "failed": "cross",
    "idle": "bar",
}


@dataclass(frozen=True, slots=True)
class Pill:
    """`tone` names a class of static/css/tone.css; a tone always has the same icon."""

    tone: str
    label: Promise | str

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


STATUS: Mapping[Status, Pill] = {
    Status.REQUESTED: Pill("busy", pgettext_lazy("state", "Requested")),
    Status.ACQUIRED: Pill("busy", pgettext_lazy("state", "Acquired")),
    Status.STARTING: Pill("busy", pgettext_lazy("state", "Starting")),
    Status.UNCONFIRMED: Pill("warn", pgettext_lazy("state", "Unconfirmed")),
    Status.RECORDING: Pill("live", pgettext_lazy("state", "Recording")),
    Status.RECOVERING: Pill("warn", pgettext_lazy("state", "Recovering")),
    Status.STOPPING: Pill("busy", pgettext_lazy("state", "Stopping")),
    Status.STOPPED: Pill("idle", pgettext_lazy("state", "Ended")),
    Status.FAILED: Pill("failed", pgettext_lazy("state", "Failed")),
}
UPLOAD: Mapping[Upload, Pill] = {
    Upload.NONE: Pill("idle", pgettext_lazy("state", "No upload yet")),
    Upload.NO_FILES: Pill("idle", pgettext_lazy("state", "Nothing recorded")),
    Upload.UPLOADING: Pill("moving", pgettext_lazy("state", "Uploading")),
    Upload.UNKNOWN: Pill("warn", pgettext_lazy("state", "Upload unknown")),
    Upload.BACKED_UP: Pill("warn", pgettext_lazy("state", "In the provider's backup")),
    Upload.UPLOADED: Pill("done", pgettext_lazy("state", "Uploaded")),
}


def pill_for(status: str, upload: str) -> Pill:
    """`status` while the session lives, `upload` once it has ended; failed wins."""
    state, files = Status(status), Upload(upload)
    if state in FINAL and state is not Status.FAILED and files is not Upload.NONE:
        return UPLOAD[files]
    return STATUS[state]
