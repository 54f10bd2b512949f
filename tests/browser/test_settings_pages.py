"""Projects, storage and layouts in a real browser: width, themes, keyboard, live parts."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from recorder.contract.layouts import BEST_FIT, CUSTOM, UNIT, VERTICAL, Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.models import Layout, Project, StorageCheck, StorageConfig

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, HALF = Canvas(1280, 720), UNIT // 2
HALVES = Picture(CUSTOM, (Region(0, 0, HALF, UNIT), Region(HALF, 0, HALF, UNIT, uid="77")))
REGION = "clientRequest.layoutConfig"


@pytest.fixture
def visit(live_server, page: Page, sign_in):
    """`visit("layout_edit", pk)`: signed in, on that page."""
    sign_in()

    def visit(name: str, *args: object, query: str = "") -> None:
        page.goto(live_server.url + reverse(name, args=args) + query)

    return visit


@pytest.fixture
def project(sandbox) -> Project:
    return Project.objects.create(
        name="Classroom",
        provider="sandbox",
        base_url=sandbox.url,
        app_id=sandbox.app_id,
        customer_id=sandbox.customer_id,
        customer_secret=sandbox.customer_secret,
    )


@pytest.fixture
def storage(sandbox) -> StorageConfig:
    return StorageConfig.objects.create(
        name="Archive",
        vendor=11,
        bucket="recordings",
        access_key=sandbox.access_key,
        secret_key=sandbox.secret_key,
        extension_params={"endpoint": "127.0.0.1"},
        endpoint_url=f"{sandbox.url}/s3",
    )


@pytest.fixture
def halves(db) -> Layout:
    return Layout.create("Halves", WIDE, HALVES, by=None)


def field(page: Page, name: str):
    """A form field by its name, dots and all."""
    return page.locator(f'[name="{name}"]')


def test_every_page_fits_and_is_accessible(
    visit, page, accessible, theme, width, project, storage, halves
):
    Layout.create("Vertical", WIDE, Picture(VERTICAL), by=None)
    storage.checks.create(outcome="failed", steps=STEPS)
    pages = [
        ("projects",),
        ("project_new",),
        ("project_edit", project.pk),
        ("project_delete", project.pk),
        ("storage",),
        ("storage_new",),
        ("storage_edit", storage.pk),
        ("layouts",),
        ("layout_new",),
        ("layout_edit", halves.pk),
    ]
    for name, *args in pages:
        visit(name, *args)

        accessible()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, name


STEPS = [
    {"key": "resolve", "outcome": "done", "sentence": "127.0.0.1", "duration_ms": 2},
    {"key": "reach", "outcome": "failed", "sentence": "It cannot be reached.", "duration_ms": 9},
    {"key": "sign", "outcome": "skipped", "sentence": "Not tried.", "duration_ms": 0},
]


@pytest.mark.parametrize("name", ["projects", "storage", "layouts"])
def test_empty_lists_are_accessible_and_lead_on(visit, page, accessible, name):
    visit(name)

    accessible()
    expect(page.locator(".empty .btn")).to_be_visible()


class TestProjects:
    def test_credentials_are_checked_where_they_stand(self, visit, page, project):
        visit("projects")

        page.get_by_role("button", name="Check credentials").click()

        expect(page.locator(f"#project-{project.pk}-credentials")).to_contain_text("Accepted")

    def test_a_refused_form_takes_the_focus_and_shows_no_secret(self, visit, page):
        visit("project_new")
        page.get_by_label("Name").fill("Classroom")
        page.get_by_label("App ID").fill("with spaces")
        page.get_by_label("Customer secret").fill("a-secret-to-be-typed-again")

        page.get_by_role("button", name="Add project").click()

        expect(page.locator(".problems")).to_be_focused()
        expect(page.get_by_label("Name")).to_have_value("Classroom")
        expect(page.get_by_label("Customer secret")).to_have_value("")
        expect(page.get_by_text("enter it again").first).to_be_visible()

    def test_deleting_asks_in_a_dialog_and_gives_the_focus_back(self, visit, page, project):
        visit("project_edit", project.pk)

        page.get_by_role("link", name="Delete").click()
        expect(page.get_by_role("dialog")).to_contain_text("Delete the project “Classroom”?")
        page.get_by_role("dialog").get_by_role("button", name="Keep").click()
        expect(page.get_by_role("link", name="Delete")).to_be_focused()

        page.get_by_role("link", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_text("“Classroom” was deleted.")).to_be_visible()


class TestStorage:
    def test_regions_and_fields_follow_the_vendor(self, visit, page):
        visit("storage_new")

        page.get_by_label("Vendor").select_option("1")
        expect(page.get_by_label("Server-side encryption")).to_be_visible()
        page.get_by_label("Region").select_option(label="US East (N. Virginia) · 0")
        page.get_by_label("Vendor").select_option("11")

        expect(page.get_by_label("Region")).to_have_count(0)
        expect(page.get_by_label("Endpoint")).to_be_visible()

    def test_the_path_grows_while_the_folder_is_typed(self, visit, page):
        visit("storage_new")

        page.get_by_label("Folder").press_sequentially("lessons/{session}")

        expect(page.locator("#storage-path")).to_contain_text("lessons/k3v9x0q2m7ab/")
        expect(page.get_by_label("Folder")).to_be_focused()

    def test_a_test_is_watched_to_its_end(self, visit, page, storage, accessible):
        visit("storage_edit", storage.pk)

        page.get_by_role("button", name="Test").click()

        card = page.locator("#storage-check")
        expect(card).to_contain_text("The test left nothing behind.")
        expect(card).to_contain_text("Passed")
        expect(card).not_to_have_attribute("data-poll", re.compile(""))
        accessible()

    def test_a_running_test_can_be_cancelled(self, visit, page, storage):
        running = StorageCheck.objects.create(storage_config=storage)
        visit("storage_edit", storage.pk)
        expect(page.locator("#storage-check")).to_contain_text("step 1 of 6")

        with page.expect_response("**/cancel/"):
            page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("button", name="Cancelling…")).to_be_visible()
        StorageCheck.objects.filter(pk=running.pk, cancel_asked=True).update(outcome="cancelled")

        expect(page.locator("#storage-check")).to_contain_text("Cancelled")
        expect(page.get_by_role("button", name="Test again")).to_be_visible()

    def test_from_the_list_a_test_leads_to_its_steps(self, visit, page, storage):
        visit("storage")

        page.get_by_role("button", name="Test Archive").click()

        expect(page.locator("#storage-check")).to_contain_text("The test left nothing behind.")


class TestLayouts:
    def test_the_preview_follows_the_numbers(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")

        field(page, f"{REGION}.0.width").fill("0.25")

        expect(page.locator("#layout-preview > svg svg").first).to_have_attribute("width", "320")
        expect(page.locator("#layout-preview")).to_contain_text("25 % of the canvas")
        expect(field(page, f"{REGION}.0.width")).to_be_focused()

    def test_a_number_that_is_none_is_named_beside_the_picture(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")

        field(page, f"{REGION}.1.width").fill("0,5")

        expect(page.locator("#layout-preview")).to_contain_text("Region 2 is not drawn")
        page.get_by_role("link", name=re.compile("Region 2, Width")).click()
        expect(field(page, f"{REGION}.1.width")).to_be_focused()

    def test_regions_are_added_moved_and_removed_by_keyboard(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")
        rows = page.locator("#regions .region-row")

        page.get_by_role("button", name="Add region").press("Enter")
        expect(rows).to_have_count(3)
        expect(field(page, f"{REGION}.2.x_axis")).to_be_focused()
        page.keyboard.type("0.1")

        page.get_by_role("button", name="Move Region 3 back").press("Enter")
        expect(field(page, f"{REGION}.1.x_axis")).to_have_value(re.compile("^0.1"))
        page.get_by_role("button", name="Remove Region 1").press("Enter")

        expect(rows).to_have_count(2)
        expect(field(page, f"{REGION}.1.uid")).to_have_value("77")
        expect(page.get_by_role("button", name="Remove Region 1")).to_be_focused()

    def test_saving_makes_a_version_and_comes_back_to_the_gallery(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")
        field(page, f"{REGION}.0.width").fill("0.499999")

        page.get_by_role("button", name="Save as version 2").click()

        expect(page.get_by_text("“Halves” was saved as version 2.")).to_be_visible()
        halves.refresh_from_db()
        assert halves.latest.parsed().regions[0].width == 499_999

    def test_enter_in_a_field_saves_and_does_not_remove_a_region(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")
        field(page, "name").fill("Renamed")

        field(page, "name").press("Enter")

        page.wait_for_url("**/layouts/")
        halves.refresh_from_db()
        assert (halves.name, len(halves.latest.parsed().regions)) == ("Renamed", 2)

    def test_a_refused_form_marks_the_field_and_leads_to_it(self, visit, page, halves, accessible):
        visit("layout_edit", halves.pk, query="?numbers")
        field(page, f"{REGION}.1.width").fill("0.6")

        page.get_by_role("button", name="Save as version 2").click()

        expect(page.locator(".problems")).to_be_focused()
        expect(field(page, f"{REGION}.1.width")).to_have_attribute("aria-invalid", "true")
        accessible()
        page.locator(".problems a").first.click()
        expect(field(page, f"{REGION}.1.width")).to_be_focused()

    def test_a_conflict_shows_both_and_keeps_mine(self, visit, page, halves, accessible):
        visit("layout_edit", halves.pk, query="?numbers")
        field(page, f"{REGION}.0.width").fill("0.25")
        halves.add_version(WIDE, Picture(BEST_FIT), by=None, seen=1)

        page.get_by_role("button", name="Save as version 2").click()

        expect(page.locator("#layout-conflict svg.thumbnail")).to_have_count(2)
        expect(field(page, f"{REGION}.0.width")).to_have_value("0.25")
        accessible()
        page.get_by_role("button", name="Save mine as version 3").click()
        page.wait_for_url("**/layouts/")
        halves.refresh_from_db()
        assert halves.latest.parsed().regions[0].width == 250_000

    def test_only_what_a_kind_has_is_shown_and_it_can_be_converted(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")

        page.get_by_text("Vertical", exact=True).click()
        expect(page.get_by_label("Large window")).to_be_visible()
        expect(page.get_by_role("button", name="Add region")).to_be_hidden()
        expect(page.locator("#layout-preview")).to_contain_text("with 4 users")

        page.get_by_label("Users in the preview").fill("3")
        expect(page.locator("#layout-preview")).to_contain_text("with 3 users")
        page.get_by_role("button", name="Convert to custom").click()

        expect(page.locator("#regions .region-row")).to_have_count(3)
        expect(field(page, f"{REGION}.0.x_axis")).to_be_focused()

    def test_the_colour_can_be_picked_or_typed(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")
        picker = page.locator("[type=color]")

        field(page, "clientRequest.backgroundColor").fill("#10A0b0")
        expect(picker).to_have_value("#10a0b0")
        picker.fill("#ff0000")

        expect(field(page, "clientRequest.backgroundColor")).to_have_value("#ff0000")
        expect(page.locator("#layout-preview > svg > rect")).to_have_attribute("fill", "#ff0000")

    def test_leaving_with_an_unsaved_region_asks(self, visit, page, halves):
        visit("layout_edit", halves.pk, query="?numbers")
        page.get_by_role("button", name="Add region").click()
        expect(page.locator("#regions .region-row")).to_have_count(3)
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

        page.get_by_role("link", name="Cancel").click(no_wait_after=True)

        expect(page.locator("#regions .region-row")).to_have_count(3)
        assert asked == ["beforeunload"]

    def test_search_narrows_the_gallery_and_keeps_the_focus(self, visit, page, halves):
        Layout.create("Grid", WIDE, Picture(BEST_FIT), by=None)
        visit("layouts")

        page.get_by_label("Search").press_sequentially("gri")

        expect(page.locator(".layout-card")).to_have_count(1)
        expect(page.get_by_role("status").filter(has_text="1 layout")).to_be_visible()
        expect(page.get_by_label("Search")).to_be_focused()
        assert page.url.endswith("?q=gri")

    def test_archiving_from_a_card(self, visit, page, halves):
        visit("layouts")

        page.locator(".layout-card summary").click()
        page.get_by_role("button", name="Archive").click()

        expect(page.get_by_text("“Halves” was archived.")).to_be_visible()
        expect(page.locator(".layout-card")).to_have_count(0)


def test_regions_are_added_and_saved_without_scripts(live_server, browser, page, sign_in, halves):
    sign_in()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(live_server.url + reverse("layout_edit", args=[halves.pk]))

    plain.get_by_role("button", name="Add region").click()
    field(plain, f"{REGION}.2.width").fill("0.1")
    plain.get_by_role("button", name="Remove Region 1").click()
    plain.get_by_role("button", name="Save as version 2").click()

    expect(plain).to_have_url(live_server.url + reverse("layouts"))
    halves.refresh_from_db()
    assert [region.width for region in halves.latest.parsed().regions] == [HALF, 100_000]
    context.close()
