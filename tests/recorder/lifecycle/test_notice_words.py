import pytest

from recorder.lifecycle.notice_words import telling
from recorder.models import Notice


def title_of(event_type, **details):
    body = {"payload": {"details": details}}
    return telling(Notice(product_id=3, event_type=event_type, body=body)).title


@pytest.mark.parametrize(
    ("event_type", "details", "title"),
    [
        (43, {"streamUid": "12", "state": 0}, "User 12: sound arrives."),
        (43, {"streamUid": 12, "state": 1}, "User 12: sound no longer arrives."),
        (44, {"streamUid": "12", "state": 0}, "User 12: picture arrives."),
        (44, {"streamUid": "0", "state": 1}, "The channel as a whole: picture no longer arrives."),
        (33, {"progress": 9731}, "97.3% of what is recorded is uploaded."),
        (33, {"progress": 10_000}, "100% of what is recorded is uploaded."),
    ],
)
def test_whom_it_is_about_and_how_far_it_is_stands_in_the_title(event_type, details, title):
    assert title_of(event_type, **details) == title


@pytest.mark.parametrize(
    ("event_type", "details", "words"),
    [
        (43, {"streamUid": "12", "state": 7}, "audio has started or stopped"),
        (44, {"state": 0}, "video has started or stopped"),
        (44, {"streamUid": {}, "state": 0}, "video has started or stopped"),
        (33, {"progress": "much"}, "Upload progress"),
        (33, {"progress": 10_001}, "Upload progress"),
    ],
)
def test_what_is_not_as_documented_is_told_in_general(event_type, details, words):
    assert words in title_of(event_type, **details)
