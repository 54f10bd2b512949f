"""The visual editor's templates and modules fit each other: words, buttons, places."""

import gzip
import hashlib
import re
from pathlib import Path

from django.contrib.staticfiles.finders import FileSystemFinder

from dashboard.static import BUNDLES, Storage

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
    *("editor-draft", "editor-offline", "error_count", "warning_count", "info_count"),
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


def test_the_one_file_of_the_editor_is_made_from_its_modules_and_stays_within_its_weight():
    """Compressed as the server does it. After a change in static/js/layout/: .ci/bundle/run."""
    bundle = (ROOT / "static" / BUNDLES["js/layout/editor.js"]).read_bytes()
    sources = sorted((ROOT / "static/js/layout").glob("*.js"))
    made_from = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()

    assert f"sha256 {made_from} ".encode() in bundle.splitlines()[0]
    # What other pages load too is not doubled: it lies beside the editor's folder.
    assert set(re.findall(rb'\bfrom"([^"]+)"', bundle)) == {b"../words.js", b"../dialog.js"}
    assert len(gzip.compress(bundle, 9)) <= 30_500


def test_the_one_file_stands_where_the_modules_entry_was_when_files_are_collected(tmp_path):
    storage = Storage(location=tmp_path, base_url="/static/")
    (source,) = FileSystemFinder().storages.values()
    found = {}
    for path in (*BUNDLES, *BUNDLES.values(), "js/words.js", "js/dialog.js"):
        found[path] = source, path
        with source.open(path) as file:
            storage.save(path, file)

    for _name, _hashed, done in storage.post_process(found):
        assert not isinstance(done, Exception), done

    served = (tmp_path / storage.stored_name("js/layout/editor.js")).read_text()
    assert "made by .ci/bundle/run" in served
    assert storage.stored_name("js/words.js").removeprefix("js/") in served
