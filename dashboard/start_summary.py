"""What a start would do, in plain sentences."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.forms.start import StartForm
from dashboard.forms.start_fields import (
    CHANNEL_TYPE,
    FILE_TYPES,
    IDLE,
    RECORDING,
    STREAM_TYPES,
    TRANSCODING,
)
from dashboard.forms.start_individual import INTERVAL, RECORDINGS, SCREENSHOTS, IndividualForm
from dashboard.forms.start_mix import MixForm
from dashboard.forms.start_web import PARAM, WebForm
from recorder.contract.bitrates import LIVE, estimated_bytes
from recorder.contract.paths import value_at

_HOUR, _MINUTE, _DAY = 3600, 60, 86_400
_SOUND_ALONE, _PICTURE_ALONE = 0, 1
_AUDIO_KBPS = {0: 48, 1: 128, 2: 192}  # by audioProfile


def summary(form: StartForm) -> list[str]:
    """Sentences on a bound form, right or not; what is not known yet is said in general."""
    return [
        sentence
        for sentence in (_what(form), _files(form), _until(form), _amount(form))
        if sentence
    ]


def _what(form: StartForm) -> str:
    storage = form.cleaned_data.get("storage")
    values: dict[str, object] = {
        "channel": form.cleaned_data.get("cname") or _("the channel"),
        "place": _("the bucket %(bucket)s") % {"bucket": storage.bucket}
        if storage
        else _("the storage"),
    }
    if isinstance(form, MixForm):
        return _mix(form, values)
    if isinstance(form, IndividualForm):
        return _individual(form, values)
    return _page(form, values)


def _mix(form: MixForm, values: dict[str, object]) -> str:
    canvas = form.chosen.canvas
    values |= {
        "size": f"{canvas.width} × {canvas.height}" if canvas else "",
        "fps": form.chosen.fps,
    }
    streams = form.cleaned_data.get(STREAM_TYPES)
    if streams == _SOUND_ALONE:
        return _("Records the sound of %(channel)s, without a picture, into %(place)s.") % values
    if not canvas:
        return _("Records %(channel)s as one picture into %(place)s.") % values
    if streams == _PICTURE_ALONE:
        return (
            _(
                "Records %(channel)s without sound as one %(size)s picture at %(fps)s pictures a"
                " second into %(place)s."
            )
            % values
        )
    return (
        _(
            "Records %(channel)s as one %(size)s picture at %(fps)s pictures a second into"
            " %(place)s."
        )
        % values
    )


def _individual(form: IndividualForm, values: dict[str, object]) -> str:
    makes, streams = form.makes_chosen, form.cleaned_data.get(STREAM_TYPES)
    values["interval"] = form.cleaned_data.get(INTERVAL) or "…"
    if makes == SCREENSHOTS:
        text = _(
            "Takes a screenshot of each user in %(channel)s every %(interval)s seconds, and"
            " records nothing else, into %(place)s."
        )
        return text % values
    if streams == _SOUND_ALONE:
        text = _("Records the sound of each user in %(channel)s apart into %(place)s.")
    elif streams == _PICTURE_ALONE:
        text = _("Records the picture of each user in %(channel)s apart into %(place)s.")
    else:
        text = _("Records sound and picture of each user in %(channel)s apart into %(place)s.")
    if makes != RECORDINGS:
        text = f"{text} {_('Takes a screenshot of each every %(interval)s seconds.')}"
    return text % values


def _page(form: StartForm, values: dict[str, object]) -> str:
    read = form.cleaned_data.get
    width, height = read(f"{PARAM}.videoWidth"), read(f"{PARAM}.videoHeight")
    values |= {
        "page": read(f"{PARAM}.url") or _("the page"),
        "size": f"{width} × {height}" if width and height else "…",
        "fps": read(f"{PARAM}.videoFps") or "…",
    }
    text = _(
        "Records %(page)s as one %(size)s picture at %(fps)s pictures a second into %(place)s."
    )
    return text % values


def _files(form: StartForm) -> str:
    types = form.cleaned_data.get(FILE_TYPES) or []
    return _("Makes MP4 files as well.") if "mp4" in types else ""


def _until(form: StartForm) -> str:
    hours = form.cleaned_data.get(f"{PARAM}.maxRecordingHour")
    if isinstance(form, WebForm):
        text = _("Stops by itself after %(time)s.")
        return text % {"time": _time(hours * _HOUR)} if hours else ""
    seconds = form.cleaned_data.get(IDLE)
    if not seconds:
        return ""
    values = {"time": _time(seconds)}
    if form.cleaned_data.get(CHANNEL_TYPE) == LIVE:
        return _("Stops by itself %(time)s after the last host left.") % values
    return _("Stops by itself %(time)s after the last person left.") % values


def _amount(form: StartForm) -> str:
    """What an hour takes in the bucket; of users apart it depends on what they send."""
    if isinstance(form, IndividualForm):
        return ""
    at = PARAM if isinstance(form, WebForm) else RECORDING
    picture = value_at(form.body, f"{TRANSCODING}.bitrate")
    if isinstance(form, WebForm):
        picture = form.cleaned_data.get(f"{PARAM}.videoBitrate") or _usual_bitrate(form)
    profile = value_at(form.body, f"{at}.audioProfile")
    if not isinstance(picture, int):
        return ""
    streams = form.cleaned_data.get(STREAM_TYPES)
    sound = 0 if streams == _PICTURE_ALONE else _AUDIO_KBPS.get(_number(profile), 48)
    size = filesizeformat(estimated_bytes(picture + sound, _HOUR))
    return _("An hour of it is about %(size)s.") % {"size": size}


def _usual_bitrate(form: WebForm) -> int:
    """What the service takes for a page where no bitrate is given: Agora's start reference."""
    read = form.cleaned_data.get
    large = (read(f"{PARAM}.videoWidth") or 0) * (read(f"{PARAM}.videoHeight") or 0) >= 1280 * 720
    return 2000 if large else 1500


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _time(seconds: int) -> str:
    """ "90 seconds", "5 minutes", "2 hours": in the largest unit that divides it."""
    if seconds % _DAY == 0:
        days = seconds // _DAY
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if seconds % _HOUR == 0:
        hours = seconds // _HOUR
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if seconds % _MINUTE == 0:
        minutes = seconds // _MINUTE
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
