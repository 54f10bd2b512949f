import gzip
import re
from pathlib import Path

from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.storage import staticfiles_storage

from dashboard import sheets

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"


def bundled() -> str:
    (storage,) = FileSystemFinder().storages.values()
    return sheets.bundle(storage, sheets.ENTRY)


def test_the_bundle_holds_every_sheet_in_its_layer():
    text = bundled()

    assert "@import" not in text
    assert text.count("@layer components {") == len(list(CSS.glob("*.css"))) - 5
    for layer in ("tokens", "base", "frame", "utilities"):
        assert text.count(f"@layer {layer} {{") == 1


def test_every_sheet_is_imported():
    imported = set(re.findall(r'@import url\("(.+?)"\)', (CSS / "app.css").read_text()))

    assert imported == {sheet.name for sheet in CSS.glob("*.css")} - {"app.css"}


def test_sheets_of_single_pages_stand_in_the_layer_of_components():
    for sheet in (CSS / "pages").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL).strip()
        assert text.startswith("@layer components {"), sheet.name
        assert text.endswith("\n}"), sheet.name


def test_all_styles_together_stay_below_twelve_kilobytes():
    assert len(gzip.compress(bundled().encode(), 9)) <= 12 * 1024


def test_every_colour_is_a_token():
    # What lies on pictures is seen on their colours, which are the same in both themes.
    allowed = {"tokens.css", "thumbnail.css", "player.css", "frame.css", "dialog.css", "editor.css"}
    for sheet in CSS.rglob("*.css"):
        if sheet.name not in allowed:
            assert not re.search(r"#[0-9a-f]{3,8}\b", sheet.read_text()), sheet.name


def test_no_template_styles_or_scripts_inline():
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|js:", text), template
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template


def test_the_collected_sheet_is_the_bundle(tmp_path, settings):
    from dashboard.static import Storage

    storage = Storage(location=tmp_path, base_url="/static/")
    (source,) = FileSystemFinder().storages.values()
    names = [f"css/{sheet.name}" for sheet in CSS.glob("*.css")]
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)

    results = list(storage.post_process({name: (source, name) for name in names}))

    assert not [error for _, _, error in results if isinstance(error, Exception)]
    collected = (tmp_path / storage.stored_name("css/app.css")).read_text()
    assert collected == bundled()
    assert staticfiles_storage is not storage
