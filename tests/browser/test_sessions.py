"""The board and the page of a session in a real browser; the provider is scripted."""

import re
import threading

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from recorder.contract.layouts import Canvas, Layout, Region, layout_to_wire
from recorder.contract.states import Status, Upload
from recorder.lifecycle.start import request_start, send_start
from recorder.models import Heartbeat, ProviderCall, RecordedFile, RecordingSession, User
from recorder.models import Layout as SavedLayout
from tests.support.provider import held, says

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HALVES = (Region(0, 0, 500_000, 1_000_000), Region(500_000, 0, 500_000, 1_000_000))
HOSTILE = '"><img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'


@pytest.fixture
def maria(sign_in) -> User:
    sign_in()
    Heartbeat.beat("worker-1")
    return User.objects.get(username="maria")


@pytest.fixture
def visit(live_server, page: Page, maria):
    def visit(path: str = "/") -> Page:
        page.goto(f"{live_server.url}{path}")
        return page

    return visit


@pytest.fixture
def recording(request_for, maria):
    """`recording("all-hands")`: a session that the provider records."""

    def recording(cname: str = "all-hands", **more) -> RecordingSession:
        session, _ = request_start(request_for(cname, **more), by=maria, form_key=None)
        send_start(session)
        return session

    return recording


@pytest.fixture
def crowd(make_session):
    """One session of each kind."""
    wire = {"layout": layout_to_wire(Layout(1)), "canvas_width": 640, "canvas_height": 360}
    named = make_session(Status.STOPPED, upload=Upload.UPLOADED, cname="daily")
    name = f"reelroom/{'a' * 32}_{'x' * 64}.m3u8"  # as the service names it: nowhere to break
    RecordedFile.objects.create(session=named, name=name, kind="playlist", present=True)
    return [
        named,
        make_session(cname="all-hands", **wire),
        make_session(Status.UNCONFIRMED, attention="unconfirmed", cname="town-hall"),
        make_session(Status.STARTING, cname="课堂-0412"),
        make_session(Status.STOPPED, upload=Upload.BACKED_UP, attention="backed_up"),
        make_session(
            Status.FAILED,
            cname="x" * 64,
            failure={"operation": "start", "http_status": 400, "code": 53, "text": "task conflict"},
        ),
    ]


def sideways(page: Page) -> int:
    return page.evaluate("() => document.documentElement.scrollWidth - innerWidth")


def row(page: Page, session: RecordingSession):
    return page.locator(f"#session-{session.pk}")


def poll(page: Page, region: str = "#board") -> None:
    """Let a region ask once, and wait until its answer is in place."""
    page.evaluate(
        """region => new Promise(done => {
          document.addEventListener("htmx:finally:request", done, {once: true});
          document.querySelector(region).dispatchEvent(new CustomEvent("poll:now"));
        })""",
        region,
    )


def test_the_board_is_accessible_and_fits_in_both_themes_and_widths(
    visit, crowd, theme, width, accessible
):
    page = visit()

    accessible()

    assert sideways(page) <= 0


def test_every_kind_of_session_has_an_accessible_page(visit, crowd, theme, width, accessible):
    for session in crowd:
        page = visit(f"/sessions/{session.pk}/")
        accessible()
        assert sideways(page) <= 0


def test_board_and_page_fit_at_320_pixels(visit, crowd, page):
    page.set_viewport_size({"width": 320, "height": 640})

    for path in ("/", *(f"/sessions/{session.pk}/" for session in crowd)):
        assert sideways(visit(path)) <= 0


@pytest.mark.parametrize("pixels", [820, 1000, 1280])
def test_rows_stay_low_on_narrow_screens(visit, make_session, page, pixels):
    session = make_session(Status.STOPPED, cname="x" * 64, upload=Upload.BACKED_UP)
    page.set_viewport_size({"width": pixels, "height": 800})
    visit()

    assert row(page, session).bounding_box()["height"] < 150
    assert sideways(page) <= 0


