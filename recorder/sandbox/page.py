"""The page of the control API: what is recorded now, who is in which channel, what time it is here.

It works without JavaScript (for reading); `static/sandbox.js` refreshes it and sends its forms.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

STATES = {"live": "Recording", "leaving": "Finishing", "gone": "Ended"}
REASONS = {
    "stop": "stopped",
    "idle": "nobody was there",
    "error": "an error ended it",
    "outage": "the sandbox was not running",
}
PACES = {0: "stands; it is moved by hand", 1: "runs in real time"}
MOST_ENDED = 30
_TEMPLATE = Template((Path(__file__).parent / "static" / "page.html").read_text(encoding="utf-8"))

_LIVE = Template("""<article class="live" id="s$sid"><h3>$cname</h3>$picture<dl>
<div><dt>State</dt><dd>$state</dd></div>
<div><dt>Recorded</dt><dd>$length</dd></div>
<div><dt>Slices uploaded</dt><dd>$sent of $slices</dd></div>
<div><dt>Picture</dt><dd>$width × $height</dd></div>
<div><dt>Recorder’s uid</dt><dd>$uid</dd></div>
<div><dt>sid</dt><dd><code>$sid</code></dd></div>
</dl></article>""")
_PICTURE = Template(
    '<img src="/_sandbox/sessions/$sid/picture.jpg" width="$width" height="$height"'
    ' alt="What $cname shows now">'
)
_PERSON = Template(
    '<li><span><b>$uid</b> publishes $what</span><span class="do">$buttons</span></li>'
)
_BUTTON = Template(
    '<button data-action="participants/$action" data-cname="$cname" data-uid="$uid"$more>'
    "$label</button>"
)
_ROW = Template(
    '<tr><th scope="row">$cname</th><td>$started</td><td>$length</td><td>$slices</td>'
    "<td>$how</td></tr>"
)
_TABLE = Template(
    '<div class="wide"><table><thead><tr><th scope="col">Channel</th><th scope="col">Started</th>'
    '<th scope="col">Length</th><th scope="col">Slices</th><th scope="col">How</th></tr></thead>'
    "<tbody>$rows</tbody></table></div>"
)


def render(state: Mapping[str, Any]) -> str:
    """The whole page. Everything that came from outside goes through `_fill`, which escapes."""
    sessions, clock = state["sessions"], state["clock"]
    live = [_live(s) for s in sessions if s["state"] != "gone"]
    ended = [_row(s) for s in sessions if s["state"] == "gone"][:MOST_ENDED]
    channels = [_channel(channel) for channel in state["channels"]]
    return _TEMPLATE.substitute(
        notices="".join(f'<p class="notice">{escape(text)}</p>' for text in _notices(state)),
        iso=datetime.fromtimestamp(clock["now_ms"] / 1000, UTC).isoformat(timespec="seconds"),
        time=_time(clock["now_ms"]),
        pace=PACES.get(clock["speed"], f"runs up to {clock['speed']} times as fast"),
        speed=clock["speed"],
        live="".join(live) or _quiet("Nothing. Start a recording with any client of the service."),
        channels="".join(channels)
        or _quiet("None yet. One that is recorded gets three participants by itself."),
        ended=_TABLE.substitute(rows="".join(ended)) if ended else _quiet("Nothing yet."),
    )


def _fill(template: Template, /, *, html: Mapping[str, str] | None = None, **texts: object) -> str:
    """The template with `texts` escaped and `html` as it is."""
    escaped = {name: escape(str(text), quote=True) for name, text in texts.items()}
    return template.substitute(escaped, **(html or {}))


def _quiet(text: str) -> str:
    return f'<p class="quiet">{escape(text)}</p>'


def _notices(state: Mapping[str, Any]) -> list[str]:
    notices = []
    if state["media"] == "none":
        notices.append("No pictures and no files are made (--media none, or no extra “sandbox”).")
    if not state["recorder"]:
        notices.append("The recorder worker is not running; recordings wait until it is back.")
    if state["uploads_held"]:
        notices.append("Uploads are held: nothing reaches a bucket until they are let go.")
    return notices


def _live(session: Mapping[str, Any]) -> str:
    known = {name: session[name] for name in ("sid", "cname", "uid", "width", "height")}
    return _fill(
        _LIVE,
        **known,
        state=STATES[session["state"]],
        length=_length(session["recorded_ms"]),
        sent=session["slices_sent"],
        slices=session["slices"],
        html={"picture": _fill(_PICTURE, **known) if session["shows_picture"] else ""},
    )


def _channel(channel: Mapping[str, Any]) -> str:
    people = "".join(_person(channel["cname"], person) for person in channel["participants"])
    body = f"<ul>{people}</ul>" if people else _quiet("Nobody is here.")
    return f'<article class="channel"><h3>{escape(channel["cname"])}</h3>{body}</article>'


def _person(cname: str, person: Mapping[str, Any]) -> str:
    what = [word for word, medium in (("picture", "video"), ("sound", "audio")) if person[medium]]
    buttons = ""
    for medium in ("video", "audio") if person["host"] else ():
        on = bool(person[medium])
        label, more = (
            f"{'Mute' if on else 'Unmute'} {medium}",
            f' data-{medium}="{str(on).lower()}"',
        )
        buttons += _button("mute", cname, person["uid"], label, more)
    buttons += _button("leave", cname, person["uid"], "Leave")
    publishes = " and ".join(what) or ("nothing" if person["host"] else "nothing (audience)")
    return _fill(_PERSON, uid=person["uid"], what=publishes, html={"buttons": buttons})


def _button(action: str, cname: str, uid: str, label: str, more: str = "") -> str:
    return _fill(_BUTTON, action=action, cname=cname, uid=uid, label=label, html={"more": more})


def _row(session: Mapping[str, Any]) -> str:
    return _fill(
        _ROW,
        cname=session["cname"],
        started=_time(session["started_ms"]),
        length=_length(session["recorded_ms"]),
        slices=session["slices"],
        how=REASONS.get(session["end_reason"], "ended"),
    )


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _length(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
