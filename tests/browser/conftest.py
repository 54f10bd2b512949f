"""A real Chromium on a live server. Every page must leave the console empty and break no policy."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.support.rows import (  # noqa: F401
    make_session,
    project,
    provider,
    request_for,
    storage_config,
)

# Playwright keeps an event loop on this thread; Django then thinks that its ORM is in async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# Playwright waits five seconds for what is expected, which a busy machine may need for a sign-in.
expect.set_options(timeout=30_000)  # ms; only something that never comes takes so long

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Chromium's own line for an answer that a test asks for.
EXPECTED_REFUSAL = r"Failed to load resource: the server responded with a status of 4\d\d"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, require: Callable[[str], str]) -> dict:
    return {**browser_type_launch_args, "executable_path": require("chromium"), "args": QUIET}


class Console:
    """What a page said. `allow(pattern)` before doing something that must complain."""

    def __init__(self, page: Page):
        self.said: list[str] = []
        self.allowed = [EXPECTED_REFUSAL]
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))

    def hear(self, message: ConsoleMessage) -> None:
        # axe measures with inline styles, which the policy refuses aloud.
        if message.location["url"] != AXE.name:
            self.said.append(f"{message.type}: {message.text}")

    def allow(self, pattern: str) -> None:
        self.allowed.append(pattern)

    @property
    def complaints(self) -> list[str]:
        return [
            line for line in self.said if not any(re.search(known, line) for known in self.allowed)
        ]


@pytest.fixture
def console(page: Page) -> Iterator[Console]:
    console = Console(page)
    yield console
    assert console.complaints == []


@pytest.fixture
def sign_in(live_server, page: Page, console: Console, django_user_model) -> Callable[..., None]:
    """`sign_in(is_staff=True)`: the browser is signed in, without going through the form."""

    def sign_in(username: str = "maria", **fields: object) -> None:
        user, _ = django_user_model.objects.get_or_create(username=username, defaults=fields)
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )

    return sign_in


@pytest.fixture
def accessible(page: Page) -> Callable[[], None]:
    """`accessible()`: what the page shows now breaks no A or AA rule of axe-core."""

    def accessible() -> None:
        page.evaluate(f"{AXE.read_text()}\n//# sourceURL={AXE.name}")
        found = page.evaluate(
            "rules => axe.run({runOnly: rules}).then(result => result.violations)", AXE_RULES
        )
        assert found == [], json.dumps(
            [
                {v["id"]: [node["target"] + [node["failureSummary"]] for node in v["nodes"]]}
                for v in found
            ],
            indent=1,
        )

    return accessible


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest, page: Page) -> str:
    page.emulate_media(color_scheme=request.param)
    return request.param


@pytest.fixture(params=[1440, 390], ids=["wide", "phone"])
def width(request: pytest.FixtureRequest, page: Page) -> int:
    page.set_viewport_size({"width": request.param, "height": 900 if request.param > 800 else 844})
    return request.param
