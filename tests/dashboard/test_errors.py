"""What a person reads when a request cannot be served at all."""

import errno
import sqlite3

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from dashboard.views.errors import server_error
from recorder.api.errors import handle
from recorder.models.disk import disk_problem
from recorder.models.user import User


def test_a_request_that_lacks_a_part_says_which_and_that_nothing_happened(signed_in):
    answer = signed_in.get(reverse("sessions_export"))

    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Select 1 to 200 sessions." in html
    assert "Nothing was changed" in html


def test_what_was_only_suspicious_is_not_repeated(signed_in, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1

    answer = signed_in.post(reverse("sessions_bulk"), {"action": "stop", "session": ["1", "2"]})

    assert answer.status_code == 400
    assert "DATA_UPLOAD_MAX_NUMBER_FIELDS" not in answer.content.decode()


@pytest.fixture
def full_disk(transactional_db):
    """A database whose file cannot grow, as SQLite itself tells it."""
    if connection.vendor != "sqlite":
        pytest.skip("a full disk is made with SQLite's own limit of pages")
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")
        yield
        cursor.execute("PRAGMA max_page_count=1073741823")


def fill() -> None:
    User.objects.bulk_create([User(username=f"{n}-{'x' * 100}") for n in range(5_000)])


def test_a_full_disk_is_called_by_its_name_on_a_page(full_disk, rf):
    try:
        fill()
    except OperationalError:
        answer = server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "The disk of the database is full" in answer.content.decode()


@pytest.mark.parametrize(("headers", "status"), [({}, 503), ({"HX-Request": "true"}, 500)])
def test_a_database_that_is_away_is_said_on_a_page(rf, headers, status):
    """A region of a page would take 503 for a lost connection, and find that at once again."""
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        answer = server_error(rf.get("/", headers=headers))

    assert answer.status_code == status
    assert answer.get("Retry-After") == ("5" if status == 503 else None)
    assert "The database does not answer now." in answer.content.decode()


def test_a_full_disk_is_called_by_its_name_by_the_api(full_disk):
    with pytest.raises(OperationalError) as refused:
        fill()

    answer = handle(refused.value, {})

    assert answer.status_code == 507
    assert answer.data["error"]["code"] == "disk"
    assert "The disk of the database is full" in answer.data["error"]["message"]


@pytest.mark.parametrize(("code", "words"), [(13, "is full"), (8, "cannot be written to")])
def test_what_the_database_tells_of_its_disk_is_a_sentence(code, words):
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorname = {13: "SQLITE_FULL", 8: "SQLITE_READONLY"}[code]
    error = OperationalError(str(cause))
    error.__cause__ = cause

    assert words in disk_problem(error)


def test_other_errors_are_ours(db):
    assert disk_problem(OperationalError("no such table: x")) is None
    assert disk_problem(OSError(errno.EACCES, "no")) is None
    assert "is full" in disk_problem(OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(Exception, match=r"UNIQUE|unique") as refused:
        User.objects.bulk_create([User(username="twice"), User(username="twice")])
    assert disk_problem(refused.value) is None
