"""The parts of the page beyond recordings and channels: scenarios, faults, callbacks, buckets."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import Any
from urllib.parse import quote

from recorder.sandbox.html import fill, length, quiet, size, table, time

Told = Mapping[str, Any]

WHERE = {
    "call": "Calls of the API",
    "start": "The recording that a start begins",
    "upload": "Files on their way to the bucket",
    "callback": "Callbacks on their way",
    "job": "Work that was put off until after the recording",
}
STATES = {"waiting": "waiting", "sent": "taken", "failed": "given up", "lost": "lost on purpose"}
MOST_USES = 12

_SCENARIO = Template(
    '<li class="card"><h3>$name</h3><p>$about</p><p class="quiet">$long, $steps steps</p>'
    '<button name="name" value="$name">Play<span class="hidden"> $name</span></button></li>'
)
_PLAYING = Template(
    "<li><span><b>$name</b> in $cname, $at of $whole</span>"
    '<button data-action="scenarios/stop" data-id="$id">Stop'
    '<span class="hidden"> $name in $cname</span></button></li>'
)
_CARD = Template(
    '<li class="card"><h4>$title</h4><p>$stands_for</p>'
    '<form data-action="faults"><input type="hidden" name="fault" value="$fault">$fields'
    '<button>Arm<span class="hidden"> $title</span></button></form></li>'
)
_CHOICE = Template(
    '<label>Operation <select name="operation"><option value="">any</option>$options</select>'
    "</label>"
)
_OPTION = Template('<option value="$value">$value</option>')
_HOW_MANY = (
    '<label>How many <input name="count" type="number" min="1" max="1000000" value="1"></label>'
    '<label>of <select name="how"><option value="calls">the next</option>'
    '<option value="share">a hundred</option><option value="all">all, until disarmed</option>'
    "</select></label>"
)
_SETTING = Template(
    "<label>$name, $meaning"
    ' <input name="$name" type="number" step="any" min="$least" max="$most" value="$default">'
    "</label>"
)
_ARMED = Template(
    "<li><span><b>$title</b> $how</span>"
    '<button data-action="faults/clear" data-id="$id">Disarm'
    '<span class="hidden"> $title</span></button></li>'
)
_USE = Template("<tr><td>$at</td><td>$title</td><td>$what</td></tr>")
_TARGET = Template(
    '<li><span><code>$url</code> $how</span><span class="do">'
    '<button data-action="callbacks/test" data-id="$id">Send one of each type</button>'
    '<button data-action="callbacks/remove" data-id="$id">Remove'
    '<span class="hidden"> $url</span></button></span></li>'
)
_SENT = Template(
    "<tr><td>$at</td><td>$type $name</td><td>$cname</td><td>$state$fault</td><td>$tries</td>"
    '<td>$answer</td><td><details data-of="$id"><summary>Payload</summary><pre>$payload</pre>'
    "</details></td></tr>"
)
_OBJECT = Template('<tr><td><a href="$href" download>$key</a></td><td>$size</td><td>$at</td></tr>')


def scenarios(told: Told) -> tuple[str, str]:
    """(what is played, the cards)"""
    playing = "".join(
        fill(
            _PLAYING,
            id=each["id"],
            name=each["name"],
            cname=each["cname"],
            at=length(each["seconds"] * 1000),
            whole=length(each["of_seconds"] * 1000),
        )
        for each in told["playing"]
    )
    cards = "".join(
        fill(
            _SCENARIO,
            name=each["name"],
            about=each["about"],
            long=length(each["seconds"] * 1000),
            steps=len(each["steps"]),
        )
        for each in told["scenarios"]
    )
    return (f"<ul>{playing}</ul>" if playing else ""), cards


def faults(told: Told) -> tuple[str, str, str]:
    """(what is armed, the cards by what they befall, what has been befallen)"""
    titles = {card["fault"]: card["title"] for card in told["cards"]}
    armed = "".join(
        fill(_ARMED, id=each["id"], title=titles[each["fault"]], how=_how(each))
        for each in told["armed"]
    )
    by_place: dict[str, list[Told]] = {}
    for card in told["cards"]:
        by_place.setdefault(str(card["where"]), []).append(card)
    groups = [
        f"<details><summary>{WHERE.get(where, where)} ({len(cards)})</summary>"
        f'<ul class="cards">{"".join(map(_card, cards))}</ul></details>'
        for where, cards in by_place.items()
    ]
    rows = [
        fill(_USE, at=time(use["at_ms"]), title=titles.get(use["fault"], ""), what=use["what"])
        for use in told["log"][:MOST_USES]
    ]
    used = table(("When", "Fault", "What it befell"), rows) if rows else ""
    return (
        f"<ul>{armed}</ul>" if armed else quiet("Nothing is armed: all works as documented."),
        "".join(groups),
        used,
    )


def _card(card: Told) -> str:
    options = "".join(fill(_OPTION, value=each) for each in card["operations"])
    fields = _CHOICE.substitute(options=options) if len(card["operations"]) > 1 else ""
    fields += _HOW_MANY + "".join(fill(_SETTING, **each) for each in card["settings"])
    known = {name: card[name] for name in ("title", "stands_for", "fault")}
    return fill(_CARD, **known, html={"fields": fields})


def _how(armed: Told) -> str:
    settings = ", ".join(f"{name} {value:g}" for name, value in armed["settings"].items())
    if armed["calls"] is not None:
        text = f"next {armed['calls']}"
    elif armed["share"] is not None:
        text = f"{armed['share'] * 100:g} in a hundred"
    else:
        text = "all, until disarmed"
    text += f", {armed['operation']} only" if armed["operation"] else ""
    return f"{text} ({settings})" if settings else text


def callbacks(told: Told) -> tuple[str, str]:
    """(the targets, what was sent)"""
    targets = "".join(
        fill(
            _TARGET,
            id=each["id"],
            url=each["url"],
            how=", ".join(
                [
                    "signed" if each["signed"] else "not signed",
                    *(["everything twice"] if each["redundant"] else []),
                ]
            ),
        )
        for each in told["targets"]
    )
    rows = [
        fill(
            _SENT,
            id=each["id"],
            at=time(each["sent_wall_ms"]) if each["sent_wall_ms"] else "",
            type=each["type"],
            name=each["name"],
            cname=each["payload"]["cname"],
            state=STATES.get(each["state"], each["state"]),
            fault=f" ({each['fault']})" if each["fault"] else "",
            tries=each["tries"],
            answer=each["status"] or each["answer"],
            payload=json.dumps(each["payload"], indent=2, ensure_ascii=False),
        )
        for each in told["sent"]
    ]
    heads = ("Sent", "Event", "Channel", "State", "Tries", "Answer", "Details")
    return (
        f"<ul>{targets}</ul>"
        if targets
        else quiet("Nobody is told. Name an address, or start with --callback-url."),
        table(heads, rows) if rows else quiet("Nothing was sent yet."),
    )


def buckets(told: Sequence[Told]) -> str:
    return "".join(map(_bucket, told)) or quiet(
        "None yet: a bucket is made when it is used for the first time with the right keys."
    )


def _bucket(bucket: Told) -> str:
    rows = [
        fill(
            _OBJECT,
            href=f"/_sandbox/buckets/{quote(bucket['name'], safe='')}"
            f"?key={quote(each['key'], safe='')}",
            key=each["key"],
            size=size(each["size"]),
            at=time(each["modified_wall_ms"]),
        )
        for each in bucket["newest"]
    ]
    head = fill(
        Template('<summary>$name <span class="quiet">$count files, $size</span></summary>'),
        name=bucket["name"],
        count=bucket["count"],
        size=size(bucket["bytes"]),
    )
    files = table(("File", "Size", "Written"), rows) if rows else quiet("It is empty.")
    more = bucket["count"] - len(rows)
    note = quiet(f"and {more} older ones; list them with any S3 client.") if more > 0 else ""
    return f'<details data-of="{escape(bucket["name"])}">{head}{files}{note}</details>'
