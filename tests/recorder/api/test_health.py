import pytest
from django.db import connection

from recorder.api import health
from tests.support.disk import full_disk  # noqa: F401


def test_a_process_that_answers_is_healthy_without_asking_anything(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_process_is_ready_when_database_and_queue_answer(client, db):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "database": "ok", "disk": "ok", "queue": "ok"},
    )


def test_a_database_that_was_never_prepared_is_not_ready(client, transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE recorder_user RENAME TO recorder_elsewhere")
    try:
        response = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE recorder_elsewhere RENAME TO recorder_user")

    assert (response.status_code, response.json()["database"]) == (503, "failing")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_grow_is_not_ready_until_it_can(client, full_disk, monkeypatch):  # noqa: F811
    monkeypatch.setattr(health, "PROBE_EVERY", 0)
    with full_disk():
        response = client.get("/readyz")

    assert (response.status_code, response.json()["disk"]) == (503, "failing")
    assert client.get("/readyz").status_code == 200


def test_health_is_asked_not_told(client):
    assert client.post("/healthz").status_code == 405