def test_channels_and_buttons_of_the_board_are_seen_whole_at_any_width(visit, make_session, page):
    now = timezone.now()
    make_session(Status.RECORDING, cname="lecture-hall", stop_requested_at=now)
    make_session(Status.UNCONFIRMED, cname="lecture-hall", stop_requested_at=now)
    visit()

    for width in (820, 1000, 1100, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        table = page.locator("#board .table-wrap")
        assert table.evaluate("e => e.scrollWidth <= e.clientWidth"), width
        for seen in table.locator(".two-lines > *, .is-actions .btn, .pill").all():
            assert seen.evaluate(WITHIN), (width, seen.inner_text())


# Whether all of an element is in its cell: what reaches out lies on top of the next one.
WITHIN = """e => {
  const cell = e.closest("td").getBoundingClientRect(), box = e.getBoundingClientRect();
  return box.width > 0 && box.right <= cell.right + 1;
}"""


def test_a_double_click_on_stop_sends_one_stop_and_the_row_follows(
    visit,
    recording,
    provider,
):
    session = recording()
    page = visit()

    row(page, session).get_by_role("button", name="Stop").click()
    dialog = page.get_by_role("dialog", name="Stop recording “all-hands”?")
    expect(dialog).to_contain_text("It cannot be resumed")
    dialog.get_by_role("button", name="Stop recording").dblclick()

    expect(dialog).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Stopping all-hands.")
    poll_until(page, row(page, session), "Uploaded")
    assert provider.count("stop") == 1
    expect(row(page, session).get_by_role("button", name="Stop")).to_have_count(0)


def poll_until(page: Page, where, words: str) -> None:
    """Poll as the page would, without waiting for its pace."""
    for _ in range(100):
        if words in where.inner_text():
            return
        poll(page)
    expect(where).to_contain_text(words)


def test_while_the_service_takes_its_time_the_row_says_stopping(
    visit,
    recording,
    provider,
):
    answer = threading.Event()
    session = recording()
    provider.will("stop", held(answer))
    page = visit()

    row(page, session).get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop recording").click()

    expect(row(page, session)).to_contain_text("Stopping")
    expect(page.locator("#board")).to_have_attribute("hx-trigger", "every 3s, poll:now")
    stop = row(page, session).get_by_role("button", name="Stopping…")
    expect(stop).to_have_attribute("aria-disabled", "true")
    answer.set()
    poll_until(page, row(page, session), "Uploaded")


def test_stop_can_be_thought_better_of_and_the_focus_comes_back(
    visit,
    recording,
    provider,
    accessible,
):
    session = recording()
    page = visit()
    stop = row(page, session).get_by_role("button", name="Stop")

    stop.click()
    expect(page.get_by_role("button", name="Keep recording")).to_be_focused()
    accessible()
    page.keyboard.press("Escape")

    expect(stop).to_be_focused()
    assert provider.count("stop") == 0


def test_focus_and_a_ticked_box_survive_a_poll_that_changes_the_row(
    visit,
    make_session,
    page,
):
    session = make_session()
    visit()
    page.locator(f"#pick-{session.pk}").check()
    stop = row(page, session).get_by_role("button", name="Stop")
    stop.focus()

    touch(session, attention="silent")
    poll(page)

    expect(row(page, session)).to_contain_text("The provider does not answer our queries.")
    expect(stop).to_be_focused()
    expect(page.locator(f"#pick-{session.pk}")).to_be_checked()


def touch(session: RecordingSession, **fields) -> None:
    """A change as the lifecycle commits it."""
    fields["version"] = session.version = session.version + 1
    RecordingSession.objects.filter(pk=session.pk).update(**fields)


def test_rows_stay_under_the_pointer_and_a_note_counts_what_waits(
    visit,
    make_session,
    page,
):
    first, second = make_session(cname="first"), make_session(cname="second")
    visit()
    row(page, second).hover()

    touch(first, attention="silent")
    poll(page)

    order = [each.get_attribute("id") for each in page.locator("[data-row]").all()]
    assert order == [f"session-{second.pk}", f"session-{first.pk}"]
    note = page.get_by_role("button", name="1 change, update")
    note.click()
    expect(page.locator("[data-row]").first).to_have_attribute("id", f"session-{first.pk}")


def test_title_and_icon_tell_another_tab_what_needs_attention(
    visit,
    make_session,
    page,
):
    session = make_session()
    visit()
    expect(page).to_have_title("Sessions · Reelroom")

    touch(session, attention="silent")
    poll(page)

    expect(page).to_have_title("(1 needs attention) Sessions · Reelroom")
    assert "attention" in page.locator("#favicon").get_attribute("href")
    expect(page.locator("#live-count")).to_have_text("1 live")


def test_a_filter_is_in_the_address_and_stays_through_polls_and_reloads(visit, crowd, page):
    visit()

    page.get_by_label("State").select_option("attention")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/\?status=attention$"))
    touch(crowd[0], cname="renamed")
    poll(page)
    expect(page.locator("[data-row]")).to_have_count(2)
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.get_by_label("State")).to_have_value("attention")


def test_typing_a_channel_finds_it(visit, crowd, page):
    visit()

    page.get_by_label("Channel, sid or uid").press_sequentially("town")

    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("#board")).to_contain_text("town-hall")
    expect(page.get_by_label("Channel, sid or uid")).to_be_focused()


def test_loading_more_keeps_all_rows_live(visit, make_session, page):
    sessions = [make_session(Status.STOPPED) for _ in range(55)]
    visit()
    expect(page.locator("[data-row]")).to_have_count(50)

    page.get_by_role("link", name="Load more").click()
    expect(page.locator("[data-row]")).to_have_count(55)
    page.mouse.move(0, 0)
    touch(sessions[0], cname="renamed")
    poll(page)

    expect(page.locator("[data-row]")).to_have_count(55)
    expect(page.locator("[data-row]").last).to_contain_text("renamed")


