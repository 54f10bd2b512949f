"""The fault deck: what it arms befalls so many calls, recordings or files, and then no more."""

import hmac
import time

import pytest
import requests

from recorder.sandbox.deck import CannotArm
from recorder.sandbox.faults import FAULTS, Where
from tests.recorder.sandbox.test_callbacks_out import SECRET, emit, receiver, settled
from tests.recorder.sandbox.test_id_states import result
from tests.recorder.sandbox.test_modes_story import events, web_task
from tests.support.sandbox import running_sandbox

__all__ = ["receiver"]  # a fixture


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("plain"), media="none") as sandbox:
        yield sandbox


@pytest.fixture
def calls(plain):
    yield plain
    plain.control("reset")


def arm(sandbox, fault: str, **wish) -> int:
    return sandbox.app.deck.arm({"fault": fault, **wish})


def test_a_fault_befalls_the_next_calls_of_its_operation_only(calls):
    task = calls.started()
    arm(calls, "http_503", operation="query", calls=2)

    answers = [task.query().status_code for _ in range(3)]

    assert answers == [503, 503, 200]
    assert task.update_layout().status_code == 200
    assert [line.fault for line in calls.app.store.faults.log()] == ["http_503"] * 2


def test_a_share_of_the_calls_is_exactly_that_share(calls):
    task = calls.started()
    arm(calls, "http_500", operation="query", share=0.25)

    answers = [task.query().status_code for _ in range(12)]

    assert answers == [200, 200, 200, 500] * 3


def test_several_faults_befall_one_call_together(calls):
    task = calls.started()
    arm(calls, "rate_limited", operation="query", calls=1)
    arm(calls, "truncated", operation="query", calls=1)

    first, second = task.query(), task.query()

    assert (first.status_code, second.status_code) == (429, 200)


DOCUMENTED = [(fault.name, operation) for fault in FAULTS.values() for operation in fault.answers]


@pytest.mark.parametrize(("name", "operation"), DOCUMENTED, ids=str)
def test_every_documented_error_can_be_armed_and_is_answered_as_documented(calls, name, operation):
    row = FAULTS[name].answers[operation]
    task = calls.task() if operation in ("acquire", "start") else calls.started()
    calls.advance(2)
    arm(calls, name, operation=str(operation), calls=1)

    def call():
        if operation == "acquire":
            return calls.acquire("room")
        return {
            "start": task.start, "query": task.query, "stop": task.stop,
            "update": lambda: task.update(streamSubscribe={}), "updateLayout": task.update_layout,
        }[operation]()  # fmt: skip

    answer = call()

    assert answer.status_code == (row.http or 400)
    assert answer.json().get("code") == row.code
    assert not calls.app.store.faults.armed()


def test_a_lost_answer_has_taken_effect_and_a_reset_has_not(calls):
    lost, never = calls.task("lost"), calls.task("never")
    for fault, task in (("lost_answer", lost), ("reset", never)):
        arm(calls, fault, operation="start", calls=1)
        with pytest.raises(requests.ConnectionError):
            task.start()

    assert result(lost.start()) == (201, 7)
    assert never.start().status_code == 200


def test_a_start_answered_twice_names_the_sid_of_the_recording(calls):
    task = calls.task()
    arm(calls, "already_started_sid", calls=1)

    answer = task.start()
    task.sid = answer.json()["sid"]

    assert result(answer) == (201, 7)
    assert task.query().status_code == 200


def test_half_an_answer_no_json_and_a_redirect(calls):
    task = calls.started()
    arm(calls, "truncated", calls=1)
    with pytest.raises(requests.RequestException):
        task.query()
    arm(calls, "malformed", calls=1)
    page = task.query()
    arm(calls, "redirect", calls=1)
    address = f"{calls.base}/{task.path('query')}"
    gate = requests.get(address, auth=calls.auth, timeout=10, allow_redirects=False)

    assert page.status_code == 200
    assert page.text.startswith("<!DOCTYPE")
    assert gate.status_code == 302
    assert gate.headers["Location"].startswith("http://gate.invalid/")


def test_a_huge_answer_is_still_the_answer(calls):
    task = calls.started()
    arm(calls, "huge", calls=1, megabytes=2)

    answer = task.query()

    assert len(answer.content) > 2_000_000
    assert answer.json()["sid"] == task.sid


