"""One client, one call: what is sent, what is made of the answer, what goes on record."""

import base64
import logging
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import responses
from responses import matchers

from recorder.contract.errors import Certainty
from recorder.contract.files import FileEntry
from recorder.contract.states import Mode, Operation, Upload
from recorder.providers import errors
from recorder.providers.client import Acquired, Handle, Outcome, client_for
from recorder.providers.transport import Lost, Transport
from tests.recorder.providers.conftest import SECRET, load_answer
from tests.recorder.providers.scripted import answering

SID = load_answer("start_200")[1]["sid"]
ROOT = "https://api.agora.io/v1/apps/0123456789abcdef0123456789abcdef/cloud_recording"
SESSION = f"{ROOT}/resourceid/resource-1/sid/{'5f' * 16}/mode/mix"
BASIC = "Basic " + base64.b64encode(f"customer:{SECRET}".encode()).decode()

START_REQUEST = {
    "token": "007eJxTYFD",
    "storageConfig": {
        "vendor": 1,
        "accessKey": "AKIDEXAMPLE0WXYZ",
        "secretKey": "bucket-key-of-the-tests/0+1",
    },
}


@pytest.fixture
def service():
    """Answers from `provider_answers/`; a request that nothing was prepared for fails."""
    with responses.RequestsMock() as mock:

        def answer(method, url, name, body=None):
            status, json = load_answer(name)
            match = [matchers.header_matcher({"Authorization": BASIC})]
            if body is not None:
                json_type = {"Content-Type": "application/json;charset=utf-8"}
                match += [matchers.json_params_matcher(body), matchers.header_matcher(json_type)]
            mock.add(method, url, json=json, status=status, match=match)

        yield answer


def start(client):
    return client.start("resource-1", Mode.MIX, "room one", "527841", START_REQUEST)


def test_acquire_gives_the_resource_id(service, make_client):
    body = {"cname": "room one", "uid": "527841", "clientRequest": {"scene": 0}}
    service("POST", f"{ROOT}/acquire", "acquire_200", body)

    acquired = make_client().acquire("room one", "527841", {"scene": 0})

    assert acquired == Acquired(load_answer("acquire_200")[1]["resourceId"])


def test_start_gives_the_sid(service, make_client):
    body = {"cname": "room one", "uid": "527841", "clientRequest": START_REQUEST}
    service("POST", f"{ROOT}/resourceid/resource-1/mode/mix/start", "start_200", body)

    assert start(make_client()).sid == SID


def test_update_layout_sends_the_layout_it_is_given(service, make_client, handle):
    layout = {"mixedVideoLayout": 1, "backgroundColor": "#FF0000"}
    body = {"cname": "room one", "uid": "527841", "clientRequest": layout}
    service("POST", f"{SESSION}/updateLayout", "update_layout_200", body)

    make_client().update_layout(handle, layout)


def test_update_sends_the_settings_it_is_given(service, make_client, handle):
    settings = {"webRecordingConfig": {"onhold": True}}
    body = {"cname": "room one", "uid": "527841", "clientRequest": settings}
    service("POST", f"{SESSION}/update", "update_layout_200", body)

    make_client().update(handle, settings)


@pytest.mark.parametrize(
    ("answer", "status", "mode", "start_ms", "names"),
    [
        ("query_200_starting", 2, "string", None, []),
        ("query_200_mix_hls", 5, "string", 1700000000123, [f"shows/{SID}_room one.m3u8"]),
        (
            "query_200_mix_hls_mp4",
            5,
            "json",
            1700000000123,
            [f"{SID}_room one.m3u8", f"{SID}_room one_0.mp4"],
        ),
        ("query_200_of_2021", 5, "json", 1562724971626, [f"{SID}_room one.m3u8"]),
        ("query_200_in_seconds", 4, "string", 1700000000000, []),
        ("query_200_web", 5, "", None, [f"{SID}_w.m3u8"]),
    ],
)
def test_query_reads_every_documented_shape(
    service, make_client, handle, answer, status, mode, start_ms, names
):
    service("GET", f"{SESSION}/query", answer)

    result = make_client().query(handle)

    assert (result.status, result.file_list_mode) == (status, mode)
    assert result.slice_start_ms == start_ms
    assert [entry.file_name for entry in result.files] == names


def test_what_a_query_keeps_of_the_answer_has_no_stream_key(service, make_client, handle):
    service("GET", f"{SESSION}/query", "query_200_web")

    raw = make_client().query(handle).raw

    assert "stream-key-1" not in str(raw)
    assert "rtmp://live.example/app/•••" in str(raw)


