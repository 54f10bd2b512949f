"""A sandbox of its own, in its own processes, and a lean client for it."""

import base64
import http.client
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
APP_ID = "0123456789abcdef" * 2
NAMES = {"CUSTOMER_ID": "bench", "CUSTOMER_SECRET": "bench", "ACCESS_KEY": "AK", "SECRET_KEY": "SK"}
STORAGE = {"vendor": 1, "region": 0, "bucket": "bench", "accessKey": "AK", "secretKey": "SK"}


@contextmanager
def sandbox(*options: str, rate_limit: int = 0) -> Iterator[int]:
    """The port of a sandbox run with these options of its command: any number of recordings, and
    `rate_limit` requests a second (0: any number)."""
    settings = {**NAMES, "APP_ID": APP_ID, "RATE_LIMIT": str(rate_limit), "MAX_TASKS": "0"}
    environment = os.environ | {f"SANDBOX_{name}": value for name, value in settings.items()}
    with tempfile.TemporaryDirectory(prefix="reelroom-bench-") as data:
        command = [sys.executable, "-m", "recorder.sandbox.run", "--port", "0", "--data", data]
        process = subprocess.Popen(
            [*command, *options], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None  # asked for
        try:
            ready = process.stdout.readline()  # Sandbox ready: http://127.0.0.1:PORT/  page …
            yield int(ready.split()[2].rstrip("/").rpartition(":")[2])
        finally:
            process.terminate()
            process.wait(20)


class Client:
    """One connection that is kept. Raises AssertionError for an answer that is not 200."""

    def __init__(self, port: int):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        pair = base64.b64encode(b"bench:bench").decode()
        self._headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}

    def call(self, path: str, body: object = None) -> dict[str, Any]:
        """POST `body`, or GET without one. Paths begin after /cloud_recording/."""
        return self._send(f"/v1/apps/{APP_ID}/cloud_recording/{path}", body)

    def control(self, action: str, **values: object) -> dict[str, Any]:
        return self._send(f"/_sandbox/{action}", values)

    def _send(self, path: str, body: object) -> dict[str, Any]:
        data = None if body is None else json.dumps(body)
        self._connection.request("GET" if data is None else "POST", path, data, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        told: dict[str, Any] = json.loads(text)
        return told

    def started(self, cname: str, request: dict[str, object], mode: str = "mix") -> str:
        """A recording that runs: what its other calls' paths begin with."""
        body = {"cname": cname, "uid": "1", "clientRequest": {}}
        resource = self.call("acquire", body)["resourceId"]
        body["clientRequest"] = {"storageConfig": STORAGE, **request}
        sid = self.call(f"resourceid/{resource}/mode/{mode}/start", body)["sid"]
        return f"resourceid/{resource}/sid/{sid}/mode/{mode}"
