"""Callbacks of the sandbox, met by a real HTTP server."""

import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from recorder.contract.events import EVENTS
from recorder.sandbox.callbacks import Mishap, signatures

SECRET = "callback-secret-of-the-tests"


class Receiver:
    """Takes what is posted; `answers` says what the next ones get, the last one for good."""

    def __init__(self):
        self.got, self.answers, self._lock = [], [(200, b"{}")], threading.Lock()

    def take(self, headers, raw):
        with self._lock:
            self.got.append((headers, raw))
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def notices(self):
        return [json.loads(raw) for _headers, raw in self.got]

    @property
    def types(self):
        return [notice["eventType"] for notice in self.notices]


@contextmanager
def receiving():
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = receiver.take(self.headers, raw)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/callbacks/1/?key=hidden"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver():
    with receiving() as running:
        yield running


def add(sandbox, receiver, **more):
    values = {"url": receiver.url, "secret": SECRET, **more}
    return sandbox.control("callbacks/add", **values)["targets"][-1]


def log_of(sandbox):
    return requests.get(f"{sandbox.url}/_sandbox/callbacks", timeout=10).json()


def settled(sandbox):
    return sandbox.control("callbacks/settle")["sent"]


def emit(sandbox, sid="5" * 32, type_=40, **details):
    sandbox.app.store.tasks.emit(sid, type_, 1, 1_700_000_000_000, **details)


def test_an_event_is_posted_as_documented_and_signed_both_ways(sandbox, receiver):
    add(sandbox, receiver)
    emit(sandbox, msgName="recorder_started", status=0)

    settled(sandbox)

    ((headers, raw),) = receiver.got
    notice = json.loads(raw)
    assert set(notice) == {"noticeId", "productId", "eventType", "notifyMs", "payload"}
    assert (notice["productId"], notice["eventType"]) == (3, 40)
    assert notice["payload"] == {
        "cname": "",
        "uid": "",
        "sid": "5" * 32,
        "sequence": 0,
        "sendts": 1_700_000_000_000,
        "serviceType": 1,
        "details": {"msgName": "recorder_started", "status": 0},
    }
    for name, digest in (("Agora-Signature", hashlib.sha1), ("Agora-Signature-V2", hashlib.sha256)):
        assert headers[name] == hmac.new(SECRET.encode(), raw, digest).hexdigest()


def test_the_signatures_are_those_of_the_documented_vector():
    body = (
        b'{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f'
        b'","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}'
    )

    assert signatures(body, "secret", "agora") == {
        "Agora-Signature": "033c62f40f687675f17f0f41f91a40c71c0f134c",
        "Agora-Signature-V2": "6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99",
    }
    assert set(signatures(body, "secret", "anyrtc")) == {"Ar-Signature"}
    assert signatures(body, "", "agora") == {}


@pytest.mark.parametrize("refusal", [(500, b"{}"), (200, b"<html>"), (302, b"{}")])
def test_what_is_not_taken_is_sent_again_under_the_same_id(sandbox, receiver, refusal):
    add(sandbox, receiver)
    receiver.answers = [refusal, (200, b"{}")]
    emit(sandbox)

    (row,) = settled(sandbox)

    assert (row["state"], row["tries"], row["status"]) == ("sent", 2, 200)
    first, second = receiver.notices
    assert first["noticeId"] == second["noticeId"]
    assert first["payload"] == second["payload"]


def test_after_three_resends_it_is_given_up(sandbox, receiver, monkeypatch):
    monkeypatch.setattr("recorder.sandbox.callbacks.GAPS", {"agora": (0.0, 0.0, 0.0)})
    add(sandbox, receiver)
    receiver.answers = [(503, b"busy")]
    emit(sandbox)

    (row,) = settled(sandbox)

    assert (row["state"], row["tries"], row["answer"]) == ("failed", 4, "busy")


def test_a_target_that_is_gone_is_tried_and_said_to_be(sandbox, receiver):
    add(sandbox, receiver, url="http://127.0.0.1:9/")
    emit(sandbox)

    (row,) = settled(sandbox)

    assert (row["status"], row["state"], row["answer"]) == (None, "waiting", "ConnectionError")


