"""Tags of the design system (docs/design-system.md)."""

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from dashboard import pictures, times
from recorder.contract.layouts import Canvas, Layout
from recorder.lifecycle.words import ICONS, standing
from recorder.models import RecordingSession

register = template.Library()


@register.simple_tag
def icon(name: str, modifiers: str = "") -> SafeString:
    """{% icon "copy" %}, {% icon "tick" "small" %}: decoration; a word must stand beside it."""
    css = " ".join(["icon", *(f"icon--{modifier}" for modifier in modifiers.split())])
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.filter
def channel(name: str) -> str:
    """A channel's name as it can be seen and clicked: blanks alone are legal, and show as ␣."""
    return str(name) if str(name).strip() else "␣" * len(str(name))


@register.simple_tag
def tone_icon(tone: str, modifiers: str = "") -> SafeString:
    """The icon that belongs to a tone."""
    return icon(ICONS[tone], modifiers)


@register.inclusion_tag("components/pill.html")
def session_pill(session: RecordingSession) -> dict[str, object]:
    """{% session_pill session %}: how it stands, in one word."""
    now = standing(session)
    return {"tone": now.tone, "label": now.label}


@register.inclusion_tag("components/time.html")
def moment(then: datetime | None) -> dict[str, object]:
    """{% moment session.started_at %}: "4 min ago", ticking; the absolute time beyond a day."""
    if then is None:
        return {"then": None}
    absolute = times.absolute(then)
    near = times.relative(then, timezone.now())
    return {
        "then": then,
        "exact": times.exact(then),
        "absolute": absolute,
        "text": near or absolute,
        "ticks": near is not None,
    }


@register.inclusion_tag("components/duration.html")
def length(of: timedelta | float | None = None, since: datetime | None = None) -> dict[str, object]:
    """{% length of=session.length %}, or ticking: {% length since=session.recording_at %}."""
    if since is not None:
        of = timezone.now() - since
    if of is None:
        return {"text": ""}
    seconds = max(0, int(of.total_seconds() if isinstance(of, timedelta) else of))
    return {
        "text": times.duration(seconds),
        "machine": f"PT{seconds}S",
        "at": times.exact(since) if since else "",
        "tick": "since",
    }


@register.inclusion_tag("components/duration.html")
def countdown(until: datetime) -> dict[str, object]:
    """{% countdown until=resource_expires_at %}: "3:12", shrinking to 0:00."""
    seconds = max(0, int((until - timezone.now()).total_seconds()))
    return {
        "text": times.duration(seconds),
        "machine": f"PT{seconds}S",
        "at": times.exact(until),
        "tick": "until",
    }


@register.filter
def duration(value: timedelta | float | None) -> str:
    return "" if value is None else times.duration(value)


@register.filter
def slice_time(milliseconds: int | None) -> str:
    return "" if milliseconds is None else times.slice_time(milliseconds)


@register.inclusion_tag("components/thumbnail.html")
def thumbnail(
    layout: Layout, canvas: Canvas, users: Sequence[str] | None = None, label: str = ""
) -> dict[str, object]:
    """{% thumbnail layout canvas users label %}: a layout drawn as the service would, small."""
    drawn = pictures.thumbnail(layout, canvas, users)
    return {"picture": drawn, "label": label or pictures.describe(layout, canvas, drawn)}


@register.inclusion_tag("components/slice_strip.html")
def slice_strip(
    slices: Sequence[pictures.Slice], span: float, label: str = ""
) -> dict[str, object]:
    """{% slice_strip slices 1800 %}: what became of each slice in `span` seconds."""
    return {
        "paths": pictures.slice_paths(slices, span),
        "crowded": pictures.is_crowded(slices, span),
        "label": label or pictures.slice_words(slices),
    }


_JSON_TOKENS = re.compile(
    r'(?P<text>"(?:\\.|[^"\\])*")(?P<colon>:)?|(?P<other>\b(?:true|false|null)\b|-?\d[\d.eE+-]*)'
)


@register.filter
def pretty_json(value: object) -> SafeString:
    """Indented JSON, keys, strings and numbers in spans. A str is taken as JSON if it is some."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return escape(value)
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    parts, end = [], 0
    for match in _JSON_TOKENS.finditer(text):
        css = "k" if match["colon"] else "s" if match["text"] else "n"
        marked = format_html('<span class="{}">{}</span>', css, match["text"] or match["other"])
        parts += [escape(text[end : match.start()]), marked, match["colon"] or ""]
        end = match.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308  # each part is escaped


class PartNode(template.Node):
    def __init__(self, name: str, content: NodeList):
        self.name, self.content = name, content

    def render(self, context: template.Context) -> SafeString:
        return self.content.render(context)


class ComponentNode(template.Node):
    def __init__(
        self, name: FilterExpression, given: dict[str, FilterExpression], content: NodeList
    ):
        self.name, self.given = name, given
        self.parts = {node.name: node for node in content if isinstance(node, PartNode)}
        self.body = NodeList(node for node in content if not isinstance(node, PartNode))

    def render(self, context: template.Context) -> SafeString:
        values = {key: value.resolve(context) for key, value in self.given.items()}
        parts = {name: part.render(context) for name, part in self.parts.items()}
        body = self.body.render(context)
        name = self.name.resolve(context)
        shape = template.engine.Engine.get_default().get_template(f"components/{name}.html")
        with context.push(**values, **parts, body=body):
            return shape.render(context)


@register.tag
def component(parser: Parser, token: Token) -> ComponentNode:
    """A component around content: {% component "card" title=_("Files") %}…{% endcomponent %}.

    The content is its `body`; {% part "actions" %}…{% endpart %} inside names further pieces.
    """
    bits = token.split_contents()
    if len(bits) < 2:
        raise template.TemplateSyntaxError("component needs a name, as in {% component 'card' %}")
    given = token_kwargs(bits[2:], parser)
    content = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(parser.compile_filter(bits[1]), given, content)


@register.tag
def part(parser: Parser, token: Token) -> PartNode:
    _, name = token.split_contents()
    content = parser.parse(("endpart",))
    parser.delete_first_token()
    return PartNode(name.strip("\"'"), content)
