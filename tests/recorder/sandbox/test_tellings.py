"""What callbacks tell while a recording goes on, from its facts alone."""

import pytest

from recorder.sandbox.store import Fact
from recorder.sandbox.tellings import tellings
from tests.recorder.sandbox.test_channels import session

ORIGIN = 1000
PERSON = {"audio": True, "video": True, "host": True, "width": 640, "height": 360}


def fact(at_ms: int, kind: str, sid: str = "", **data) -> Fact:
    return Fact(id=at_ms, channel="app/room", sid=sid, at_ms=at_ms, kind=kind, data=data)


def join(at_ms: int, uid: str, **changes) -> Fact:
    return fact(at_ms, "join", uid=uid, **{**PERSON, **changes})


def told(facts: list[Fact], **changes) -> list[tuple]:
    """(time, type, whose) of all that is told."""
    found = tellings(session(**{"origin_ms": ORIGIN, **changes}), facts)
    return [(t.at_ms, t.type, t.details.get("streamUid", "")) for t in found]


def test_nothing_is_told_before_something_is_recorded():
    assert told([join(500, "5")], origin_ms=None) == []


def test_a_mixed_recording_has_one_slice_and_the_streams_that_arrive():
    facts = [join(500, "5"), join(2000, "6", video=False), fact(3000, "leave", uid="5")]

    assert told(facts) == [
        (1000, 42, "0"), (1000, 43, "5"), (1000, 44, "5"),
        (2000, 43, "6"),
        (3000, 43, "5"), (3000, 44, "5"),
    ]  # fmt: skip


def test_who_comes_and_goes_in_one_moment_is_not_told_of():
    facts = [join(500, "5"), join(2000, "6"), fact(2000, "leave", uid="6")]

    assert [entry for entry in told(facts) if entry[0] == 2000] == []


@pytest.mark.parametrize(
    ("recording", "types"), [({"streamTypes": 0}, [42, 43]), ({"streamTypes": 1}, [42, 44])]
)
def test_a_medium_that_is_not_recorded_is_not_told_of(recording, types):
    assert [entry[1] for entry in told([join(500, "5")], recording=recording)] == types


def test_a_new_subscription_changes_what_arrives():
    lists = {"subscribeAudioUids": ["5"], "subscribeVideoUids": ["5"]}
    facts = [join(500, "5"), join(600, "6"), fact(2000, "subscribe", sid="s", **lists)]

    assert [entry for entry in told(facts) if entry[0] == 2000] == [
        (2000, 43, "6"),
        (2000, 44, "6"),
    ]


def test_a_choice_before_the_first_moment_counts_from_it():
    lists = {"subscribeAudioUids": ["5"], "subscribeVideoUids": ["5"]}
    facts = [join(500, "5"), join(600, "6"), fact(900, "subscribe", sid="s", **lists)]

    assert {entry[2] for entry in told(facts)} == {"0", "5"}


def test_nothing_is_told_from_the_end_on():
    facts = [join(500, "5"), fact(3000, "leave", uid="5")]

    assert max(entry[0] for entry in told(facts, end_ms=3000)) == ORIGIN
