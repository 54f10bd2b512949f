import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def styleguide(live_server, page: Page, sign_in):
    sign_in(is_staff=True)

    def open_it() -> Page:
        page.goto(f"{live_server.url}/styleguide/")
        return page

    return open_it


def sideways(page: Page) -> int:
    return page.evaluate("() => document.documentElement.scrollWidth - innerWidth")


def test_every_component_is_accessible_in_both_themes_and_widths(
    styleguide, theme, width, accessible
):
    page = styleguide()

    accessible()

    assert sideways(page) <= 0


def test_nothing_scrolls_sideways_at_320_pixels(styleguide, page):
    page.set_viewport_size({"width": 320, "height": 640})

    styleguide()

    assert sideways(page) <= 0


def test_sign_in_is_accessible_in_both_themes_and_widths(
    live_server, page, console, theme, width, accessible
):
    page.goto(f"{live_server.url}/accounts/login/")

    accessible()

    assert sideways(page) <= 0


@pytest.mark.parametrize(
    "path", ["/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/", "/no/such/page/"]
)
def test_account_and_error_pages_are_accessible(
    live_server, page, sign_in, theme, width, accessible, path
):
    sign_in()
    page.goto(f"{live_server.url}{path}")

    accessible()

    assert sideways(page) <= 0


def test_targets_are_large_enough_to_hit(styleguide, page, width):
    styleguide()

    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, input, select")]
          .filter(element => !element.closest("p, li, dd, .two-lines, .choice, label, [hidden]"))
          .map(element => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
          .map(([html]) => html)"""
    )

    assert small == []


def test_a_refused_form_comes_back_in_place_with_the_focus_on_its_summary(styleguide, page):
    styleguide()
    form = page.locator("#try-form")

    form.get_by_label("Recorder's user ID").fill("007")
    form.get_by_role("button", name="Save").click()

    summary = form.get_by_role("alert")
    expect(summary).to_contain_text("Write a whole number from 1 to 4294967295.")
    expect(summary).to_be_focused()
    expect(form.get_by_label("Recorder's user ID")).to_have_value("007")
    expect(form.get_by_label("Recorder's user ID")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_role("button", name="Save")).to_be_enabled()


def test_a_saved_form_says_so_in_a_toast(styleguide, page):
    styleguide()
    form = page.locator("#try-form")

    form.get_by_label("Channel", exact=True).fill("all-hands")
    form.get_by_label("Recorder's user ID").fill("7")
    form.get_by_role("button", name="Save").click()

    expect(page.locator("#toasts .toast")).to_have_text("Saved. Nothing was sent. Close")
    expect(form.get_by_label("Channel", exact=True)).to_have_value("")


def test_the_dialog_opens_when_filled_and_gives_the_focus_back(styleguide, page, accessible):
    styleguide()

    page.get_by_role("button", name="Open dialog").click()
    dialog = page.get_by_role("dialog", name="Stop recording “all-hands”?")
    expect(dialog).to_be_visible()
    accessible()
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Open dialog")).to_be_focused()


def test_an_answer_closes_the_dialog_and_raises_toasts(styleguide, page):
    styleguide()
    page.get_by_role("button", name="Open dialog").click()

    page.get_by_role("dialog").get_by_role("button", name="Stop recording").click()

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#alerts .toast")).to_contain_text("Storage refused the key.")
    page.locator("#alerts").get_by_role("button", name="Close").click()
    expect(page.locator("#alerts .toast")).to_have_count(0)


def test_a_good_toast_leaves_by_itself_and_an_error_stays(styleguide, page):
    page.clock.install()
    styleguide()
    page.get_by_role("button", name="Raise toasts").click()
    expect(page.locator("#toasts .toast")).to_have_count(1)

    page.clock.run_for(6_100)

    expect(page.locator("#toasts .toast")).to_have_count(0)
    expect(page.locator("#alerts .toast")).to_have_count(1)


def test_the_jump_box_says_when_nothing_has_that_name(styleguide, page):
    styleguide()

    page.keyboard.press("Control+k")

    expect(page.get_by_role("combobox", name="Jump to a page or session")).to_be_focused()
    page.keyboard.type("zzz")
    expect(page.get_by_text("No recent session matches.")).to_be_visible()


def test_a_copied_id_is_the_long_one_and_is_announced(styleguide, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    styleguide()

    page.locator("#states").get_by_role("button", name="Copy sid").click()

    expect(page.locator("#announcer")).to_have_text("Copied")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == "38f8e3cfdc474cd56fc1ceba380d7e1a"


def test_the_theme_is_in_the_first_byte_after_it_was_chosen(styleguide, page, live_server):
    styleguide()

    with page.expect_response("**/preferences/theme/"):
        page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    html = page.request.get(f"{live_server.url}/styleguide/").text()
    assert '<html lang="en" data-theme="dark"' in html


def test_a_menu_closes_with_escape_and_a_click_elsewhere(styleguide, page):
    styleguide()
    menu = page.locator("#sample-menu")

    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")

    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_leaving_with_something_typed_asks_first(styleguide, page):
    styleguide()
    page.locator("#try-form").get_by_label("Channel", exact=True).fill("half a na")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.get_by_role("link", name="Reload").click()

    page.wait_for_load_state()
    assert asked == ["beforeunload"]
