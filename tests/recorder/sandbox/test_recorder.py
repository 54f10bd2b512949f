"""The recorder worker, turn by turn: trouble, outages and the order of things."""

import json
import sqlite3
import threading
from types import SimpleNamespace

import pytest
import time_machine

from recorder.sandbox.clock import Clock, wall_ms
from recorder.sandbox.lease import LeaseLost, WorkerLease
from recorder.sandbox.recorder import Recorder
from recorder.sandbox.store import Store
from recorder.sandbox.wake import Bell
from tests.support.sandbox import (
    Client,
    Task,
    running_sandbox,
    sandbox_config,
    storage_config,
)


class Bench:
    """A sandbox's HTTP side with a recorder that only works when the test says so."""

    def __init__(self, tmp_path, **settings):
        from recorder.sandbox.httpd import Server
        from recorder.sandbox.server import make_app

        self.config = sandbox_config(tmp_path, **{"stop_wait_ms": 0, **settings})
        self.app = make_app(self.config)
        self.server = Server(("127.0.0.1", 0), self.app)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.client = Client(f"http://127.0.0.1:{self.server.server_address[1]}")
        self.recorder = self.new_recorder()

    @property
    def store(self) -> Store:
        return self.app.store

    def new_recorder(self) -> Recorder:
        return Recorder(self.config, self.store, Bell())

    def work(self, recorder: Recorder | None = None) -> None:
        """Turns until nothing is left to do at this moment."""
        recorder = recorder or self.recorder
        lease = self.store.machine.lease()
        if not lease or lease.owner != recorder.lease.owner:
            assert recorder._begin()
        round_ = self.store.machine.next_round()
        while self.store.machine.lease().settled_round < round_:
            recorder.bell.wait(min(recorder.turn(), 0.05))

    def close(self) -> None:
        self.recorder.renders.close()
        self.server.finish(5)
        self.thread.join()
        self.app.close()


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def events(bench, task) -> list[tuple[int, dict]]:
    return [(e.type, e.details) for e in bench.store.tasks.events(task.sid)]


def test_events_come_in_the_documented_order(bench):
    task = bench.client.started()
    bench.app.clock.advance(2000)
    bench.work()
    task.stop(async_stop=True)
    bench.work()

    types = [type_ for type_, _details in events(bench, task)]
    numbers = [e.sequence for e in bench.store.tasks.events(task.sid)]

    assert [t for t in types if t not in {33, 43, 44}] == [30, 40, 42, 4, 41, 31, 11]
    assert numbers == list(range(len(types)))
    assert events(bench, task)[-2][1]["fileList"][0]["fileName"] == f"{task.sid}_{task.cname}.m3u8"


def test_progress_is_reported_once_a_minute(bench):
    task = bench.client.started(recording={"streamTypes": 0})
    for _ in range(3):
        bench.app.clock.advance(30_000)
        bench.work()

    assert [details["progress"] for type_, details in events(bench, task) if type_ == 33] == [
        10_000
    ]


def test_an_upload_that_fails_is_tried_again_and_the_playlist_waits_for_its_slice(bench):
    task = bench.client.started()
    bench.app.clock.advance(1000)
    bench.work()
    bench.app.clock.advance(1000)
    folder = bench.app.buckets.folder("recordings")
    folder.rmdir()
    folder.write_text("in the way")
    bench.work()
    files = {file.kind: file for file in bench.store.files.of(task.sid)}
    folder.unlink()
    for file in files.values():
        bench.store.files.failed(file, file.error, 0)
    bench.work()

    sent = {file.kind: file for file in bench.store.files.of(task.sid)}

    assert (files["slice"].sent, files["slice"].tries, files["slice"].error != "") == (
        False,
        1,
        True,
    )
    assert (files["playlist"].sent, files["playlist"].tries) == (False, 0)
    assert sent["slice"].sent
    assert sent["playlist"].sent


@pytest.mark.parametrize(
    ("width", "files"),
    [(20_000, {0}), ("unreadable", {0})],  # more than the coder can; not even a plan
)
def test_a_recording_that_cannot_be_made_ends_and_the_others_go_on(bench, width, files):
    broken, good = bench.client.started("broken"), bench.client.started("good")
    bench.app.clock.advance(2000)
    bench.work()
    picture = {"width": width, "height": 90, "fps": 15, "bitrate": 100}
    recording = json.dumps({"transcodingConfig": picture})
    bench.store.tasks.change(broken.sid, recording=recording)
    bench.app.clock.advance(4000)
    bench.work()

    session = bench.store.tasks.get(broken.sid)
    error = next(details for type_, details in events(bench, broken) if type_ == 1)

    assert (session.state, session.end_reason) == ("gone", "error")
    assert error["errorLevel"] == 5
    assert events(bench, broken)[-1] == (11, {"msgName": "session_exit", "exitStatus": 1})
    assert bench.store.files.numbers(broken.sid) == files
    assert bench.store.files.numbers(good.sid) == {0, 1, 2}
    assert good.query().status_code == 200


