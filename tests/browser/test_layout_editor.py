"""The visual layout editor in a real browser: mouse, touch, keys; JSON to the sixth decimal."""

import json
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from dashboard.static import BUNDLES
from recorder.contract.layouts import UNIT, Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.models import Layout
from tests.support.editor_page import Editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BUNDLE = Path(__file__).parents[2] / "static" / BUNDLES["js/layout/editor.js"]
WIDE = Canvas(1280, 720)
HALF = UNIT // 2
HALVES = Picture(3, (Region(0, 0, HALF, UNIT), Region(HALF, 0, HALF, UNIT, uid="77")))
BUSY = Picture(3, tuple(Region(k * 50_000, k * 50_000, 200_000, 200_000) for k in range(17)))


@pytest.fixture
def halves(db) -> Layout:
    return Layout.create("Halves", WIDE, HALVES, by=None)


@pytest.fixture
def edit(live_server, page: Page, sign_in):
    """`edit(layout)`: its editor, open; without one, a new layout's."""
    sign_in()

    def edit(layout: Layout | None = None) -> Editor:
        path = reverse("layout_edit", args=[layout.pk]) if layout else reverse("layout_new")
        page.goto(live_server.url + path)
        expect(page.locator("#editor[data-ready]")).to_be_visible()
        return Editor(page)

    return edit


def test_the_editor_takes_the_place_of_the_numbers_and_is_accessible(
    edit, halves, page, accessible, theme, width
):
    editor = edit(halves)

    editor.regions.nth(1).click()
    editor.wire()

    expect(page.locator("#layout-form")).to_have_count(0)
    expect(editor.regions.nth(1)).to_have_attribute("aria-pressed", "true")
    accessible()
    cut = "names => names.filter(name => name.scrollWidth > name.clientWidth).length"
    assert page.locator(".region-list__who").evaluate_all(cut) == 0
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.locator("#open-presets").click()
    expect(page.get_by_role("dialog", name="Arrangements")).to_be_visible()
    accessible()
    if width < 800:
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_the_one_file_that_is_served_does_what_its_modules_do(edit, halves, page):
    page.route("**/js/layout/editor.js", lambda route: route.fulfill(path=BUNDLE))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    editor = edit(halves)

    editor.regions.nth(0).click()
    editor.press("Shift+ArrowRight")
    page.locator("#open-presets").click()
    expect(page.get_by_role("dialog", name="Arrangements")).to_be_visible()
    page.keyboard.press("Escape")
    assert editor.wire()["layoutConfig"][0]["x_axis"] == 0.05
    editor.save()
    expect(editor.state).to_have_text("Saved")

    assert [url for url in asked if "/js/layout/" in url and "editor.js" not in url] == []


def test_an_editor_that_cannot_start_leaves_the_form_of_numbers(
    live_server, page, sign_in, halves, console
):
    console.allow("broken")
    broken = "export const startKeys = () => { throw new Error('broken') }"
    page.route(
        "**/keys.js", lambda route: route.fulfill(body=broken, content_type="text/javascript")
    )
    sign_in()

    page.goto(live_server.url + reverse("layout_edit", args=[halves.pk]))

    expect(page.get_by_role("button", name="Save as version 2")).to_be_visible()
    expect(page.locator("#editor")).to_have_count(0)


