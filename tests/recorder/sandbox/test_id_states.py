"""Ids and states: one test for each row of the service's table, at the level of HTTP."""

import threading
import time

import pytest

from recorder.sandbox.beginnings import HOUR_MS
from tests.support.sandbox import (
    OTHER_APP_ID,
    Client,
    running_sandbox,
    start_request,
    storage_config,
)


def result(answer) -> tuple[int, int | None]:
    return answer.status_code, answer.json().get("code")


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A sandbox whose uploads can be held, with a short patience for stops."""
    with running_sandbox(tmp_path_factory.mktemp("held"), stop_wait_ms=500) as sandbox:
        yield sandbox


@pytest.fixture
def hold(held):
    held.control("uploads", held=True)
    yield lambda: held.control("uploads", held=False)
    held.control("uploads", held=False)


def wait_for_state(sandbox, sid: str, state: str) -> None:
    until = time.monotonic() + 20
    while sandbox.session(sid)["state"] != state:
        assert time.monotonic() < until, f"{sid} did not become {state}"
        time.sleep(0.01)


def test_a_resource_id_that_was_never_issued_is_1001(sandbox):
    task = sandbox.started()
    stranger = sandbox.task()
    stranger.resource_id, stranger.sid = "never-issued", task.sid

    assert result(stranger.start()) == (400, 1001)
    assert result(stranger.query()) == (400, 1001)
    assert result(stranger.stop()) == (400, 1001)
    assert result(stranger.update_layout()) == (400, 1001)


def test_a_resource_id_of_another_app_id_is_1003(sandbox):
    task = sandbox.task()
    task.client = Client(sandbox.url, app_id=OTHER_APP_ID)

    assert result(task.start()) == (400, 1003)


@pytest.mark.parametrize("changes", [{"cname": "another"}, {"uid": "1"}])
def test_names_that_differ_from_acquire_are_432(sandbox, changes):
    fresh, running = sandbox.task(), sandbox.started()
    for task in (fresh, running):
        vars(task).update(changes)

    assert result(fresh.start()) == (400, 432)
    assert result(running.update()) == (400, 432)
    assert result(running.update_layout()) == (400, 432)
    assert result(running.stop()) == (400, 432)


@pytest.mark.parametrize(("scene", "mode"), [(1, "mix"), (2, "mix"), (0, "web")])
def test_a_mode_that_does_not_fit_the_scene_is_2(sandbox, scene, mode):
    task = sandbox.task(scene=scene)

    web = {
        "serviceName": "web_recorder_service",
        "serviceParam": {
            "url": "https://example.com/",
            "audioProfile": 0,
            "videoWidth": 640,
            "videoHeight": 360,
            "maxRecordingHour": 1,
        },
    }
    request = {"storageConfig": storage_config()}
    if mode == "web":
        request["extensionServiceConfig"] = {"extensionServices": [web]}

    assert result(task.start(mode=mode, client_request=request)) == (400, 2)


def test_a_second_start_with_one_resource_is_201_code_7_while_it_runs_and_after(sandbox):
    task = sandbox.started()
    sid = task.sid

    assert result(task.start()) == (201, 7)
    sandbox.advance(1)
    task.stop()
    assert result(task.start()) == (201, 7)
    assert task.sid == sid


def test_a_resource_older_than_five_minutes_is_433(sandbox):
    task = sandbox.task()
    sandbox.advance(301)

    assert result(task.start()) == (400, 433)


def test_the_same_channel_and_uid_is_53_and_the_first_recording_goes_on(sandbox):
    first = sandbox.started("conflict", "77")
    second = sandbox.task("conflict", "77")

    assert result(second.start()) == (400, 53)
    assert first.query().status_code == 200


def test_another_uid_in_the_same_channel_is_a_second_task(sandbox):
    first = sandbox.started("shared", "77")
    second = sandbox.started("shared", "78")

    assert first.sid != second.sid
    assert first.query().status_code == second.query().status_code == 200


def test_a_refused_start_uses_nothing_up(sandbox):
    task = sandbox.task()

    refused = task.start(recording={"maxIdleTime": 1})

    assert result(refused) == (400, 2)
    assert task.start().status_code == 200


def test_of_many_starts_with_one_resource_exactly_one_wins(sandbox):
    task = sandbox.task()
    answers = at_once([task.start] * 12)

    assert sorted(map(result, answers)) == [(200, None)] + [(201, 7)] * 11


def test_of_many_starts_with_one_identity_exactly_one_wins(sandbox):
    tasks = [sandbox.task("crowd", "5") for _ in range(12)]
    answers = at_once([task.start for task in tasks])

    assert sorted(map(result, answers)) == [(200, None)] + [(400, 53)] * 11


def at_once(calls) -> list:
    answers = []
    ready = threading.Barrier(len(calls))

    def run(call):
        ready.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_sid_that_was_never_issued_is_404(sandbox):
    task = sandbox.started()
    task.sid = "0" * 32

    assert result(task.query()) == (404, 404)
    assert result(task.update()) == (404, 404)
    assert result(task.update_layout()) == (404, 404)
    assert result(task.stop()) == (404, 404)


def test_a_sid_of_another_resource_is_1003(sandbox):
    one, other = sandbox.started(), sandbox.started()
    one.sid = other.sid

    assert result(one.query()) == (400, 1003)
    assert result(one.stop()) == (400, 1003)


def test_a_mode_other_than_that_of_the_start_is_404(sandbox):
    task = sandbox.started()

    assert result(task.query(mode="individual")) == (404, 404)
    assert result(task.stop(mode="web")) == (404, 404)
    assert result(task.query(mode="Mix")) == (400, 2)


def test_after_a_stop_was_answered_with_200_everything_is_404(sandbox):
    task = sandbox.started()
    sandbox.advance(1)

    assert task.stop().status_code == 200
    assert result(task.query()) == (404, 404)
    assert result(task.stop()) == (404, 404)
    assert result(task.update()) == (404, 404)
    assert result(task.update_layout()) == (404, 404)


def test_the_same_identity_may_record_again_after_the_end(sandbox):
    first = sandbox.started("again", "9")
    sandbox.advance(1)
    first.stop()

    second = sandbox.started("again", "9")

    assert second.sid != first.sid


def test_a_query_during_a_stop_is_501_and_the_stop_answers_206_without_files(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        task = sandbox.started()
        sandbox.advance(1)
        sandbox.control("uploads", held=True)
        answers = []
        stopping = threading.Thread(target=lambda: answers.append(task.stop()))
        stopping.start()
        wait_for_state(sandbox, task.sid, "leaving")

        query, again = task.query(), task.stop()
        sandbox.control("uploads", held=False)
        stopping.join()

        assert result(query) == (400, 501)
        assert result(again) == (400, 49)
        assert answers[0].status_code == 206
        assert answers[0].json()["serverResponse"] == {
            "fileListMode": "string",
            "uploadingStatus": "unknown",
        }
        assert result(task.query()) == (404, 404)
        assert sandbox.session(task.sid)["upload"] == "uploaded"


def test_a_stop_whose_upload_is_late_is_206_then_501_then_404(held, hold):
    task = held.started("late", "3")
    held.advance(1)

    stopped = task.stop()
    leaving = task.query(), task.stop()
    same_again = held.started("late", "3")
    hold()
    wait_for_state(held, task.sid, "gone")

    assert stopped.status_code == 206
    assert "fileList" not in stopped.json()["serverResponse"]
    assert [result(answer) for answer in leaving] == [(400, 501), (400, 49)]
    assert same_again.sid != task.sid, "a stop that was answered has ended the task"
    assert result(task.query()) == (404, 404)
    assert result(task.stop()) == (404, 404)


def test_an_asynchronous_stop_is_answered_at_once_without_files(held, hold):
    task = held.started("async", "3")
    held.advance(1)

    stopped = task.stop(async_stop=True)
    leaving = task.query()
    hold()
    wait_for_state(held, task.sid, "gone")

    assert stopped.status_code == 200
    assert stopped.json()["serverResponse"] == {"uploadingStatus": "unknown"}
    assert result(leaving) == (400, 501)
    assert result(task.query()) == (404, 404)


def test_nothing_recorded_is_206_code_435_or_a_plain_200_when_asynchronous(sandbox):
    sandbox.control("channels", cname="empty", participants=[])
    synchronous, asynchronous = sandbox.started("empty", "1"), sandbox.started("empty", "2")
    sandbox.advance(3)

    watched = synchronous.query()
    answers = synchronous.stop(), asynchronous.stop(async_stop=True)

    assert watched.json()["serverResponse"]["fileList"] == ""
    assert result(answers[0]) == (206, 435)
    assert answers[1].status_code == 200


def test_a_recording_that_nobody_joins_leaves_after_its_idle_time(sandbox):
    sandbox.control("channels", cname="idle", participants=[])
    task = sandbox.started("idle", recording={"maxIdleTime": 5})
    sandbox.advance(4.9)
    before = task.query()
    sandbox.advance(3600)

    session = sandbox.session(task.sid)

    assert before.status_code == 200
    assert result(task.query()) == (404, 404)
    assert session["end_ms"] - session["started_ms"] == 5000
    assert [e["type"] for e in session["events"]][-2:] == [41, 11]
    assert session["events"][-2]["details"]["leaveCode"] == 4


def test_a_recording_ends_after_the_last_user_left_and_keeps_what_it_has(sandbox):
    sandbox.control("participants/join", cname="leaving", uid="42")
    task = sandbox.started("leaving", recording={"maxIdleTime": 10})
    sandbox.advance(3)
    sandbox.control("participants/leave", cname="leaving", uid="42")
    sandbox.advance(60)

    session = sandbox.session(task.sid)

    assert session["end_ms"] - session["started_ms"] == 13_000
    assert session["upload"] == "uploaded"
    assert (
        sum(file["duration_ms"] for file in session["files"] if file["kind"] == "slice") == 13_000
    )


def test_an_audience_does_not_keep_a_live_channel_but_does_keep_a_communication(sandbox):
    for cname in ("live", "communication"):
        sandbox.control("participants/join", cname=cname, uid="42", role="audience")
    live = sandbox.started("live", recording={"channelType": 1, "maxIdleTime": 5})
    communication = sandbox.started("communication", recording={"maxIdleTime": 5})

    sandbox.advance(6)

    assert result(live.query()) == (404, 404)
    assert communication.query().status_code == 200


@pytest.mark.parametrize(
    ("storage", "transcoding", "module", "code"),
    [
        ({"secretKey": "wrong"}, {}, 1, 32),
        ({"accessKey": "wrong"}, {}, 1, 32),
        ({"vendor": 99}, {}, 1, 32),
        ({"fileNamePrefix": ["a/b"]}, {}, 1, 32),
        ({}, {"width": 5000}, 0, 2),
        ({}, {"mixedVideoLayout": 3}, 0, 2),
    ],
)
def test_storage_and_picture_faults_end_the_task_after_a_start_that_answers_200(
    sandbox, storage, transcoding, module, code
):
    picture = start_request()["recordingConfig"]["transcodingConfig"] | transcoding
    task = sandbox.started(storage=storage, recording={"transcodingConfig": picture})
    before = task.query()
    sandbox.advance(5)

    session = sandbox.session(task.sid)
    error = next(e for e in session["events"] if e["type"] == 1)

    assert before.status_code == 200
    assert result(task.query()) == (404, 404)
    assert (error["details"]["module"], error["details"]["errorCode"]) == (module, code)
    assert session["events"][-1]["details"]["exitStatus"] == 1
    assert not session["files"]


def test_a_failed_start_leaves_its_identity_free(sandbox):
    sandbox.started("bad keys", "4", storage={"secretKey": "wrong"})
    sandbox.advance(2)

    assert sandbox.started("bad keys", "4").query().status_code == 200


def test_controls_end_with_the_hours_of_the_resource_and_the_recording_does_not(sandbox):
    task = sandbox.task(resourceExpiredHour=1)
    task.start(recording={"streamTypes": 0})
    with sandbox.app.store.transaction():
        sandbox.app.store.tasks.change(task.sid, expires_ms=sandbox.app.clock.now_ms() - HOUR_MS)

    assert result(task.query()) == (404, 404)
    assert sandbox.session(task.sid)["state"] == "live"


def test_too_many_tasks_are_refused_at_acquire(tmp_path):
    with running_sandbox(tmp_path, max_tasks=1, media="none") as sandbox:
        first = sandbox.started()
        over = sandbox.acquire("one too many")
        sandbox.advance(1)
        first.stop()
        again = sandbox.acquire("one too many")

    assert result(over) == (400, 406)
    assert again.status_code == 200
