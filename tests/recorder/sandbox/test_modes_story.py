"""The calls and events of individual and web recordings and of a fail-over.

What their files hold is told elsewhere.
"""

import pytest

from recorder.sandbox.failover import CannotMove, fail_over
from tests.recorder.sandbox.test_id_states import result
from tests.support.sandbox import running_sandbox, storage_config

PAGE = {
    "url": "https://example.com/",
    "audioProfile": 0,
    "videoWidth": 640,
    "videoHeight": 360,
    "maxRecordingHour": 1,
}
RTMP = "rtmp://live.example.com/app/key"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A sandbox without pictures: all but files is real."""
    with running_sandbox(tmp_path_factory.mktemp("plain"), media="none") as sandbox:
        yield sandbox


@pytest.fixture
def calls(plain):
    yield plain
    plain.control("reset")


def web_request(rtmp: str = "", **page) -> dict:
    services = [{"serviceName": "web_recorder_service", "serviceParam": {**PAGE, **page}}]
    if rtmp:
        outputs = {"outputs": [{"rtmpUrl": rtmp}]}
        services.append({"serviceName": "rtmp_publish_service", "serviceParam": outputs})
    return {
        "storageConfig": storage_config(),
        "extensionServiceConfig": {"extensionServices": services},
    }


def web_task(sandbox, cname: str = "page", uid: str = "11", **request):
    task = sandbox.task(cname, uid, scene=1)
    answer = task.start(mode="web", client_request=web_request(**request))
    assert answer.status_code == 200, answer.text
    return task


def individual_task(sandbox, cname: str = "lesson", uid: str = "11", **request):
    task = sandbox.task(cname, uid)
    request = {"storageConfig": storage_config(), **request}
    answer = task.start(mode="individual", client_request=request)
    assert answer.status_code == 200, answer.text
    return task


def services(answer) -> dict:
    state = answer.json()["serverResponse"]["extensionServiceState"]
    return {service["serviceName"]: service["payload"] for service in state}


def events(sandbox, task) -> list[tuple]:
    """(type, what tells it apart) in the order of their numbers."""
    told = sandbox.session(task.sid)["events"]
    assert [event["sequence"] for event in told] == list(range(len(told)))
    keys = ("status", "state", "code", "reason", "limitType", "exitStatus", "leaveCode")
    return [(e["type"], *(e["details"][key] for key in keys if key in e["details"])) for e in told]


def test_a_page_is_initialised_shown_held_and_stopped(calls):
    task = web_task(calls)

    first = services(task.query("web"))
    calls.advance(6)
    shown = services(task.query("web"))
    held = task.update("web", webRecordingConfig={"onhold": True})
    calls.advance(1)
    on_hold = services(task.query("web"))

    recorder = {"fileList": [], "onhold": False}
    assert first == {"web_recorder_service": {**recorder, "state": "init"}}
    assert shown == {"web_recorder_service": {**recorder, "state": "inProgress"}}
    assert held.status_code == 200
    assert on_hold["web_recorder_service"]["onhold"] is True


def test_a_page_stopped_before_its_first_picture_has_an_empty_file_list(calls):
    task = web_task(calls)
    calls.advance(2)

    stopped = task.stop("web")

    assert stopped.status_code == 200
    assert stopped.json()["serverResponse"] == {
        "extensionServiceState": [
            {"serviceName": "upload_service", "payload": {"uploadingStatus": "uploaded"}},
            {
                "serviceName": "web_recorder_service",
                "payload": {"fileList": [], "onhold": False, "state": "exit"},
            },
        ]
    }
    assert events(calls, task) == [(71, 0), (11, 0)]


def test_a_page_begun_on_hold_is_recorded_from_when_it_is_let_go(calls):
    task = web_task(calls, onhold=True)
    calls.advance(60)
    waiting = services(task.query("web"))["web_recorder_service"]
    task.update("web", webRecordingConfig={"onhold": False})
    calls.advance(1)

    session = calls.session(task.sid)

    assert (waiting["state"], waiting["onhold"]) == ("init", True)
    assert session["origin_ms"] - session["started_ms"] == 60_000
    assert [e["type"] for e in session["events"]] == [70]


def test_a_stream_to_a_cdn_tells_every_turn_it_takes(calls):
    task = web_task(calls, rtmp=RTMP)
    before = services(task.query("web"))["rtmp_publish_service"]
    calls.advance(10)
    published = services(task.query("web"))["rtmp_publish_service"]
    task.update("web", webRecordingConfig={"onhold": True})
    calls.advance(1)
    task.update("web", webRecordingConfig={"onhold": False})
    calls.advance(1)
    task.update("web", rtmpPublishConfig={"outputs": [{"rtmpUrl": RTMP + "2"}]})
    calls.advance(2)
    moved = services(task.query("web"))["rtmp_publish_service"]
    task.stop("web")

    assert before == {"state": "init", "outputs": [{"rtmpUrl": RTMP, "status": "connecting"}]}
    assert published == {
        "state": "inProgress",
        "outputs": [{"rtmpUrl": RTMP, "status": "publishing"}],
    }
    assert moved["outputs"] == [{"rtmpUrl": RTMP + "2", "status": "publishing"}]
    assert [told[1] for told in events(calls, task) if told[0] == 100] == [
        "connecting", "publishing", "onhold", "publishing",
        "disconnected", "connecting", "publishing", "disconnected",
    ]  # fmt: skip


def test_the_key_of_a_stream_stays_out_of_what_the_sandbox_tells_of_itself(calls):
    task = web_task(calls, rtmp=RTMP)
    task.update("web", rtmpPublishConfig={"outputs": [{"rtmpUrl": RTMP}]})
    calls.advance(10)

    told = str(calls.session(task.sid))

    assert "rtmp://live.example.com/…" in told
    assert "/app/key" not in told


def test_a_page_is_recorded_no_longer_than_asked(calls):
    task = web_task(calls)
    calls.advance(3600 + 6)

    assert result(task.query("web")) == (404, 404)
    assert events(calls, task)[-2:] == [(71, 1), (11, 0)]


@pytest.mark.parametrize(
    ("event", "last"),
    [
        ("unreachable", [(71, 5), (11, 1)]),
        ("never_ready", [(73, "page_load_timeout"), (71, 4), (11, 1)]),
        ("WebGL", [(70,), (72, "WebGL"), (71, 2), (11, 1)]),
    ],
)
def test_a_page_that_cannot_be_recorded_ends_with_its_reason(calls, event, last):
    task = web_task(calls, readyTimeout=20)
    if event == "WebGL":
        calls.advance(10)
    calls.app.store.channels.add(
        f"{calls.config.app_id}/page", calls.app.clock.now_ms(), "page", sid=task.sid, event=event
    )
    calls.advance(60)

    assert result(task.query("web")) == (404, 404)
    assert events(calls, task) == last


def test_a_silent_page_is_loaded_again_and_goes_on(calls):
    task = web_task(calls)
    calls.advance(10)
    calls.app.store.channels.add(
        f"{calls.config.app_id}/page",
        calls.app.clock.now_ms(),
        "page",
        sid=task.sid,
        event="silent",
    )
    calls.advance(5)

    assert task.query("web").status_code == 200
    assert events(calls, task)[-1] == (73, "audio_silence")


def test_wrong_keys_end_a_web_recording_too(calls):
    task = calls.task("page", "11", scene=1)
    request = {**web_request(), "storageConfig": storage_config(secretKey="wrong")}

    assert task.start(mode="web", client_request=request).status_code == 200
    calls.advance(5)

    assert result(task.query("web")) == (404, 404)
    assert [told[0] for told in events(calls, task)] == [1, 11]


def test_an_individual_recording_needs_no_settings_and_tells_each_stream(calls):
    calls.control("channels", cname="lesson", participants=[{"uid": "5"}])
    task = individual_task(calls)
    calls.advance(4)
    calls.control("participants/mute", cname="lesson", uid="5", video=True)
    calls.advance(1)
    calls.control("participants/mute", cname="lesson", uid="5", video=False)
    calls.advance(1)

    watched = task.query("individual").json()["serverResponse"]
    told = events(calls, task)
    breaks = [
        (e["details"]["trackType"], e["details"]["startUtcMs"] - e["details"]["discontinueUtcMs"])
        for e in calls.session(task.sid)["events"]
        if e["type"] == 42
    ]

    assert watched["fileListMode"] == "json"
    assert watched["fileList"] == []
    assert told == [(30, 0), (40, 0), (42,), (43, 0), (42,), (44, 0), (44, 1), (42,), (44, 0)]
    assert breaks == [("audio", 0), ("video", 0), ("video", 1000)]


def test_screenshots_alone_have_no_list_of_files(calls):
    task = individual_task(calls, snapshotConfig={"captureInterval": 5, "fileType": ["jpg"]})
    calls.advance(2)

    watched = task.query("individual").json()["serverResponse"]
    stopped = task.stop("individual").json()["serverResponse"]

    assert set(watched) == {"status", "sliceStartTime"}
    assert set(stopped) == {"uploadingStatus"}


def test_an_individual_recording_of_nobody_is_435(calls):
    calls.control("channels", cname="lesson", participants=[])
    task = individual_task(calls)
    calls.advance(2)

    assert result(task.stop("individual")) == (206, 435)


def test_subscriptions_of_an_individual_recording_can_be_changed(calls):
    calls.control("channels", cname="lesson", participants=[{"uid": "5"}, {"uid": "6"}])
    task = individual_task(calls)
    calls.advance(2)
    lists = {
        "audioUidList": {"subscribeAudioUids": ["5"]},
        "videoUidList": {"subscribeVideoUids": ["5"]},
    }

    assert task.update("individual", streamSubscribe=lists).status_code == 200
    calls.advance(1)

    assert events(calls, task)[-2:] == [(43, 1), (44, 1)]


def test_a_recording_that_is_moved_is_not_found_and_then_is_back_under_a_new_uid(calls):
    task = calls.started("moved", "77")
    calls.advance(4)
    moved = fail_over(calls.app.store, task.sid, calls.app.clock.now_ms(), 30)
    away = [result(task.query()), result(task.update_layout()), result(task.stop())]
    calls.advance(31)

    back, again = task.query(), calls.task("moved", "77").start()
    told = calls.app.store.tasks.events(task.sid)
    of_move = next(e for e in told if e.type == 12)
    resumed = [e for e in told if e.type == 42][-1]

    assert away == [(404, 404)] * 3
    assert back.status_code == 200
    assert result(again) == (400, 53)
    assert (of_move.uid, of_move.details["newUid"]) == ("77", int(moved.recorder_uid))
    assert [e.type for e in told][-3:] == [30, 40, 42]
    assert {e.uid for e in told[-3:]} == {moved.recorder_uid}
    assert resumed.details["startUtcMs"] - resumed.details["discontinueUtcMs"] == 30_000


def test_a_recording_is_moved_three_times_at_most_and_only_while_it_runs(calls):
    task = calls.started()

    with pytest.raises(CannotMove, match="runs"):
        fail_over(calls.app.store, task.sid, calls.app.clock.now_ms(), 1)
    for _ in range(3):
        calls.advance(2)
        fail_over(calls.app.store, task.sid, calls.app.clock.now_ms(), 1)
    with pytest.raises(CannotMove, match="3 times"):
        fail_over(calls.app.store, task.sid, calls.app.clock.now_ms(), 1)