class TestPointer:
    def test_a_drag_moves_snaps_sizes_and_is_one_step_each(self, edit, halves, page):
        editor = edit(halves)

        editor.drag((0.25, 0.5), (0.75, 0.5))  # it snaps to the other half
        assert editor.boxes()[0] == (0.5, 0, 0.5, 1)
        editor.press("Control+z")
        assert editor.boxes()[0] == (0, 0, 0.5, 1)

        editor.regions.nth(1).click()
        editor.drag((1, 0.5), (0.7502, 0.5), "Alt")  # by its right handle, not snapping
        x, y, width, height = editor.boxes()[1]
        assert (x, y, height) == (0.5, 0, 1)
        assert width == pytest.approx(0.2502, abs=0.002)
        assert len(str(width)) <= 8, "six decimals at most"

        expect(page.locator("[data-steps] button")).to_have_count(2)
        expect(editor.said).to_contain_text("Region 2")

    def test_escape_in_a_drag_restores_the_start(self, edit, halves, page):
        editor = edit(halves)
        before = editor.wire()

        page.mouse.move(*editor.at(0.25, 0.5))
        page.mouse.down()
        page.mouse.move(*editor.at(0.4, 0.5), steps=3)
        editor.press("Escape")
        page.mouse.up()

        assert editor.wire() == before
        expect(editor.state).to_have_text("Saved")

    @pytest.mark.parametrize("key", ["Control+z", "Delete", "ArrowLeft"])
    def test_a_key_in_a_drag_ends_it_and_every_step_can_be_gone_back(self, edit, halves, page, key):
        editor = edit(halves)
        start = editor.boxes()
        editor.regions.nth(1).focus()
        editor.press("Control+ArrowLeft")

        page.mouse.move(*editor.at(0.25, 0.5))
        page.mouse.down()
        page.mouse.move(*editor.at(0.4, 0.5), steps=3)
        editor.press(key)
        page.mouse.move(*editor.at(0.6, 0.5), steps=3)
        page.mouse.up()
        ended = editor.boxes()
        editor.regions.nth(0).focus()
        editor.press("Control+z", "Control+z", "Control+z")
        assert editor.boxes() == start
        editor.regions.nth(0).focus()
        editor.press("Control+y", "Control+y")
        assert key == "Control+z" or editor.boxes() == ended

    def test_regions_are_drawn_swept_toggled_and_grouped(self, edit, page):
        layout = Layout.create("Busy", WIDE, Picture(3, BUSY.regions[:2]), by=None)
        editor = edit(layout)

        page.locator(".stage__svg").focus()
        editor.press("r")
        editor.drag((0.6, 0.6), (0.9, 0.9), "Alt")
        drawn = editor.boxes()[2]
        assert drawn == pytest.approx((0.6, 0.6, 0.3, 0.3), abs=0.003)

        editor.drag((0.5, 0.4), (0.95, 0.95))  # a sweep over the new one only
        expect(page.locator('.region[aria-pressed="true"]')).to_have_count(1)
        editor.regions.nth(0).click(position={"x": 4, "y": 4}, modifiers=["Shift"])
        expect(page.locator('.region[aria-pressed="true"]')).to_have_count(2)
        before = editor.boxes()
        editor.drag((0.65, 0.65), (0.6, 0.7), "Alt")
        after = editor.boxes()
        moved = [round(after[0][i] - before[0][i], 6) for i in (0, 1)]
        assert moved == [round(after[2][i] - before[2][i], 6) for i in (0, 1)]
        assert after[1] == before[1]

    def test_alt_click_walks_down_and_a_locked_region_stays(self, edit, page):
        layout = Layout.create("Busy", WIDE, Picture(3, BUSY.regions[:3]), by=None)
        editor = edit(layout)

        page.mouse.click(*editor.at(0.15, 0.15))
        expect(editor.regions.nth(2)).to_have_attribute("aria-pressed", "true")
        page.keyboard.down("Alt")
        page.mouse.click(*editor.at(0.15, 0.15))
        page.keyboard.up("Alt")
        expect(editor.regions.nth(1)).to_have_attribute("aria-pressed", "true")

        before = editor.boxes()
        page.locator(".stage__svg").focus()
        editor.press("l", "ArrowRight")
        assert editor.boxes() == before
        expect(editor.said).to_contain_text("locked")
        expect(editor.regions.nth(1).locator("text")).to_have_text("2 · 🔒")
        editor.regions.nth(1).focus()
        editor.press(".", "Delete")
        expect(editor.said).to_contain_text("locked")
        expect(editor.regions.nth(1)).to_be_focused()

        page.mouse.dblclick(*editor.at(0.15, 0.15))
        expect(editor.field("x")).to_be_focused()

    def test_the_middle_button_moves_the_view_and_nothing_else(self, edit, halves, page):
        """It would paste in Firefox on Linux, and scroll by itself on Windows."""
        editor = edit(halves)
        page.evaluate(
            """() => {
              window.prevented = [];
              for (const type of ["mousedown", "auxclick"]) {
                addEventListener(type, (event) => prevented.push([type, event.defaultPrevented]));
              }
            }"""
        )
        before = editor.canvas()

        x, y = editor.at(0.25, 0.5)
        page.mouse.move(x, y)
        page.mouse.down(button="middle")
        page.mouse.move(x + 40, y + 20, steps=2)
        page.mouse.up(button="middle")

        assert page.evaluate("() => prevented") == [["mousedown", True], ["auxclick", True]]
        assert editor.canvas()["x"] == pytest.approx(before["x"] + 40, abs=1)
        assert editor.boxes() == [(0, 0, 0.5, 1), (0.5, 0, 0.5, 1)]