def test_a_disk_that_refuses_ends_nothing(bench):
    task = bench.client.started()
    bench.app.clock.advance(2000)
    blocked = bench.config.data / "sessions"
    blocked.write_text("no room")
    bench.recorder.lease.take()

    for _ in range(20):
        bench.recorder.bell.wait(min(bench.recorder.turn(), 0.02))
    during = bench.store.tasks.get(task.sid).state
    blocked.unlink()
    bench.recorder.renders._disk_pause = 0
    bench.work()

    assert during == "live"
    assert bench.store.files.numbers(task.sid) == {0}


def test_a_disk_that_refuses_for_long_ends_recordings_with_the_documented_event(bench, monkeypatch):
    task = bench.client.started()
    bench.app.clock.advance(2000)
    (bench.config.data / "sessions").write_text("no room")
    monkeypatch.setattr("recorder.sandbox.renders.DISK_PAUSE_S", 0)
    monkeypatch.setattr("recorder.sandbox.renders.DISK_PATIENCE_S", 0)
    bench.recorder.lease.take()

    for _ in range(200):
        bench.recorder.bell.wait(min(bench.recorder.turn(), 0.02))
        if bench.store.tasks.get(task.sid).state == "gone":
            break

    told = [(type_, d.get("module"), d.get("errorCode")) for type_, d in events(bench, task)]
    assert (1, 1, 51) in told
    assert told[-1][0] == 11
    assert bench.store.tasks.get(task.sid).end_reason == "error"


def test_a_single_refusal_long_ago_is_no_full_disk(bench, monkeypatch):
    monkeypatch.setattr("recorder.sandbox.renders.DISK_PATIENCE_S", 0)
    renders, moments, seen = bench.recorder.renders, [100, 101, 111, 111], []
    for moment in moments:
        clock = SimpleNamespace(monotonic=lambda moment=moment: moment)
        monkeypatch.setattr("recorder.sandbox.renders.time", clock)
        renders.disk_refused("x", OSError("no room"))
        seen.append(renders.disk_full)

    assert seen == [False, True, False, False]


def test_a_database_that_refuses_stops_nothing(bench, monkeypatch):
    bench.work()

    def full(*_arguments):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(bench.store.tasks, "present", full)

    assert bench.recorder._turn_or_wait() > 0


INDIVIDUAL = {"streamTypes": 2, "subscribeUidGroup": 0}


def individual(bench, **request) -> Task:
    people = [{"uid": "7", "source": "4:3"}]
    bench.client.control("channels", cname="lesson", participants=people)
    task = bench.client.task("lesson")
    answer = task.start(
        mode="individual", client_request={"storageConfig": storage_config(), **request}
    )
    assert answer.status_code == 200, answer.text
    return task


def test_a_fast_clock_waits_for_the_slowest_lane(bench):
    task = individual(bench, recordingConfig=INDIVIDUAL)
    bench.app.clock.advance(2000)
    bench.work()
    held = bench.store.files.of(task.sid, "slice")
    started = bench.store.tasks.get(task.sid).started_ms

    assert {row.lane for row in held} == {"7/audio", "7/video"}
    assert bench.store.machine.render_ceiling() == started + 3 * 2000


def test_a_fast_clock_does_not_wait_while_nothing_is_recorded(bench):
    task = individual(bench, recordingConfig={**INDIVIDUAL, "maxIdleTime": 600})
    bench.app.clock.advance(3000)
    bench.work()
    bench.app.store.channels.add(
        f"{bench.client.app_id}/lesson", bench.app.clock.now_ms(), "leave", uid="7"
    )
    bench.work()

    assert bench.store.machine.render_ceiling() is None
    assert bench.store.tasks.get(task.sid).state == "live"


def test_a_screenshot_is_told_once_when_it_has_arrived(bench):
    shots = {"captureInterval": 5, "fileType": ["jpg"]}
    task = individual(bench, snapshotConfig=shots)
    bench.app.clock.advance(2000)
    bench.work()
    bench.recorder.lease.release()
    bench.app.clock.advance(4000)
    after = bench.new_recorder()
    bench.work(after)
    after.renders.close()

    told = [details["fileName"] for type_, details in events(bench, task) if type_ == 45]
    assert len(told) == len(set(told)) == 2
    assert {row.name for row in bench.store.files.of(task.sid)} == set(told)