@pytest.mark.parametrize(
    ("answer", "upload", "playlist"),
    [
        ("stop_200_uploaded", Upload.UPLOADED, f"{SID}_room one.m3u8"),
        ("stop_200_backed_up", Upload.BACKED_UP, f"{SID}_room one.m3u8"),
        ("stop_200_web", Upload.UPLOADED, f"{SID}_w.m3u8"),
        ("stop_206_upload_unknown", Upload.UNKNOWN, ""),
    ],
)
def test_stop_gives_upload_and_playlist(service, make_client, handle, answer, upload, playlist):
    body = {"cname": "room one", "uid": "527841", "clientRequest": {}}
    service("POST", f"{SESSION}/stop", answer, body)

    result = make_client().stop(handle)

    assert (result.upload, result.playlist) == (upload, playlist)
    assert [entry.file_name for entry in result.files][-1:] == [playlist][: bool(playlist)]


def test_a_206_without_code_or_body_has_stopped_all_the_same(make_client, handle):
    with responses.RequestsMock() as mock:
        mock.post(f"{SESSION}/stop", json={}, status=206)

        result = make_client().stop(handle)

    assert (result.upload, result.files, result.playlist) == (Upload.UNKNOWN, (), "")


REFUSALS = [
    ("acquire", "acquire_400_invalid_parameter", errors.ProviderError, 2),
    ("acquire", "acquire_400_too_many_sessions", errors.TooManySessions, 406),
    ("acquire", "acquire_400_invalid_app_id", errors.ProviderError, None),
    ("acquire", "gateway_401_wrong", errors.CredentialsRefused, None),
    ("acquire", "gateway_404_no_route", errors.ProviderError, None),
    ("start", "start_201_already_started", errors.AlreadyStarted, 7),
    ("start", "start_400_task_conflict", errors.TaskConflict, 53),
    ("start", "start_400_resource_expired", errors.ResourceExpired, 433),
    ("start", "gateway_429_rate", errors.RateLimited, None),
    ("start", "gateway_401_missing", errors.CredentialsRefused, None),
    ("start", "start_206_not_completed", errors.NotCompleted, 65),
    ("start", "start_500_backend_timeout", errors.ProviderUnavailable, 62),
    ("query", "query_404_not_found", errors.SessionNotFound, 404),
    ("query", "query_400_exiting", errors.SessionExiting, 501),
    ("query", "gateway_404_no_route", errors.ProviderError, None),
    ("update_layout", "update_layout_400_invalid_layout", errors.ProviderError, 1028),
    ("stop", "stop_206_no_recorded_data", errors.NoRecordedData, 435),
    ("stop", "stop_400_no_recorded_data", errors.NoRecordedData, 435),
    ("stop", "stop_400_already_stopping", errors.AlreadyStopped, 49),
    ("stop", "stop_504_backend_timeout", errors.ProviderUnavailable, 62),
    ("stop", "gateway_429_rate", errors.RateLimited, None),
]


def call(client, operation, handle):
    return {
        "acquire": lambda: client.acquire("room one", "527841", {}),
        "start": lambda: start(client),
        "query": lambda: client.query(handle),
        "update_layout": lambda: client.update_layout(handle, {}),
        "stop": lambda: client.stop(handle),
    }[operation]()


@pytest.mark.parametrize(("operation", "answer", "kind", "code"), REFUSALS)
def test_each_refusal_is_an_error_of_its_own(
    make_client, handle, calls, operation, answer, kind, code
):
    status, json = load_answer(answer)
    method = "GET" if operation == "query" else "POST"
    with responses.RequestsMock() as mock:
        mock.add(method, re.compile(ROOT), json=json, status=status)

        with pytest.raises(errors.ProviderError) as caught:
            call(make_client(), operation, handle)

    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code) == (status, code)
    for part in ("meaning", "consequence", "remedy"):
        assert getattr(error.explanation, part) in str(error)
    assert calls[0].outcome.value in {error.explanation.certainty, "unreachable"}
    assert (calls[0].http_status, calls[0].code) == (status, code)


def test_an_already_started_answer_may_tell_the_sid(service, make_client):
    url = f"{ROOT}/resourceid/resource-1/mode/mix/start"
    service("POST", url, "start_201_already_started_with_sid")

    with pytest.raises(errors.AlreadyStarted) as caught:
        start(make_client())

    assert caught.value.sid == SID


def test_an_already_started_answer_without_sid_has_an_empty_one(service, make_client):
    service("POST", f"{ROOT}/resourceid/resource-1/mode/mix/start", "start_201_already_started")

    with pytest.raises(errors.AlreadyStarted) as caught:
        start(make_client())

    assert caught.value.sid == ""


