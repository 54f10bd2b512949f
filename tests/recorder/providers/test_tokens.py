"""Tokens are compared with an independent builder (agoraiotools) and with the layout itself."""

import base64
import hmac
import struct
import warnings
import zlib

import pytest
import time_machine

from recorder.providers.errors import MalformedCredential
from recorder.providers.tokens import rtc_token

with warnings.catch_warnings():  # the package imports a module of its own that it calls deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    from agoraiotools import RtcTokenBuilder2

APP_ID = "970CA35de60c44645bbae8a215061b33"
CERTIFICATE = "5CFd2fd1755d40ecb72977518be15d3b"
NOW = 1_800_000_000


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


class Parsed:
    """A 007 token taken apart by the documented layout."""

    def __init__(self, token):
        assert token.startswith("007")
        self.data = zlib.decompress(base64.b64decode(token[3:]))
        self.signature, self.info = self.text(), self.data
        self.app_id = self.text().decode()
        self.issued_at, self.expires_in, self.salt, services = self.take("<IIIH")
        self.service, privileges = self.take("<HH")
        self.privileges = dict(self.take("<HI") for _ in range(privileges))
        self.cname, self.uid = self.text().decode(), self.text().decode()
        assert services == 1
        assert not self.data

    def take(self, layout):
        size = struct.calcsize(layout)
        values, self.data = struct.unpack(layout, self.data[:size]), self.data[size:]
        return values

    def text(self):
        (length,) = self.take("<H")
        text, self.data = self.data[:length], self.data[length:]
        return text

    def signed_with(self, certificate):
        key = hmac.digest(struct.pack("<I", self.issued_at), certificate.encode(), "sha256")
        key = hmac.digest(struct.pack("<I", self.salt), key, "sha256")
        return hmac.compare_digest(self.signature, hmac.digest(key, self.info, "sha256"))


def test_a_token_says_the_same_as_one_of_an_independent_builder():
    ours = Parsed(rtc_token(APP_ID, CERTIFICATE, "room one", "527841", expires_in=86400))
    theirs = Parsed(
        RtcTokenBuilder2.build_token_with_uid(
            APP_ID, CERTIFICATE, "room one", 527841, 2, 86400, 86400
        )
    )

    for name in ("app_id", "issued_at", "expires_in", "service", "privileges", "cname", "uid"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.signed_with(CERTIFICATE)
    assert theirs.signed_with(CERTIFICATE)


def test_with_the_same_salt_both_builders_make_the_same_bytes(monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda _limit: 41)
    monkeypatch.setattr("random.SystemRandom.randint", lambda _self, _low, _high: 42)

    ours = rtc_token(APP_ID, CERTIFICATE, "房间", "1", expires_in=60)

    assert ours == RtcTokenBuilder2.build_token_with_uid(APP_ID, CERTIFICATE, "房间", 1, 2, 60, 60)


def test_another_certificate_does_not_verify():
    token = Parsed(rtc_token(APP_ID, CERTIFICATE, "room", "1", expires_in=60))

    assert not token.signed_with(CERTIFICATE[::-1])


def test_a_token_only_lets_its_recorder_join():
    token = Parsed(rtc_token(APP_ID, CERTIFICATE, "room", "4294967295", expires_in=3600))

    assert token.privileges == {1: 3600}
    assert (token.cname, token.uid, token.issued_at) == ("room", "4294967295", NOW)


@pytest.mark.parametrize("bad", ["", "abc", APP_ID + "0", "g" * 32, APP_ID[:-1] + "\n", "３" * 32])
@pytest.mark.parametrize(("place", "name"), [(0, "App ID"), (1, "App Certificate")])
def test_a_malformed_id_or_certificate_is_named_but_not_shown(bad, place, name):
    parts = [APP_ID, CERTIFICATE]
    parts[place] = bad

    with pytest.raises(MalformedCredential) as caught:
        rtc_token(*parts, "room", "1", expires_in=60)

    assert f"The {name} " in str(caught.value)
    assert not bad or bad not in str(caught.value)


@pytest.mark.parametrize("uid", ["0", "", "01", "+5", "1_000", "٣", "4294967296", "five"])
def test_a_uid_the_service_would_not_take_is_refused(uid):
    with pytest.raises(MalformedCredential):
        rtc_token(APP_ID, CERTIFICATE, "room", uid, expires_in=60)


@pytest.mark.parametrize("expires_in", [0, -1, 2**32])
def test_a_life_that_does_not_fit_is_refused(expires_in):
    with pytest.raises(ValueError, match="expire"):
        rtc_token(APP_ID, CERTIFICATE, "room", "1", expires_in=expires_in)