def test_events_of_a_recording_arrive_in_order_at_every_target(sandbox, receiver):
    with receiving() as other:
        add(sandbox, receiver)
        sandbox.control("callbacks/add", url=other.url, secret="other")
        for number in range(12):
            emit(sandbox, number=number)

        settled(sandbox)

        for each in (receiver, other):
            assert [n["payload"]["details"]["number"] for n in each.notices] == list(range(12))


def test_the_redundant_service_doubles_each_under_another_id(sandbox, receiver):
    add(sandbox, receiver, redundant=True)
    emit(sandbox)

    settled(sandbox)

    first, second = receiver.notices
    assert first["noticeId"] != second["noticeId"]
    assert first["payload"] == second["payload"]


@pytest.mark.parametrize(
    ("mishap", "states", "arrived"),
    [
        (Mishap("lost", lost=True), ["lost"], 0),
        (Mishap("twice", twice=True), ["sent", "sent"], 2),
        (Mishap("late", delay_ms=60_000), ["waiting"], 0),
    ],
)
def test_a_mishap_is_done_and_logged_by_its_name(
    sandbox, receiver, monkeypatch, mishap, states, arrived
):
    add(sandbox, receiver)
    monkeypatch.setattr(sandbox.app.sender, "mishap", lambda _event: mishap)
    emit(sandbox)

    rows = settled(sandbox)

    assert [row["state"] for row in rows] == states
    assert {row["fault"] for row in rows} == {mishap.name}
    assert len({notice["noticeId"] for notice in receiver.notices}) == min(arrived, 1)
    assert len(receiver.got) == arrived


def test_a_forged_one_is_signed_with_another_secret(sandbox, receiver, monkeypatch):
    add(sandbox, receiver)
    forged = Mishap("wrong signature", forged=True)
    monkeypatch.setattr(sandbox.app.sender, "mishap", lambda _event: forged)
    emit(sandbox)

    settled(sandbox)

    ((headers, raw),) = receiver.got
    assert headers["Agora-Signature-V2"] != signatures(raw, SECRET, "agora")["Agora-Signature-V2"]


def test_a_test_sends_one_notice_of_every_type(sandbox, receiver):
    target = add(sandbox, receiver)

    sandbox.control("callbacks/test", id=target["id"])
    settled(sandbox)

    assert sorted(receiver.types) == sorted(EVENTS)
    assert {notice["payload"]["cname"] for notice in receiver.notices} == {"test_webhook"}


def test_the_log_holds_no_secret_and_no_key_of_an_address(sandbox, receiver):
    add(sandbox, receiver)
    emit(sandbox, type_=100, rtmpUrl="rtmp://live.example/app/streamkey", status="publishing")

    log = json.dumps([sandbox.control("callbacks/settle"), sandbox.state()])

    assert receiver.notices[0]["payload"]["details"]["rtmpUrl"].endswith("streamkey")
    assert not any(secret in log for secret in (SECRET, "streamkey", "hidden"))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"url": "ftp://x"}, "url must be"),
        ({"url": "http://[::1"}, "url must be"),
        ({"url": "http://x:99999/"}, "url must be"),
        ({"url": 5}, "url must be"),
        ({"url": "http://x/", "secret": 5}, "secret must be"),
        ({"url": "http://x/", "redundant": "yes"}, "redundant must be"),
    ],
)
def test_a_malformed_target_is_refused_by_the_field(sandbox, values, sentence):
    answer = requests.post(f"{sandbox.url}/_sandbox/callbacks/add", json=values, timeout=10)

    assert answer.status_code == 422
    assert answer.json()["message"].startswith(sentence)
    assert log_of(sandbox)["targets"] == []


def test_a_removed_target_gets_nothing_more(sandbox, receiver):
    target = add(sandbox, receiver)
    sandbox.control("callbacks/remove", id=target["id"])
    emit(sandbox)

    assert settled(sandbox) == []
    assert receiver.got == []
