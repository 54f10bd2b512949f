import json

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.utils import timezone

from dashboard import htmx

PARTIAL = "styleguide/_nothing.html"


@pytest.fixture
def ask(rf: RequestFactory, db):
    """`ask(htmx=True, **headers)`: a request as views get it."""

    def ask(*, htmx: bool = True, **headers: str):
        sent = {"HX-Request": "true"} if htmx else {}
        request = rf.get("/styleguide/", headers=sent | headers)
        request.session = {}
        request._messages = FallbackStorage(request)
        request.user = None
        return request

    return ask


def test_a_fragment_is_followed_by_waiting_messages_as_toasts(ask):
    request = ask()
    request._messages.add(25, "Session 4fk2 is stopping.")
    request._messages.add(40, "Storage refused <the key>.")

    html = htmx.render_partial(request, PARTIAL).content.decode()

    assert html.index('hx-swap-oob="beforeend:#toasts"') < html.index("4fk2")
    assert html.index('hx-swap-oob="beforeend:#alerts"') < html.index("&lt;the key&gt;")
    assert request._messages.used


def test_one_address_serves_the_page_and_its_fragment(ask):
    fragment = htmx.render_page(ask(), "404.html", PARTIAL)
    page = htmx.render_page(ask(htmx=False), "404.html", PARTIAL)

    assert b"<html" not in fragment.content
    assert b"<html" in page.content
    assert "HX-Request" in fragment["Vary"]
    assert "HX-Request" in page["Vary"]
    assert fragment["Cache-Control"] == "no-store"


def test_a_region_that_shows_the_state_already_gets_304(ask):
    tag = htmx.poll_tag(3, "recording")

    answer = htmx.unchanged(ask(**{"HX-PTag": tag}), tag)

    assert answer is not None
    assert answer.status_code == 304
    assert answer["HX-PTag"] == tag


def test_a_region_that_shows_something_else_gets_a_full_answer(ask):
    assert htmx.unchanged(ask(**{"HX-PTag": htmx.poll_tag(3)}), htmx.poll_tag(4)) is None


def test_a_page_is_never_answered_with_304(ask):
    tag = htmx.poll_tag(3)

    assert htmx.unchanged(ask(htmx=False, **{"HX-PTag": tag}), tag) is None


def test_the_tag_depends_on_every_fact_and_on_the_time_zone(settings):
    tag = htmx.poll_tag(1, "a")

    assert htmx.poll_tag(1, "a") == tag
    assert htmx.poll_tag(1, "b") != tag
    with timezone.override("Asia/Shanghai"):
        assert htmx.poll_tag(1, "a") != tag


def test_a_fragment_carries_the_tag_of_what_it_shows(ask):
    assert htmx.render_partial(ask(), PARTIAL, tag="abc")["HX-PTag"] == "abc"


def test_a_refused_form_is_422(ask):
    assert htmx.render_refused(ask(), "404.html", PARTIAL, {}).status_code == 422


def test_a_dialog_opens_and_closes_by_event(ask):
    opened = htmx.render_dialog(ask(), PARTIAL)
    closed = htmx.close_dialog(HttpResponse())

    assert json.loads(opened["HX-Trigger"]) == {"dialog:open": {}}
    assert json.loads(closed["HX-Trigger"]) == {"dialog:close": {}}


def test_going_on_after_a_post_works_with_and_without_htmx(ask):
    assert htmx.go(ask(), "/start/")["HX-Redirect"] == "/start/"
    plain = htmx.go(ask(htmx=False), "/start/")
    assert (plain.status_code, plain["Location"]) == (303, "/start/")


def test_htmx_gets_401_instead_of_the_sign_in_page(client):
    page = client.get("/styleguide/")
    fragment = client.get("/styleguide/", headers={"HX-Request": "true"})

    assert page.status_code == 302
    assert (fragment.status_code, fragment.content) == (401, b"")


def test_other_redirects_reach_htmx_as_they_are(ask):
    middleware = htmx.SignInAgainMiddleware(lambda request: HttpResponseRedirect("/start/"))

    assert middleware(ask()).status_code == 302
