"""Who is in a channel when, and what follows for a recording of it."""

import pytest

from recorder.sandbox.channels import (
    first_recorded,
    idle_end,
    join,
    named_uids,
    populate,
    present_at,
    subscription,
    subscription_lists,
    takes,
)
from recorder.sandbox.media.timeline import Joined, LayoutChanged, Muted, Subscribed, Unmuted
from recorder.sandbox.pictures import correct_extinf, timeline_of
from recorder.sandbox.store import Session, State, Store

CHANNEL = "app/room"


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "sandbox.sqlite3")
    yield store
    store.close()


def session(recording: dict | None = None, **changes) -> Session:
    values = {
        "sid": "s", "resource_id": "r", "app_id": "app", "mode": "mix", "cname": "room", "uid": "9",
        "state": State.LIVE, "recording": recording or {}, "bucket": "b", "prefix": "",
        "with_mp4": False, "slice_ms": 2000, "doom": {}, "started_ms": 1000, "expires_ms": 10**9,
        "joined": True, "listed": False, "origin_ms": None, "end_ms": None, "end_reason": "",
        "stop_answered": True, "first_upload_ms": None, "gone_ms": None, "upload": "none",
        "next_sequence": 0, "progress_ms": 0, "request": {}, "scene": 0, "recorder_uid": "9",
        "moves": 0, "away_until_ms": 0, "told_ms": 0,
    }  # fmt: skip
    return Session(**values | changes)


def add(store: Store, at_ms: int, kind: str, uid: str, **data) -> None:
    if kind == "join":
        join(store, CHANNEL, uid, at_ms, **data)
    else:
        store.channels.add(CHANNEL, at_ms, kind, uid=uid, **data)


@pytest.mark.parametrize(
    ("lists", "audio", "video"),
    [
        ({}, True, True),
        ({"subscribeVideoUids": ["1"]}, False, True),
        ({"subscribeVideoUids": ["2"], "subscribeAudioUids": ["1"]}, True, False),
        ({"subscribeVideoUids": ["#allstream#"], "subscribeAudioUids": ["1"]}, True, True),
        ({"unSubscribeVideoUids": ["1"], "unSubscribeAudioUids": ["2"]}, True, False),
        ({"unsubscribeVideoUids": ["1"], "subscribeAudioUids": ["#allstream#"]}, True, False),
        ({"unSubscribeVideoUids": ["#allstream#"], "unSubscribeAudioUids": ["2"]}, True, False),
        ({"unSubscribeAudioUids": ["1"]}, False, False),
    ],
)
def test_subscription_lists(lists, audio, video):
    assert takes(lists, "Audio", "1") is audio
    assert takes(lists, "Video", "1") is video


def test_an_update_gives_the_same_lists_as_a_start():
    update = {
        "audioUidList": {"subscribeAudioUids": ["1"]},
        "videoUidList": {"unSubscribeVideoUids": ["2"]},
    }

    lists = subscription_lists(update)

    assert subscription(lists, "Audio") == (("1",), ())
    assert subscription(lists, "Video") == (None, ("2",))


def test_uids_named_anywhere_come_once_in_order():
    recording = {
        "subscribeVideoUids": ["#allstream#"],
        "subscribeAudioUids": ["5", "6"],
        "transcodingConfig": {
            "maxResolutionUid": "6",
            "layoutConfig": [{"uid": "7"}, {}, {"uid": None}],
            "backgroundConfig": [{"uid": "5"}],
        },
    }

    assert named_uids(recording) == ["5", "6", "7"]


def test_a_channel_is_filled_up_to_three_and_never_with_the_recorder(store):
    populate(store, CHANNEL, {"subscribeAudioUids": ["7", "9"]}, recorder="9", now_ms=1000)

    assert list(present_at(store.channels.facts(CHANNEL), 1000)) == ["7", "1001", "1002"]


def test_a_prepared_channel_is_left_as_it_is(store):
    store.channels.note(CHANNEL, prepared=True)

    populate(store, CHANNEL, {}, recorder="9", now_ms=1000)

    assert store.channels.facts(CHANNEL) == []


