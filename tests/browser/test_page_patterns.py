"""Polling, held rows, lost connections and lost sign-ins, on a board made for it."""

import pytest
from playwright.sync_api import Page, expect

from tests.support import board as site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.support.board"),
]
ASK = "() => document.getElementById('board').dispatchEvent(new CustomEvent('poll:now'))"


@pytest.fixture
def board(live_server, page: Page, sign_in) -> site.Board:
    """The state of the board; the page shows it."""
    site.STATE = site.Board()
    sign_in()
    page.goto(f"{live_server.url}/board/")
    return site.STATE


def poll(page: Page) -> int:
    """Let the board ask once; the status of the answer."""
    with page.expect_response("**/board/") as answer:
        page.evaluate(ASK)
    return answer.value.status


def test_an_unchanged_board_is_answered_with_304_and_keeps_what_was_touched(board, page):
    page.locator("#more-b summary").click()
    page.locator("#tick-a").check()
    page.mouse.move(0, 0)

    assert poll(page) == 304

    expect(page.locator("#more-b")).to_have_attribute("open", "")
    expect(page.locator("#tick-a")).to_be_checked()


def test_a_script_that_comes_late_is_waited_for_before_the_first_poll(board, page):
    def late(route):
        page.evaluate("() => new Promise(done => setTimeout(done))")
        route.continue_()

    page.route("**/hx-ptag*.js", late)
    page.reload()

    assert poll(page) == 304


def test_a_changed_row_is_morphed_in_place_with_focus_and_open_details(board, page):
    page.locator("#more-b summary").click()
    page.locator("#tick-a").check()
    board.rows["b"] = "Stopping"

    assert poll(page) == 200

    expect(page.locator("#row-b")).to_contain_text("Stopping")
    expect(page.locator("#more-b")).to_have_attribute("open", "")
    expect(page.locator("#tick-a")).to_be_checked()
    expect(page.locator("#tick-a")).to_be_focused()


def test_a_new_pace_in_the_answer_takes_effect(board, page):
    board.pace = 1

    assert poll(page) == 200
    with page.expect_response("**/board/"):
        pass  # nobody asked: the new trigger did

    board.pace = 0
    with page.expect_response(lambda response: response.status == 200):
        pass
    expect(page.locator("#board")).to_have_attribute("hx-trigger", "poll:now")


def test_rows_in_use_stay_in_place_until_the_note_is_clicked(board, page):
    page.locator("#tick-b").focus()
    board.rows = {"c": "Starting", "b": "Stopping", "a": "Ended"}

    poll(page)

    rows = page.locator("#board tr")
    expect(page.locator("#row-b")).to_contain_text("Stopping")
    expect(rows).to_have_count(2)
    assert [row.get_attribute("id") for row in rows.all()] == ["row-a", "row-b"]
    expect(page.locator("#note")).to_have_text("2 changes, update")

    page.locator("#note").click()

    expect(rows).to_have_count(3)
    expect(rows.first).to_have_id("row-c")
    expect(page.locator("#note")).to_be_hidden()


def test_held_rows_are_let_go_when_the_focus_leaves(board, page):
    page.locator("#tick-b").focus()
    board.rows = {"b": "Recording", "a": "Starting", "c": "Starting"}
    poll(page)
    expect(page.locator("#board tr")).to_have_count(2)

    page.get_by_label("Name").focus()

    expect(page.locator("#board tr")).to_have_count(3)