def test_slow_and_dripping_answers_take_their_time(calls):
    task = calls.started()
    for fault in ("latency", "slow_drip"):
        arm(calls, fault, calls=1, seconds=0.2)
        begun = time.monotonic()

        assert task.query().status_code == 200
        assert time.monotonic() - begun >= 0.2


def test_a_recording_can_be_gone_for_a_while(calls):
    task = calls.started()
    arm(calls, "gone_for_a_while", seconds=20)

    gone = [result(task.query()), result(task.update_layout()), result(task.query())]
    calls.advance(21)

    assert gone == [(404, 404)] * 3
    assert task.query().status_code == 200


@pytest.mark.parametrize(
    ("fault", "module", "code"),
    [
        ("token_expired", 0, 109),
        ("token_wrong", 0, 110),
        ("bucket_missing", 1, 32),
        ("start_timeout", 2, 52),
    ],
)
def test_a_recording_can_be_doomed_at_its_start(calls, fault, module, code):
    arm(calls, fault, calls=1)
    task = calls.started()
    calls.advance(5)

    error = next(e for e in calls.session(task.sid)["events"] if e["type"] == 1)

    assert (error["details"]["module"], error["details"]["errorCode"]) == (module, code)
    assert result(task.query()) == (404, 404)


def test_a_server_can_fail_after_a_start(calls):
    arm(calls, "fail_over", calls=1, after=10, seconds=30)
    task = calls.started()
    calls.advance(11)
    away = result(task.query())
    calls.advance(31)

    assert away == (404, 404)
    assert task.query().status_code == 200
    assert 12 in [told[0] for told in events(calls, task)]


def test_a_page_can_be_out_of_reach(calls):
    arm(calls, "page_unreachable", calls=1)
    task = web_task(calls)
    calls.advance(10)

    assert events(calls, task) == [(71, 5), (11, 1)]


def keys(sandbox, bucket: str = "recordings") -> dict[str, int]:
    listed = sandbox.s3().list_objects_v2(Bucket=bucket).get("Contents", [])
    return {entry["Key"]: entry["Size"] for entry in listed}


def test_slices_can_be_lost_or_empty(sandbox):
    arm(sandbox, "slice_lost", calls=1)
    task = sandbox.started()
    sandbox.advance(2.5)
    arm(sandbox, "slice_empty", calls=1)
    sandbox.advance(4)
    stopped = task.stop()

    found = {key: size for key, size in keys(sandbox).items() if key.startswith(task.sid)}
    slices = [size for key, size in sorted(found.items()) if key.endswith(".ts")]

    assert stopped.json()["serverResponse"]["uploadingStatus"] == "uploaded"
    files = [f for f in sandbox.session(task.sid)["files"] if f["kind"] == "slice"]
    assert len(slices) == len(files) - 1, "one of them never came"
    assert 0 in slices


def test_a_storage_that_refuses_once_gets_the_file_again(sandbox):
    arm(sandbox, "upload_fails", calls=1)
    task = sandbox.started()
    sandbox.advance(2.5)

    stopped = task.stop()

    assert stopped.json()["serverResponse"]["uploadingStatus"] == "uploaded"
    warnings = [e for e in sandbox.session(task.sid)["events"] if e["type"] == 2]
    assert [e["details"]["warnCode"] for e in warnings] == [31]


def test_what_went_to_the_backup_is_told_and_comes_home_later(sandbox):
    task = sandbox.started("home")
    sandbox.advance(2.5)
    arm(sandbox, "upload_to_backup")
    stopped = task.stop()
    sandbox.app.store.faults.disarm()
    before = keys(sandbox)
    sandbox.advance(61)

    after = set(keys(sandbox)) - set(before)
    types = [told[0] for told in events(sandbox, task)]

    assert stopped.json()["serverResponse"]["uploadingStatus"] == "backuped"
    assert types.index(32) < types.index(11) < types.index(31)
    assert any(key.endswith(".ts") for key in after)
    assert [key for key in after if key.startswith(f"{task.sid}_home_") and "m3u8" in key]
    assert sandbox.session(task.sid)["upload"] == "uploaded"


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "nonsense"},
        {"fault": "reset", "operation": "explode"},
        {"fault": "reset", "operation": ["query"]},
        {"fault": "no_capacity", "operation": "stop"},
        {"fault": "reset", "calls": 0},
        {"fault": "reset", "calls": True},
        {"fault": "reset", "calls": 1, "share": 0.5},
        {"fault": "reset", "share": 1.5},
        {"fault": "latency", "seconds": -1},
        {"fault": "latency", "seconds": "5"},
        {"fault": "reset", "seconds": 5},
    ],
    ids=str,
)
def test_a_wish_that_makes_no_sense_is_refused(calls, wish):
    with pytest.raises(CannotArm):
        calls.app.deck.arm(wish)


