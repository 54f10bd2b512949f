"""A notice in words: what it tells, and how it went with it here."""

from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recorder.contract.events import EVENTS, Effect
from recorder.contract.states import Status, Upload
from recorder.lifecycle.heard import effect_in
from recorder.models import Notice
from recorder.models.notice import TEST_CHANNEL
from recorder.providers.answers import integer

_PROGRESS, _WHOLE = 33, 10_000  # its type; what it counts up to
_EVERYBODY = "0"  # streamUid of all that is mixed
_UID = 48  # as long as one may be

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
    title = _particulars(notice) or _(event.meaning)
    if (event.effect.status, event.effect.upload) != (None, None) == (effect.status, effect.upload):
        title = _("Reported as not successful: %(what)s") % {"what": title}
    return Telling(title, notes, _tone(effect))


def _particulars(notice: Notice) -> str:
    """Whose sound or picture came or went, how far the upload is; "" where the notice does not say
    it as documented."""
    if notice.event_type == _PROGRESS:
        done = integer(notice.details.get("progress"))
        if done is None or not 0 <= done <= _WHOLE:
            return ""
        return _("%(percent)s%% of what is recorded is uploaded.") % {
            "percent": floatformat(done * 100 / _WHOLE, -1)
        }
    uid = notice.details.get("streamUid")
    if not isinstance(uid, str | int) or not str(uid):
        return ""
    who = _("The channel as a whole") if str(uid) == _EVERYBODY else _("User %s") % str(uid)[:_UID]
    match notice.event_type, integer(notice.details.get("state")):
        case (43, 0):
            return _("%(who)s: sound arrives.") % {"who": who}
        case (43, 1):
            return _("%(who)s: sound no longer arrives.") % {"who": who}
        case (44, 0):
            return _("%(who)s: picture arrives.") % {"who": who}
        case (44, 1):
            return _("%(who)s: picture no longer arrives.") % {"who": who}
    return ""


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
