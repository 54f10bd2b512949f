"""Small pieces of the page. What came from outside goes through `fill`, which escapes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from string import Template


def fill(template: Template, /, *, html: Mapping[str, str] | None = None, **texts: object) -> str:
    """The template with `texts` escaped and `html` as it is."""
    escaped = {name: escape(str(text), quote=True) for name, text in texts.items()}
    return template.substitute(escaped, **(html or {}))


def quiet(text: str) -> str:
    return f'<p class="quiet">{escape(text)}</p>'


def table(heads: Iterable[str], rows: Iterable[str]) -> str:
    """`rows` are whole <tr> elements."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(next(iter(heads)))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def length(ms: float) -> str:
    minutes, seconds = divmod(int(ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def size(count: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000  # type: ignore[assignment]
    return f"{count:.1f} GB"
