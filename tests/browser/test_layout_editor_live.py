"""The layout of a running recording in the editor: compared, applied once, put back."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from recorder.lifecycle.layout import apply_layout
from recorder.lifecycle.start import request_start, send_start
from recorder.models import Layout, RecordingSession, User
from tests.support.editor_page import Editor
from tests.support.provider import says

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def live(live_server, page: Page, sign_in, request_for) -> Editor:
    """The editor of a session that the provider records."""
    sign_in()
    maria = User.objects.get(username="maria")
    session, _ = request_start(request_for("all-hands"), by=maria, form_key=None)
    send_start(session)
    page.goto(live_server.url + reverse("session_editor", args=[session.pk]))
    expect(page.locator("#editor[data-ready]")).to_be_visible()
    return Editor(page)


def arrange(editor: Editor) -> None:
    editor.type_json(
        '{"mixedVideoLayout": 3, "layoutConfig": [{"x_axis": 0, "y_axis": 0,'
        ' "width": 0.5, "height": 1}]}'
    )
    expect(editor.regions).to_have_count(1)


def compare_and_apply(editor: Editor):
    editor.page.get_by_role("button", name="Compare and apply").click()
    dialog = editor.page.get_by_role("dialog", name="Change the recording now")
    expect(dialog.locator("svg.thumbnail")).to_have_count(2)
    return dialog


def test_what_changes_is_listed_applied_once_and_put_back(live, provider, page, accessible):
    arrange(live)

    dialog = compare_and_apply(live)
    expect(dialog.locator("li").first).to_be_visible()
    accessible()
    dialog.get_by_role("button", name="Apply to the recording").dblclick()

    expect(live.state).to_have_text("In force")
    assert provider.count("updateLayout") == 1
    session = RecordingSession.objects.get()
    assert session.layout["layoutConfig"][0]["width"] == 0.5
    page.get_by_role("button", name="Revert to previous").click()
    expect(live.regions).to_have_count(0)
    session.refresh_from_db()
    assert session.layout["mixedVideoLayout"] != 3
    assert provider.count("updateLayout") == 2


def test_a_refusal_says_why_and_the_drawing_stays(live, provider, page):
    provider.will("updateLayout", says(400, code=2, reason="invalid layout"))
    arrange(live)

    compare_and_apply(live).get_by_role("button", name="Apply to the recording").click()

    expect(live.state).to_have_text("Not applied")
    expect(page.locator("[data-notes]")).to_contain_text("invalid layout")
    expect(live.regions).to_have_count(1)


def test_a_session_that_ended_meanwhile_keeps_the_drawing(live, provider, page):
    arrange(live)
    dialog = compare_and_apply(live)
    RecordingSession.objects.update(status="stopped")

    dialog.get_by_role("button", name="Apply to the recording").click()

    expect(page.locator("[data-notes] .banner")).to_be_visible()
    expect(live.regions).to_have_count(1)
    assert provider.count("updateLayout") == 0


def test_the_editor_sees_that_the_session_ended_and_keeps_the_drawing_for_the_library(
    live, provider, page, accessible
):
    arrange(live)
    compare_and_apply(live).get_by_role("button", name="Apply to the recording").click()
    revert = page.get_by_role("button", name="Revert to previous")
    expect(revert).to_be_enabled()
    live.regions.nth(0).click()
    live.press("Shift+ArrowRight")
    dialog = compare_and_apply(live)
    RecordingSession.objects.update(status="stopped")

    page.evaluate("() => standing.dispatchEvent(new CustomEvent('poll:now'))")

    sentence = "The session has ended."
    apply = dialog.get_by_role("button", name="Apply to the recording")
    expect(apply).to_be_disabled()
    expect(dialog).to_contain_text(sentence)
    apply.click(force=True)
    page.keyboard.press("Escape")
    expect(page.locator("#standing")).to_contain_text(sentence)
    accessible()
    for button in (revert, page.get_by_role("button", name="Compare and apply")):
        expect(button).to_be_disabled()
        expect(button).to_have_attribute("title", sentence)
        button.click(force=True)
    live.regions.nth(0).focus()
    live.press("Control+s")
    expect(page.locator("[data-notes]")).to_contain_text(sentence)
    assert provider.count("updateLayout") == 1

    page.get_by_role("button", name="Save as a layout").click()
    expect(page.locator("[data-notes]")).to_contain_text("Layout of all-hands")
    assert Layout.objects.get().latest.parsed().regions[0].x == 50_000


def test_a_lost_connection_is_told_until_it_is_back(live, page, console):
    console.allow("ERR_INTERNET_DISCONNECTED")
    arrange(live)
    lost = page.get_by_text("Connection lost while saving.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Compare and apply").click()
    expect(live.state).to_have_text("Offline")
    expect(lost).to_be_visible()

    page.context.set_offline(False)

    expect(page.get_by_role("dialog", name="Change the recording now")).to_be_visible()
    expect(lost).to_have_count(0)


def test_what_forbade_a_change_for_a_while_only_allows_it_again(live, page):
    apply = page.get_by_role("button", name="Compare and apply")
    for status, forbidden in (("recovering", True), ("recording", False)):
        RecordingSession.objects.update(status=status)
        page.evaluate("() => standing.dispatchEvent(new CustomEvent('poll:now'))")

        expect(apply).to_be_enabled(enabled=not forbidden)


def test_two_who_change_it_at_once_see_both_and_one_goes_on(live, provider, page, accessible):
    arrange(live)
    dialog = compare_and_apply(live)
    session = RecordingSession.objects.get()
    apply_layout(session, {"mixedVideoLayout": 1}, by=session.requested_by)

    dialog.get_by_role("button", name="Apply to the recording").click()

    both = page.get_by_role("dialog", name="The recording shows another layout")
    expect(both.locator("svg.thumbnail")).to_have_count(2)
    accessible()
    assert provider.count("updateLayout") == 1
    both.get_by_role("button", name="Compare mine and apply").click()
    dialog.get_by_role("button", name="Apply to the recording").click()
    expect(live.state).to_have_text("In force")
    session.refresh_from_db()
    assert session.layout["mixedVideoLayout"] == 3
