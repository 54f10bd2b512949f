"""Many starts and stops over the API."""

import pytest

from recorder.contract.states import Status
from recorder.lifecycle import reconcile
from recorder.lifecycle.bulk import feed
from recorder.models import AuditEntry, Bulk, BulkItem, RecordingSession
from tests.support.provider import says, scripted_provider
from tests.support.rows import make_project, make_storage_config, session_row

pytestmark = pytest.mark.django_db(transaction=True)
START, STOP = "/api/v1/sessions/bulk-start/", "/api/v1/sessions/bulk-stop/"
LISTS = "/api/v1/sessions/bulk/"


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


def test_each_row_of_web_recordings_may_name_its_page(api, wish, fields):
    param = {"audioProfile": 0, "videoWidth": 1280, "videoHeight": 720, "maxRecordingHour": 3}
    service = {"serviceName": "web_recorder_service", "serviceParam": param}
    web = {
        "mode": "web",
        "client_request": {"extensionServiceConfig": {"extensionServices": [service]}},
    }
    pages = [{"cname": "a", "url": "https://x.example/1"}, {"cname": "b", "url": "nowhere"}]

    refused = api.post(START, wish(**web) | {"channels": pages})
    pages[1]["url"] = "https://x.example/2"
    queued = api.post(START, wish(**web) | {"channels": pages})
    feed()

    assert set(fields(refused)) == {"channels.1.url"}
    assert queued.status_code == 202
    assert "https://x.example/2" in str(RecordingSession.objects.get(cname="b").request)


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


def test_lists_come_newest_first_in_parts_without_their_rows(api, wish, project, storage):
    first = api.post(START, wish("a", "b")).json()["id"]
    running = session_row(project, storage, Status.RECORDING)
    second = api.post(STOP, {"sessions": [running.pk]}).json()["id"]
    third = api.post(START, wish("c")).json()["id"]
    api.post(f"/api/v1/sessions/bulk/{first}/cancel/")

    newest = api.get(f"{LISTS}?page_size=2").json()
    oldest = api.get(newest["next"]).json()

    seen = [*newest["results"], *oldest["results"]]
    assert [(one["id"], one["kind"]) for one in seen] == [
        (third, "start"),
        (second, "stop"),
        (first, "start"),
    ]
    assert oldest["next"] is None
    assert seen[2]["progress"] == api.get(f"{LISTS}{first}/").json()["progress"]
    assert (seen[2]["progress"]["cancelled"], seen[0]["progress"]["queued"]) == (2, 1)
    assert seen[0]["requested_by"] == "ada"
    assert "results" not in seen[0]


def test_a_page_of_lists_takes_few_queries_however_many_there_are(
    api, wish, django_assert_max_num_queries
):
    for number in range(12):
        api.post(START, wish(f"room {number}"))

    with django_assert_max_num_queries(6):  # two of them for the token
        assert len(api.get(LISTS).json()["results"]) == 12


def test_nobody_sees_lists_without_signing_in(client):
    assert client.get(LISTS).status_code == 401


def test_what_was_seen_is_put_aside_and_filed(api, project, storage):
    session = session_row(project, storage, Status.FAILED, attention="failed", sid="s")
    url = f"/api/v1/sessions/{session.pk}/acknowledge/"

    answers = [api.post(url) for _ in range(2)]

    session.refresh_from_db()
    assert [(answer.status_code, answer.json()["attention"]) for answer in answers] == [
        (200, ""),
        (200, ""),
    ]
    assert session.acknowledged == "failed"
    entry = AuditEntry.objects.get(action="session.acknowledge", session=session)
    assert (entry.user.username, entry.details) == ("ada", {"reason": "failed"})


def test_a_recording_whose_token_was_refused_is_started_again_once(api, project, storage, provider):
    provider.will("start", says(400, code=109, reason="token"))
    one = {"project": project.pk, "storage_config": storage.pk, "mode": "mix", "cname": "a"}
    refused = api.post("/api/v1/sessions/", one).json()["error"]["session"]["id"]
    before = provider.count("start")

    answers = [api.post(f"/api/v1/sessions/{refused}/start-again/") for _ in range(2)]

    new = RecordingSession.objects.exclude(pk=refused).get()
    assert [(answer.status_code, answer.json()["id"]) for answer in answers] == [(201, new.pk)] * 2
    assert answers[0].json()["sid"] == new.sid != ""
    assert provider.count("start") == before + 1
    assert AuditEntry.objects.filter(action="session.start_again", session=refused).count() == 1


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.RECORDING, "The session has not ended."),
        (Status.FAILED, "Its token was not refused."),
    ],
)
def test_only_what_a_refused_token_has_ended_is_started_again(
    api, project, storage, status, sentence
):
    session = session_row(project, storage, status)

    answer = api.post(f"/api/v1/sessions/{session.pk}/start-again/")

    assert answer.status_code == 409
    assert answer.json()["error"] == {"code": "not_now", "message": sentence}
    assert RecordingSession.objects.count() == 1


@pytest.mark.parametrize("action", ["acknowledge", "start-again"])
def test_a_session_that_is_not_there_is_404(api, action):
    assert api.post(f"/api/v1/sessions/999/{action}/").status_code == 404
