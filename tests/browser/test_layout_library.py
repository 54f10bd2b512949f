"""The library of layouts in a real browser: gallery, versions, files."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from recorder.contract.layout_files import read_layouts
from recorder.contract.layouts import BEST_FIT, Canvas
from recorder.contract.layouts import Layout as Picture
from recorder.models import Layout
from recorder.models.starters import add_starters
from tests.browser.test_settings_pages import HALVES, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(live_server, page: Page, sign_in):
    sign_in()

    def visit(name: str, *args: object, query: str = "") -> None:
        page.goto(live_server.url + reverse(name, args=args) + query)

    return visit


@pytest.fixture
def changed(db) -> Layout:
    layout = Layout.create("Halves", WIDE, HALVES, by=None, tags=["panel"])
    layout.add_version(Canvas(640, 640), Picture(BEST_FIT), by=None, seen=1)
    return layout


def fits(page: Page) -> bool:
    return page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_gallery_versions_and_import_are_readable_everywhere(
    visit, page, changed, accessible, theme, width
):
    add_starters(by=None)
    several = [{"name": "Mine", "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 2}]}, "?"]

    visit("layouts")
    expect(page.locator(".layout-card")).to_have_count(20)
    accessible()
    assert fits(page)
    visit("layout_history", changed.pk)
    accessible()
    assert fits(page)
    visit("layouts_import")
    page.locator("textarea").fill(json.dumps(several[:1]))
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".import-row")).to_have_count(1)
    accessible()
    assert fits(page)


def test_choosing_versions_compares_them_in_place(visit, page, changed):
    changed.add_version(WIDE, Picture(BEST_FIT), by=None, seen=2)
    visit("layout_history", changed.pk)

    page.locator("#version-1").get_by_label("Before").check()

    expect(page.get_by_role("heading", name="Version 1 and version 3")).to_be_visible()
    page.locator("#version-1").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Version 1 is back, as version 4.")).to_be_visible()


def test_the_selected_layouts_are_exported_and_imported_again(visit, page, changed):
    add_starters(by=None)
    visit("layouts")
    for name in ("Halves", "Interview"):
        page.get_by_label(f"Select {name} for export").check()

    with page.expect_download() as download:
        page.get_by_role("button", name="Export the selected").click()

    text = download.value.path().read_text()
    assert [found.name for found in read_layouts(json.loads(text))] == ["Halves", "Interview"]
    visit("layouts_import")
    page.get_by_label("File").set_input_files(download.value.path())
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_label("Name").first).to_have_value("Halves (2)")
    page.get_by_role("button", name="Add the chosen").click()
    expect(page.get_by_text("2 layouts were added.")).to_be_visible()


def test_a_card_is_found_by_its_tag_and_duplicated(visit, page, changed):
    visit("layouts")

    page.locator("#layouts-q").fill("PANEL")
    expect(page.get_by_text("1 layout", exact=True)).to_be_visible()
    page.locator(".layout-card summary").click()
    page.get_by_role("button", name="Duplicate").click()

    expect(page.get_by_role("heading", name="Halves (copy)")).to_be_visible()
