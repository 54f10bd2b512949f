"""A provider on this machine that takes as long for each answer as a far one does."""

import json
import threading
import time
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


@contextmanager
def provider(round_trip: float) -> Iterator[str]:
    """Its address. Each request is answered after `round_trip` seconds."""
    handler = type("Handler", (_Handler,), {"round_trip": round_trip})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
