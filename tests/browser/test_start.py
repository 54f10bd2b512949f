"""Starting from a real browser, in a real sandbox: once, whatever is pressed how often."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from recorder.contract.layouts import Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.models import Layout, RecordingSession
from tests.support.rows import make_project, make_storage_config
from tests.support.sandbox import APP_ID

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CERTIFICATE = "5" * 32
IDLE = "clientRequest.recordingConfig.maxIdleTime"
DECRYPTION = "clientRequest.recordingConfig.decryptionMode"
SECRET = "clientRequest.recordingConfig.secret"


@pytest.fixture
def records(db, sandbox):
    """A project, a storage and a layout of the sandbox."""
    make_project(
        sandbox.url,
        name="Sandbox",
        app_id=APP_ID,
        app_certificate=CERTIFICATE,
        customer_id=sandbox.customer_id,
        customer_secret=sandbox.customer_secret,
    )
    make_storage_config(
        name="Bucket",
        vendor=11,
        extension_params={"endpoint": "127.0.0.1"},
        access_key=sandbox.access_key,
        secret_key=sandbox.secret_key,
    )
    halves = (Region(0, 0, 500_000, 1_000_000), Region(500_000, 0, 500_000, 1_000_000))
    Layout.create("Halves", Canvas(320, 180), Picture(3, halves), by=None)
    return sandbox


@pytest.fixture
def form(live_server, page: Page, sign_in, records) -> Page:
    """The start page, open."""
    sign_in()
    page.goto(f"{live_server.url}/layouts/")  # sets the cookies that signing in would have set
    page.goto(f"{live_server.url}/start/")
    return page


def started(sandbox, cname: str) -> int:
    return sum(session["cname"] == cname for session in sandbox.state()["sessions"])


def choice(page: Page, layout: str):
    return page.get_by_role("radio", name=re.compile(rf"{layout}( \d+ × \d+)?$"))


def wire(page: Page) -> dict:
    return json.loads(page.locator("#start-json").inner_text())


def type_channel(page: Page, cname: str) -> None:
    """And wait until the rail has followed."""
    with page.expect_response("**/start/review/"):
        page.get_by_label("Channel", exact=True).fill(cname)
    expect(page.locator("#start-json")).to_contain_text(f'"cname": "{cname}"')


def test_a_recording_is_filled_in_and_started(form, records):
    type_channel(form, "room1")
    form.get_by_text("Halves").click()

    form.get_by_role("button", name="Start recording").click()

    form.wait_for_url(re.compile(r"/sessions/\d+/$"))
    session = RecordingSession.objects.get()
    assert session.sid
    assert session.layout_version.layout.name == "Halves"
    expect(form.locator("body")).to_contain_text(session.sid[:8])
    assert started(records, "room1") == 1


def test_a_double_click_starts_once(form, records):
    type_channel(form, "room1")

    form.get_by_role("button", name="Start recording").dblclick()

    form.wait_for_url(re.compile(r"/sessions/\d+/$"))
    assert RecordingSession.objects.count() == 1
    assert started(records, "room1") == 1


def test_back_and_send_again_leads_to_the_first_session(form, records):
    type_channel(form, "room1")
    form.get_by_role("button", name="Start recording").click()
    form.wait_for_url(re.compile(r"/sessions/\d+/$"))

    form.go_back()
    expect(form.get_by_label("Channel", exact=True)).to_have_value("room1")
    expect(form.locator(".start-summary")).to_contain_text("room1")
    form.get_by_role("button", name="Start recording").click()

    form.wait_for_url(re.compile(r"/sessions/\d+/$"))
    expect(form.locator("#toasts")).to_contain_text("Nothing was started again")
    assert RecordingSession.objects.count() == 1
    assert started(records, "room1") == 1


def test_a_review_of_the_mode_before_comes_too_late(form):
    held = []
    form.route("**/start/review/", lambda route: held.append(route))
    with form.expect_request("**/start/review/"):
        form.get_by_label("Channel", exact=True).fill("room1")
    form.get_by_role("button", name="Individual").click()
    expect(form.locator(".start-summary")).to_contain_text("each user")
    form.evaluate(
        """() => {
          window.told = new Promise((done) => document.addEventListener("htmx:finally:request",
            ({detail}) => detail.ctx.sourceElement.id === "start-review" && done(detail.ctx.text)));
        }"""
    )

    held[0].continue_()

    assert "as one" in form.evaluate("() => told")
    expect(form.locator(".start-summary")).to_contain_text("each user")


def test_what_firefox_brings_back_too_much_does_not_stand_in_the_way(form):
    """The mode of fields that are gone, and the button as it was while a start was sent."""
    form.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
             document.getElementById("start-button").disabled = true;
             document.getElementById("start-form").elements.mode.value = "individual";
           })"""
    )
    with form.expect_response("**/start/review/") as asked:
        form.reload()

    assert asked.value.ok
    assert "mode=mix" in asked.value.request.post_data
    expect(form.locator("#start-button")).to_be_enabled()