def test_of_eighteen_named_seventeen_join(store):
    names = [str(n) for n in range(1, 19)]

    populate(store, CHANNEL, {"subscribeAudioUids": names}, recorder="99", now_ms=1000)

    assert list(present_at(store.channels.facts(CHANNEL), 1000)) == names[:17]


def test_the_recording_begins_when_somebody_publishes_what_it_takes(store):
    add(store, 500, "join", "1", audio=False, video=False)
    add(store, 2000, "publish", "1", audio=True, video=False)
    add(store, 3000, "publish", "1", audio=True, video=True)
    facts = store.channels.facts(CHANNEL)

    assert first_recorded(session(), facts) == 2000
    assert first_recorded(session({"streamTypes": 1}), facts) == 3000
    assert first_recorded(session({"subscribeVideoUids": ["2"]}), facts) is None
    assert first_recorded(session(), []) is None


def test_an_update_can_be_what_makes_the_recording_begin(store):
    add(store, 500, "join", "1")
    lists = {"subscribeAudioUids": ["1"], "subscribeVideoUids": ["1"]}
    store.channels.add(CHANNEL, 4000, "subscribe", sid="s", **lists)
    nobody = {"subscribeAudioUids": ["2"], "subscribeVideoUids": ["2"]}

    assert first_recorded(session(nobody), store.channels.facts(CHANNEL, "s")) == 4000


def test_the_idle_end_is_the_first_long_enough_absence(store):
    idle = session({"maxIdleTime": 10})
    assert idle_end(idle, []) == 11_000

    add(store, 8000, "join", "1")
    assert idle_end(idle, store.channels.facts(CHANNEL)) is None

    add(store, 9000, "leave", "1")
    add(store, 18_000, "join", "1")
    add(store, 20_000, "leave", "1")
    add(store, 40_000, "join", "1")  # too late
    assert idle_end(idle, store.channels.facts(CHANNEL)) == 30_000


def test_in_a_live_channel_only_hosts_count(store):
    add(store, 500, "join", "1", host=False)
    facts = store.channels.facts(CHANNEL)

    assert idle_end(session({"channelType": 1}), facts) == 31_000
    assert idle_end(session({"channelType": 0}), facts) is None


def test_the_timeline_begins_with_how_things_stand(store):
    add(store, 100, "join", "gone")
    add(store, 200, "leave", "gone")
    add(store, 300, "join", "1", size=(640, 480))
    add(store, 400, "publish", "1", audio=False, video=True)
    add(store, 450, "join", "spectator", host=False)
    store.channels.add(CHANNEL, 5000, "layout", sid="s", mixedVideoLayout=1)
    store.channels.add(CHANNEL, 5000, "layout", sid="another", mixedVideoLayout=2)
    add(store, 6000, "publish", "1", audio=True, video=False)
    add(store, 9000, "leave", "1")
    asked = {"transcodingConfig": {"width": 640, "height": 360, "fps": 16, "bitrate": 400}}

    timeline = timeline_of(
        session(asked, origin_ms=1000, end_ms=9000), store.channels.facts(CHANNEL, "s")
    )

    assert (timeline.started_ms, timeline.fps, timeline.bitrate_kbps) == (1000, 15, 400)
    assert timeline.ended_ms == 8000
    opening, later = timeline.facts[:3], timeline.facts[3:-1]
    assert [type(fact) for fact in opening] == [LayoutChanged, Subscribed, Joined]
    assert opening[2] == Joined(0, "1", True, False, 640, 480)
    assert [(type(fact), fact.at_ms) for fact in later] == [
        (LayoutChanged, 4000),
        (Unmuted, 5000),
        (Muted, 5000),
    ]


@pytest.mark.parametrize(
    ("private", "comma"),
    [
        (None, False),
        ('{"correctEXTINF": true}', True),
        ("{", False),
        ("[1]", False),
        ("[" * 5000, False),
    ],
)
def test_a_comma_after_extinf_only_when_asked(private, comma):
    assert correct_extinf(session({"privateParams": private})) is comma
