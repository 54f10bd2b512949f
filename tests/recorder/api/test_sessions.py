"""The main job over HTTP, against a real sandbox; rows in odd states where a story is too long."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import connections
from rest_framework.test import APIClient

from recorder.contract.states import Status
from recorder.models import ApiToken, RecordingSession, StorageConfig
from tests.support.rows import session_row
from tests.support.sandbox import SMALL_PICTURE

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/sessions/"


@pytest.fixture
def user(transactional_db, django_user_model):
    return django_user_model.objects.create_user("ada", password="difference engine")


@pytest.fixture
def wish(project, storage):
    """The body of a start; every test has its own channel."""

    def make(**changes):
        return {
            "project": project.pk,
            "storage_config": storage.pk,
            "mode": "mix",
            "cname": f"room-{uuid.uuid4().hex[:8]}",
            "uid": "527841",
            "client_request": {"recordingConfig": {"transcodingConfig": SMALL_PICTURE}},
        } | changes

    return make


@pytest.fixture
def layout(api):
    body = {"name": "Halves", "width": 160, "height": 90, "mixed_video_layout": 1}
    return api.post("/api/v1/layouts/", body).json()


@pytest.fixture
def row(project, storage):
    """A session in any state, as the lifecycle would have left it."""

    def make(status=Status.RECORDING, **fields):
        return session_row(project, storage, status, **fields)

    return make


def until_stopped(api, url):
    """A stop goes out beside its request; each query waits up to 3 s for whoever is at it."""
    for _attempt in range(10):
        session = api.post(f"{url}query/").json()
        if session["status"] == "stopped":
            return session
    pytest.fail(f"Still {session['status']}")


def test_a_recording_from_start_to_its_last_slice(api, wish, sandbox):
    started = api.post(URL, wish())
    assert started.status_code == 201, started.content
    session = started.json()
    url = f"{URL}{session['id']}/"
    assert (session["status"], len(session["sid"])) == ("starting", 32)

    sandbox.advance(3)
    assert api.post(f"{url}query/").json()["status"] == "recording"
    changed = api.post(f"{url}update-layout/", {"client_request": {"mixedVideoLayout": 2}})
    assert changed.json()["picture"]["mixedVideoLayout"] == 2, changed.content
    sandbox.advance(3)

    stopped = api.post(f"{url}stop/")
    assert stopped.status_code == 202
    session = until_stopped(api, url)
    assert (session["status"], session["upload"]) == ("stopped", "uploaded")
    assert session["stop_requested_by"] == "ada"

    files = api.get(f"{url}files/?look=true").json()
    assert files["ledger"]["all_present"] is True
    assert [file["kind"] for file in files["results"]] == ["playlist", *["slice"] * 3]
    for file in files["results"]:
        assert len(requests.get(file["url"], timeout=30).content) == file["size"]

    calls = api.get(f"{url}calls/").json()["results"]
    assert [call["operation"] for call in calls][-3:] == ["query", "start", "acquire"]
    titles = [event["title"] for event in api.get(f"{url}timeline/").json()["results"]]
    assert {"Start requested", "acquire answered 200", "Layout changed", "Ended"} <= set(titles)
    story = str(calls) + str(titles) + str(session)
    assert sandbox.secret_key not in story
    assert sandbox.customer_secret not in story


def test_the_saved_layout_is_sent_and_named(api, wish, layout):
    body = wish(layout=layout["id"], client_request={})

    session = api.post(URL, body).json()

    assert (session["layout"], session["layout_version"]) == (layout["id"], 1)
    assert (session["canvas_width"], session["canvas_height"]) == (160, 90)
    shown = session["request"]["recordingConfig"]["transcodingConfig"]
    assert (shown["width"], shown["mixedVideoLayout"]) == (160, 1)
    assert "secret" in session["request"]["storageConfig"]["secretKey"]


def test_a_uid_is_proposed_where_none_is_given(api, wish):
    body = wish()
    del body["uid"]

    assert api.post(URL, body).json()["uid"].isdigit()


def test_the_same_key_and_body_start_once(api, wish, sandbox):
    body = wish()

    first = api.post(URL, body, headers={"Idempotency-Key": "k 1".replace(" ", "-")})
    again = api.post(URL, body, headers={"Idempotency-Key": "k-1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert RecordingSession.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(api, wish):
    api.post(URL, wish(), headers={"Idempotency-Key": "k"})

    response = api.post(URL, wish(), headers={"Idempotency-Key": "k"})

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "key_reused"


def test_a_key_belongs_to_its_user(api, wish, django_user_model):
    other = APIClient()
    owner = django_user_model.objects.create_user("grace")
    _token, plain = ApiToken.objects.create(user=owner, name="tests")
    other.credentials(HTTP_AUTHORIZATION=f"Token {plain}")
    headers = {"Idempotency-Key": "k"}

    assert api.post(URL, wish(), headers=headers).status_code == 201
    assert other.post(URL, wish(), format="json", headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 201])
def test_a_key_that_is_none_is_refused(api, wish, fields, key):
    assert list(fields(api.post(URL, wish(), headers={"Idempotency-Key": key}))) == [
        "Idempotency-Key"
    ]


def test_many_starts_with_one_key_at_the_same_moment_are_one_recording(api, wish, user):
    body, token = wish(), api._credentials

    def start(_number):
        client = APIClient()
        client.credentials(**token)
        try:
            answer = client.post(URL, body, format="json", headers={"Idempotency-Key": "k"})
            return answer.status_code, answer.json()["id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        answers = set(pool.map(start, range(5)))

    assert len({pk for _status, pk in answers}) == 1
    assert {status for status, _pk in answers} <= {201, 202}
    assert RecordingSession.objects.count() == 1


def test_a_channel_that_is_being_recorded_by_this_uid_is_not_started_twice(api, wish):
    body = wish()
    api.post(URL, body)

    response = api.post(URL, body)

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "already_recording"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"project": 10**12}, "project"),
        ({"project": "1"}, "project"),
        ({"project": True}, "project"),
        ({"project": 10**30}, "project"),
        ({"storage_config": None}, "storage_config"),
        ({"mode": "movie"}, "mode"),
        ({"mode": 1}, "mode"),
        ({"cname": ""}, "cname"),
        ({"cname": 5}, "cname"),
        ({"cname": "房间"}, "cname"),
        ({"cname": "x" * 65}, "cname"),
        ({"uid": 527841}, "uid"),
        ({"uid": "0"}, "uid"),
        ({"uid": "٣"}, "uid"),
        ({"uid": "1_000"}, "uid"),
        ({"uid": "+5"}, "uid"),
        ({"uid": "4294967296"}, "uid"),
        ({"layout": 99}, "layout"),
        ({"client_request": []}, "client_request"),
        ({"preset": 1}, "preset"),
        (
            {"client_request": {"recordingConfig": {"maxIdleTime": "30"}}},
            "clientRequest.recordingConfig.maxIdleTime",
        ),
        (
            {"client_request": {"storageConfig": {"secretKey": "mine"}}},
            "clientRequest.storageConfig.secretKey",
        ),
        ({"client_request": {"token": "007eJx"}}, "clientRequest.token"),
    ],
    ids=str,
)
def test_a_wrong_start_is_refused_at_its_field_and_nothing_is_sent(
    api, wish, fields, changes, field
):
    assert field in fields(api.post(URL, wish(**changes)))
    assert not RecordingSession.objects.exists()


def test_a_provider_that_refuses_is_told_with_its_answer_and_the_session(api, wish, project):
    project.customer_secret = "another-secret"
    project.save()

    response = api.post(URL, wish())

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (422, "provider_refused")
    assert error["provider"]["http_status"] == 401
    kept = RecordingSession.objects.get(pk=error["session"]["id"])
    assert kept.status == "failed"
    assert "another-secret" not in response.content.decode()


def test_a_provider_that_is_not_there_leaves_the_start_waiting(api, wish, project, free_port):
    project.base_url = f"http://127.0.0.1:{free_port()}"
    project.save()

    response = api.post(URL, wish())

    assert response.status_code == 202
    assert (response.json()["status"], response.json()["sid"]) == ("requested", "")


@pytest.mark.parametrize("status", [Status.STOPPED, Status.FAILED])
def test_an_ended_session_is_not_stopped_again(api, row, status):
    response = api.post(f"{URL}{row(status).pk}/stop/")

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "not_now"


def test_a_second_stop_is_accepted_and_changes_nothing(api, wish, sandbox):
    url = f"{URL}{api.post(URL, wish()).json()['id']}/"
    first = api.post(f"{url}stop/").json()

    again = api.post(f"{url}stop/")

    assert again.status_code == 202
    assert again.json()["stop_requested_at"] == first["stop_requested_at"]


def test_a_layout_for_a_session_that_has_ended_is_refused_with_the_reason(api, row, layout):
    response = api.post(f"{URL}{row(Status.STOPPED).pk}/update-layout/", {"layout": layout["id"]})

    assert response.status_code == 409
    assert response.json()["error"]["message"]


@pytest.mark.parametrize(
    "body", [{}, {"layout": 1, "client_request": {}}, {"client_request": 5}, {"picture": {}}]
)
def test_a_change_of_layout_takes_exactly_one_of_its_two_forms(api, row, fields, body):
    assert fields(api.post(f"{URL}{row().pk}/update-layout/", body))


def test_a_wrong_picture_is_refused_at_its_place(api, wish, sandbox, fields):
    url = f"{URL}{api.post(URL, wish()).json()['id']}/"
    sandbox.advance(3)
    api.post(f"{url}query/")
    region = {"x_axis": 0.6, "y_axis": 0, "width": 0.5, "height": 1}

    response = api.post(
        f"{url}update-layout/",
        {"client_request": {"mixedVideoLayout": 3, "layoutConfig": [region]}},
    )

    assert list(fields(response)) == ["clientRequest.layoutConfig.0.width"]


def test_a_subscription_is_changed_at_the_provider(api, wish, sandbox):
    url = f"{URL}{api.post(URL, wish()).json()['id']}/"
    sandbox.advance(3)
    api.post(f"{url}query/")
    lists = {"audioUidList": {"subscribeAudioUids": ["#allstream#"]}}

    response = api.post(f"{url}update/", {"client_request": {"streamSubscribe": lists}})

    assert response.status_code == 200, response.content
    assert "update" in str(api.get(f"{url}timeline/").json())


def test_sessions_are_filtered_by_every_word_of_the_address(api, row, project):
    wanted = row(Status.RECORDING, cname="lesson-7", sid="abc123")
    row(Status.STOPPED, cname="other")

    for query in (
        "status=recording",
        "status=recording&status=starting",
        "cname=lesson-7",
        "sid=abc123",
        f"uid={wanted.uid}",
        "q=lesson",
        "q=abc1",
        f"q={wanted.reference}",
        f"project={project.pk}&status=recording",
        "mode=mix&upload=none&q=lesson",
        "started_after=2020-01-01T00:00:00Z&q=lesson",
    ):
        found = api.get(f"{URL}?{query}").json()["results"]
        assert [session["id"] for session in found] == [wanted.pk], query
    assert api.get(f"{URL}?started_before=2020-01-01T00:00:00Z").json()["results"] == []


@pytest.mark.parametrize(
    "query", ["status=nonsense", "project=999", "project=x", "started_after=yesterday", "cname=%00"]
)
def test_a_filter_that_makes_no_sense_is_refused(api, fields, query):
    assert list(fields(api.get(f"{URL}?{query}"))) == [query.partition("=")[0]]


def test_pages_follow_each_other_without_losing_or_doubling_a_row(api, row):
    rows = [row(Status.STOPPED).pk for _number in range(7)]
    seen, url = [], f"{URL}?page_size=3"

    while url:
        page = api.get(url).json()
        seen += [session["id"] for session in page["results"]]
        row(Status.STOPPED)  # a new one in front does not move the others
        url = page["next"]

    assert seen == rows[::-1]


def test_a_page_of_sessions_takes_few_queries_however_many_there_are(
    api, row, django_assert_max_num_queries
):
    for _number in range(12):
        row(Status.STOPPED)

    with django_assert_max_num_queries(6):  # two of them for the token
        assert len(api.get(URL).json()["results"]) == 12


def test_files_delivered_through_us_come_with_ranges_and_a_playable_list(
    api, wish, sandbox, storage
):
    storage.delivery = StorageConfig.Delivery.PROXY
    storage.save()
    url = f"{URL}{api.post(URL, wish()).json()['id']}/"
    sandbox.advance(3)
    api.post(f"{url}stop/")
    until_stopped(api, url)
    files = api.get(f"{url}files/?look=true").json()["results"]
    slice_url = files[1]["url"]
    assert "/api/v1/" in slice_url

    part = api.get(slice_url, headers={"Range": "bytes=0-187"})
    assert (part.status_code, part["Content-Type"]) == (206, "video/mp2t")
    content = b"".join(part.streaming_content)
    assert (content[:1], len(content)) == (b"G", 188)
    beyond = api.get(slice_url, headers={"Range": f"bytes={files[1]['size']}-"})
    assert (beyond.status_code, beyond.json()["error"]["code"]) == (416, "range_not_satisfiable")

    text = api.get(f"{url}files/{files[0]['id']}/playlist/").content.decode()
    assert slice_url in text.splitlines()


def test_a_file_of_another_session_is_not_found_under_this_one(api, row):
    first, second = row(), row()
    file = first.files.create(name="a.ts", kind="slice")

    assert api.get(f"{URL}{second.pk}/files/{file.pk}/content/").status_code == 404


def test_a_storage_that_is_down_says_so_and_loses_no_row(api, row, storage, free_port):
    session = row(Status.STOPPED)
    session.files.create(name="a.ts", kind="slice", present=True)
    storage.endpoint_url = f"http://127.0.0.1:{free_port()}/s3"
    storage.save()

    looked = api.get(f"{URL}{session.pk}/files/?look=true")

    assert looked.status_code == 502
    assert looked.json()["error"]["code"] == "storage_unreachable"
    assert len(api.get(f"{URL}{session.pk}/files/").json()["results"]) == 1