def test_work_that_was_put_off_survives_a_worker_that_dies_in_it(bench):
    task = bench.client.task("lesson", scene=2)
    request = {
        "storageConfig": storage_config(),
        "appsCollection": {"combinationPolicy": "postpone_transcoding"},
        "recordingConfig": {"streamTypes": 0, "streamMode": "original", "subscribeUidGroup": 0},
        "transcodeOptions": {
            "transConfig": {"transMode": "audioMix"},
            "container": {"format": "mp3"},
        },
    }
    assert task.start(mode="individual", client_request=request).status_code == 200
    bench.app.clock.advance(2000)
    bench.work()
    task.stop("individual", async_stop=True)
    bench.work()
    bench.app.clock.advance(60_000)
    bench.store.jobs.begin(task.sid)  # as if it had died just then
    bench.recorder.lease.release()
    after = bench.new_recorder()
    bench.work(after)
    after.renders.close()

    types = [type_ for type_, _details in events(bench, task)]
    assert types[-2:] == [81, 1001]
    assert bench.store.jobs.all() == []
    assert [row.name for row in bench.store.files.of(task.sid, "mixed") if row.sent] == [
        f"{task.sid}_lesson.mp3"
    ]


def test_an_mp4_is_made_by_the_next_worker_when_this_one_dies_after_the_last_list(bench):
    kinds = {"avFileType": ["hls", "mp4"]}
    task = bench.client.started(recordingFileConfig=kinds)
    bench.app.clock.advance(3000)
    bench.work()
    task.stop(async_stop=True)
    follow = bench.recorder.renders.follow
    bench.recorder.renders.follow = lambda file, *rest: file.kind == "mp4" or follow(file, *rest)
    bench.work()
    listed = bench.store.tasks.get(task.sid).listed
    bench.recorder.lease.release()
    after = bench.new_recorder()
    bench.work(after)
    after.renders.close()

    assert listed
    assert bench.store.tasks.get(task.sid).state == "gone"
    assert [row.sent for row in bench.store.files.of(task.sid, "mp4")] == [True]


def test_two_workers_never_work_at_once(bench):
    bench.work()
    second = WorkerLease(bench.store, Clock(bench.store))

    with pytest.raises(BlockingIOError):
        second.take()


def test_a_worker_that_stood_still_is_replaced_after_ten_seconds_and_told_so(bench):
    bench.work()
    second = bench.new_recorder()
    with time_machine.travel(wall_ms() / 1000 + 11, tick=True):
        assert second._begin()
        bench.recorder._beaten = 0

        with pytest.raises(LeaseLost):
            bench.recorder.turn()
    second.renders.close()


@pytest.mark.parametrize(
    ("idle_s", "away_s", "state"),
    [(300, 60, "live"), (300, 91, "leaving"), (20, 30, "leaving"), (20, 10, "live")],
)
def test_in_real_time_a_recording_outlasts_a_short_outage_only(tmp_path, idle_s, away_s, state):
    with time_machine.travel(1_800_000_000, tick=False) as traveller:
        bench = Bench(tmp_path, speed=1)
        task = bench.client.started(recording={"maxIdleTime": idle_s, "streamTypes": 0})
        traveller.shift(2)
        bench.work()
        bench.recorder.lease.release()

        traveller.shift(away_s)
        after = bench.new_recorder()
        after._begin()
        session = bench.store.tasks.get(task.sid)
        bench.work(after)

        assert session.state == state
        if state == "leaving":
            assert session.end_ms == session.started_ms + 2000
            assert session.end_reason == "outage"
            assert bench.store.tasks.get(task.sid).state == "gone"
        else:
            made = bench.store.files.numbers(task.sid)
            assert made == set(range((away_s + 2) // 2)), "what was missed is made"
        after.renders.close()
        bench.close()


def test_the_same_facts_make_the_same_bytes(bench):
    task = bench.client.started()
    bench.app.clock.advance(2000)
    bench.work()
    path = bench.config.data / "sessions" / task.sid / "000000.ts"
    first = path.read_bytes()
    path.unlink()
    bench.recorder.lease.release()

    after = bench.new_recorder()
    bench.work(after)
    after.renders.close()

    assert path.read_bytes() == first


def test_finished_recordings_leave_no_working_files(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        task = sandbox.started()
        sandbox.advance(3)
        task.stop()

        assert list((tmp_path / "sessions").iterdir()) == []