def test_an_answer_that_quotes_the_bucket_key_does_not_bring_it_into_page_or_record(
    service, make_client, calls
):
    service("POST", f"{ROOT}/resourceid/resource-1/mode/mix/start", "start_400_quoting_the_request")

    with pytest.raises(errors.ProviderError) as caught:
        start(make_client())

    for text in (str(caught.value), caught.value.reason, repr(calls), repr(caught.value)):
        assert "bucket-key-of-the-tests" not in text
    assert "is invalid" in caught.value.reason


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("acquire", {}),
        ("acquire", {"resourceId": ""}),
        ("acquire", {"resourceId": ".."}),
        ("acquire", {"resourceId": "a b"}),
        ("acquire", {"resourceId": 5}),
        ("start", {"resourceId": "resource-1"}),
        ("query", {"serverResponse": "text"}),
        ("query", {"serverResponse": {}}),
        ("query", {"serverResponse": {"status": True}}),
        ("stop", {}),
    ],
)
def test_a_success_without_its_contents_is_an_unknown_outcome(make_client, handle, operation, body):
    method = "GET" if operation == "query" else "POST"
    with responses.RequestsMock() as mock:
        mock.add(method, re.compile(ROOT), json=body)

        with pytest.raises(errors.UnreadableAnswer, match="lacks a part") as caught:
            call(make_client(), operation, handle)

    assert caught.value.explanation.certainty is Certainty.UNKNOWN


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>login</html>", "is not JSON"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b" " * 2_000_000, "larger than 1 MB"),
        (b"", "is empty"),
    ],
    ids=["html", "deep", "huge", "empty"],
)
def test_a_success_that_cannot_be_read_is_an_unknown_outcome(
    serve, make_client, calls, body, problem
):
    client = make_client(serve(answering(body)).url)

    with pytest.raises(errors.UnreadableAnswer, match=problem):
        start(client)

    assert calls[0].outcome is Outcome.UNKNOWN
    assert calls[0].response is None
    assert problem in calls[0].error


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("429 Too Many Requests", errors.RateLimited),
        ("401 Unauthorized", errors.CredentialsRefused),
        ("403 Forbidden", errors.ProviderError),
        ("502 Bad Gateway", errors.ProviderUnavailable),
        ("302 Found", errors.ProviderUnavailable),
    ],
)
def test_a_page_instead_of_an_answer_still_has_its_status(serve, make_client, status, kind):
    page = answering(b"<html>", status, Location="https://elsewhere.example/")

    with pytest.raises(errors.ProviderError) as caught:
        start(make_client(serve(page).url))

    assert type(caught.value) is kind


def test_a_lost_answer_is_an_unknown_outcome(serve, make_client, calls):
    server = serve(lambda connection, _request: connection.close())

    with pytest.raises(errors.ProviderUnavailable) as caught:
        start(make_client(server.url))

    assert caught.value.status is None
    assert caught.value.explanation.certainty is Certainty.UNKNOWN
    assert (calls[0].outcome, calls[0].http_status) == (Outcome.UNKNOWN, None)
    assert len(server.requests) == 1


def test_a_connection_never_made_is_a_certain_refusal(serve, make_client, calls):
    server = serve(answering(b"{}"))
    server.close()

    with pytest.raises(errors.ProviderUnreachable, match="nothing was sent") as caught:
        start(make_client(server.url))

    assert caught.value.explanation.certainty is Certainty.REFUSED
    assert "No recording was started" in str(caught.value)
    assert calls[0].outcome is Outcome.UNREACHABLE


def test_a_record_tells_the_call_without_its_secrets(service, make_client, calls):
    service("POST", f"{ROOT}/resourceid/resource-1/mode/mix/start", "start_200")
    before = datetime.now(UTC)

    start(make_client())

    (record,) = calls
    assert (record.operation, record.method, record.host) == (
        Operation.START,
        "POST",
        "api.agora.io",
    )
    assert record.path == "resourceid/resource-1/mode/mix/start"
    assert record.request == {
        "cname": "room one",
        "uid": "527841",
        "clientRequest": {
            "token": "•••",
            "storageConfig": {"vendor": 1, "accessKey": "•••WXYZ", "secretKey": "•••"},
        },
    }
    assert record.response == load_answer("start_200")[1]
    assert (record.outcome, record.error, record.code) == (Outcome.DONE, "", None)
    assert before - timedelta(seconds=1) <= record.started_at <= datetime.now(UTC)
    assert record.duration_ms >= 0


