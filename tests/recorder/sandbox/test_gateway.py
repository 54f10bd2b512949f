"""The gateway in front of the service, and hostile input."""

import base64
import json
import socket
import threading

import pytest
import requests

from recorder.sandbox.httpd import Server
from recorder.sandbox.wire import HangUp
from tests.support.sandbox import APP_ID, OTHER_APP_ID, Client, running_sandbox, start_request

JSON = "application/json"


def raw(sandbox, data: bytes, *, most: int = 65_536) -> bytes:
    """Send bytes as they are and read what comes back until the connection closes."""
    host, port = sandbox.server.server_address[:2]
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(data)
        answer = b""
        while block := connection.recv(most):
            answer += block
        return answer


def post(sandbox, path: str = "acquire", data: bytes | str = b"{}", **options) -> requests.Response:
    headers = {"Content-Type": JSON, **options.pop("headers", {})}
    options = {"auth": sandbox.auth, "timeout": 10, **options}
    address = f"{sandbox.base}/{path}" if not path.startswith("/") else f"{sandbox.url}{path}"
    return requests.post(address, data=data, headers=headers, **options)


def acquire_body(**changes) -> dict:
    return {"cname": "room", "uid": "1", "clientRequest": {}, **changes}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "Unauthorized"),
        ("Bearer abc", "Invalid authentication credentials"),
        ("Basic", "Invalid authentication credentials"),
        ("Basic %%%", "Invalid authentication credentials"),
        ("Basic " + base64.b64encode(b"customer").decode(), "Invalid authentication credentials"),
        ("Basic " + base64.b64encode(b"customer:").decode(), "Invalid authentication credentials"),
        ("Basic " + base64.b64encode(b"a:b").decode(), "Invalid authentication credentials"),
    ],
)
@pytest.mark.parametrize("path", ["acquire", "no/such/route"])
def test_authorization_is_looked_at_before_anything_else(sandbox, path, header, message):
    headers = {"Authorization": header} if header else {}

    answer = post(sandbox, path, data=b"no json", headers=headers, auth=None)

    assert (answer.status_code, answer.json()) == (401, {"message": message})
    assert answer.headers["Content-Type"].startswith(JSON)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "acquire"),
        ("PUT", "acquire"),
        ("POST", "resourceid/r/sid/s/mode/mix/query"),
        ("POST", "resourceid/r/mode/mix/stop"),
        ("POST", "Acquire"),
        ("POST", "acquire/"),
        ("BREW", "acquire"),
    ],
)
def test_a_wrong_route_or_method_is_404(sandbox, method, path):
    answer = requests.request(method, f"{sandbox.base}/{path}", auth=sandbox.auth, timeout=10)

    expected = {"message": "no Route matched with those values"}
    assert (answer.status_code, answer.json()) == (404, expected)


def test_another_app_id_is_refused_before_the_body_is_read(sandbox):
    stranger = Client(sandbox.url, app_id="f" * 32)

    answer = post(stranger, data=b"no json")

    assert (answer.status_code, answer.json()) == (400, {"message": "appid is invalid"})


@pytest.mark.parametrize("area", ["/na", "/eu", "/ap", "/cn"])
def test_a_region_in_front_of_the_path_is_accepted(sandbox, area):
    path = f"{area}/v1/apps/{APP_ID}/cloud_recording/acquire"

    assert post(sandbox, path, json.dumps(acquire_body())).status_code == 200


@pytest.mark.parametrize("path", ["/v1/ncs/ip", "/v2/ncs/ip", "/eu/v2/ncs/ip"])
def test_the_addresses_of_the_notification_service(sandbox, path):
    answer = requests.get(f"{sandbox.url}{path}", auth=sandbox.auth, timeout=10)
    nobody = requests.get(f"{sandbox.url}{path}", timeout=10)

    assert answer.json() == {"data": {"service": {"hosts": [{"primaryIP": "127.0.0.1"}]}}}
    assert nobody.status_code == 401


