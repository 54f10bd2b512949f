"""A provider on this machine that takes as long for each answer as a far one does."""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    round_trip = 0.05  # seconds

    def do_GET(self) -> None:
        """A query: it is recording, and has written nothing yet."""
        self._answer({"resourceId": "r" * 250, "serverResponse": {"status": 5, "fileList": []}})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer: dict[str, object] = {"resourceId": "r" * 250}
        if self.path.endswith("/start"):
            answer["sid"] = f"{time.monotonic_ns():032x}"
        self._answer(answer)

    def _answer(self, answer: dict[str, object]) -> None:
        time.sleep(self.round_trip)
        body = json.dumps(answer).encode()
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)  # in one piece, as servers of this kind send it

    def log_message(self, *_: object) -> None:
        pass


class Limited:
    """Refuses what is more than `rate` calls in any second, and knows when each stop arrived."""

    def __init__(self, rate: int):
        self.address, self.stops = "", dict[str, float]()  # by sid, seconds since 1970
        self._rate, self._calls, self._lock = rate, deque[float](), threading.Lock()

    def allows(self) -> bool:
        now = time.monotonic()
        with self._lock:
            while self._calls and self._calls[0] <= now - 1:
                self._calls.popleft()
            if len(self._calls) >= self._rate:
                return False
            self._calls.append(now)
        return True


class _Strict(_Handler):
    limited: Limited

    def parse_request(self) -> bool:
        """What arrives counts at once, before anything is done about it; looks into the bucket,
        which are sent here too, do not count."""
        self.arrived = time.time()
        whole = super().parse_request()
        self.allowed = not self.path.startswith("/v1/") or self.limited.allows()
        return whole

    def do_POST(self) -> None:
        if self.path.endswith("/stop") and self.allowed:
            self.limited.stops.setdefault(self.path.split("/")[-4], self.arrived)
        super().do_POST()

    def _answer(self, answer: dict[str, object]) -> None:
        if not self.allowed:
            self.send_response(429)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path.endswith("/stop"):
            answer["serverResponse"] = {"fileList": [], "uploadingStatus": "uploaded"}
        super()._answer(answer)


@contextmanager
def provider(round_trip: float) -> Iterator[str]:
    """Its address. Each request is answered after `round_trip` seconds."""
    with _served(type("Handler", (_Handler,), {"round_trip": round_trip})) as address:
        yield address


@contextmanager
def limited_provider(round_trip: float, rate: int) -> Iterator[Limited]:
    """The same with a limit of `rate` calls in any second."""
    limited = Limited(rate)
    kind = type("Strict", (_Strict,), {"round_trip": round_trip, "limited": limited})
    with _served(kind) as limited.address:
        yield limited


@contextmanager
def _served(handler: type[_Handler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