def test_an_error_while_recording_does_not_cost_the_answer(service, make_client, caplog):
    def fail(_record):
        raise RuntimeError("the disk is full")

    service("POST", f"{ROOT}/resourceid/resource-1/mode/mix/start", "start_200")

    with caplog.at_level(logging.ERROR):
        assert start(make_client(on_call=fail)).sid == SID

    assert "could not be recorded (start)" in caplog.text


def test_an_error_while_recording_does_not_hide_the_providers(service, make_client):
    def fail(_record):
        raise RuntimeError

    service("POST", f"{ROOT}/resourceid/resource-1/mode/mix/start", "start_400_task_conflict")

    with pytest.raises(errors.TaskConflict):
        start(make_client(on_call=fail))


def test_a_stop_may_take_half_a_minute_and_any_other_answer_ten_seconds(
    make_client, handle, monkeypatch
):
    """A stop is answered when the last file is uploaded."""
    allowed = {}

    def exchange(_self, _method, url, _body, timeout):
        allowed[url.rpartition("/")[2]] = timeout
        raise Lost("ReadTimeout")

    monkeypatch.setattr(Transport, "exchange", exchange)
    client = make_client()
    calls = [
        lambda: client.acquire("room one", "527841", {}),
        lambda: start(client),
        lambda: client.query(handle),
        lambda: client.update_layout(handle, {}),
        lambda: client.stop(handle),
    ]
    for call in calls:
        with pytest.raises(errors.ProviderUnavailable):
            call()

    usual = ("acquire", "start", "query", "updateLayout")
    assert allowed == dict.fromkeys(usual, (3.0, 10.0)) | {"stop": (3.0, 30.0)}


def test_the_pace_is_asked_before_the_call_and_may_refuse_it(make_client, calls):
    asked = []

    def pace(operation):
        asked.append(operation)
        raise errors.Paced(0.3)

    with responses.RequestsMock(), pytest.raises(errors.Paced) as caught:
        start(make_client(pace=pace))

    assert asked == [Operation.START]
    assert caught.value.wait == 0.3
    assert calls == []


def test_parts_of_an_address_cannot_lead_elsewhere(make_client):
    client = make_client()
    hostile = Handle("a/../b?c#d", "e%2e", "room", "1", Mode.MIX)
    with responses.RequestsMock() as mock:
        url = f"{ROOT}/resourceid/a%2F..%2Fb%3Fc%23d/sid/e%252e/mode/mix/query"
        mock.get(url, json=load_answer("query_200_starting")[1])

        client.query(hostile)


def test_equal_credentials_share_connections_across_threads(serve, make_client):
    body = b'{"serverResponse": {"status": 5}}'
    handle = Handle("r", "s", "room", "1", Mode.MIX)
    server = serve(answering(body))
    make_client(server.url).query(handle)

    threads = [
        threading.Thread(target=lambda: make_client(server.url).query(handle)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(server.requests) == 9
    assert server.connections <= 8


def test_a_changed_secret_does_not_travel_on_the_old_credentials(serve, credentials):
    server = serve(answering(b'{"resourceId": "r"}'))
    old = credentials(server.url)
    new = type(old)(old.provider, old.base_urls, old.app_id, old.customer_id, "new-secret")

    for each in (old, new):
        client_for(each).acquire("room", "1", {})

    sent = [base64.b64encode(f"customer:{s}".encode()) for s in (SECRET, "new-secret")]
    assert sent[0] in server.requests[0]
    assert sent[1] in server.requests[1]


def test_this_machine_is_never_reached_through_a_proxy(serve, make_client, monkeypatch):
    server = serve(answering(b'{"resourceId": "r"}'))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")

    assert make_client(server.url).acquire("room", "1", {}).resource_id == "r"


def test_credentials_do_not_show_their_secret(credentials):
    assert SECRET not in repr(credentials())
    assert SECRET not in str(credentials())


def test_credentials_do_not_travel_in_the_clear(credentials):
    with pytest.raises(errors.MalformedCredential, match="https"):
        credentials("http://api.agora.io")


def test_credentials_need_an_address(credentials):
    one = credentials()
    with pytest.raises(errors.MalformedCredential, match="address"):
        type(one)(one.provider, (), one.app_id, one.customer_id, one.customer_secret)


def test_a_file_entry_carries_what_the_answer_says(service, make_client, handle):
    service("GET", f"{SESSION}/query", "query_200_of_2021")

    assert make_client().query(handle).files == (
        FileEntry(f"{SID}_room one.m3u8", "audio", "0", True, True, 1562724971626),
    )
