"""A provider whose every answer a test may write: for what no well-behaved service does.

Left alone it answers as documented: one start per resource id, 404 for what has ended.
"""

import contextlib
import json
import socket
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connections

LEAVING = {7, 8, 20}  # whoever has told so is not found again
LOST = None  # what a script returns to close the connection without an answer


@dataclass(frozen=True)
class Call:
    operation: str
    resource_id: str
    sid: str
    body: dict


Answer = tuple[int, dict] | None
Script = Callable[["ScriptedProvider", Call], Answer]


def says(status: int, **body: object) -> Script:
    return lambda provider, call: (status, body)


def lost(provider: "ScriptedProvider", call: Call) -> Answer:
    """Carried out, and the answer never arrives."""
    provider.usual(call)
    return LOST


def held(event: threading.Event) -> Script:
    """Carried out when the test says so."""

    def script(provider: "ScriptedProvider", call: Call) -> Answer:
        assert event.wait(30)
        return provider.usual(call)

    return script


def told_later(asked: threading.Event, may_answer: threading.Event) -> Script:
    """A query that says when it has come, and is answered "recording" when the test says so."""

    def script(_provider: "ScriptedProvider", call: Call) -> Answer:
        asked.set()
        assert may_answer.wait(60)
        return 200, {"resourceId": call.resource_id, "serverResponse": {"status": 5}}

    return script


@dataclass
class Task:
    sid: str
    cname: str
    uid: str
    status: int = 5
    stopped: bool = False


@dataclass
class ScriptedProvider:
    """`will("start", lost, says(400, code=53))` writes the next answers to that operation."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)  # by resource id
    status: int = 5  # what queries tell
    files: bool = True

    def __post_init__(self):
        self.scripts: dict[str, deque[Script]] = defaultdict(deque)
        self.lock = threading.Lock()
        self.acquired = 0

    def forget(self) -> None:
        """As if nothing had ever been asked of it."""
        for memory in (self.calls, self.tasks, self.scripts):
            memory.clear()
        self.status, self.files, self.acquired = 5, True, 0

    def will(self, operation: str, *scripts: Script) -> None:
        self.scripts[operation].extend(scripts)

    def count(self, operation: str) -> int:
        return sum(call.operation == operation for call in self.calls)

    def last(self, operation: str) -> Call:
        return [call for call in self.calls if call.operation == operation][-1]

    @property
    def live(self) -> list[Task]:
        return [task for task in self.tasks.values() if not task.stopped]

    def answer(self, call: Call) -> Answer:
        with self.lock:
            self.calls.append(call)
            scripts = self.scripts[call.operation]
            script = scripts.popleft() if scripts else None
        try:
            return script(self, call) if script else self.usual(call)
        finally:
            connections.close_all()  # scripts look into the database, on threads of the server

    def usual(self, call: Call) -> Answer:
        with self.lock:
            return getattr(self, f"_{call.operation}")(call)

    def _acquire(self, call: Call) -> Answer:
        self.acquired += 1
        return 200, {"resourceId": f"resource-{self.acquired}"}

    def _start(self, call: Call) -> Answer:
        cname, uid = call.body["cname"], call.body["uid"]
        if call.resource_id in self.tasks:
            return 201, {"code": 7, "reason": "already started"}
        if any((task.cname, task.uid) == (cname, uid) for task in self.live):
            return 400, {"code": 53, "reason": "task conflict"}
        task = Task(f"sid-{len(self.tasks) + 1}", cname, uid)
        self.tasks[call.resource_id] = task
        return 200, {"resourceId": call.resource_id, "sid": task.sid}

    def _query(self, call: Call) -> Answer:
        task = self._running(call)
        if not task:
            return 404, {"code": 404, "reason": "failed to find worker"}
        files = {"fileListMode": "string", "fileList": self._list(task) if self.files else ""}
        task.stopped = self.status in LEAVING
        return 200, self._ids(call) | {"serverResponse": {"status": self.status, **files}}

    def _stop(self, call: Call) -> Answer:
        task = self._running(call)
        if not task:
            return 404, {"code": 404, "reason": "failed to find worker"}
        task.stopped = True
        response = {
            "fileListMode": "string",
            "fileList": self._list(task),
            "uploadingStatus": "uploaded",
        }
        return 200, self._ids(call) | {"serverResponse": response}

    def _updateLayout(self, call: Call) -> Answer:
        return (200, self._ids(call)) if self._running(call) else (404, {"code": 404})

    _update = _updateLayout

    def _running(self, call: Call) -> Task | None:
        task = self.tasks.get(call.resource_id)
        return task if task and not task.stopped and task.sid == call.sid else None

    def _list(self, task: Task) -> str:
        return f"{task.sid}_{task.cname}.m3u8"

    def _ids(self, call: Call) -> dict:
        return {"resourceId": call.resource_id, "sid": call.sid}


@contextlib.contextmanager
def scripted_provider() -> Iterator[ScriptedProvider]:
    provider = ScriptedProvider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        wbufsize = -1  # head and body in one piece: apart, the second waits 40 ms for an ACK

        def do_GET(self):
            self._respond()

        def do_POST(self):
            self._respond()

        def _respond(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            answer = provider.answer(call_of(self.path, body))
            if answer is None:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                return
            content = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *_args):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_args):
            """A client that was killed is part of some tests."""

    server = Server(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def call_of(path: str, body: dict) -> Call:
    """/v1/apps/<app>/cloud_recording/{acquire | resourceid/R[/sid/S]/mode/M/<operation>}"""
    parts = path.split("/cloud_recording/")[1].split("/")
    named = dict(zip(parts[::2], parts[1::2], strict=False))
    return Call(parts[-1], named.get("resourceid", ""), named.get("sid", ""), body)
