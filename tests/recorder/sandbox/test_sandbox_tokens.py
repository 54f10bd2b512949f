"""RTC tokens, built by an independent implementation."""

import base64
import time
import warnings
import zlib

import pytest

from recorder.sandbox.tokens import EXPIRED, WRONG, token_fault
from tests.support.sandbox import APP_ID, running_sandbox

with warnings.catch_warnings():  # the package imports a module of its own that it calls deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    from agoraiotools import RtcTokenBuilder2

CERTIFICATE = "c" * 32
SUBSCRIBER = 2


def build(
    *, certificate=CERTIFICATE, app_id=APP_ID, cname="room", uid: int | str = 527841, expire=3600
) -> str:
    return RtcTokenBuilder2.build_token_with_uid(
        app_id, certificate, cname, uid, SUBSCRIBER, expire, expire
    )


def fault(token: str, *, now: float | None = None) -> int | None:
    return token_fault(
        token,
        app_id=APP_ID,
        certificate=CERTIFICATE,
        cname="room",
        uid="527841",
        now_s=time.time() if now is None else now,
    )


def test_a_right_token_lets_the_recorder_in():
    assert fault(build()) is None
    assert fault(build(uid=0)) is None, "uid 0 is a token for anybody"


@pytest.mark.parametrize(
    "changes",
    [
        {"certificate": "d" * 32},
        {"app_id": "f" * 32},
        {"cname": "other"},
        {"uid": 1},
    ],
)
def test_a_token_for_something_else_is_wrong(changes):
    assert fault(build(**changes)) == WRONG


def test_a_token_ends_with_its_time():
    token = build(expire=60)

    assert fault(token, now=time.time() + 50) is None
    assert fault(token, now=time.time() + 61) == EXPIRED


@pytest.mark.parametrize(
    "token",
    [
        "",
        "006abc",
        "007",
        "007!!!",
        "007é",
        "007" + base64.b64encode(b"not zlib").decode(),
        "007" + base64.b64encode(zlib.compress(b"")).decode(),
        "007" + base64.b64encode(zlib.compress(b"\xff\xff")).decode(),
        "007" + base64.b64encode(zlib.compress(b"\x00" * 50_000_000)).decode(),
        "007" + "A" * 1_000_000,
    ],
)
def test_anything_else_is_wrong(token):
    assert fault(token) == WRONG


def test_with_a_certificate_a_recording_without_a_right_token_leaves_at_once(tmp_path):
    with running_sandbox(tmp_path, app_certificate=CERTIFICATE) as sandbox:
        right = sandbox.started("room", token=build())
        wrong = sandbox.started("other", token=build())
        none = sandbox.started("third")
        sandbox.advance(2)
        codes = [
            next(
                e["details"]["errorCode"]
                for e in sandbox.session(t.sid)["events"]
                if e["type"] == 1
            )
            for t in (wrong, none)
        ]

        assert right.query().status_code == 200
        assert wrong.query().status_code == none.query().status_code == 404
        assert codes == [WRONG, WRONG]
