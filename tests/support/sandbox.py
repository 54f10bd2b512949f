"""A real sandbox inside the test process, on a free port: HTTP server and recorder worker as
threads.

Its clock stands still unless `speed` says otherwise: `sandbox.advance(4)` moves it and returns when
everything that became due has been recorded and uploaded. Nothing sleeps.
"""

import contextlib
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import requests

from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.httpd import Server
from recorder.sandbox.recorder import Recorder
from recorder.sandbox.server import make_app
from recorder.sandbox.store import Store
from recorder.sandbox.wake import Bell

APP_ID = "0123456789abcdef0123456789abcdef"
OTHER_APP_ID = "fedcba9876543210fedcba9876543210"
CUSTOMER_ID, CUSTOMER_SECRET = "customer", "customer-secret-of-the-tests"
ACCESS_KEY, SECRET_KEY = "SANDBOXTESTS", "secret-key-of-the-tests"
SMALL_PICTURE = {"width": 160, "height": 90, "fps": 15, "bitrate": 100}


def sandbox_config(data: Path, **settings) -> SandboxConfig:
    """Defaults for tests: slices of 2 s, no rate limit, time moved by hand."""
    values = {
        "app_ids": (APP_ID, OTHER_APP_ID),
        "customer_id": CUSTOMER_ID,
        "customer_secret": CUSTOMER_SECRET,
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "port": 0,
        "speed": 0,
        "slice_ms": 2000,
        "rate_limit": 0,
        "max_tasks": 0,
    }
    return SandboxConfig(data=data, **{**values, **settings})


def storage_config(**changes) -> dict:
    return {
        "vendor": 1,
        "region": 0,
        "bucket": "recordings",
        "accessKey": ACCESS_KEY,
        "secretKey": SECRET_KEY,
        **changes,
    }


def start_request(*, storage: dict | None = None, recording: dict | None = None, **more) -> dict:
    """A clientRequest for `start` in mode mix with a small picture."""
    recording = {"transcodingConfig": {**SMALL_PICTURE, "mixedVideoLayout": 1}, **(recording or {})}
    return {
        "storageConfig": storage_config(**(storage or {})),
        "recordingConfig": recording,
        **more,
    }


class Client:
    """Speaks to any sandbox as a program written for the real service would."""

    def __init__(
        self,
        url: str,
        *,
        app_id: str = APP_ID,
        auth: tuple[str, str] | None = (CUSTOMER_ID, CUSTOMER_SECRET),
        keys: tuple[str, str] = (ACCESS_KEY, SECRET_KEY),
    ):
        self.url, self.app_id, self.auth = url, app_id, auth
        self.customer_id, self.customer_secret = auth or ("", "")
        self.access_key, self.secret_key = keys
        self.base = f"{url}/v1/apps/{app_id}/cloud_recording"

    def control(self, action: str, **values) -> dict:
        """POST to the control API, such as clock, channels, participants/join, uploads, reset."""
        answer = requests.post(f"{self.url}/_sandbox/{action}", json=values, timeout=90)
        assert answer.ok, answer.text
        return answer.json()

    def state(self) -> dict:
        return requests.get(f"{self.url}/_sandbox/state", timeout=10).json()

    def session(self, sid: str) -> dict:
        """What the control API knows about one recording: facts, files, events."""
        return requests.get(f"{self.url}/_sandbox/sessions/{sid}", timeout=10).json()

    def advance(self, seconds: float) -> None:
        self.control("clock", advance=seconds)

    def post(self, path: str, body: object, **options) -> requests.Response:
        options = {"auth": self.auth, "timeout": 60, **options}
        return requests.post(f"{self.base}/{path}", json=body, **options)

    def acquire(self, cname: str, uid: str = "527841", **request) -> requests.Response:
        return self.post("acquire", {"cname": cname, "uid": uid, "clientRequest": request})

    def task(self, cname: str | None = None, uid: str = "527841", **request) -> "Task":
        """Acquire a resource; the Task then makes the other calls."""
        cname = cname or f"room-{uuid.uuid4().hex[:8]}"
        answer = self.acquire(cname, uid, **request)
        assert answer.status_code == 200, answer.text
        return Task(self, cname, uid, answer.json()["resourceId"])

    def started(self, cname: str | None = None, uid: str = "527841", **request) -> "Task":
        """A recording that has been started with `start_request(**request)`."""
        task = self.task(cname, uid)
        answer = task.start(**request)
        assert answer.status_code == 200, answer.text
        return task

    def s3(self, **options):
        """A boto3 client for the sandbox's buckets."""
        import boto3
        from botocore.config import Config

        settings = {"signature_version": "s3v4", "s3": {"addressing_style": "path"}, **options}
        return boto3.client(
            "s3",
            endpoint_url=f"{self.url}/s3",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(**settings),
        )


class Task:
    """One resource and what is done with it."""

    def __init__(self, client: Client, cname: str, uid: str, resource_id: str):
        self.client, self.cname, self.uid, self.resource_id = client, cname, uid, resource_id
        self.sid = ""

    def body(self, request: dict) -> dict:
        return {"cname": self.cname, "uid": self.uid, "clientRequest": request}

    def path(self, what: str, mode: str = "mix") -> str:
        sid = f"/sid/{self.sid}" if what != "start" else ""
        return f"resourceid/{self.resource_id}{sid}/mode/{mode}/{what}"

    def start(self, *, mode: str = "mix", client_request: dict | None = None, **parts):
        request = start_request(**parts) if client_request is None else client_request
        answer = self.client.post(self.path("start", mode), self.body(request))
        if answer.status_code == 200:
            self.sid = answer.json()["sid"]
        return answer

    def query(self, mode: str = "mix") -> requests.Response:
        address = f"{self.client.base}/{self.path('query', mode)}"
        return requests.get(address, auth=self.client.auth, timeout=10)

    def update(self, mode: str = "mix", **request) -> requests.Response:
        return self.client.post(self.path("update", mode), self.body(request))

    def update_layout(self, mode: str = "mix", **request) -> requests.Response:
        return self.client.post(self.path("updateLayout", mode), self.body(request))

    def stop(self, mode: str = "mix", **request) -> requests.Response:
        return self.client.post(self.path("stop", mode), self.body(request))


class RunningSandbox(Client):
    """Server and worker in this process. `config` is what it runs with."""

    def __init__(self, config: SandboxConfig):
        self.config = config
        self.bell = Bell()
        self.app = make_app(config, self.bell)
        self.app.start()
        self.server = Server((config.host, config.port), self.app)
        self._worker_store = Store(config.database)
        self._threads = [
            threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(
                target=Recorder(config, self._worker_store, self.bell).run, daemon=True
            ),
        ]
        super().__init__(f"http://127.0.0.1:{self.server.server_address[1]}")
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self.bell.close()
        self.server.finish(5)
        for thread in self._threads:
            thread.join(20)
        self.app.close()
        self._worker_store.close()


@contextlib.contextmanager
def running_sandbox(data: Path, **settings) -> Iterator[RunningSandbox]:
    data.mkdir(parents=True, exist_ok=True)
    sandbox = RunningSandbox(sandbox_config(data, **settings))
    try:
        yield sandbox
    finally:
        sandbox.close()
