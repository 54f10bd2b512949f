"""The callbacks page in a real browser: what arrives shows by itself, and its parts can be used."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from recorder.contract.states import Status
from recorder.models import Notice
from tests.support.notices import SECRET, about, body, deliver

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def secured(project):
    project.callback_secret = SECRET
    project.save()
    return project


def test_callbacks_show_in_both_themes_wide_and_on_a_phone(
    live_server, page: Page, sign_in, secured, make_session, accessible, theme, width
):
    session = make_session(Status.RECORDING, cname="a channel with a long name " * 2)
    first = about(session, 33, 7, progress=5000)
    for message in (first, first, about(session, 41, 3, leaveCode=4), body(40, sid="nobody")):
        deliver(secured, message)
    deliver(secured, body(40), headers={})
    sign_in()

    page.goto(f"{live_server.url}/callbacks/")

    expect(page.locator("#notices tbody tr")).to_have_count(3)
    expect(page.locator("#notices")).to_contain_text("Came 2 times")
    expect(page.locator("#endpoints")).to_contain_text("1 refused: not signed")
    expect(page.locator("#heartbeat")).to_contain_text("Callbacks arriving")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.locator("#arrivals-table summary").click()
    accessible()


def test_the_empty_page_says_how_to_register_the_address(
    live_server, page: Page, sign_in, secured, accessible, width
):
    sign_in()

    page.goto(f"{live_server.url}/callbacks/")

    expect(page.locator("#steps li")).to_have_count(4)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    accessible()


def test_what_arrives_shows_by_itself_and_is_replayed_with_a_click(
    live_server, page: Page, sign_in, secured, make_session
):
    sign_in()
    page.goto(f"{live_server.url}/callbacks/")
    deliver(secured, body(40, sid="found-later", cname="lesson"))

    row = page.locator("#notices tbody tr")
    expect(row).to_contain_text("Unmatched")
    row.locator("summary").click()
    expect(row.locator("pre")).to_contain_text("found-later")
    session = make_session(Status.STARTING, sid="found-later", recording_at=None)
    row.get_by_role("button", name="Replay").click()

    expect(page.locator("#toasts")).to_contain_text("Applied to the session of “lesson”")
    expect(row).not_to_contain_text("Unmatched")
    session.refresh_from_db()
    assert session.status == Status.RECORDING
    assert Notice.objects.get().session == session


def test_recording_shows_on_the_board_by_itself_when_its_notice_comes(
    live_server, page: Page, sign_in, secured, make_session
):
    session = make_session(
        Status.STARTING,
        sid="s",
        cname="lesson",
        recording_at=None,
        start_sent_at=timezone.now(),
        next_check_at=None,
    )
    sign_in()
    page.goto(live_server.url)
    row = page.locator(f"#session-{session.pk}")
    expect(row).to_contain_text("Starting")

    deliver(secured, about(session, 40, 1, status=0))

    expect(row).to_contain_text("Recording")
