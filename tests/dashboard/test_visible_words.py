"""Every visible word of a template is marked for translation."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
# Names, units, what the service itself calls things, and the sample of the style guide.
ALIKE_IN_EVERY_LANGUAGE = {
    "Reelroom",
    "Ctrl K",
    "Enter",
    "px",
    "ms",
    "sid",
    "resourceId",
    "38f8e3cf",
}
READ_ALOUD = re.compile(r'(?:aria-label|title|placeholder|alt|data-label|data-busy)="([^"]*)"')
TRANSLATED = re.compile(r"{% blocktrans(late)?\b.*?endblocktrans(late)? %}", re.DOTALL)
NO_TEXT = re.compile(
    r"{#.*?#}|{% comment.*?endcomment %}|{% block width %}[^{]*|<(script|style)\b.*?</\1>"
    r"|<!--.*?-->",
    re.DOTALL,
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
CUT = "\0"


def unmarked(source: str) -> Iterator[str]:
    """The texts between the tags, and in attributes that are read or shown."""
    source = TAG.sub(CUT, NO_TEXT.sub("", TRANSLATED.sub(CUT, source)))
    texts = READ_ALOUD.findall(source) + re.sub(r"<[^>]*>", "\n", source).split("\n")
    for text in texts:
        for part in text.split(CUT):
            word = part.strip(" ·.,:;()")
            if re.search(r"[^\W\d_]{2,}", word) and word not in ALIKE_IN_EVERY_LANGUAGE:
                yield word


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_shows_no_word_that_cannot_be_translated(path):
    assert not list(unmarked(path.read_text()))


def test_unmarked_words_are_found():
    source = '<p title="Look">Stop {{ name }} now</p>{% trans "Start" %}<b>·</b>'

    assert list(unmarked(source)) == ["Look", "Stop", "now"]
