"""The page of the control API: what is recorded now, who is in which channel, what time it is here.

It works without JavaScript (for reading); `static/sandbox.js` refreshes it and sends its forms.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from recorder.sandbox import page_parts
from recorder.sandbox.html import fill, length, quiet, table, time

STATES = {"live": "Recording", "leaving": "Finishing", "gone": "Ended"}
REASONS = {
    "stop": "stopped",
    "idle": "nobody was there",
    "error": "an error ended it",
    "outage": "the sandbox was not running",
}
PACES = {0: "stands; it is moved by hand", 1: "runs in real time"}
MOST_ENDED = 30
MOST_SENT = 30
_TEMPLATE = Template((Path(__file__).parent / "static" / "page.html").read_text(encoding="utf-8"))

_LIVE = Template("""<article class="live" id="s$sid"><h3>$cname
<span class="tag">$mode</span></h3>$picture<dl>
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
    '$label<span class="hidden"> $uid</span></button>'
)
_ROW = Template(
    '<tr><th scope="row">$cname</th><td>$mode</td><td>$started</td><td>$length</td><td>$slices</td>'
    "<td>$how</td></tr>"
)
_SPEEDS = ((1, "Real time"), (10, "×10"), (60, "×60"), (600, "×600"), (0, "By hand"))
_SPEED = Template(
    '<button data-action="clock" data-speed="$speed" aria-pressed="$on">$label</button>'
)
_ADVANCES = ((15, "15 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"))
_ADVANCE = Template('<button data-action="clock" data-advance="$seconds">+ $label</button>')


def render(told: Mapping[str, Any]) -> str:
    """The whole page, from what the control API tells: state, faults, callbacks, scenarios,
    buckets.
    """
    state = told["state"]
    sessions, clock = state["sessions"], state["clock"]
    live = [_live(s) for s in sessions if s["state"] != "gone"]
    ended = [_row(s) for s in sessions if s["state"] == "gone"][:MOST_ENDED]
    channels = [_channel(channel) for channel in state["channels"]]
    playing, scenarios = page_parts.scenarios(told["scenarios"])
    armed, cards, used = page_parts.faults(told["faults"])
    targets, sent = page_parts.callbacks(told["callbacks"])
    heads = ("Channel", "Mode", "Started", "Length", "Slices", "How")
    return _TEMPLATE.substitute(
        notices="".join(f'<p class="notice">{escape(text)}</p>' for text in _notices(state)),
        iso=datetime.fromtimestamp(clock["now_ms"] / 1000, UTC).isoformat(timespec="seconds"),
        time=time(clock["now_ms"]),
        pace=PACES.get(clock["speed"], f"runs up to {clock['speed']} times as fast"),
        speeds="".join(
            fill(_SPEED, speed=speed, label=label, on=str(speed == clock["speed"]).lower())
            for speed, label in _SPEEDS
        ),
        advances="".join(fill(_ADVANCE, seconds=s, label=label) for s, label in _ADVANCES),
        live="".join(live)
        or quiet("Nothing. Start a recording with any client of the service, at this address."),
        channels="".join(channels)
        or quiet("None yet. One that is recorded gets three participants by itself."),
        ended=table(heads, ended) if ended else quiet("Nothing yet."),
        playing=playing,
        scenarios=scenarios,
        armed=armed,
        cards=cards,
        used=used,
        targets=targets,
        sent=sent,
        buckets=page_parts.buckets(told["buckets"]),
    )


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
    known = {name: session[name] for name in ("sid", "cname", "uid", "mode", "width", "height")}
    return fill(
        _LIVE,
        **known,
        state=STATES[session["state"]],
        length=length(session["recorded_ms"]),
        sent=session["slices_sent"],
        slices=session["slices"],
        html={"picture": fill(_PICTURE, **known) if session["shows_picture"] else ""},
    )


def _channel(channel: Mapping[str, Any]) -> str:
    people = "".join(_person(channel["cname"], person) for person in channel["participants"])
    body = f"<ul>{people}</ul>" if people else quiet("Nobody is here.")
    return f'<article class="channel"><h3>{escape(channel["cname"])}</h3>{body}</article>'


def _person(cname: str, person: Mapping[str, Any]) -> str:
    picture = "screen" if person.get("screen") else "picture"
    what = [word for word, medium in ((picture, "video"), ("sound", "audio")) if person[medium]]
    buttons = ""
    for medium in ("video", "audio") if person["host"] else ():
        on = bool(person[medium])
        label, more = (
            f"{'Mute' if on else 'Unmute'} {medium}",
            f' data-{medium}="{str(on).lower()}"',
        )
        buttons += _button("mute", cname, person["uid"], label, more)
    if person["host"]:
        on = bool(person.get("screen"))
        more = f' data-screen="{str(not on).lower()}"'
        buttons += _button("share", cname, person["uid"], "Stop sharing" if on else "Share", more)
    buttons += _button("leave", cname, person["uid"], "Leave")
    publishes = " and ".join(what) or ("nothing" if person["host"] else "nothing (audience)")
    return fill(_PERSON, uid=person["uid"], what=publishes, html={"buttons": buttons})


def _button(action: str, cname: str, uid: str, label: str, more: str = "") -> str:
    return fill(_BUTTON, action=action, cname=cname, uid=uid, label=label, html={"more": more})


def _row(session: Mapping[str, Any]) -> str:
    return fill(
        _ROW,
        cname=session["cname"],
        mode=session["mode"],
        started=time(session["started_ms"]),
        length=length(session["recorded_ms"]),
        slices=session["slices"],
        how=REASONS.get(session["end_reason"], "ended"),
    )