def test_a_finger_moves_a_region_and_two_zoom(edit, halves, page):
    editor = edit(halves)
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", editor.at(0.25, 0.5))
    for part in (0.4, 0.6, 0.75):
        touch("touchMove", editor.at(part, 0.5))
    touch("touchEnd")
    assert editor.boxes()[0] == (0.5, 0, 0.5, 1)

    touch("touchStart", editor.at(0.75, 0.5))
    expect(page.locator("[data-context]")).to_be_visible()  # a long press opens the menu
    touch("touchEnd")
    page.locator("[data-context]").get_by_role("button", name="Lock or unlock").click()
    expect(page.locator("[data-context]")).to_be_hidden()
    editor.press("l")

    before = editor.canvas()["width"]
    touch("touchStart", editor.at(0.4, 0.5), editor.at(0.6, 0.5))
    (left, y), (right, _) = editor.at(0.3, 0.5), editor.at(0.7, 0.5)
    touch("touchMove", (left, y), (right, y))
    touch("touchEnd")
    editor.settle()
    assert editor.canvas()["width"] == pytest.approx(2 * before, rel=0.05)
    assert editor.boxes()[0] == (0.5, 0, 0.5, 1)


class TestKeys:
    def test_a_layout_is_made_by_keyboard_alone(self, edit, page, django_user_model):
        editor = edit()
        editor.type_json('[{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}]')
        expect(editor.regions).to_have_count(1)

        page.get_by_label("Name", exact=True).focus()
        page.keyboard.type("By keys")
        editor.regions.nth(0).focus()
        editor.press("Control+ArrowLeft", "Alt+Control+ArrowUp", "Control+d", "Shift+ArrowRight")
        editor.press("Alt+ArrowDown", "Enter")
        expect(editor.field("x")).to_be_focused()
        page.keyboard.type("1/3")
        editor.press("Tab")
        page.keyboard.type("25%")
        editor.press("Tab")
        page.keyboard.type("640px")
        editor.press("Tab")
        page.keyboard.type("0.5")
        editor.press("Enter")
        expect(editor.field("h")).to_have_value("0.500000")
        expect(editor.field("h")).to_be_focused()
        editor.press("Escape")
        expect(editor.regions.nth(1)).to_be_focused()
        editor.press("f", "Home", "[")
        expected = [(0, 0, 0.99, 0.999999), (0.333333, 0.25, 0.5, 0.5)]
        assert editor.boxes() == expected
        assert editor.wire()["layoutConfig"][1]["render_mode"] == 1

        editor.regions.nth(1).focus()
        editor.press("Control+s")

        expect(editor.state).to_have_text("Saved")
        page.wait_for_url(re.compile(r"/layouts/\d+/$"))
        saved = Layout.objects.get(name="By keys").latest.parsed()
        assert [(r.x, r.y, r.width, r.height) for r in saved.regions] == [
            (0, 0, 990_000, 999_999),
            (333_333, 250_000, 500_000, 500_000),
        ]

    def test_the_keys_stay_with_a_region_that_no_frame_has_drawn_yet(self, edit, halves, page):
        """On a busy machine the next key comes before the next frame."""
        editor = edit(halves)
        editor.regions.nth(0).focus()
        page.evaluate(
            """() => {
              const draw = requestAnimationFrame;
              const held = [];
              window.requestAnimationFrame = (work) => held.push(work);
              window.frames_again = () => {
                window.requestAnimationFrame = draw;
                held.forEach((work) => draw(work));
              };
            }"""
        )

        editor.press("Control+d")
        expect(editor.regions.nth(2)).to_be_focused()
        editor.press("Enter")
        expect(editor.field("x")).to_be_focused()
        editor.press("Escape")
        page.evaluate("() => frames_again()")
        editor.settle()

        expect(editor.regions.nth(2)).to_be_focused()
        expect(editor.regions.nth(2)).to_have_attribute("aria-pressed", "true")

    def test_a_kept_ratio_is_kept_by_numbers_and_by_keys(self, edit, halves, page):
        editor = edit(halves)
        editor.regions.nth(0).click()
        page.locator('[data-f="ratio"]').select_option("1:1")

        editor.field("w").fill("0.25")
        editor.field("w").press("Enter")
        expect(editor.field("h")).to_have_value("0.444444")  # 320 × 320 px
        editor.field("h").press("Escape")
        editor.press("Control+ArrowRight")
        assert editor.boxes()[0] == (0, 0, 0.26, 0.462222)
        editor.regions.nth(0).focus()
        editor.press("Control+z", "Control+z")
        assert editor.boxes()[0] == (0, 0, 0.5, 1)

    def test_nothing_selected_leaves_the_clipboard_alone(self, edit, halves, page):
        editor = edit(halves)
        editor.regions.nth(0).focus()
        copied = """() => !document.activeElement.dispatchEvent(new ClipboardEvent(
          "copy", {bubbles: true, cancelable: true, clipboardData: new DataTransfer()}
        ))"""

        editor.press("Home")
        assert page.evaluate(copied)
        editor.press("Escape")
        assert not page.evaluate(copied)

    def test_steps_go_back_and_forth_and_focus_stays(self, edit, halves, page):
        editor = edit(halves)
        editor.regions.nth(0).focus()
        start = editor.wire()
        editor.regions.nth(0).focus()

        editor.press("n", "]")
        expect(editor.said).to_contain_text(re.compile("Region [12], uid 77"))
        behind_altgr = (
            "new KeyboardEvent('keydown', {key: '[', ctrlKey: true, altKey: true, bubbles: true})"
        )
        editor.regions.nth(1).evaluate(f"region => region.dispatchEvent({behind_altgr})")
        expect(editor.said).to_contain_text("Region 1, uid 77")
        editor.press("h", "h", "Delete")
        expect(editor.regions).to_have_count(1)
        for _ in range(4):
            editor.press("Control+z")
        assert editor.wire() == start
        editor.regions.nth(0).focus()
        editor.press("Control+y", "?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()

    def test_a_menu_offers_what_the_selection_allows(self, edit, halves, page):
        editor = edit(halves)
        page.locator(".tools summary", has_text="Arrange").click()
        swap = page.get_by_role("button", name="Swap two places")
        gaps = page.get_by_role("button", name="Equal gaps across")
        front = page.locator(".tools").get_by_role("button", name="Bring to front")
        for chosen, possible in [("", []), ("Home", [front]), ("Control+a", [front, swap])]:
            if chosen:
                editor.regions.nth(0).focus()
                editor.press(chosen)
            for button in (front, swap, gaps):
                expect(button).to_be_enabled(enabled=button in possible)

        swap.press("Enter")
        assert editor.boxes() == [(0.5, 0, 0.5, 1), (0, 0, 0.5, 1)]

    def test_menus_give_the_keys_back(self, edit, halves, page):
        editor = edit(halves)
        editor.regions.nth(0).focus()
        editor.press("Shift+ArrowRight")

        page.locator(".tools summary", has_text="Arrange").click()
        page.get_by_role("button", name="Duplicate").click()
        expect(editor.regions).to_have_count(3)
        editor.press("Control+z")
        expect(editor.regions).to_have_count(2)

        page.locator("[data-history] summary").click()
        page.get_by_role("button", name="As it was opened").press("Enter")
        expect(page.get_by_role("button", name="As it was opened")).to_be_focused()
        assert editor.boxes()[0] == (0, 0, 0.5, 1)

    def test_rows_of_the_list_are_reordered(self, edit, halves, page):
        editor = edit(halves)

        page.locator(".region-list__pick").first.press("Alt+ArrowDown")

        expect(page.locator(".region-list__pick").nth(1)).to_be_focused()
        assert [r.get("uid") for r in editor.wire()["layoutConfig"]] == ["77", None]
        expect(editor.regions.nth(0)).to_have_attribute("aria-label", re.compile("uid 77"))
        editor.regions.nth(0).click()
        editor.press("]")
        expect(editor.regions.nth(1)).to_be_focused()
        expect(editor.regions.nth(1)).to_have_attribute("aria-label", re.compile("uid 77"))


def test_the_services_own_layouts_are_drawn_converted_and_arranged_anew(edit, halves, page):
    editor = edit(halves)
    page.get_by_text("Canvas", exact=True).click()
    page.get_by_text("Vertical", exact=True).click()
    page.locator('[data-view="users"]').fill("7")
    expect(page.locator('.region[role="img"]')).to_have_count(7)

    page.get_by_role("button", name="Convert to custom").press("Enter")
    expect(editor.regions.nth(0)).to_be_focused()
    expect(editor.said).to_contain_text("Convert to custom")
    assert editor.boxes()[0] == (0, 0, 0.857143, 1)
    page.locator("#open-presets").click()
    page.locator('.presets [name="n"]').fill("9")
    page.get_by_role("button", name="Use this arrangement").click()
    thirds = [(0, 0.333333), (0.333333, 0.333334), (0.666667, 0.333333)]
    assert editor.boxes() == [(x, y, w, h) for y, h in thirds for x, w in thirds]

    page.get_by_role("button", name="Preview", exact=True).click()
    # 1280 / 3 is 426.67: the service's edges lie on even pixels, and so do these.
    first, second = (editor.regions.nth(k).locator("image").bounding_box() for k in (0, 1))
    assert second["x"] - first["x"] == pytest.approx(426, abs=0.1)  # at 100 %: it just fits
    editor.press("Escape")

    page.locator("[data-history] summary").click()
    page.get_by_role("button", name="As it was opened").click()
    assert editor.boxes() == [(0, 0, 0.5, 1), (0.5, 0, 0.5, 1)]


class TestBadInput:
    def test_a_number_that_is_none_says_so_at_its_place(self, edit, halves, page):
        editor = edit(halves)
        editor.regions.nth(0).click()
        before = editor.boxes()

        for bad in ("NaN", "1e309", "0,5", "-1", "1/0", "javascript:alert(1)"):
            editor.field("w").fill(bad)
            editor.field("w").press("Enter")

            expect(editor.field("w")).to_have_attribute("aria-invalid", "true")
            expect(page.locator(".inspector__numbers + [data-field-error]")).to_be_visible()
            assert editor.boxes() == before, bad
            editor.field("w").fill("0.5")
            editor.field("w").press("Enter")
            expect(page.locator("[data-field-error]")).to_be_hidden()

    def test_a_bare_number_is_of_the_unit_that_the_field_shows(self, edit, halves, page):
        editor = edit(halves)
        editor.regions.nth(0).click()

        for unit, typed, shown in [("pixels", "320", "320px"), ("percent", "30", "30%")]:
            page.locator(f'[data-view="unit"][value="{unit}"]').check(force=True)
            editor.field("w").fill(typed)
            editor.field("w").press("Enter")
            expect(editor.field("w")).to_have_value(shown)
        editor.field("w").fill("1/4")
        editor.field("w").press("Enter")
        expect(editor.field("w")).to_have_value("25%")
        assert editor.boxes()[0] == (0, 0, 0.25, 1)

    def test_faults_are_named_on_the_region_in_the_list_and_keep_it_from_being_saved(
        self, edit, halves, page
    ):
        editor = edit(halves)
        editor.regions.nth(0).click()
        editor.field("uid").fill("77")
        editor.field("uid").press("Enter")
        page.get_by_text("Canvas", exact=True).click()
        for name, bad in (("background_color", "red"), ("background_image", "javascript:x")):
            page.locator(f'[data-c="{name}"]').last.fill(bad)
            page.locator(f'[data-c="{name}"]').last.press("Enter")

        editor.save()

        expect(page.locator("[data-found] .tone-live")).to_have_count(3)
        expect(page.locator("[data-found]")).to_contain_text("Regions 1–2: ")
        expect(editor.regions.nth(0)).to_have_attribute("data-severity", "error")
        expect(page.locator(".region-list__mark.tone-live")).to_have_count(2)
        expect(page.locator('[data-c="background_image"]')).to_have_attribute(
            "aria-invalid", "true"
        )
        halves.refresh_from_db()
        assert halves.version == 1

    def test_a_background_picture_that_cannot_be_shown_is_told(self, edit, halves, page, console):
        console.allow("Content Security Policy")
        edit(halves)
        page.get_by_text("Canvas", exact=True).click()
        field, note = (
            page.locator('[data-c="background_image"]').last,
            page.locator("[data-missing]"),
        )

        for address, told in (("http://127.0.0.1:9/a.png", True), ("", False)):
            field.fill(address)
            field.press("Enter")
            expect(note).to_be_visible(visible=told)

    def test_json_that_is_none_leaves_the_canvas_alone(self, edit, halves, page):
        editor = edit(halves)
        before = editor.wire()
        note = page.locator("[data-json-note]")

        for bad, words in [
            ('{"layoutConfig": [\n  oops]}', "Line 2"),
            (json.dumps(before).replace("0.5", "1e309"), "Line 1"),
        ]:
            page.locator("[data-json]").evaluate(
                "(area, text) => { area.focus(); area.value = text;"
                " area.dispatchEvent(new Event('input', {bubbles: true})) }",
                bad,
            )
            expect(note).to_contain_text(words)
        editor.regions.nth(1).click()  # what was typed is still there to be mended
        expect(page.locator("[data-json]")).to_have_value(bad)
        huge = {"name": "huge.json", "mimeType": "application/json", "buffer": b"[" * 10_000_000}
        page.locator("[data-import]").set_input_files([huge])
        expect(note).to_contain_text("too large")
        expect(editor.state).to_have_text("Saved")
        expect(editor.regions).to_have_count(2)

        whole = before | {"newKey": 1, "backgroundColor": "#102030"}
        page.locator("[data-json]").fill(json.dumps(whole).replace("0.5", "0.33333333"))
        expect(note).to_contain_text("newKey")
        expect(note).to_contain_text("0.333333")

    def test_an_eighteenth_region_is_not_made(self, edit, page):
        editor = edit(Layout.create("Full", WIDE, BUSY, by=None))

        add = page.get_by_role("button", name="Add", exact=True)
        expect(add).to_have_attribute("aria-disabled", "true")
        editor.regions.nth(16).focus()
        editor.press("Control+d", "r")

        expect(editor.regions).to_have_count(17)
        expect(editor.said).to_contain_text("at most 17")


class TestKeeping:
    def test_what_is_still_being_typed_is_saved_too_and_what_is_no_number_is_not_left_out(
        self, edit, halves, page
    ):
        editor = edit(halves)
        editor.regions.nth(0).click()

        editor.field("w").fill("0.25")
        editor.press("Control+s")
        expect(editor.state).to_have_text("Saved")
        assert halves.versions.get(number=2).parsed().regions[0].width == UNIT // 4

        editor.field("w").fill("0,3")
        editor.save()
        expect(editor.state).to_have_text("Not saved")
        expect(editor.field("w")).to_be_focused()
        expect(editor.field("w")).to_have_value("0,3")
        expect(page.locator("[data-field-error]")).to_be_visible()
        assert halves.versions.count() == 2

        editor.field("w").fill("0.3")
        editor.save()
        expect(editor.state).to_have_text("Saved")
        assert halves.versions.get(number=3).parsed().regions[0].width == 300_000

    def test_a_layout_without_a_name_is_told_so_and_saved_as_soon_as_it_has_one(
        self, edit, page, console
    ):
        console.allow("422")
        editor = edit()
        name = page.get_by_label("Name", exact=True)
        kinds = page.locator('[data-c="kind"]:checked')

        editor.save()
        expect(editor.state).to_have_text("Not saved")
        expect(name).to_be_focused()
        expect(name).to_have_attribute("aria-invalid", "true")
        found = page.locator("[data-found] > *").all_inner_texts()
        assert len(found) == len(set(found)) > 1  # what both sides have found is told once

        page.keyboard.type("Two halves")
        expect(editor.state).to_have_text("Unsaved")
        expect(name).not_to_have_attribute("aria-invalid", "true")
        editor.save()
        expect(editor.state).to_have_text("Saved")
        expect(kinds).to_have_value("3")
        assert Layout.objects.get(name="Two halves").latest.parsed().kind == 3

    def test_two_who_save_at_once_see_both_and_one_goes_on(self, edit, halves, page, accessible):
        editor = edit(halves)
        editor.regions.nth(0).click()
        editor.press("Shift+ArrowRight")
        halves.add_version(WIDE, Picture(3, (Region(0, 0, UNIT, UNIT),)), by=None, seen=1)

        editor.save()
        dialog = page.get_by_role("dialog", name="Somebody else saved this layout")
        expect(dialog.locator("svg.thumbnail")).to_have_count(2)
        accessible()
        dialog.get_by_role("button", name="Keep mine").click()

        expect(editor.state).to_have_text("Saved")
        halves.refresh_from_db()
        assert (halves.version, halves.latest.parsed().regions[0].x) == (3, 50_000)

        halves.add_version(WIDE, Picture(3, (Region(0, 0, UNIT, UNIT),)), by=None, seen=3)
        editor.regions.nth(0).click()
        editor.press("Shift+ArrowLeft")
        editor.save()
        dialog.get_by_role("button", name="Take theirs").click()
        expect(editor.regions).to_have_count(1)
        expect(editor.state).to_have_text("Saved")

    def test_a_lost_connection_keeps_the_work_and_it_is_saved_when_it_is_back(
        self, edit, halves, page, console
    ):
        console.allow("ERR_INTERNET_DISCONNECTED")
        editor = edit(halves)
        editor.regions.nth(0).click()
        editor.press("Shift+ArrowDown", "Control+ArrowUp")
        drawn = editor.boxes()
        page.context.set_offline(True)

        editor.save()
        expect(editor.state).to_have_text("Offline")
        expect(page.get_by_text("Connection lost while saving.")).to_be_visible()
        page.context.set_offline(False)
        expect(editor.state).to_have_text("Saved")  # tried again by itself
        halves.refresh_from_db()
        assert halves.latest.parsed().regions[0].y == round(drawn[0][1] * UNIT)

    def test_a_draft_is_offered_after_the_page_was_lost(self, edit, halves, page):
        editor = edit(halves)
        editor.regions.nth(0).click()
        editor.press("Shift+ArrowRight")
        drawn = editor.boxes()
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()

        page.get_by_role("button", name="Recover the draft").press("Enter")
        editor.press("Control+z")  # the keys stay with the editor
        assert editor.boxes() != drawn
        editor.regions.nth(0).focus()
        editor.press("Control+y")

        assert editor.boxes() == drawn
        expect(editor.state).to_have_text("Unsaved")
        editor.regions.nth(0).focus()
        editor.press("Control+s")
        expect(editor.state).to_have_text("Saved")
        page.reload()
        expect(page.locator("#editor[data-ready]")).to_be_visible()
        expect(page.get_by_role("button", name="Recover the draft")).to_have_count(0)

    def test_the_draft_of_a_layout_just_made_is_offered_on_its_own_page(self, edit, page):
        editor = edit()
        page.get_by_label("Name", exact=True).fill("Fresh")
        editor.save()
        expect(editor.state).to_have_text("Saved")
        address = page.url
        editor.regions.nth(0).focus()
        editor.press("Control+ArrowLeft")
        drawn = editor.boxes()
        page.on("dialog", lambda dialog: dialog.accept())

        page.goto(address)

        expect(page.locator("#editor[data-ready]")).to_be_visible()
        page.get_by_role("button", name="Recover the draft").click()
        assert editor.boxes() == drawn

    def test_a_draft_that_nobody_answered_stays_beside_the_next_one(self, edit, halves, page):
        page.on("dialog", lambda dialog: dialog.accept())
        editor = edit(halves)
        drawn = []
        for key in ("Shift+ArrowRight", "ArrowRight"):
            editor.regions.nth(0).click()
            editor.press(key)
            drawn.append(editor.boxes())
            page.reload()
            expect(page.locator("#editor[data-ready]")).to_be_visible()

        offers = page.get_by_role("button", name="Recover the draft")
        expect(offers).to_have_count(2)
        offers.last.click()
        assert editor.boxes() == drawn[0]
        expect(offers).to_have_count(1)
        page.get_by_role("button", name="Discard the draft").click()
        page.reload()
        expect(offers).to_have_count(1)
