"""What holds for every route: who may come in, what a body is, what an error looks like."""

import json
import sqlite3

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient

from recorder.api import urls
from recorder.models import ApiToken

ROUTES = [
    "projects/",
    "projects/1/",
    "storage-configs/",
    "storage-configs/1/",
    "layouts/",
    "sessions/",
    "sessions/1/",
    "sessions/1/calls/",
    "sessions/1/files/",
    "sessions/1/files/1/content/",
    "sessions/1/files/1/playlist/",
    "sessions/1/timeline/",
    "audit/",
    "schema/",
]
ACTIONS = [
    "projects/1/check/",
    "storage-configs/1/check/",
    "sessions/1/stop/",
    "sessions/1/query/",
    "sessions/1/update/",
    "sessions/1/update-layout/",
    "sessions/",
    "layouts/",
]


def error_of(response, status):
    assert response.status_code == status, response.content
    assert "json" in response["Content-Type"]
    error = response.json()["error"]
    assert error["message"]
    return error


@pytest.mark.parametrize("route", ROUTES)
def test_reading_needs_a_signed_in_user(db, route):
    response = APIClient().get(f"/api/v1/{route}")

    assert error_of(response, 401)["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("route", ACTIONS)
def test_acting_needs_a_signed_in_user(db, route):
    assert error_of(APIClient().post(f"/api/v1/{route}"), 401)["code"] == "not_authenticated"


def test_no_view_of_the_api_is_left_open(db):
    for pattern in get_resolver(urls).url_patterns[-1:]:
        assert isinstance(pattern, URLPattern)  # the catch-all says 404 and nothing else
    assert error_of(APIClient().get("/api/v1/nothing/here/"), 404)["code"] == "not_found"


def test_the_documentation_asks_strangers_to_sign_in(client, db):
    response = client.get("/api/v1/docs/")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token wrong", b"Token \xff\xfe", "Token " + "x" * 5000]
)
def test_a_token_that_is_none_is_refused(db, header):
    text = header.decode("latin-1") if isinstance(header, bytes) else header

    response = APIClient().get("/api/v1/projects/", HTTP_AUTHORIZATION=text)

    assert error_of(response, 401)["code"] == "authentication_failed"


def test_the_token_of_a_user_who_was_switched_off_is_refused(api, user):
    user.is_active = False
    user.save()

    assert error_of(api.get("/api/v1/projects/"), 401)["code"] == "authentication_failed"


def test_a_token_opens_until_it_is_deleted(api, user):
    assert api.get("/api/v1/projects/").status_code == 200

    ApiToken.objects.all().delete()

    assert api.get("/api/v1/projects/").status_code == 401


def test_a_browser_s_session_needs_the_csrf_token_to_act(user):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)

    assert browser.get("/api/v1/projects/").status_code == 200
    response = browser.post("/api/v1/projects/", "{}", content_type="application/json")
    assert error_of(response, 403)["code"] == "permission_denied"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", None),
        (b"{", "line 1"),
        (b"[]", "object"),
        (b'"text"', "object"),
        (b"\xff", "UTF-8"),
        (b'{"name": NaN}', "NaN"),
        (b'{"name": -Infinity}', "Infinity"),
        (b'{"name": 1e999}', "too large"),
        (b'{"name": 1' + b"0" * 5000 + b"}", "too long"),
        (b'{"name": "a", "name": "b"}', "twice"),
        (b'{"name": "\\u0000"}', "no text"),
        (b'{"name": "\\ud800"}', "no text"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "deeply"),
        (b"[" * 100_000, "deeply"),
    ],
    ids=range(14),
)
def test_a_body_that_is_no_json_object_is_400_with_the_reason(api, body, words):
    response = api.generic("POST", "/api/v1/projects/", body, content_type="application/json")

    error = error_of(response, 400)
    assert error["code"] == ("invalid" if words is None else "parse_error")
    assert words is None or words in error["message"]


def test_a_body_that_is_too_long_is_413(api, settings):
    body = json.dumps({"name": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})

    response = api.generic("POST", "/api/v1/projects/", body, content_type="application/json")

    assert error_of(response, 413)["code"] == "too_large"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_another_media_type_is_415(api, kind):
    response = api.generic("POST", "/api/v1/projects/", "name=a", content_type=kind)

    assert error_of(response, 415)["code"] == "unsupported_media_type"


def test_a_wrong_method_is_405_and_says_which_are_right(api):
    response = api.delete("/api/v1/sessions/")

    assert error_of(response, 405)["code"] == "method_not_allowed"
    assert "POST" in response["Allow"]


@pytest.mark.parametrize("route", ["sessions/99/", "sessions/9999999999999999999999/", "x/"])
def test_what_is_not_there_is_404(api, route):
    assert error_of(api.get(f"/api/v1/{route}"), 404)["code"] == "not_found"


@pytest.mark.parametrize("route", ["sessions/٣/", "sessions/-1/", "sessions/1_0/", "sessions/+5/"])
def test_an_id_is_a_plain_number(api, route):
    assert api.get(f"/api/v1/{route}").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD3Zow==", "cj14"])
def test_a_cursor_that_is_none_is_404(api, cursor):
    assert error_of(api.get(f"/api/v1/sessions/?cursor={cursor}"), 404)["code"] == "not_found"


def test_a_mistake_of_ours_is_500_in_the_same_shape_and_in_the_log(api, crashing_view, caplog):
    api.raise_request_exception = False

    response = api.get("/api/v1/audit/")

    assert error_of(response, 500)["code"] == "internal"
    assert "Traceback" not in response.content.decode()
    assert "The API failed" in caplog.text


def locked() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    return error


@pytest.mark.parametrize(
    "cause",
    [
        locked(),
        psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
        psycopg.OperationalError("connection refused"),
    ],
)
def test_a_database_that_is_away_is_503_and_says_what_to_do(api, cause, caplog):
    api.raise_request_exception = False

    def away(*_):
        raise OperationalError(str(cause)) from cause

    with connection.execute_wrapper(away):
        response = api.get("/api/v1/audit/")

    assert error_of(response, 503)["code"] == "unavailable"
    assert "Idempotency-Key" in error_of(response, 503)["message"]
    assert response["Retry-After"] == "5"


@pytest.fixture
def crashing_view(db):
    """A database without the table that the view reads."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE recorder_auditentry RENAME TO gone")
