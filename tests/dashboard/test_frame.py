from datetime import timedelta

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from dashboard import nav
from dashboard.context import Chrome
from recorder.models import Heartbeat

HTMX_CONFIG = (
    '{"defaultTimeout":8000,"noSwap":[204,304,"4xx","5xx"],'
    '"morphIgnore":["data-htmx-powered","open","disabled"],"history":"reload"}'
)


@pytest.fixture
def staff(client: Client, django_user_model) -> Client:
    user = django_user_model.objects.create_user("maria", is_staff=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_style_guide_is_for_staff_only(client, django_user_model):
    user = django_user_model.objects.create_user("ben")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get("/styleguide/")

    assert answer.status_code == 403
    assert "This is not open to you" in answer.content.decode()


def test_the_frame_configures_htmx_and_sends_the_token_along(staff):
    html = staff.get("/styleguide/").content.decode()

    assert f"content='{HTMX_CONFIG}'" in html
    assert '<body hx-headers:inherited=\'{"X-CSRFToken": "' in html


def test_the_frame_says_when_no_worker_was_seen(staff):
    assert "No worker has been seen" in staff.get("/styleguide/").content.decode()

    Heartbeat.beat("worker-1")

    assert "No worker has been seen" not in staff.get("/styleguide/").content.decode()


def test_a_worker_that_fell_silent_is_missing_again(rf, django_user_model, time_machine):
    request = rf.get("/")
    request.user = django_user_model.objects.create_user("maria")
    Heartbeat.beat("worker-1")

    time_machine.move_to(timezone.now() + timedelta(seconds=31))

    assert Chrome(request).worker_missing


def test_the_theme_is_drawn_from_the_cookie(staff):
    assert '<html lang="en" data-now' in staff.get("/styleguide/").content.decode()

    staff.post("/preferences/theme/", {"theme": "dark", "next": "/styleguide/"})

    assert '<html lang="en" data-theme="dark"' in staff.get("/styleguide/").content.decode()


def test_choosing_the_systems_theme_forgets_the_choice(staff):
    staff.post("/preferences/theme/", {"theme": "light"})
    staff.post("/preferences/theme/", {"theme": "system"})

    assert 'data-theme="' not in staff.get("/styleguide/").content.decode()


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_the_theme_form_never_leads_away(client, target):
    answer = client.post("/preferences/theme/", {"theme": "dark", "next": target})

    assert answer["Location"] == "/"


def test_only_pages_that_exist_are_in_the_menu(monkeypatch):
    nowhere = nav.Page("nowhere", "Nowhere", "/nowhere/")
    monkeypatch.setattr(nav, "PAGES", (nowhere, *nav.PAGES))

    names = [entry.name for entry in nav.entries("/")]

    assert "nowhere" not in names
    assert names == [page.name for page in nav.PAGES if page.name in names]


@pytest.mark.urls("tests.support.board")
@pytest.mark.parametrize(
    ("path", "current"), [("/start/", "page"), ("/start/mix/", "true"), ("/layouts/", "")]
)
def test_the_menu_marks_where_one_is(path, current):
    marks = {entry.name: entry.current for entry in nav.entries(path)}

    assert marks["start"] == current


@pytest.fixture
def chrome(rf, django_user_model) -> Chrome:
    """The frame of a signed-in person, with 3 live sessions of which 2 need attention."""
    request = rf.get("/")
    request.user = django_user_model(username="maria")
    chrome = Chrome(request)
    chrome.live, chrome.attention, chrome.worker_missing = 3, 2, False
    return chrome


def test_tab_title_and_icon_carry_what_needs_attention(chrome):
    html = render_to_string("404.html", {"chrome": chrome})

    assert "<title>(2 need attention) Page not found · Reelroom</title>" in html
    assert "favicon-attention.svg" in html


def test_a_poll_brings_title_icon_and_count(chrome):
    html = render_to_string("components/chrome_state.html", {"chrome": chrome, "title": "Sessions"})

    assert "<title>(2 need attention) Sessions · Reelroom</title>" in html
    assert '<span id="live-count" class="nav__count" hx-swap-oob="true">3<' in html
    assert 'id="favicon"' in html


def test_the_page_for_a_crash_draws_without_request_or_database():
    html = engines["django"].get_template("500.html").render()

    assert "This page failed" in html
    assert "css/app.css" in html


def test_an_unknown_address_says_so(staff):
    answer = staff.get("/no/such/page/")

    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_form_from_an_old_page_asks_the_page_to_renew_itself(django_user_model):
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/preferences/theme/", {"theme": "dark"})

    assert answer.status_code == 403
    assert "page:stale" in answer["HX-Trigger"]
    assert "That page was out of date" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/"]
)
def test_account_pages_stand_in_the_frame(staff, path):
    html = staff.get(path, follow=True).content.decode()

    assert 'class="brand"' in html
    assert "css/app.css" in html


def test_a_wrong_password_is_named_on_the_sign_in_page(client, db):
    answer = client.post("/accounts/login/", {"login": "maria", "password": "wrong"})

    html = answer.content.decode()
    assert 'role="alert"' in html
    assert "placeholder" not in html
