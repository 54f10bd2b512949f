"""The sandbox as it really runs: two processes, killed and started again."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import m3u8
import pytest
import requests

from tests.support.sandbox import (
    ACCESS_KEY,
    APP_ID,
    CUSTOMER_ID,
    CUSTOMER_SECRET,
    SECRET_KEY,
    Client,
    running_sandbox,
    storage_config,
)

PROJECT = Path(__file__).resolve().parents[3]
CREDENTIALS = {
    "SANDBOX_APP_ID": APP_ID,
    "SANDBOX_CUSTOMER_ID": CUSTOMER_ID,
    "SANDBOX_CUSTOMER_SECRET": CUSTOMER_SECRET,
    "SANDBOX_ACCESS_KEY": ACCESS_KEY,
    "SANDBOX_SECRET_KEY": SECRET_KEY,
}


class Process(Client):
    """`python -m recorder.sandbox.run`, which `manage.py sandbox` becomes."""

    def __init__(self, data: Path, *options: str, environ: dict[str, str] | None = None):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SANDBOX_")}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "recorder.sandbox.run", "--port", "0", "--data", str(data)),
                *("--slice-seconds", "2", "--no-rate-limit", *options),
            ],
            cwd=PROJECT,
            env={**kept, **(CREDENTIALS if environ is None else environ)},
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        found = re.search(r"ready: (http://\S+)/ ", line)
        assert found, f"not ready: {line!r}"
        super().__init__(found[1])

    def worker(self) -> int:
        """The process id of the recorder worker that holds the lease."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return int(
            next(line for line in listed.splitlines() if "sandbox.worker" in line).split()[0]
        )

    def kill(self) -> None:
        """kill -9 of both processes, at the same moment as far as that is possible."""
        worker = self.worker()
        self.process.kill()
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        return status


@pytest.fixture
def launch(tmp_path):
    """`launch(*options)` starts a sandbox on this test's directory; none outlives the test."""
    started = []

    def start(*options: str, **more) -> Process:
        started.append(Process(tmp_path, *options, **more))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.process.kill()  # its worker ends by itself
        sandbox.process.wait()
        sandbox.process.stdout.close()


def until(true, *, seconds: float = 30):
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return value


def playable_seconds(sandbox: Client, key: str) -> float:
    """Read the playlist and every slice it lists; returns how much of it can be decoded."""
    s3 = sandbox.s3()
    text = s3.get_object(Bucket="recordings", Key=key)["Body"].read().decode()
    playlist = m3u8.loads(text)
    assert playlist.is_endlist
    pictures = 0
    for segment in playlist.segments:
        data = s3.get_object(Bucket="recordings", Key=segment.uri)["Body"].read()
        with av.open(io.BytesIO(data)) as container:
            decoded = sum(1 for _ in container.decode(video=0))
        assert decoded == round(segment.duration * 15)
        pictures += decoded
    return pictures / 15


def test_kill_9_in_mid_recording_loses_nothing(tmp_path, launch):
    sandbox = launch("--speed", "0")
    task = sandbox.started("killed")
    for _ in range(4):
        sandbox.advance(1.5)
        sandbox.kill()
        folder = tmp_path / "sessions" / task.sid
        (folder / "000099.ts.part").write_bytes(b"half")
        sandbox = task.client = launch()
    sandbox.advance(0)
    watched = task.query()
    left = [path.name for path in folder.iterdir()]

    stopped = task.stop()

    assert watched.json()["serverResponse"]["status"] == 5
    assert not [name for name in left if name.endswith(".part")]
    assert stopped.status_code == 200
    assert playable_seconds(sandbox, stopped.json()["serverResponse"]["fileList"]) == 6.0
    assert sandbox.end() == 0


def test_kill_9_while_slices_are_being_made_leaves_only_whole_files(launch):
    sandbox = launch("--speed", "600")
    task = sandbox.started("hurried")
    for made in (3, 8, 13):
        until(lambda made=made: task.client.session(task.sid)["slices"] >= made)
        sandbox.kill()
        sandbox = task.client = launch("--speed", "600")

    stopped = task.stop()
    slices = [f for f in sandbox.session(task.sid)["files"] if f["kind"] == "slice"]

    assert stopped.status_code == 200
    assert [f["number"] for f in slices] == list(range(len(slices)))
    assert len(slices) > 13
    assert playable_seconds(sandbox, stopped.json()["serverResponse"]["fileList"]) > 26
    assert sandbox.end() == 0


