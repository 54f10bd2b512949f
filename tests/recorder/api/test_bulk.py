"""Many starts and stops over the API."""

import pytest

from recorder.contract.states import Status
from recorder.lifecycle import reconcile
from recorder.lifecycle.bulk import feed
from recorder.models import Bulk, BulkItem
from tests.support.provider import scripted_provider
from tests.support.rows import make_project, make_storage_config, session_row

pytestmark = pytest.mark.django_db(transaction=True)
START, STOP = "/api/v1/sessions/bulk-start/", "/api/v1/sessions/bulk-stop/"


@pytest.fixture
def provider():
    with scripted_provider() as running:
        yield running


@pytest.fixture
def project(db, provider):
    return make_project(provider.url)


@pytest.fixture
def storage(db):
    return make_storage_config()


@pytest.fixture
def wish(project, storage):
    def wish(*channels, **more):
        return {
            "project": project.pk,
            "storage_config": storage.pk,
            "mode": "mix",
            "channels": [{"cname": cname} for cname in channels],
        } | more

    return wish


def test_a_list_goes_in_and_each_row_can_be_polled(api, wish):
    queued = api.post(START, wish("a", "b", max_minutes=5))
    feed()
    reconcile.sweep()
    polled = api.get(f"/api/v1/sessions/bulk/{queued.json()['id']}/").json()

    assert queued.status_code == 202
    assert [row["result"] for row in queued.json()["results"]] == ["queued", "queued"]
    assert polled["progress"]["done"] == 2
    assert all(row["sid"] and row["session"] for row in polled["results"])


def test_the_same_key_queues_once_and_another_list_is_refused(api, wish):
    first = api.post(START, wish("a"), headers={"Idempotency-Key": "k"})
    same = api.post(START, wish("a"), headers={"Idempotency-Key": "k"})
    other = api.post(START, wish("b"), headers={"Idempotency-Key": "k"})

    assert first.json()["id"] == same.json()["id"]
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    assert Bulk.objects.count() == 1


def test_bad_rows_are_named_by_place_and_field(api, wish, fields):
    answer = api.post(START, wish("a", "x/y", "a"))

    assert set(fields(answer)) == {"channels.1.cname", "channels.2.cname"}
    assert BulkItem.objects.count() == 0


def test_more_than_a_thousand_rows_are_refused(api, wish, fields):
    assert "channels" in fields(api.post(START, wish(*map(str, range(1001)))))


def test_a_bulk_stop_takes_ids_and_names_those_that_are_not_there(api, project, storage, fields):
    session = session_row(project, storage, Status.RECORDING)

    refused = api.post(STOP, {"sessions": [session.pk, 999_999]})
    queued = api.post(STOP, {"sessions": [session.pk, session.pk]})
    feed()

    session.refresh_from_db()
    assert set(fields(refused)) == {"sessions.1"}
    assert (queued.status_code, queued.json()["total"]) == (202, 1)
    assert session.stop_requested_at is not None


def test_a_list_can_be_cancelled(api, wish):
    queued = api.post(START, wish("a", "b")).json()

    cancelled = api.post(f"/api/v1/sessions/bulk/{queued['id']}/cancel/").json()

    assert cancelled["progress"]["cancelled"] == 2
    assert cancelled["cancelled_at"]


def test_a_stuck_session_is_given_up_with_a_reason(api, project, storage, fields):
    session = session_row(project, storage, Status.UNCONFIRMED)
    url = f"/api/v1/sessions/{session.pk}/give-up/"

    nameless = api.post(url, {})
    given_up = api.post(url, {"reason": "Not in the console."})

    assert "reason" in fields(nameless)
    assert given_up.json()["status"] == "failed"


def test_an_unconfirmed_start_is_tried_again(api, project, storage):
    session = session_row(project, storage, Status.UNCONFIRMED, repeats=3)

    answer = api.post(f"/api/v1/sessions/{session.pk}/try-again/")

    assert (answer.status_code, answer.json()["sid"]) == (200, "sid-1")
