"""A drag of one among 17 regions in the layout editor: the main thread's work for one frame.

A traced run in Chromium. The baseline is the same drag on the same page under an empty handler,
plus the four milliseconds a frame may take; both figures are medians over the frames of a drag.
"""

import json
import math
import shutil
import threading
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from bench._site import site

BAR = 1.0
UNIT = "ms"
BUDGET = 4.0
MOVES = 90
ROOT = Path(__file__).resolve().parent.parent
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
EMPTY = """for (const type of ["pointerdown", "pointermove", "pointerup"])
  addEventListener(type, (event) => event.stopImmediatePropagation(), true);"""
_state: dict[str, Any] = {}


class _Server(SimpleHTTPRequestHandler):
    """The editor's page as rendered once, and the static files as they are in the checkout."""

    def do_GET(self) -> None:
        if self.path.startswith("/static/"):
            return super().do_GET()
        page = _state["page"]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
        return None

    def log_message(self, *_args: object) -> None:
        """Nothing: the figures are what is printed."""


def _rendered() -> bytes:
    from django.conf import settings
    from django.test import Client

    from recorder.contract.layouts import UNIT as WHOLE
    from recorder.contract.layouts import Canvas, Region
    from recorder.contract.layouts import Layout as Picture
    from recorder.models import Layout, User

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    size = WHOLE // 5
    cells = tuple(Region(k % 5 * size, k // 5 * size, size, size) for k in range(17))
    layout = Layout.create("Seventeen", Canvas(1280, 720), Picture(3, cells), by=None)
    client = Client()
    client.force_login(
        User.objects.create(username="bench"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    answer = client.get(f"/layouts/{layout.pk}/")
    assert answer.status_code == 200, answer.status_code
    return answer.content


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    from playwright.sync_api import sync_playwright

    with site():
        _state.update(page=_rendered(), moves=10 if smallest else MOVES)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    _state["url"] = f"http://127.0.0.1:{server.server_port}/"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=quiet
            )
            _state["browser"] = browser
            yield
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def _drag(script: str) -> float:
    """Milliseconds of the main thread for one frame of the drag, the median."""
    browser = _state["browser"]
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(_state["url"])
    page.wait_for_selector("#editor[data-ready]")
    page.evaluate(f"() => {{ {script} }}")
    box = page.locator(".region[data-id]").nth(16).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    browser.start_tracing(page=page, categories=CATEGORIES)
    for number in range(_state["moves"]):
        turn = number / 15
        page.mouse.move(x - 200 * (1 - math.cos(turn)), y - 120 * math.sin(turn) ** 2)
    trace = json.loads(browser.stop_tracing())
    page.mouse.up()
    page.close()
    return median(_frames(trace["traceEvents"]))


def _frames(events: list[dict[str, Any]]) -> list[float]:
    """The main thread's work from each move of the pointer to the next, in milliseconds of its
    processor time, so that what else the machine does counts for nothing.

    The browser hands a page one move for each frame; drawing it lies between two of them.
    """
    moves = [
        event
        for event in events
        if event["name"] == "EventDispatch" and event["args"]["data"]["type"] == "pointermove"
    ]
    main = (moves[0]["pid"], moves[0]["tid"])
    starts = sorted(event["ts"] for event in moves)
    work = [0.0] * len(starts)
    for event in events:
        task = event["name"] == "RunTask" and "dur" in event
        if task and (event["pid"], event["tid"]) == main:
            # The event is handled inside a task: what ends after it belongs to its frame.
            frame = bisect_right(starts, event["ts"] + event["dur"]) - 1
            if frame >= 0:
                work[frame] += event.get("tdur", event["dur"]) / 1000
    return work[1:-1]  # the first move of a drag only begins it, after the last nothing ends


def baseline() -> float:
    return BUDGET + _drag(EMPTY)


def ours() -> float:
    return _drag("")