def test_kill_9_loses_no_lane_of_an_individual_recording(tmp_path, launch):
    sandbox = launch("--speed", "0")
    task = sandbox.task("lesson")
    request = {
        "storageConfig": storage_config(),
        "recordingConfig": {"streamTypes": 2, "subscribeUidGroup": 0},
        "recordingFileConfig": {"avFileType": ["hls"]},
        "snapshotConfig": {"captureInterval": 5, "fileType": ["jpg"]},
    }
    people = [{"uid": "7", "source": "4:3"}, {"uid": "8", "source": "4:3"}]
    sandbox.control("channels", cname="lesson", participants=people)
    assert task.start(mode="individual", client_request=request).status_code == 200
    for second in range(3):
        sandbox.advance(1.5)
        if second == 1:
            sandbox.control("participants/leave", cname="lesson", uid="8")
        sandbox.kill()
        sandbox = task.client = launch()
    sandbox.advance(1.5)

    stopped = task.stop("individual").json()["serverResponse"]

    names = [entry["fileName"] for entry in stopped["fileList"]]
    seconds = {
        re.search(r"uid_s_(.*)\.m3u8", name)[1]: playable_seconds(sandbox, name)
        for name in names
        if "_video" in name
    }
    files = sandbox.session(task.sid)["files"]
    assert stopped["uploadingStatus"] == "uploaded"
    assert len(names) == 4
    assert seconds == {"7__uid_e_video": 6.0, "8__uid_e_video": 3.0}
    assert sum(file["kind"] == "jpg" for file in files) == 3
    assert list((tmp_path / "sessions").iterdir()) == []
    assert sandbox.end() == 0


def test_kill_9_of_a_page_under_recording_keeps_its_hold(launch):
    sandbox = launch("--speed", "0")
    task = sandbox.task("page", scene=1)
    page = {"url": "https://example.com/", "audioProfile": 0, "maxRecordingHour": 1}
    service = {
        "serviceName": "web_recorder_service",
        "serviceParam": page | {"videoWidth": 320, "videoHeight": 240},
    }
    request = {
        "storageConfig": storage_config(),
        "recordingFileConfig": {"avFileType": ["hls", "mp4"]},
        "extensionServiceConfig": {"extensionServices": [service]},
    }
    assert task.start(mode="web", client_request=request).status_code == 200
    for seconds, hold in ((8, True), (20, False), (3, None)):
        sandbox.advance(seconds)
        if hold is not None:
            task.update("web", webRecordingConfig={"onhold": hold})
        sandbox.kill()
        sandbox = task.client = launch()

    stopped = task.stop("web").json()["serverResponse"]["extensionServiceState"]

    files = [file["filename"] for file in stopped[1]["payload"]["fileList"]]
    assert stopped[0]["payload"] == {"uploadingStatus": "uploaded"}
    assert files == [f"{task.sid}_page.m3u8", f"{task.sid}_page_0.mp4"]
    assert playable_seconds(sandbox, files[0]) == 6.0
    assert sandbox.end() == 0


def test_a_worker_that_is_killed_is_started_again_and_goes_on(launch):
    sandbox = launch("--speed", "0")
    task = sandbox.started()
    sandbox.advance(2)
    killed = sandbox.worker()

    os.kill(killed, signal.SIGKILL)
    sandbox.advance(3)
    stopped = task.stop()

    assert sandbox.worker() != killed
    assert playable_seconds(sandbox, stopped.json()["serverResponse"]["fileList"]) == 5.0
    assert sandbox.end() == 0


def test_the_worker_ends_when_the_server_is_killed(launch):
    sandbox = launch()
    worker = sandbox.worker()

    sandbox.process.kill()
    sandbox.process.wait()
    sandbox.process.stdout.close()

    def gone() -> bool:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z"

    until(gone)


