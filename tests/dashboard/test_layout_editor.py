"""The visual editor's templates and modules fit each other: words, buttons, places."""

import gzip
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = {path.name: path.read_text() for path in (ROOT / "static/js/layout").glob("*.js")}
MARKUP = "".join(path.read_text() for path in (ROOT / "templates/layouts").glob("_editor*.html"))
CODE = "\n".join(MODULES.values())


def named(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


def test_every_word_that_a_module_says_is_in_the_template_and_none_is_left_over():
    written = named(r'data-w="([\w-]+)"', MARKUP)
    said = named(r'\bword\(\s*"([\w-]+)"', CODE)

    assert said - written == set()
    # Words also come by names that are put together, or stand beside others in a choice.
    assert {word for word in written if f'"{word}"' not in CODE and word not in SPOKEN} == set()


SPOKEN = {
    *("lock_number", "hide_number", "left", "right", "top", "bottom", "start", "end", "info"),
    *("at_canvas", "at_edge", "at_centre", "at_third", "at_grid", "at_gap", "centre"),
    *("editor-draft", "editor-offline"),
}


def test_every_button_has_something_to_do():
    names = "actions", "editor", "keeping", "commands"
    code = "\n".join(MODULES[f"{name}.js"] for name in names)

    for name in named(r'data-do="([\w-]+)', MARKUP):
        assert re.search(rf'(?<![\w-])"?{name}"?(?![\w-])', code), name


def test_every_place_that_a_module_looks_for_is_there():
    for selector in named(r"\$\(\"\[(data-[\w-]+)\]\"\)", CODE):
        assert selector in MARKUP, selector
    for name in named(r'\bout\("(\w+)"', CODE):
        assert f'data-out="{name}"' in MARKUP, name
    for template in named(r'"(editor-[\w-]+)"', CODE):
        assert f'="{template}"' in MARKUP or f'"{template}"' in MARKUP, template


def test_what_opens_the_editor_stays_within_its_weight():
    """Compressed as the server does it; dialogs and the JSON panel come when they are asked for."""
    wanted, loaded = ["editor.js"], set()
    while wanted:
        name = wanted.pop()
        if name not in loaded:
            loaded.add(name)
            wanted += named(r'from "\./([\w-]+\.js)"', MODULES[name])

    weight = sum(len(gzip.compress(MODULES[name].encode(), 9)) for name in loaded)

    assert {"arrange.js", "panel.js", "presets.js"} & loaded == set()
    assert weight <= 49_000, f"{weight} bytes in {len(loaded)} modules"
