import pytest

from recorder.notices.signatures import Reason, refusal, signature

# The digests that the service's documents publish for the secret "secret", and the body they match.
OFFICIAL = (
    b'{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f",'
    b'"notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}'
)
SHA1 = "033c62f40f687675f17f0f41f91a40c71c0f134c"
SHA256 = "6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99"


def test_the_published_digests_are_right():
    assert signature(OFFICIAL, "secret", "sha1") == SHA1
    assert signature(OFFICIAL, "secret") == SHA256


@pytest.mark.parametrize(
    ("headers", "options", "expected"),
    [
        ({"Agora-Signature-V2": SHA256}, {}, None),
        ({"Agora-Signature-V2": f" {SHA256.upper()} "}, {}, None),
        ({"Agora-Signature-V2": SHA256, "Agora-Signature": "0" * 40}, {}, None),
        ({"Agora-Signature": SHA1}, {}, Reason.WEAK),
        ({"Agora-Signature": SHA1}, {"sha1": True}, None),
        ({"Agora-Signature": "0" * 40}, {"sha1": True}, Reason.WRONG),
        ({"Agora-Signature": "0" * 40}, {}, Reason.WRONG),
        # a right weak one must not save a wrong strong one
        ({"Agora-Signature-V2": "0" * 64, "Agora-Signature": SHA1}, {"sha1": True}, Reason.WRONG),
        ({"Agora-Signature-V2": "é"}, {}, Reason.WRONG),
        ({}, {"sha1": True}, Reason.UNSIGNED),
        ({"Ar-Signature": SHA1}, {"anyrtc": True}, None),
        ({"Ar-Signature": SHA256}, {"anyrtc": True}, None),
        ({"Ar-Signature": SHA1}, {}, Reason.UNSIGNED),
        ({"Ar-Signature": "0" * 40}, {"anyrtc": True}, Reason.WRONG),
    ],
)
def test_a_signature_is_accepted_or_refused_for_a_reason(headers, options, expected):
    assert refusal(OFFICIAL, headers, ["secret"], **options) == expected


def test_without_a_secret_nothing_is_accepted():
    assert refusal(OFFICIAL, {"Agora-Signature-V2": SHA256}, []) == Reason.NO_SECRET


def test_while_a_secret_is_changed_both_are_accepted():
    for secrets in (["new", "secret"], ["secret", "new"]):
        assert refusal(OFFICIAL, {"Agora-Signature-V2": SHA256}, secrets) is None


def test_one_changed_byte_is_refused():
    changed = OFFICIAL.replace(b'"b":2', b'"b":3')

    assert refusal(changed, {"Agora-Signature-V2": SHA256}, ["secret"]) == Reason.WRONG