def test_back_and_send_something_else_asks_and_then_starts_another(form, records):
    type_channel(form, "room1")
    form.get_by_role("button", name="Start recording").click()
    form.wait_for_url(re.compile(r"/sessions/\d+/$"))
    form.go_back()

    form.get_by_label("Channel", exact=True).fill("room2")
    form.get_by_role("button", name="Start recording").click()

    expect(form.locator("#start-refusal")).to_be_focused()
    expect(form.locator("#start-refusal")).to_contain_text("room1")
    expect(form.get_by_label("Channel", exact=True)).to_have_value("room2")
    assert RecordingSession.objects.count() == 1

    form.get_by_role("button", name="Start recording").click()

    form.wait_for_url(re.compile(r"/sessions/\d+/$"))
    assert RecordingSession.objects.count() == 2


def test_the_request_is_shown_live_with_its_secrets_masked(form, records):
    type_channel(form, "room1")
    form.locator("#more-encryption > summary").click()
    form.locator(f'[name="{DECRYPTION}"]').select_option("1")
    with form.expect_response("**/start/review/"):
        form.locator(f'[name="{SECRET}"]').fill("the-key-of-the-channel")
    expect(form.locator("#start-json")).to_contain_text('"secret"')

    request = wire(form)["clientRequest"]

    assert request["recordingConfig"]["secret"] == "•••"
    assert request["token"] == "•••"
    assert request["storageConfig"]["secretKey"] == "•••"
    page = form.content()
    for secret in (records.secret_key, records.customer_secret, CERTIFICATE, "the-key-of-the"):
        assert secret not in page


def test_the_rail_follows_and_the_form_is_not_touched(form):
    type_channel(form, "room1")
    form.get_by_label("Picture size").select_option("custom")
    width = form.get_by_label("Width")
    with form.expect_response("**/start/review/"):
        width.fill("12800")

    expect(form.locator(".start-summary")).to_contain_text("Records room1")
    expect(form.locator("#start-lines")).to_contain_text("from 1 to 1920")
    expect(width).to_be_focused()
    expect(width).not_to_have_attribute("aria-invalid", "true")


def test_a_problem_leads_to_its_field(form):
    form.get_by_role("link", name=re.compile("name of the channel is needed")).click()

    expect(form.get_by_label("Channel", exact=True)).to_be_focused()


def test_a_problem_behind_more_settings_leads_there_too(form):
    form.locator("#more-picture > summary").click()
    with form.expect_response("**/start/review/"):
        form.get_by_label("Bitrate").fill("9000")
    form.locator("#more-picture > summary").click()

    form.get_by_role("link", name=re.compile("Bitrate")).click()

    expect(form.get_by_label("Bitrate")).to_be_focused()


def test_a_refused_start_keeps_everything_and_focuses_its_summary(form, records):
    form.locator("#more-encryption > summary").click()
    form.locator(f'[name="{DECRYPTION}"]').select_option("1")
    form.locator(f'[name="{SECRET}"]').fill("the-key-of-the-channel")
    form.get_by_text("Halves").click()
    form.get_by_label("Channel", exact=True).fill("rööm")
    form.get_by_label("Idle time").fill("3")

    form.get_by_role("button", name="Start recording").click()

    expect(form.locator("#start-problems .problems")).to_be_focused()
    expect(form.get_by_label("Channel", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Channel", exact=True)).to_have_value("rööm")
    expect(form.get_by_label("Idle time")).to_have_value("3")
    expect(choice(form, "Halves")).to_be_checked()
    expect(form.locator(f'[name="{SECRET}"]')).to_have_value("the-key-of-the-channel")
    assert not RecordingSession.objects.exists()

    form.get_by_label("Channel", exact=True).fill("room1")
    form.get_by_label("Idle time").fill("30")
    form.get_by_role("button", name="Start recording").click()

    form.wait_for_url(re.compile(r"/sessions/\d+/$"))


def test_check_only_sends_nothing(form, records):
    type_channel(form, "room1")

    form.get_by_role("button", name="Check only").click()

    expect(form.locator("#start-checked")).to_contain_text("Nothing was sent")
    assert not RecordingSession.objects.exists()


def test_enter_checks_and_does_not_start(form):
    form.get_by_label("Channel", exact=True).fill("room1")

    form.get_by_label("Channel", exact=True).press("Enter")

    expect(form.locator("#start-checked")).to_be_visible()
    assert not RecordingSession.objects.exists()


def test_layouts_are_chosen_by_keyboard(form):
    choice(form, "Floating").focus()
    with form.expect_response("**/start/review/"):
        form.keyboard.press("ArrowRight")

    expect(choice(form, "Best fit")).to_be_checked()
    expect(form.locator("#start-json")).to_contain_text('"mixedVideoLayout": 1')


def test_the_page_is_accessible(form, theme, width, accessible):
    for fold in form.locator("details.more-settings > summary").all():
        fold.click()
    accessible()

    form.get_by_label("Channel", exact=True).fill("rööm")
    form.get_by_role("button", name="Start recording").click()
    expect(form.locator("#start-problems .problems")).to_be_focused()
    accessible()

    wide = form.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    assert not wide


def test_nothing_overflows_at_the_narrowest(form):
    form.set_viewport_size({"width": 320, "height": 700})

    assert not form.evaluate("() => document.documentElement.scrollWidth > innerWidth")
