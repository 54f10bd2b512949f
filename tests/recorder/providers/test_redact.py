import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.providers.redact import MASK, redact, redact_text, secrets_in

START = {
    "cname": "room?token=1",
    "uid": "527841",
    "clientRequest": {
        "token": "007eJxTYFD",
        "recordingConfig": {"decryptionMode": 7, "secret": "hunter2", "salt": "c2FsdA=="},
        "storageConfig": {
            "vendor": 1,
            "accessKey": "AKIDEXAMPLE0WXYZ",
            "secretKey": "abc/def+ghi",
            "stsToken": "FwoGZXIvYXdz",
            "bucket": "films",
        },
        "extensionServiceConfig": {
            "extensionServices": [
                {"serviceParam": {"outputs": [{"rtmpUrl": "rtmp://live.example/app/k3y?auth=1"}]}}
            ]
        },
    },
}


def test_a_start_request_keeps_its_shape_and_loses_its_secrets():
    shown = redact(START)

    request = shown["clientRequest"]
    assert request["token"] == MASK
    assert request["recordingConfig"] == {"decryptionMode": 7, "secret": MASK, "salt": MASK}
    assert request["storageConfig"] == {
        "vendor": 1,
        "accessKey": f"{MASK}WXYZ",
        "secretKey": MASK,
        "stsToken": MASK,
        "bucket": "films",
    }
    outputs = request["extensionServiceConfig"]["extensionServices"][0]["serviceParam"]["outputs"]
    assert outputs == [{"rtmpUrl": f"rtmp://live.example/app/{MASK}"}]


def test_a_channel_name_that_looks_like_a_secret_is_still_shown_as_it_is():
    assert redact(START)["cname"] == "room?token=1"


@pytest.mark.parametrize("key", ["secretKey", "SECRETKEY", "secret_key", "Secret-Key", "appSecret"])
def test_names_are_recognised_in_any_spelling(key):
    assert redact({key: "abc"}) == {key: MASK}


def test_everything_below_a_secret_name_is_masked():
    assert redact({"token": {"a": ["x", 1]}}) == {"token": {"a": [MASK, MASK]}}


def test_that_a_secret_was_not_set_stays_visible():
    assert redact({"token": "", "secret": None}) == {"token": "", "secret": None}


def test_a_short_access_key_is_masked_whole():
    assert redact({"accessKey": "abcdefgh"}) == {"accessKey": MASK}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "https://b.example/k?X-Amz-Credential=AK%2F1&X-Amz-Signature=ab12&x-amz-date=1&v=2",
            f"https://b.example/k?X-Amz-Credential={MASK}&X-Amz-Signature={MASK}"
            f"&x-amz-date={MASK}&v=2",
        ),
        ("https://a.example/c?sv=2024&sig=x%3D", f"https://a.example/c?sv=2024&sig={MASK}"),
        ("http://h/p?access_token=t#id_token=u", f"http://h/p?access_token={MASK}#id_token={MASK}"),
        ("OSSAccessKeyId=a&Signature=b", f"OSSAccessKeyId={MASK}&Signature={MASK}"),
        ("https://user:pass@h.example/x", f"https://{MASK}@h.example/x"),
        ("rtmps://u:p@h/live/abc/def", f"rtmps://h/live/{MASK}"),
        ("RTMP://h/onlykey", f"RTMP://h/{MASK}"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", f"Authorization: {MASK}"),
        ("sent Basic dXNlcjpwYXNzd29yZDE= there", f"sent Basic {MASK} there"),
        ('{"secretKey": "a\\"b", "x": 1}', f'{{"secretKey": "{MASK}", "x": 1}}'),
        ("{'accessKey': 'AKIDEXAMPLE0WXYZ'}", f"{{'accessKey': '{MASK}WXYZ'}}"),
        ("token 007" + "eJx" * 20 + "== expired", f"token {MASK} expired"),
    ],
)
def test_text_loses_what_an_address_or_header_gives_away(text, shown):
    assert redact_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "token expired",
        "Basic authentication failed",
        "status=5&uid=7",
        "https://h.example/a/b?width=640#top",
        "invalid parameter: secretKey",
    ],
)
def test_harmless_text_is_left_alone(text):
    assert redact_text(text) == text


def test_a_secret_that_an_answer_quotes_back_is_masked_wherever_it_stands():
    known = secrets_in(START)

    shown = redact({"reason": "bad key abc/def+ghi for AKIDEXAMPLE0WXYZ", "room": "abc"}, known)

    assert "abc/def+ghi" not in shown["reason"]
    assert shown["room"] == "abc"


def test_what_no_database_stores_is_replaced():
    assert redact({"a\x00": "b\x00\ud800"}) == {"a\ufffd": "b\ufffd\ufffd"}


def test_nesting_too_deep_to_search_is_dropped():
    deep = "secret-value"
    for _ in range(200):
        deep = [deep]

    assert "secret-value" not in json.dumps(redact(deep))


@pytest.mark.parametrize(
    "piece", ["a", "a.", "rtmp", "rtmp://", "a://", '"a"', "006/", "Basic ", "="]
)
def test_a_megabyte_of_anything_is_searched_in_time_that_grows_with_its_length(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        return min(_timed(text) for _ in range(3))

    assert seconds(200_000) < 40 * seconds(20_000) + 0.05


def _timed(text):
    began = time.thread_time()
    redact_text(text)
    return time.thread_time() - began


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_redacting_twice_changes_nothing_more(value):
    once = redact(value)

    assert redact(once) == once


@given(
    st.sampled_from(["token", "secretKey", "stsToken", "Authorization", "salt", "customer_secret"]),
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8),
    json_values,
)
def test_no_value_under_a_secret_name_survives(name, secret, around):
    shown = redact({"a": [{"b": around, name: secret}]})

    assert shown["a"][0][name] == MASK
