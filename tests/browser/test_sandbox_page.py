"""The sandbox's own page in a real browser: looked at, and used."""

import json
import re

import pytest
from playwright.sync_api import expect

HOSTILE = "<svg onload=alert(1)>"


@pytest.fixture
def page_of(sandbox, page, console):
    def open_page():
        page.goto(f"{sandbox.url}/_sandbox/")

    return open_page


def test_a_participant_a_fault_a_scenario_and_what_came_of_them(sandbox, page, page_of):
    sandbox.started(HOSTILE)
    sandbox.advance(20)
    page_of()
    expect(page.locator("#live")).to_contain_text(HOSTILE)

    join = page.locator("#channels form")
    join.get_by_label("Channel").fill(HOSTILE)
    join.get_by_label("uid").fill("777")
    join.get_by_role("button", name="Join").click()
    expect(page.locator("#channel-list")).to_contain_text("777 publishes picture and sound")
    page.get_by_role("button", name="Leave 777").click()
    expect(page.locator("#channel-list")).not_to_contain_text("777")

    page.locator("#faults summary").first.click()
    card = page.locator("#faults .card", has_text="Slow answer")
    card.locator("[name=operation]").select_option("acquire")
    card.locator("[name=seconds]").fill("0")
    card.get_by_role("button", name="Arm").click()
    expect(page.locator("#armed")).to_contain_text("Slow answer next 1, acquire only (seconds 0)")
    sandbox.acquire("elsewhere")
    expect(page.locator("#armed")).to_contain_text("Nothing is armed")
    expect(page.locator("#used")).to_contain_text("Slow answer")

    page.get_by_role("button", name="Play class").click()
    expect(page.locator("#playing")).to_contain_text("class in rehearsal, 0:00 of 2:00")
    page.get_by_role("button", name="+ 15 s").click()
    expect(page.locator("#playing")).to_contain_text("0:15 of 2:00")

    page.get_by_label("Address").fill("ftp://nobody")
    page.get_by_role("button", name="Send there too").click()
    expect(page.locator("#message")).to_contain_text("url must be an http or https address")
    page.get_by_label("Address").fill("http://127.0.0.1:9/callbacks/")
    page.get_by_role("button", name="Send there too").click()
    expect(page.locator("#targets")).to_contain_text("http://127.0.0.1:9/callbacks/ not signed")
    page.get_by_role("button", name="Send one of each type").click()
    expect(page.locator("#sent")).to_contain_text("ConnectionError")


def test_a_file_of_a_bucket_is_saved_from_the_page(sandbox, page, page_of):
    sandbox.started("saved")
    sandbox.advance(20)
    page_of()
    # Buckets of other tests may be there too.
    page.locator("#bucket-list summary", has_text=re.compile(r"^recordings ")).click()

    with page.expect_download() as download:
        page.locator("#bucket-list a", has_text=re.compile(r"saved\.m3u8")).first.click()

    assert download.value.path().read_text().startswith("#EXTM3U")


def test_the_payload_that_somebody_reads_stays_open_when_new_ones_come_in(sandbox, page, page_of):
    sandbox.control("callbacks/add", url="http://127.0.0.1:9/callbacks/")
    sandbox.started("read")
    sandbox.advance(5)
    sandbox.control("callbacks/settle")
    page_of()
    row = page.locator("#sent details").first
    name = row.get_attribute("data-of")
    row.locator("summary").click()
    page.get_by_label("Address").focus()

    sandbox.started("newcomer")
    sandbox.advance(5)
    expect(page.locator("#sent")).to_contain_text("newcomer")

    opened = page.locator("#sent details[open]")
    expect(opened).to_have_count(1)
    expect(opened).to_have_attribute("data-of", name)


def test_the_page_is_accessible_and_fits(sandbox, page, page_of, theme, width, accessible):
    sandbox.started(HOSTILE)
    sandbox.advance(5)
    sandbox.control("faults", fault="latency", share=0.5)
    page_of()
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((each) => (each.open = true))"
    )

    accessible()

    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_reading_works_without_scripts(sandbox, browser):
    sandbox.started(HOSTILE)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{sandbox.url}/_sandbox/")

    assert HOSTILE in page.inner_text("#live")
    assert "Slow answer" in json.dumps(page.locator("#faults").text_content())
    context.close()
