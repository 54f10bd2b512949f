"""Ctrl+K in a real browser: pages and sessions in one list, by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from recorder.contract.states import Status

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOSTILE = 'x"><img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'


@pytest.fixture
def box(live_server, page: Page, sign_in):
    """`box("room")`: the box with this typed into it."""

    def box(text: str = ""):
        sign_in()
        page.goto(f"{live_server.url}/storage/")
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Jump to a page or session")
        expect(field).to_be_focused()
        if text:
            page.keyboard.insert_text(text)
        return field

    return box


def option(page: Page, name: str | re.Pattern[str]):
    return page.get_by_role("option", name=name)


def test_sessions_are_found_and_chosen_with_the_arrows(
    box, page, make_session, accessible, theme, width
):
    make_session(Status.STOPPED, cname="starlight " * 30, sid="38f8e3cfdc474cd5")
    wanted = make_session(cname="star-room", sid="5f0e1d2c3b")
    field = box("star")
    expect(page.get_by_role("status").get_by_text("2 sessions")).to_be_visible()
    assert option(page, "").count() == 4  # the page, the sessions, the search of the board
    expect(option(page, "Start")).to_have_attribute("aria-selected", "true")
    accessible()

    page.keyboard.press("ArrowDown")

    expect(field).to_have_attribute("aria-activedescendant", f"jump-session-{wanted.pk}")
    expect(field).to_be_focused()
    expect(page.locator("[aria-selected=true]")).to_have_count(1)
    fits = "() => document.getElementById('dialog').scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", "jump-board")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sessions/{wanted.pk}/")


def test_a_pasted_sid_and_enter_lead_there_as_soon_as_the_answer_is_there(
    box, page, make_session, accessible
):
    wanted = make_session(cname="all-hands", sid="5f0e1d2c3b")
    held = []
    page.route("**/jump/**", lambda route: held.append(route))
    with page.expect_request("**/jump/**"):
        box("5f0e1d2c3b")
    expect(page.get_by_text("Looking for sessions…")).to_be_visible()
    accessible()

    page.keyboard.press("Enter")
    held[0].continue_()

    page.wait_for_url(f"**/sessions/{wanted.pk}/")


def test_an_answer_to_what_was_typed_before_is_not_shown(box, page, make_session):
    make_session(cname="alpha")
    make_session(cname="omega")
    held = []
    page.route("**/jump/**", lambda route: held.append(route))
    with page.expect_request("**/jump/?q=alph"):
        field = box("alph")
    with page.expect_request("**/jump/?q=omeg"):
        field.fill("omeg")

    for route in held:
        route.continue_()

    expect(option(page, re.compile("omega"))).to_be_visible()
    expect(option(page, re.compile("alpha"))).to_have_count(0)


def test_nothing_found_says_so_and_offers_the_boards_search(box, page, accessible):
    box("zzz")
    expect(page.get_by_role("status").get_by_text("No recent session matches.")).to_be_visible()
    accessible()

    page.keyboard.press("Enter")

    page.wait_for_url("**/?q=zzz")


def test_a_hostile_channel_is_inert(box, page, make_session):
    make_session(cname=HOSTILE)

    box('"><img')

    expect(page.locator("#jump-found bdi").first).to_have_text(HOSTILE)
    assert page.title() != "owned"
    assert page.locator("#jump-found img").count() == 0


def test_a_failed_search_leaves_the_pages_and_says_so(box, page, console):
    console.allow("status of 500")
    page.route("**/jump/**", lambda route: route.fulfill(status=500))

    box("layo")

    expect(page.locator("#alerts")).to_contain_text("status 500")
    expect(page.get_by_text("Looking for sessions…")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/layouts/")


def test_escape_while_it_looks_closes_the_box_and_nothing_is_missed(box, page, console):
    held = []
    page.route("**/jump/**", lambda route: held.append(route))
    with page.expect_request("**/jump/**"):
        field = box("zzz")

    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    held[0].continue_()
    page.evaluate("() => fetch('/healthz')")  # a round trip after it

    expect(page.locator("#alerts .toast")).to_have_count(0)