def test_a_hidden_tab_does_not_ask_and_asks_at_once_on_return(board, page):
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", {configurable: true, get: () => window.away});
          window.away = true;
        }"""
    )
    before = len(board.answers)
    page.evaluate(ASK)
    page.evaluate("() => fetch('/healthz')")  # a round trip, in which the poll would have come too
    assert len(board.answers) == before

    with page.expect_response("**/board/"):
        page.evaluate(
            "() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')) }"
        )


def test_a_lost_connection_is_named_and_found_again(board, page, console):
    console.allow("Failed to fetch|ERR_FAILED|ERR_INTERNET")
    page.route("**/board/", lambda route: route.abort())
    page.route("**/healthz", lambda route: route.abort())
    page.evaluate(ASK)
    banner = page.get_by_text("Connection lost. Recordings continue.")
    expect(banner).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-stale", "")

    page.unroute("**/board/")
    page.unroute("**/healthz")
    board.rows["a"] = "Recording"
    page.get_by_role("button", name="Retry now").click()

    expect(banner).to_be_hidden()
    expect(page.locator("#row-a")).to_contain_text("Recording")


def test_without_a_click_a_lost_connection_is_tried_by_itself_and_no_row_is_doubled(
    board, page, console
):
    console.allow("Failed to fetch|ERR_FAILED|ERR_INTERNET")
    page.clock.install()
    page.reload()
    rows = page.locator("[id^=row-]")
    before = rows.count()
    for path in ("**/board/", "**/healthz"):
        page.route(path, lambda route: route.abort())
    page.evaluate(ASK)
    banner = page.get_by_text("Connection lost. Recordings continue.")
    expect(banner).to_be_visible()
    board.rows["a"] = "Recording"
    for path in ("**/board/", "**/healthz"):
        page.unroute(path)

    page.clock.run_for(2_100)

    expect(banner).to_be_hidden()
    expect(page.locator("#row-a")).to_contain_text("Recording")
    expect(rows).to_have_count(before)


def test_a_poll_that_ends_while_a_link_is_followed_is_no_lost_connection(board, page, console):
    """Firefox ends it at once; the page goes on until the next one is there."""
    console.allow("Failed to fetch|ERR_FAILED")
    page.route("**/board/", lambda route: route.abort())

    with page.expect_response("**/healthz"):
        page.evaluate("() => dispatchEvent(new Event('beforeunload'))")
        page.evaluate(ASK)

    expect(page.get_by_text("Connection lost. Recordings continue.")).to_be_hidden()
    expect(page.locator("[data-as-of]")).to_be_empty()  # it was never shown


def test_a_bad_gateway_counts_as_a_lost_connection(board, page, console):
    console.allow("Failed to fetch|ERR_FAILED|status of 502")
    page.route("**/healthz", lambda route: route.abort())  # else it is found again in two seconds
    board.status = 502
    board.rows["a"] = "Recording"

    poll(page)

    expect(page.get_by_text("Connection lost. Recordings continue.")).to_be_visible()
    expect(page.locator("#row-a")).to_contain_text("Starting")


@pytest.mark.parametrize("status", [404, 409, 500])
def test_an_error_page_is_never_swapped_in_and_never_silent(board, page, console, status):
    console.allow(f"status of {status}")
    board.status = status
    board.rows["a"] = "Recording"

    poll(page)

    expect(page.locator("#alerts")).to_contain_text("That did not work")
    expect(page.locator("#alerts")).to_contain_text(f"status {status}")
    expect(page.locator("#row-a")).to_contain_text("Starting")


def test_a_lost_sign_in_keeps_the_page_and_asks_to_sign_in(board, page):
    page.get_by_label("Name").fill("half a na")
    board.signed_out = True
    board.rows["a"] = "Recording"
    poll(page)
    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog.get_by_role("link", name="Sign in")).to_have_attribute("target", "_blank")

    board.signed_out = False
    dialog.get_by_role("button", name="I have signed in").click()

    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Name")).to_have_value("half a na")
    expect(page.locator("#row-a")).to_contain_text("Recording")


def test_a_form_with_an_old_token_renews_the_page_and_keeps_what_was_typed(board, page):
    page.get_by_label("Name").fill("all-hands")
    page.context.clear_cookies(name="csrf")

    page.get_by_role("button", name="Send").click()

    expect(page.locator("#alerts")).to_contain_text("This page was out of date")
    expect(page.get_by_label("Name")).to_have_value("all-hands")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#keep")).to_have_text("Sent all-hands")


def test_a_busy_button_says_what_it_does_until_the_answer_is_there(board, page):
    held = []
    page.route("**/board/form/", lambda route: held.append(route))
    page.get_by_label("Name").fill("x")

    page.get_by_role("button", name="Send").click()

    busy = page.get_by_role("button", name="Sending…")
    expect(busy).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    expect(page.locator("#keep")).to_have_text("Sent x")


@pytest.mark.parametrize("status", [0, 502])
def test_what_was_pressed_while_nobody_answered_is_said_to_be_unknown(board, page, console, status):
    console.allow("Failed to fetch|ERR_FAILED|status of 502")
    page.route("**/healthz", lambda route: route.abort())
    page.route(
        "**/board/form/",
        lambda route: route.fulfill(status=status) if status else route.abort(),
    )
    page.get_by_label("Name").fill("x")
    page.get_by_role("button", name="Send").click()
    told = page.get_by_text("It is not known whether that arrived")
    expect(told).to_be_visible()

    page.unroute("**/healthz")
    page.get_by_role("button", name="Retry now").click()

    expect(page.get_by_text("Connection lost. Recordings continue.")).to_be_hidden()
    expect(told).to_be_visible()  # until somebody has read it
    expect(page.get_by_label("Name")).to_have_value("x")


def test_a_poll_that_is_not_answered_was_nobody_s_wish(board, page, console):
    console.allow("Failed to fetch|ERR_FAILED|status of 502")
    page.route("**/healthz", lambda route: route.abort())
    board.status = 502
    board.rows["a"] = "Recording"

    poll(page)

    expect(page.get_by_text("Connection lost. Recordings continue.")).to_be_visible()
    expect(page.get_by_text("It is not known whether that arrived")).to_be_hidden()


def test_the_jump_box_goes_where_the_arrow_points(board, page):
    page.keyboard.press("Control+k")
    page.keyboard.type("star")
    expect(page.locator("[data-jump-pages] li:visible")).to_have_count(1)

    page.keyboard.press("Enter")

    page.wait_for_url("**/start/")
