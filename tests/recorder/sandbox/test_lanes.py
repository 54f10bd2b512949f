"""The lanes of a recording, from its row and its facts alone."""

import json

import pytest

from recorder.sandbox.lanes import lanes_of
from recorder.sandbox.media.timeline import Joined, Shared
from recorder.sandbox.store import Fact, Session, State

T0 = 1_700_000_000_000
BOTH = {"audio": True, "video": True}


def recording(mode="individual", *, end=None, request=None, slice_ms=2000, **config):
    """A session whose first recorded moment is T0; `end` in ms after it."""
    blank = dict.fromkeys(Session.__slots__, 0)
    return Session(
        **blank
        | {
            "sid": "s" * 32, "app_id": "a", "cname": "room", "mode": mode, "state": State.LIVE,
            "recording": config, "request": request or {}, "slice_ms": slice_ms,
            "started_ms": T0, "origin_ms": T0, "end_ms": None if end is None else T0 + end,
        }
    )  # fmt: skip


def facts(*told, sid="s" * 32):
    """(ms after T0, kind, data) as rows; a channel's facts carry no sid."""
    channel = {"join", "leave", "publish"}
    return [
        Fact(number, "a/room", "" if kind in channel else sid, T0 + at, kind, data)
        for number, (at, kind, data) in enumerate(told)
    ]


def join(at, uid, *, width=640, height=360, host=True, **streams):
    data = {"uid": uid, "host": host, "width": width, "height": height, **BOTH, **streams}
    return at, "join", data


def times(lanes):
    """Lane -> the stretches, each as (first ms, end or None)."""
    return {
        lane.key: [(s.timeline.first_ms, s.timeline.ended_ms) for s in lane.stretches]
        for lane in lanes
    }


def test_each_user_has_a_lane_for_the_sound_and_one_for_the_pictures():
    lanes = lanes_of(recording(), facts(join(-5000, "1"), join(3000, "2", video=False)))

    assert times(lanes) == {
        "1/audio": [(0, None)],
        "1/video": [(0, None)],
        "2/audio": [(3000, None)],
    }
    assert [(lane.uid, lane.track) for lane in lanes][1] == ("1", "video")


@pytest.mark.parametrize(
    ("config", "keys"),
    [
        ({"streamTypes": 0}, ["1/audio", "2/audio"]),
        ({"streamTypes": 1}, ["1/video", "2/video"]),
        ({"streamTypes": 0, "streamMode": "original"}, ["1/audio", "2/audio"]),
        ({"subscribeVideoUids": ["2"]}, ["2/video"]),
        (
            {"subscribeAudioUids": ["1"], "subscribeVideoUids": ["#allstream#"]},
            ["1/audio", "1/video", "2/video"],
        ),
        (
            {"unSubscribeVideoUids": ["1"], "subscribeAudioUids": ["#allstream#"]},
            ["1/audio", "2/audio", "2/video"],
        ),
    ],
)
def test_only_streams_that_are_taken_have_a_lane(config, keys):
    lanes = lanes_of(recording(**config), facts(join(0, "1"), join(0, "2")))

    assert sorted(times(lanes)) == keys


def test_leaving_muting_and_coming_back_interrupt_a_lane():
    told = facts(
        join(0, "1"),
        (4500, "publish", {"uid": "1", "audio": True, "video": False}),
        (6000, "publish", {"uid": "1", **BOTH}),
        (9000, "leave", {"uid": "1"}),
        join(20_000, "1"),
    )

    lanes = {lane.key: lane for lane in lanes_of(recording(end=25_000), told)}

    assert times(lanes.values()) == {
        "1/audio": [(0, 9000), (20_000, 25_000)],
        "1/video": [(0, 4500), (6000, 9000), (20_000, 25_000)],
    }
    assert [s.first for s in lanes["1/video"].stretches] == [0, 3, 5]
    assert lanes["1/video"].slices_by(T0 + 25_000) == 8


def test_an_update_of_the_subscription_opens_and_closes_lanes():
    told = facts(
        join(0, "1"),
        join(0, "2"),
        (3000, "subscribe", {"subscribeVideoUids": ["2"], "subscribeAudioUids": ["2"]}),
    )
    config = {"subscribeVideoUids": ["1"], "subscribeAudioUids": ["1", "2"]}

    assert times(lanes_of(recording(**config), told)) == {
        "1/audio": [(0, 3000)],
        "2/audio": [(0, None)],
        "1/video": [(0, 3000)],
        "2/video": [(3000, None)],
    }