def test_more_than_ten_calls_in_a_second_are_429_for_that_app_id_only(tmp_path):
    with running_sandbox(tmp_path, rate_limit=10, media="none") as sandbox:
        with requests.Session() as http:
            http.auth = sandbox.auth
            statuses = [
                http.post(f"{sandbox.base}/acquire", json=acquire_body()).status_code
                for _ in range(30)
            ]
        other = Client(sandbox.url, app_id=OTHER_APP_ID).acquire("room")
        limited = requests.post(f"{sandbox.base}/acquire", auth=sandbox.auth, timeout=10)

    assert statuses[:10] == [200] * 10
    assert 429 in statuses
    assert other.status_code == 200
    if limited.status_code == 429:  # a second may have passed on a slow machine
        assert limited.json() == {"message": "API rate limit exceeded"}


@pytest.mark.parametrize(
    "content_type",
    [JSON, "application/json;charset=utf-8", "application/json; charset=UTF-8", "Application/JSON"],
)
def test_json_content_types_are_accepted(sandbox, content_type):
    answer = post(sandbox, data=json.dumps(acquire_body()), headers={"Content-Type": content_type})

    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_other_content_types_are_code_8(sandbox, content_type):
    answer = post(sandbox, data=json.dumps(acquire_body()), headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()["code"]) == (400, 8)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        "\ufeff{}".encode(),
        b'{"cname": NaN}',
        b'{"uid": "\\ud800"}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"{" + b'"a":[' * 30 + b"]" * 30 + b"}",
    ],
)
def test_what_is_not_plain_json_is_code_8(sandbox, data):
    answer = post(sandbox, data=data)

    assert (answer.status_code, answer.json()["code"]) == (400, 8)


@pytest.mark.parametrize("data", [b"[]", b"null", b"1", b'"text"', b"true"])
def test_json_that_is_no_object_is_code_2(sandbox, data):
    answer = post(sandbox, data=data)

    assert (answer.status_code, answer.json()["code"]) == (400, 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cname": None}, 2),
        ({"cname": 5}, 2),
        ({"cname": ""}, 1013),
        ({"cname": "x" * 64}, None),
        ({"cname": "x" * 65}, 1013),
        ({"cname": "a/b"}, 1013),
        ({"cname": "室"}, 1013),
        ({"cname": "a\nb"}, 1013),
        ({"cname": "<svg onload=alert(1)>"}, None),
        ({"cname": ".."}, None),
        ({"uid": 1}, 2),
        ({"uid": "0"}, 2),
        ({"uid": "4294967295"}, None),
        ({"uid": "4294967296"}, 2),
        ({"uid": "٣"}, 2),
        ({"uid": "1_000"}, 2),
        ({"uid": "+5"}, 2),
        ({"clientRequest": None}, 2),
        ({"clientRequest": []}, 2),
        ({"clientRequest": {"scene": True}}, 2),
        ({"clientRequest": {"resourceExpiredHour": 721}}, 2),
        ({"clientRequest": {"somethingNew": 1}}, None),
        ({"cname": 5, "uid": "0", "clientRequest": {"scene": 9}}, 2),
    ],
)
def test_the_envelope_and_the_request_are_checked(sandbox, changes, code):
    answer = post(sandbox, data=json.dumps(acquire_body(**changes)))

    assert answer.json().get("code") == code
    assert answer.status_code == (400 if code else 200)


def test_the_envelope_is_looked_at_before_the_ids(sandbox):
    task = sandbox.task()
    task.resource_id = "never-issued"

    wrong = sandbox.post(task.path("start"), {"cname": 1, "uid": "1", "clientRequest": {}})
    mode = task.start(mode="video", client_request={})

    assert (wrong.status_code, wrong.json()["code"]) == (400, 2)
    assert (mode.status_code, mode.json()["code"]) == (400, 2)


def test_a_refusal_never_repeats_a_secret(sandbox):
    task = sandbox.task()
    request = start_request(storage={"secretKey": "TOP-SECRET", "accessKey": 5})
    request["recordingConfig"]["maxIdleTime"] = "TOP-SECRET"

    answer = task.start(client_request=request)

    assert answer.status_code == 400
    assert "TOP-SECRET" not in answer.text


