"""What answers and events say about the files of a recording, in the modes that have several."""

import pytest

from recorder.sandbox.failover import fail_over
from tests.recorder.contract.bodies import VOD_SERVICE
from tests.recorder.sandbox.test_id_states import result
from tests.recorder.sandbox.test_modes_story import individual_task, services, web_task
from tests.support.sandbox import running_sandbox

TOP_LEVEL = {"resourceId", "sid", "cname", "uid", "serverResponse"}


def names(entries: list[dict], key: str = "fileName") -> list[str]:
    return [entry[key] for entry in entries]


@pytest.fixture
def lesson(sandbox):
    """A channel with one user who publishes both."""
    sandbox.control("channels", cname="lesson", participants=[{"uid": "5"}])
    return sandbox


def test_an_individual_recording_lists_one_playlist_per_user_and_medium(lesson):
    task = individual_task(lesson)
    lesson.advance(5)

    watched, stopped = task.query("individual"), task.stop("individual")
    response = stopped.json()["serverResponse"]
    told = lesson.session(task.sid)["events"]
    uploaded = next(e for e in told if e["type"] == 31)

    stem = f"{task.sid}_lesson__uid_s_5__uid_e_"
    assert set(watched.json()) == set(stopped.json()) == TOP_LEVEL
    assert watched.json()["serverResponse"]["status"] == 5
    assert sorted(names(response["fileList"])) == [f"{stem}audio.m3u8", f"{stem}video.m3u8"]
    assert {(e["uid"], e["trackType"], e["mixedAllUser"]) for e in response["fileList"]} == {
        ("5", "audio", False),
        ("5", "video", False),
    }
    assert uploaded["details"]["fileList"] == response["fileList"]


def test_a_web_recording_lists_its_playlist_and_mp4_by_filename(sandbox):
    task = web_task(sandbox)
    sandbox.advance(9)

    running = services(task.query("web"))["web_recorder_service"]
    stopped = services(task.stop("web"))
    told = sandbox.session(task.sid)["events"]
    page = next(e for e in told if e["type"] == 71)

    listed = stopped["web_recorder_service"]["fileList"]
    assert names(running["fileList"], "filename") == [f"{task.sid}_page.m3u8"]
    assert names(listed, "filename")[0] == f"{task.sid}_page.m3u8"
    assert set(listed[0]) == {"filename", "sliceStartTime"}
    assert stopped["upload_service"] == {"uploadingStatus": "uploaded"}
    assert page["details"]["fileList"] == listed
    assert "fileList" not in next(e for e in told if e["type"] == 31)["details"]
    # The documented order: begun, playlist, progress, stopped, uploaded, gone.
    order = [e["type"] for e in told if e["type"] != 33]
    assert order == [70, 4, 71, 31, 11]


@pytest.mark.parametrize(
    ("begin", "mode", "response"),
    [
        (
            individual_task,
            "individual",
            {"fileListMode": "json", "uploadingStatus": "unknown"},
        ),
        (
            web_task,
            "web",
            {
                "extensionServiceState": [
                    {"serviceName": "upload_service", "payload": {"uploadingStatus": "unknown"}},
                    {
                        "serviceName": "web_recorder_service",
                        "payload": {"onhold": False, "state": "exit"},
                    },
                ]
            },
        ),
    ],
)
def test_a_stop_whose_upload_is_late_is_206_without_files(tmp_path, begin, mode, response):
    with running_sandbox(tmp_path, stop_wait_ms=50) as sandbox:
        task = begin(sandbox)
        sandbox.advance(8)
        sandbox.control("uploads", held=True)

        stopped, leaving = task.stop(mode), task.query(mode)
        sandbox.control("uploads", held=False)

    assert (stopped.status_code, stopped.json()["serverResponse"]) == (206, response)
    assert set(stopped.json()) == TOP_LEVEL
    assert result(leaving) == (400, 501)


def test_after_a_fail_over_there_are_files_of_both_recorders(lesson):
    task = lesson.started("lesson", recordingFileConfig={"avFileType": ["hls", "mp4"]})
    lesson.advance(4)
    moved = lesson.app.clock.now_ms()
    fail_over(lesson.app.store, task.sid, moved, 30)
    lesson.advance(35)

    listed = names(task.stop().json()["serverResponse"]["fileList"])

    assert f"{task.sid}_lesson.m3u8" in listed
    assert f"bak0_{task.sid}_lesson.m3u8" in listed


def test_a_recording_for_a_video_service_needs_no_storage_and_tells_of_its_way_there(lesson):
    services = {"extensionServices": [VOD_SERVICE]}
    task = lesson.task("lesson")
    started = task.start(mode="individual", client_request={"extensionServiceConfig": services})
    assert started.status_code == 200, started.text
    lesson.advance(5)
    task.stop("individual")

    session = lesson.app.store.tasks.get(task.sid)
    types = [e["type"] for e in lesson.session(task.sid)["events"]]

    assert types.index(4) < types.index(60) < types.index(31) < types.index(61)
    assert "SK" not in str(session.request), "its keys are not kept"


def test_a_call_that_comes_while_the_task_leaves_is_told_of(sandbox):
    task = sandbox.started()
    sandbox.advance(3)
    sandbox.control("uploads", held=True)
    task.stop(async_stop=True)
    task.stop()
    sandbox.control("uploads", held=False)
    sandbox.advance(1)

    told = next(e for e in sandbox.session(task.sid)["events"] if e["type"] == 3)

    assert told["details"]["status"] == 6
    assert told["details"]["fileList"] == f"{task.sid}_{task.cname}.m3u8"