def test_a_resource_acquired_before_a_crash_can_be_started_after_it(launch):
    sandbox = launch("--media", "none")
    task = sandbox.task()
    sandbox.kill()
    task.client = sandbox = launch("--media", "none")

    assert task.start().status_code == 200
    assert task.start().status_code == 201
    assert sandbox.end() == 0


def test_real_time_names_a_file_within_seconds(launch):
    sandbox = launch()
    task = sandbox.started()
    first = task.query().json()["serverResponse"]["status"]
    until(lambda: task.query().json()["serverResponse"]["status"] == 5)

    begun = time.monotonic()
    stopped = task.stop()

    assert first in {1, 2}
    assert time.monotonic() - begun < 4
    assert stopped.status_code == 200
    assert playable_seconds(sandbox, stopped.json()["serverResponse"]["fileList"]) >= 2
    assert sandbox.end() == 0


def test_alone_it_prints_credentials_that_work(tmp_path, launch):
    sandbox = launch("--media", "none", environ={})
    printed = dict(
        re.split(r"\s{2,}", sandbox.process.stdout.readline().strip(), maxsplit=1) for _ in range(5)
    )

    client = Client(
        sandbox.url,
        app_id=printed["app id"],
        auth=(printed["customer id"], printed["customer secret"]),
        keys=(printed["access key"], printed["secret key"]),
    )

    assert client.acquire("room").status_code == 200
    assert client.s3().list_buckets()["Buckets"] == []
    assert (tmp_path.stat().st_mode | (tmp_path / "sandbox.sqlite3").stat().st_mode) & 0o077 == 0
    assert sandbox.end() == 0


def run_refused(*options: str, **environ: str) -> str:
    """The sentence with which a start is refused."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SANDBOX_")}
    done = subprocess.run(
        [sys.executable, "-m", "recorder.sandbox.run", *options],
        cwd=PROJECT,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    return done.stderr


def test_what_keeps_it_from_starting_is_said_in_a_sentence(tmp_path):
    data = ("--data", str(tmp_path))
    with running_sandbox(tmp_path / "other") as other:
        port = str(other.server.server_address[1])
        taken = run_refused(*data, "--port", port)

    assert f"cannot listen on 127.0.0.1:{port}" in taken
    assert "SANDBOX_APP_ID" in run_refused(*data, SANDBOX_APP_ID="not one")
    assert "--slice-seconds" in run_refused(*data, "--slice-seconds", "1")
    assert "--speed" in run_refused(*data, "--speed", "601")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sandbox.sqlite3").write_bytes(b"no database at all" * 100)
    assert "cannot be opened" in run_refused("--data", str(tmp_path / "broken"), "--port", "0")


def test_manage_py_passes_the_options_on():
    done = subprocess.run(
        [sys.executable, "manage.py", "sandbox", "--help"],
        cwd=PROJECT,
        env={**os.environ, "SETUP": "off"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    for option in ("--slice-seconds", "--provider", "--resource-ttl", "--callback-url", "--media"):
        assert option in done.stdout


def test_a_second_sandbox_on_the_same_data_is_refused(tmp_path, launch):
    sandbox = launch("--media", "none")

    refused = run_refused("--data", str(tmp_path), "--port", "0", **CREDENTIALS)

    assert "Another sandbox is running" in refused
    assert sandbox.end() == 0


def test_many_requests_at_once_while_a_stop_waits(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        waiting = sandbox.started()
        sandbox.advance(1)
        sandbox.control("uploads", held=True)
        body = {"cname": waiting.cname, "uid": waiting.uid, "clientRequest": {}}
        address = f"{sandbox.base}/{waiting.path('stop')}"
        with pytest.raises(requests.ReadTimeout):  # a client that gives up does not undo its stop
            requests.post(address, json=body, auth=sandbox.auth, timeout=0.3)

        others = [sandbox.acquire(f"room {n}").status_code for n in range(20)]
        sandbox.control("uploads", held=False)
        until(lambda: sandbox.session(waiting.sid)["state"] == "gone")

        assert set(others) == {200}
        assert sandbox.session(waiting.sid)["upload"] == "uploaded"