def test_a_large_body_is_refused_without_being_read(sandbox):
    head = (
        f"POST /v1/apps/{APP_ID}/cloud_recording/acquire HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Basic {base64.b64encode(':'.join(sandbox.auth).encode()).decode()}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100000000000\r\n\r\n"
    )

    answer = raw(sandbox, head.encode())

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: -1",
        "Content-Length: 1e3",
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
    ],
)
def test_bodies_that_could_be_read_in_two_ways_are_refused(sandbox, framing):
    answer = raw(
        sandbox,
        f"POST /x HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n{{}}GET / HTTP/1.1\r\n\r\n".encode(),
    )

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_chunked_bodies_are_read_and_malformed_ones_refused(sandbox):
    body = json.dumps(acquire_body()).encode()

    def blocks():
        yield body[:10]
        yield body[10:]

    good = post(sandbox, data=blocks())
    auth = base64.b64encode(":".join(sandbox.auth).encode()).decode()
    head = (
        f"POST /v1/apps/{APP_ID}/cloud_recording/acquire HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Basic {auth}\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    bad = raw(sandbox, head.encode() + b"zz\r\n{}\r\n0\r\n\r\n")

    assert good.status_code == 200
    assert bad.startswith(b"HTTP/1.1 400 ")


def test_a_connection_serves_many_requests_even_when_a_body_was_not_wanted(sandbox):
    with requests.Session() as http:
        first = http.post(f"{sandbox.base}/nowhere", data=b"x" * 10_000, auth=sandbox.auth)
        second = http.post(f"{sandbox.base}/acquire", json=acquire_body(), auth=sandbox.auth)

    assert (first.status_code, second.status_code) == (404, 200)


@pytest.mark.parametrize(
    "request_line",
    [
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_http_harms_nobody(sandbox, request_line):
    raw(sandbox, request_line + b"Connection: close\r\n\r\n")

    assert sandbox.state()["recorder"]


def test_two_hundred_header_lines_are_refused(sandbox):
    answer = raw(sandbox, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "path", ["/v1/apps/%ff/cloud_recording/acquire", "/%00", "//evil", "/v1/../x"]
)
def test_odd_paths_are_refused(sandbox, path):
    auth = base64.b64encode(":".join(sandbox.auth).encode()).decode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {auth}\r\n"

    answer = raw(sandbox, f"{head}Connection: close\r\n\r\n".encode())

    assert answer.split()[1] in {b"400", b"404"}


@pytest.mark.parametrize(
    "part",
    [
        b"POST / HT",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345",
    ],
)
def test_a_request_that_does_not_arrive_in_time_is_given_up(part):
    def app(environ, start_response):
        environ["wsgi.input"].read()
        return []

    server = Server(("127.0.0.1", 0), app, patience_s=0.05)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        with socket.create_connection(server.server_address[:2], timeout=30) as client:
            client.sendall(part)
            received = client.recv(1000)
    finally:
        server.finish(5)

    assert received == b""


def test_a_full_disk_is_answered_as_documented_and_forgotten_when_there_is_room(tmp_path):
    with running_sandbox(tmp_path, media="none") as sandbox:
        task, waiting = sandbox.started(), sandbox.task()
        database = sandbox.app.store.database
        room = database.value("PRAGMA max_page_count")
        database.run(f"PRAGMA max_page_count = {database.value('PRAGMA page_count')}")
        try:
            answers = {}
            while "acquire" not in answers:  # the last page has some room left
                name = "x" * 60
                if (answer := sandbox.acquire(name)).status_code != 200:
                    answers["acquire"] = answer
            answers |= {"start": waiting.start(), "query": task.query()}
        finally:
            database.run(f"PRAGMA max_page_count = {room}")
        again = sandbox.acquire("room")

    told = {
        name: (answer.status_code, answer.json()["code"])
        for name, answer in answers.items()
        if answer.status_code != 200
    }
    assert told == {"acquire": (500, 500), "start": (500, 62)}
    assert answers["query"].status_code == 200
    assert again.status_code == 200


def test_a_connection_can_be_reset_instead_of_an_answer_and_in_the_middle_of_one():
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/before":
            raise HangUp
        start_response("200 OK", [("Content-Length", "1000")])

        def blocks():
            yield b"half"
            raise HangUp

        return blocks()

    server = Server(("127.0.0.1", 0), app)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        for path in ("/before", "/within"):
            with pytest.raises(
                (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
            ):
                requests.get(f"http://127.0.0.1:{server.server_port}{path}", timeout=30)
    finally:
        server.finish(5)
