"""The main job as a person does it, on the real processes of `up`: sign-in to playing video."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from recorder.contract.layouts import Canvas, Layout, boxes
from recorder.contract.starter_layouts import STARTERS
from recorder.sandbox.media.palette import participant_colour
from tests.support.up import Up

pytestmark = pytest.mark.xdist_group("up")

FIRST, SECOND = "Four in a grid", "Side by side"
CANVAS = Canvas(1280, 720)
USERS = ("1001", "1002", "1003")  # who is in a channel of the sandbox that nobody prepared
BLUR = 14  # of 255: what coding and the conversion to RGB may change
CNAME = "<svg onload=alert(1)>"  # a legal name

PIXEL = """([x, y]) => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  return [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
}"""
SEEK = """(time) => new Promise((done) => {
  const video = document.querySelector("video");
  video.pause();
  video.addEventListener("seeked", () => done(), { once: true });
  video.currentTime = time === null ? video.duration - 0.5 : time;
})"""


@pytest.fixture(scope="module")
def reelroom(tmp_path_factory: pytest.TempPathFactory, free_port) -> Iterator[tuple[str, str]]:
    """Its address and the first admin's password, as the Ready line tells them."""
    folder: Path = tmp_path_factory.mktemp("story") / "data"
    up = Up(folder, free_port(), "--sandbox-port", str(free_port()))
    try:
        ready = up.wait_for(r"^Ready: ")
        address, password = re.search(r"(http://\S+/)  user admin  password (\S+)", ready).groups()
        yield address.rstrip("/"), password
    finally:
        up.end()
        up.process.stdout.close()


def picture_of(name: str) -> Layout:
    return next(starter.layout for starter in STARTERS if starter.name == name)


def points_of(layout: Layout) -> list[tuple[list[int], tuple[int, int, int]]]:
    """A point in each region that somebody is in, and the flat colour that must be there."""
    return [
        ([box.x + box.width // 2, box.y + box.height * 15 // 100], participant_colour(box.uid))
        for box in boxes(layout, USERS, CANVAS)
        if box.uid is not None
    ]


def shows(page: Page, layout: Layout) -> bool:
    return all(
        abs(seen - meant) <= BLUR
        for at, colour in points_of(layout)
        for seen, meant in zip(page.evaluate(PIXEL, at), colour, strict=True)
    )


def has_grown_by(page: Page, seconds: int) -> None:
    """Wait until the length on the page, which ticks, is so much more than now."""
    ticking = page.locator("time[data-tick=since], [data-tick=since]").first
    begun = clock(ticking.inner_text())
    page.wait_for_function(
        """([least]) => {
          const parts = document.querySelector("[data-tick=since]").textContent.split(":");
          return parts.reduce((sum, part) => sum * 60 + Number(part), 0) >= least;
        }""",
        arg=[begun + seconds],
    )


def clock(text: str) -> int:
    hours_to_seconds = 0
    for part in text.split(":"):
        hours_to_seconds = hours_to_seconds * 60 + int(part)
    return hours_to_seconds


def test_a_person_records_changes_the_layout_stops_and_plays(page, console, reelroom, width):
    address, password = reelroom
    cname = f"{CNAME} {width}"

    page.goto(f"{address}/")
    page.get_by_label("Username").fill("admin")
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Sessions")).to_be_visible()

    page.goto(f"{address}/start/")
    page.locator("[name=cname]").fill(cname)
    page.locator(".layout-choice", has_text=FIRST).click()
    page.get_by_role("button", name="Start recording").click()
    expect(page.get_by_role("heading", level=1, name=cname)).to_be_visible()
    expect(page.locator(".pill", has_text="Recording").first).to_be_visible()
    has_grown_by(page, 3)

    page.get_by_role("button", name="Change layout").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".layout-choice", has_text=SECOND).click()
    expect(dialog.get_by_text(f"Then: {SECOND}")).to_be_visible()
    dialog.get_by_role("button", name="Apply to this recording").click()
    expect(dialog).to_be_hidden()
    has_grown_by(page, 4)

    page.get_by_role("button", name="Stop").first.click()
    dialog.get_by_role("button", name="Stop recording").click()
    expect(page.locator(".pill", has_text="Uploaded").first).to_be_visible()
    assert page.get_by_text(re.compile(r"[0-9a-f]{32}_.*\.m3u8")).count()

    page.get_by_role("link", name="Play the recording").click()
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 3")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('video').currentTime > 1")
    page.evaluate(SEEK, 1)
    assert shows(page, picture_of(FIRST))
    page.evaluate(SEEK, None)
    assert shows(page, picture_of(SECOND))
    assert not shows(page, picture_of(FIRST))