def test_every_fault_says_what_it_stands_for():
    for fault in FAULTS.values():
        assert fault.title, fault.name
        assert fault.stands_for.endswith("."), fault.name
        assert fault.operations or fault.where not in (Where.CALL, Where.START), fault.name


def test_an_old_fault_befalls_nobody_after_a_reset(plain):
    arm(plain, "reset")
    plain.control("reset")

    assert plain.acquire("room").status_code == 200


def armed(sandbox) -> list[dict]:
    return requests.get(f"{sandbox.url}/_sandbox/faults", timeout=10).json()["armed"]


def test_faults_are_armed_seen_and_cleared_by_the_control_api(calls):
    made = calls.control("faults", fault="http_502", operation="query", calls=3)
    task = calls.started()
    refused = task.query().status_code
    told = requests.get(f"{calls.url}/_sandbox/faults", timeout=10).json()
    calls.control("faults/clear", id=made["id"])
    calls.control("faults", fault="reset", share=0.5)
    calls.control("faults/clear")

    assert refused == 502
    assert {card["fault"] for card in told["cards"]} == set(FAULTS)
    assert [(one["fault"], one["calls"]) for one in told["armed"]] == [("http_502", 2)]
    assert [(line["fault"], line["what"]) for line in told["log"]] == [("http_502", "query")]
    assert armed(calls) == []


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("faults", {"fault": "nonsense"}, 422),
        ("faults/clear", {"id": 77}, 404),
        ("faults/clear", {"id": "1"}, 422),
        ("sessions/" + "0" * 32 + "/failover", {}, 409),
        ("sessions/" + "0" * 32 + "/failover", {"seconds": 1000}, 422),
        ("sessions/" + "0" * 32 + "/page", {"event": "silent"}, 409),
        ("sessions/" + "0" * 32 + "/page", {"event": "fire"}, 422),
    ],
)
def test_what_cannot_be_is_refused_by_the_control_api(calls, path, values, status):
    answer = requests.post(f"{calls.url}/_sandbox/{path}", json=values, timeout=10)

    assert (answer.status_code, list(answer.json())) == (status, ["message"])


def test_a_server_fails_and_a_page_falls_silent_by_one_call(calls):
    mix, page = calls.started("mix"), web_task(calls)
    calls.advance(10)
    moved = calls.control(f"sessions/{mix.sid}/failover", seconds=5)
    calls.control(f"sessions/{page.sid}/page", event="silent")
    calls.advance(1)

    assert set(moved) == {"back_ms", "recorder_uid"}
    assert result(mix.query()) == (404, 404)
    assert (73, "audio_silence") in events(calls, page)


@pytest.mark.parametrize(
    ("fault", "count", "signed"),
    [("lost", 0, []), ("twice", 2, [True, True]), ("wrongly_signed", 1, [False])],
)
def test_callbacks_can_be_lost_doubled_and_wrongly_signed(calls, receiver, fault, count, signed):
    calls.control("callbacks/add", url=receiver.url, secret=SECRET)
    arm(calls, f"callback_{fault}", calls=1)

    emit(calls, msgName="recorder_started", status=0)
    settled(calls)

    right = [
        headers["Agora-Signature"] == hmac.new(SECRET.encode(), raw, "sha1").hexdigest()
        for headers, raw in receiver.got
    ]
    assert len(receiver.got) == count
    assert right == signed
    assert len({notice["noticeId"] for notice in receiver.notices}) == min(count, 1)
