"""What a server can do to us byte by byte, and what comes out: an answer, Lost or NotSent."""

import gzip
import json
import socket
import time

import pytest

from recorder.providers.transport import LIMIT, Lost, NotSent, Transport
from tests.recorder.providers.certificates import make_tls
from tests.recorder.providers.scripted import answering, reset

OK = answering(b'{"resourceId": "r"}', Content_Type="application/json")
PATIENT = (5.0, 20.0)
BRIEF = (5.0, 0.3)  # for servers that never finish: the time in which they must be given up


@pytest.fixture
def transport():
    with Transport("customer", "sécret", use_proxies=False) as transport:
        yield transport


def test_a_post_carries_json_the_documented_content_type_and_basic_credentials(serve, transport):
    server = serve(OK)

    reply = transport.exchange("POST", f"{server.url}/acquire", {"cname": "房"}, PATIENT)

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /acquire HTTP/1.1"
    assert "Content-Type: application/json;charset=utf-8" in lines
    assert "Authorization: Basic Y3VzdG9tZXI6c8OpY3JldA==" in lines
    assert json.loads(body) == {"cname": "房"}
    assert (reply.status, reply.answer, reply.problem) == (200, {"resourceId": "r"}, "")


def test_a_get_has_neither_body_nor_content_type(serve, transport):
    server = serve(OK)

    transport.exchange("GET", server.url, None, PATIENT)

    assert b"Content-Type" not in server.requests[0]
    assert b"Content-Length" not in server.requests[0]


def test_calls_share_a_connection(serve, transport):
    server = serve(OK)

    for _ in range(3):
        transport.exchange("GET", server.url, None, PATIENT)

    assert server.connections == 1


def test_a_connection_that_has_been_idle_is_not_trusted_again(serve, transport, monkeypatch):
    server = serve(OK)
    transport.exchange("GET", server.url, None, PATIENT)
    now = time.monotonic

    monkeypatch.setattr(time, "monotonic", lambda: now() + 25)
    transport.exchange("GET", server.url, None, PATIENT)

    assert server.connections == 2


def test_a_connection_the_server_closed_meanwhile_is_replaced_unnoticed(serve, transport):
    def script(connection, request):
        OK(connection, request)
        connection.close()

    server = serve(script)
    transport.exchange("GET", server.url, None, PATIENT)
    transport.exchange("GET", server.url, None, PATIENT)

    assert server.connections == 2


def test_cookies_are_not_kept(serve, transport):
    server = serve(answering(b"{}", Set_Cookie="a=b"))

    transport.exchange("GET", server.url, None, PATIENT)
    transport.exchange("GET", server.url, None, PATIENT)

    assert b"Cookie" not in server.requests[1]


