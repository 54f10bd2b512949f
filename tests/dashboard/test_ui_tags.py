import re
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError, engines

from dashboard.nav import PAGES
from dashboard.templatetags.ui import pretty_json
from recorder.lifecycle.words import ICONS
from recorder.models import RecordingSession

ROOT = Path(__file__).resolve().parents[2]


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def test_every_icon_that_templates_and_code_name_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([a-z]+)"', (ROOT / "static/icons.svg").read_text()))
    named = set(ICONS.values()) | {page.name for page in PAGES}
    for template in (ROOT / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([a-z]+)"', template.read_text()))
        named |= set(re.findall(r'icon_name="([a-z]+)"', template.read_text()))

    assert named <= sprite


def test_every_component_says_in_its_first_line_what_it_takes():
    for template in (ROOT / "templates" / "components").glob("*.html"):
        head = template.read_text().split("\n{% load")[0]
        assert head.startswith("{# "), template.name
        assert "Takes:" in head or "drawn by" in head, template.name


@pytest.mark.parametrize(
    ("name", "shown"), [("room", "room"), (" a b ", " a b "), ("  ", "␣␣"), ("<b>", "&lt;b&gt;")]
)
def test_a_channel_of_blanks_alone_can_be_seen(name, shown):
    assert draw("{{ name|channel }}", name=name) == shown


def test_a_session_is_drawn_with_icon_word_and_tone():
    html = draw("{% session_pill session %}", session=RecordingSession(status="recording"))

    assert 'class="pill tone-live"' in html
    assert "#dot" in html
    assert "Recording" in html


def test_json_is_coloured_and_escaped():
    html = pretty_json({"token": "</pre><script>", "n": [1.5, None, True]})

    assert '<span class="k">&quot;token&quot;</span>:' in html
    assert '<span class="s">&quot;&lt;/pre&gt;&lt;script&gt;&quot;</span>' in html
    assert '<span class="n">1.5</span>' in html
    assert '<span class="n">null</span>' in html
    assert "<script>" not in html


@pytest.mark.parametrize("text", ["<html>busy</html>", '{"cut', "[" * 100_000])
def test_what_is_no_json_is_shown_as_it_came(text):
    assert pretty_json(text).startswith(text[0].replace("<", "&lt;").replace("{", "{"))


def test_a_component_takes_a_body_and_parts():
    html = draw(
        '{% component "card" title="Files" id="files" %}<p>{{ what }}</p>'
        '{% part "actions" %}<button>Go</button>{% endpart %}{% endcomponent %}',
        what="<14>",
    )

    assert '<h2 id="files-title">Files</h2>' in html
    assert "<p>&lt;14&gt;</p>" in html
    assert html.index("<button>Go</button>") < html.index("<p>")


def test_a_component_leaves_the_names_around_it_alone():
    html = draw('{% component "card" title="inner" %}{% endcomponent %}{{ title }}', title="outer")

    assert html.rstrip().endswith("outer")


def test_a_component_without_a_name_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="needs a name"):
        draw("{% component %}{% endcomponent %}")
