"""Lists of starts and stops, as a person uses them."""

import pytest
from playwright.sync_api import Page, expect

from recorder.contract.states import Status
from recorder.models import Bulk, BulkItem

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_list_is_refused_by_row_mended_and_queued_in_the_page(
    sign_in, page: Page, live_server, project, storage_config, width, accessible
):
    sign_in()
    page.goto(f"{live_server.url}/sessions/lists/start/")
    expect(page.get_by_label("Page address")).to_be_hidden()
    page.get_by_label("Mode").select_option("web")
    expect(page.get_by_label("Page address")).to_be_visible()
    page.get_by_label("Mode").select_option("mix")
    page.get_by_label("Channels").fill("a\na\nx/y")
    page.get_by_role("button", name="Start all").click()
    expect(page.locator("#bulk-problems")).to_contain_text(
        "Line 2 (“a”), cname: It repeats line 1."
    )
    accessible()

    page.get_by_label("Channels").fill("a\nb")
    page.get_by_role("button", name="Start all").click()

    expect(page.get_by_role("heading", name="2 starts")).to_be_visible()
    expect(page.locator("#row-2")).to_contain_text("Queued")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible()


def test_a_list_under_way_is_accessible_in_both_themes(
    sign_in, page: Page, live_server, make_session, project, theme, accessible
):
    sign_in()
    many = Bulk.objects.create(kind="start", project=project, total=2)
    waiting = make_session(Status.REQUESTED, held="capacity")
    BulkItem.objects.create(bulk=many, number=1, cname="a", state="taken", session=waiting)
    BulkItem.objects.create(bulk=many, number=2, cname="b", state="refused", problem="No.")

    page.goto(f"{live_server.url}/sessions/lists/{many.pk}/")

    expect(page.locator("#bulk")).to_contain_text("1 waits because the account records")
    accessible()
