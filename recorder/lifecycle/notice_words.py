"""A notice in words: what it tells, and how it went with it here."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recorder.contract.events import EVENTS, Effect
from recorder.contract.states import Status, Upload
from recorder.lifecycle.heard import effect_in
from recorder.models import Notice
from recorder.models.notice import TEST_CHANNEL

_STATUS_TONES = {
    Status.RECORDING: "live",
    Status.RECOVERING: "warn",
    Status.STOPPING: "busy",
    Status.STOPPED: "idle",
    Status.FAILED: "failed",
}
_UPLOAD_TONES = {Upload.UPLOADING: "moving", Upload.UPLOADED: "done", Upload.BACKED_UP: "warn"}


@dataclass(frozen=True, slots=True)
class Telling:
    """`tone` as in words.ICONS; `notes` are its details in sentences."""

    title: str
    notes: tuple[str, ...]
    tone: str

    @property
    def text(self) -> str:
        return " ".join(self.notes)


def telling(notice: Notice) -> Telling:
    effect, event = effect_in(notice), EVENTS.get(notice.event_type)
    notes = tuple(_(note) for note in effect.notes)
    if event is None:
        return Telling(_("Notice of type %(type)s") % {"type": notice.event_type}, notes, "idle")
    title = _(event.meaning)
    if (event.effect.status, event.effect.upload) != (None, None) == (effect.status, effect.upload):
        title = _("Reported as not successful: %(what)s") % {"what": title}
    return Telling(title, notes, _tone(effect))


def _tone(effect: Effect) -> str:
    if effect.status in _STATUS_TONES:
        return _STATUS_TONES[effect.status]
    if effect.attention:
        return "warn"
    return _UPLOAD_TONES.get(effect.upload, "idle") if effect.upload else "idle"


def marks(notice: Notice) -> list[tuple[str, str]]:
    """What is unusual about its delivery, as (tone, words)."""
    found = []
    if notice.session_id is None:
        test = notice.cname == TEST_CHANNEL
        found.append(("idle", _("Test")) if test else ("warn", _("Unmatched")))
    if notice.deliveries > 1:
        times = ngettext("Came %(n)s time", "Came %(n)s times", notice.deliveries)
        found.append(("idle", times % {"n": notice.deliveries}))
    if notice.late:
        found.append(("idle", _("Out of order")))
    if notice.error:
        found.append(("failed", _("Not applied")))
    return found