def test_a_shared_screen_has_its_own_size_and_so_a_stretch_of_its_own():
    told = facts(
        join(0, "1"),
        (2000, "publish", {"uid": "1", **BOTH, "screen": True}),
        (5000, "publish", {"uid": "1", **BOTH, "screen": False}),
    )

    video = lanes_of(recording(streamTypes=1), told)[0]
    sizes = [(s.timeline.canvas.width, s.timeline.canvas.height) for s in video.stretches]

    assert sizes == [(640, 360), (1920, 1080), (640, 360)]
    assert Shared(0, "1") in video.stretches[1].timeline.facts


def test_the_small_stream_has_a_quarter_of_each_side():
    video = lanes_of(recording(streamTypes=1, videoStreamType=1), facts(join(0, "1", width=1280)))

    assert video[0].last.canvas.width == 320
    assert Joined(0, "1", width=1280, height=360) in video[0].last.facts


def test_a_page_on_hold_is_not_recorded():
    page = {"serviceName": "web_recorder_service", "serviceParam": {"url": "https://example.com/"}}
    request = {"extensionServiceConfig": {"extensionServices": [page]}}
    told = facts(
        (-1000, "hold", {"onhold": True}),
        (0, "hold", {"onhold": False}),
        (5000, "hold", {"onhold": True}),
        (6000, "hold", {"onhold": True}),
        (9000, "hold", {"onhold": False}),
        (12_000, "hold", {"onhold": True}),
    )

    (lane,) = lanes_of(recording("web", request=request, end=20_000), told)

    assert times([lane]) == {"": [(0, 5000), (9000, 12_000)]}
    assert lane.last.page == "https://example.com/"
    assert lane.slice_due_ms(lane.slices_by(T0 + 20_000)) is None


@pytest.mark.parametrize("mode", ["mix", "individual"])
def test_after_a_fail_over_the_lanes_are_others(mode):
    told = facts(
        join(0, "1"), (5000, "failover", {"until_ms": T0 + 8000, "move": 0, "new_uid": "7"})
    )

    lanes = lanes_of(recording(mode, streamTypes=0), told)

    stream = "1/audio" if mode == "individual" else ""
    assert times(lanes) == {stream: [(0, 5000)], f"bak0:{stream}": [(8000, None)]}
    assert [lane.move for lane in lanes] == [None, 0]


def test_slices_and_their_times_run_on_over_the_stretches():
    told = facts(join(0, "1"), (3000, "leave", {"uid": "1"}), join(10_000, "1"))

    (lane,) = lanes_of(recording(streamTypes=0), told)

    assert [lane.slice_due_ms(number) - T0 for number in range(4)] == [2000, 3000, 12_000, 14_000]
    assert [lane.slices_by(T0 + at) for at in (1999, 2000, 3000, 11_999, 12_000)] == [0, 1, 2, 2, 3]
    timeline, k = lane.slice(3)
    assert (timeline.slice_utc_ms(k), timeline.span(k).audio.start) == (T0 + 12_000, 563)


def test_screenshots_begin_with_each_picture_and_pause_with_it():
    told = facts(join(0, "1"), (7000, "leave", {"uid": "1"}), join(9000, "1"))
    request = {"snapshotConfig": {"captureInterval": 5, "fileType": ["jpg"]}}

    (lane,) = (lane for lane in lanes_of(recording(request=request), told) if lane.track == "video")

    assert not lane.sliced
    assert lane.slices_by(T0 + 60_000) == 0
    assert [lane.shot(number)[1] for number in range(4)] == [0, 5000, 9000, 14_000]
    assert [lane.shots_by(T0 + at) for at in (0, 4999, 5000, 8999, 9000, 14_000)] == [
        1, 1, 2, 2, 3, 4,
    ]  # fmt: skip


def test_facts_can_be_kept_as_text_and_give_the_same_lanes():
    told = facts(join(0, "1"), (3000, "leave", {"uid": "1"}))
    kept = [
        Fact(f.id, f.channel, f.sid, f.at_ms, f.kind, json.loads(json.dumps(f.data))) for f in told
    ]

    assert lanes_of(recording(), told) == lanes_of(recording(), kept)