def test_selected_rows_are_stopped_together(
    visit,
    recording,
    make_session,
    provider,
    page,
    accessible,
):
    first, second = recording("first"), recording("second", uid="2")
    make_session(Status.STOPPED, cname="ended", upload=Upload.UPLOADED)
    visit()

    page.get_by_label("Select all rows shown").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("3 selected")
    accessible()
    page.locator("#bulk").get_by_role("button", name="Stop").click()
    dialog = page.get_by_role("dialog", name="Stop 2 recordings?")
    expect(dialog).to_contain_text("first")
    dialog.get_by_role("button", name="Stop recordings").dblclick()

    expect(page.locator("#toasts")).to_contain_text("2 are stopping.")
    for session in (first, second):
        poll_until(page, row(page, session), "Uploaded")
    assert provider.count("stop") == 2
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#bulk")).to_be_hidden()


def test_hostile_names_are_only_text(visit, make_session, page):
    session = make_session(
        Status.FAILED,
        cname=HOSTILE,
        attention="failed",
        failure={"operation": "start", "http_status": 400, "code": 2, "text": HOSTILE},
        request={"x": HOSTILE},
    )
    ProviderCall.objects.create(
        session=session, project=session.project, operation="start", method="POST", path=HOSTILE,
        response={"reason": HOSTILE}, outcome="refused", error=HOSTILE,
        started_at=session.requested_at, duration_ms=1,
    )  # fmt: skip
    visit()
    expect(row(page, session)).to_contain_text("<script>")
    poll(page)

    visit(f"/sessions/{session.pk}/")
    poll(page, "#session")

    expect(page.locator("h1")).to_have_text(HOSTILE)
    assert "owned" not in page.title().split(" · ")[1]
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_an_open_detail_stays_open_while_the_story_goes_on(visit, recording, page):
    session = recording()
    visit(f"/sessions/{session.pk}/")
    fold = page.locator("#timeline details").last
    fold.locator("summary").click()

    page.get_by_role("button", name="Query now").click()

    expect(page.locator("#toasts")).to_contain_text("all-hands: Recording.")
    expect(page.locator("#timeline")).to_contain_text("query answered 200")
    expect(fold).to_have_attribute("open", "")


def test_another_layout_is_chosen_compared_and_applied_once(
    visit,
    recording,
    provider,
    maria,
    page,
    width,
    accessible,
):
    SavedLayout.create("Halves", Canvas(640, 360), Layout(3, HALVES), by=maria)
    session = recording()
    visit(f"/sessions/{session.pk}/")

    page.get_by_role("button", name="Change layout").click()
    dialog = page.get_by_role("dialog", name="Change the layout of “all-hands”")
    dialog.get_by_role("radio", name="Halves").check()
    expect(dialog.locator("figure")).to_have_count(2)
    expect(dialog).to_contain_text("2 regions")
    accessible()
    dialog.get_by_role("button", name="Apply to this recording").dblclick()

    expect(dialog).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("all-hands shows “Halves” now.")
    expect(page.locator("#layout")).to_contain_text("Halves, version 1")
    assert provider.count("updateLayout") == 1


def test_a_refused_layout_says_why_and_the_old_one_stays(
    visit,
    recording,
    provider,
    maria,
    page,
):
    SavedLayout.create("Halves", Canvas(640, 360), Layout(3, HALVES), by=maria)
    provider.will("updateLayout", says(400, code=2, reason="invalid layout"))
    session = recording()
    visit(f"/sessions/{session.pk}/")

    page.get_by_role("button", name="Change layout").click()
    page.get_by_role("radio", name="Halves").check()
    page.get_by_role("button", name="Apply to this recording").click()

    expect(page.locator("#alerts")).to_contain_text("the recording goes on as it was")
    expect(page.locator("#layout")).not_to_contain_text("Halves")


def test_everything_works_without_scripts(live_server, browser: Browser, page, recording, maria):
    session = recording()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies(live_server.url))
    plain = context.new_page()
    plain.goto(f"{live_server.url}/?status=live")

    plain.get_by_role("button", name="Stop").click()
    expect(plain.get_by_role("heading", name="Stop recording “all-hands”?")).to_be_visible()
    plain.get_by_role("button", name="Stop recording").click()

    expect(plain).to_have_url(f"{live_server.url}/sessions/{session.pk}/")
    expect(plain.locator("#toasts")).to_contain_text("Stopping all-hands.")
    context.close()


def test_nobody_needs_a_pointer_to_stop_a_recording(visit, recording, provider, page):
    session = recording()
    visit()
    row(page, session).get_by_role("button", name="Stop").focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep recording")).to_be_focused()
    answer = threading.Event()
    provider.will("stop", held(answer))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    # Another element has taken the place of the one that was pressed.
    expect(row(page, session).get_by_role("button", name="Stopping…")).to_be_focused()
    answer.set()
    poll_until(page, row(page, session), "Uploaded")
    assert provider.count("stop") == 1
