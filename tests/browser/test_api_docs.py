"""The documentation of the REST API in a real browser, under the site's own policy."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_documentation_shows_every_group_and_breaks_no_policy(live_server, page, sign_in):
    sign_in()

    page.goto(f"{live_server.url}/api/v1/docs/")

    for group in ("projects", "storage-configs", "layouts", "sessions", "audit"):
        expect(page.locator(f"#operations-tag-{group}")).to_be_visible()


def test_a_request_can_be_tried_out_with_the_session_of_the_browser(live_server, page, sign_in):
    sign_in()
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.locator("#operations-layouts-layouts_create .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    body = '{"name": "From the page", "width": 640, "height": 360}'
    page.locator("#operations-layouts-layouts_create textarea").fill(body)

    page.get_by_role("button", name="Execute").click()

    answer = page.locator("#operations-layouts-layouts_create .live-responses-table .response")
    expect(answer.first).to_contain_text("201")