def test_a_redirect_is_not_followed_and_its_body_not_read(serve, transport):
    other = serve(OK)
    body = b"x" * (4 * LIMIT)
    server = serve(answering(body, "307 Temporary Redirect", Location=other.url))

    reply = transport.exchange("POST", server.url, {}, PATIENT)

    assert reply.status == 307
    assert reply.answer is None
    assert other.connections == 0


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b"<html><title>502</title></html>", "is not JSON"),
        (b'{"sid": "5f', "is not JSON"),
        (b'{"a": NaN}', "is not JSON"),
        (b'{"a": 1e999}', "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[1]", "is not a JSON object"),
        (b'"text"', "is not a JSON object"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is nested too deeply"),
        (b'{"a": "' + b"x" * LIMIT + b'"}', "is larger than 1 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_body_that_is_no_answer_is_named_and_the_status_kept(serve, transport, body, problem):
    server = serve(answering(body))

    reply = transport.exchange("GET", server.url, None, PATIENT)

    assert (reply.status, reply.answer) == (200, None)
    assert problem in reply.problem


def test_a_body_of_a_hundred_megabytes_is_given_up_after_one(serve, transport):
    sent = []

    def script(connection, _request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        for _ in range(1600):
            connection.sendall(b" " * 65536)
            sent.append(65536)

    server = serve(script)
    reply = transport.exchange("GET", server.url, None, PATIENT)
    server.close()  # ends the sending, so that it can be counted

    assert "larger than 1 MB" in reply.problem
    assert sum(sent) < 50 * 1024 * 1024  # what the buffers of the system took, and no more


def test_a_small_body_that_unpacks_to_a_large_one_is_given_up(serve, transport):
    bomb = gzip.compress(b" " * (200 * LIMIT))
    server = serve(answering(bomb, Content_Encoding="gzip"))

    reply = transport.exchange("GET", server.url, None, PATIENT)

    assert "larger than 1 MB" in reply.problem


def test_a_packed_body_of_usual_size_is_read(serve, transport):
    server = serve(answering(gzip.compress(b'{"sid": "s"}'), Content_Encoding="gzip"))

    assert transport.exchange("GET", server.url, None, PATIENT).answer == {"sid": "s"}


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_a_truncated_body_leaves_the_status_standing(serve, transport, head):
    def script(connection, _request):
        connection.sendall(head + b'5\r\n{"cod')
        connection.close()

    reply = transport.exchange("GET", serve(script).url, None, PATIENT)

    assert (reply.status, reply.answer) == (400, None)
    assert "did not arrive whole" in reply.problem


def drip(prefix, piece=b" "):
    """Bytes that come often enough for any timeout per byte, for half a minute."""

    def script(connection, _request):
        connection.sendall(prefix)
        for _ in range(1_500):
            connection.sendall(piece)
            time.sleep(0.02)

    return script


def test_an_answer_that_drips_is_given_up_in_its_head(serve, transport):
    server = serve(drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"))

    with pytest.raises(Lost):
        transport.exchange("GET", server.url, None, BRIEF)

    assert server.finished == 0


def test_an_answer_that_drips_is_given_up_in_its_body(serve, transport):
    server = serve(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))

    reply = transport.exchange("GET", server.url, None, BRIEF)

    assert server.finished == 0
    assert (reply.status, reply.answer) == (200, None)
    assert "did not arrive whole" in reply.problem


def test_endless_interim_answers_are_given_up(serve, transport):
    server = serve(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))

    with pytest.raises(Lost):
        transport.exchange("GET", server.url, None, BRIEF)


def hang_up(connection, _request):
    connection.close()


def crash(connection, _request):
    reset(connection)


def nonsense(connection, _request):
    connection.sendall(b"\x16\x03\x01 not http\r\n\r\n")
    connection.close()


def silence(connection, _request):
    connection.recv(1)


@pytest.mark.parametrize("script", [hang_up, crash, nonsense, silence])
def test_a_request_that_went_out_without_an_answer_is_lost(serve, transport, script):
    server = serve(script)

    with pytest.raises(Lost):
        transport.exchange("POST", server.url, {}, BRIEF)

    assert len(server.requests) == 1  # and was not sent again


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_refused_connection_is_certain(transport, closed_port):
    with pytest.raises(NotSent) as caught:
        transport.exchange("POST", f"http://127.0.0.1:{closed_port}", {}, PATIENT)

    assert caught.value.resolved


def test_a_name_that_does_not_exist_is_certain(transport, monkeypatch):
    def getaddrinfo(*_args):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(NotSent) as caught:
        transport.exchange("POST", "https://api.example", {}, PATIENT)

    assert not caught.value.resolved


@pytest.mark.parametrize(
    "url", ["https://", "https://exa mple:x", "gopher://h/", "https://" + "a" * 80]
)
def test_an_impossible_address_is_certain(transport, url):
    with pytest.raises(NotSent):
        transport.exchange("POST", url, {}, PATIENT)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return make_tls(tmp_path_factory.mktemp("tls"))


def test_a_certificate_nobody_vouches_for_is_refused_before_anything_is_sent(serve, transport, tls):
    server = serve(OK, wrap=tls.wrap)

    with pytest.raises(NotSent):
        transport.exchange("POST", f"https://127.0.0.1:{server.port}", {}, PATIENT)

    assert server.requests == []


@pytest.fixture
def trusting(tls, monkeypatch):
    """A transport that trusts the authority of the tests, as an operator would make it."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.authority))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Transport("customer", "secret", use_proxies=True) as transport:
        yield transport


def test_answers_come_over_tls_on_one_connection(serve, trusting, tls):
    server = serve(OK, wrap=tls.wrap)

    for _ in range(2):
        reply = trusting.exchange("POST", f"https://127.0.0.1:{server.port}", {}, PATIENT)
        assert reply.answer == {"resourceId": "r"}

    assert server.connections == 1


def test_a_certificate_for_another_name_is_refused(serve, trusting, tls, monkeypatch):
    server = serve(OK, wrap=tls.wrap)
    monkeypatch.setenv("NO_PROXY", "localhost")

    with pytest.raises(NotSent):
        trusting.exchange("POST", f"https://localhost:{server.port}", {}, PATIENT)


def test_an_answer_that_drips_over_tls_is_given_up(serve, trusting, tls):
    server = serve(drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"), wrap=tls.wrap)

    with pytest.raises(Lost):
        trusting.exchange("POST", f"https://127.0.0.1:{server.port}", {}, BRIEF)

    assert server.finished == 0


def test_a_handshake_that_never_ends_is_certain_too(serve, transport):
    def stall(connection):
        while connection.recv(65536):
            pass
        raise OSError

    server = serve(OK, wrap=stall)

    with pytest.raises(NotSent):
        transport.exchange("POST", f"https://127.0.0.1:{server.port}", {}, (0.3, 20.0))


def test_a_proxy_that_refuses_to_connect_is_certain(serve, monkeypatch):
    proxy = serve(answering(b"", "403 Forbidden"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)

    with Transport("customer", "secret", use_proxies=True) as transport, pytest.raises(NotSent):
        transport.exchange("POST", "https://api.example", {}, PATIENT)

    assert proxy.requests[0].startswith(b"CONNECT api.example:443 ")
    assert b"Authorization: Basic" not in proxy.requests[0]


def test_answers_through_a_proxy_are_bounded_in_time_as_well(serve, monkeypatch):
    proxy = serve(drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)

    with Transport("customer", "secret", use_proxies=True) as transport, pytest.raises(Lost):
        transport.exchange("GET", "http://api.example", None, BRIEF)

    assert proxy.finished == 0


def test_a_body_that_is_not_json_is_a_fault_of_ours_and_is_not_sent(serve, transport):
    server = serve(OK)

    with pytest.raises(ValueError, match="JSON"):
        transport.exchange("POST", server.url, {"a": float("nan")}, PATIENT)

    assert server.connections == 0
