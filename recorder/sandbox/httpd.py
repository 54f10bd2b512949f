"""A small threaded HTTP/1.1 server for one WSGI application: a thread per connection, keep-alive,
streamed bodies.

The standard library's own is enough here: it starts in milliseconds, runs inside a test as well as
alone, and a call that waits (stop) holds its own thread and nobody else's.
"""

import io
import logging
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, cast

from recorder.sandbox.incoming import IDLE_S, PATIENCE_S, Body, Paced
from recorder.sandbox.wire import BadRequest, HangUp

log = logging.getLogger("sandbox.access")

MOST_CONNECTIONS = 256
LINGER_S, LINGERED = 1.0, 8_000_000  # how long, and how much, we listen before closing on a sender
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "reelroom-sandbox", ""
    timeout = IDLE_S
    disable_nagle_algorithm = True
    error_message_format = '{"message": "%(message)s"}'
    error_content_type = "application/json"
    server: "Server"

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._paced = Paced(self.connection, self.server.patience_s)
        self.rfile = io.BufferedReader(self._paced)

    def handle_one_request(self) -> None:
        """Any method goes to the application, which knows what it has."""
        try:
            self._paced.rest()
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline:
                self.close_connection = True
            elif len(self.raw_requestline) > 65_536:
                self.requestline = self.request_version = self.command = ""
                self.send_error(414)
            elif self.parse_request():
                self._serve()
        except (OSError, ValueError):
            self.close_connection = (
                True  # the client has gone, stood still, or frames its body wrongly
            )

    def _serve(self) -> None:
        length = self._length()
        if length == "bad":
            self.close_connection = True
            self.send_error(400, "Bad body length")
            return
        body = Body(cast(BinaryIO, self.rfile), cast("int | None", length))
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> None:
            started[:] = [status, headers]

        with self.server.at_work():
            try:
                content = self.server.app(self._environ(body), start_response)
                try:
                    self._answer(started[0], started[1], content, body)
                finally:
                    if close := getattr(content, "close", None):
                        close()
            except HangUp:
                self._reset()
                return
        if not body.finished:
            self._read_rest(body)

    def _length(self) -> int | str | None:
        """The body's length in bytes, None for chunked, "bad" if it could be read in two ways."""
        coding, lengths = (
            self.headers.get("Transfer-Encoding"),
            self.headers.get_all("Content-Length", []),
        )
        if coding is not None:
            return None if coding.strip().lower() == "chunked" and not lengths else "bad"
        if not lengths:
            return 0
        text = lengths[0].strip()
        plain = text.isascii() and text.isdigit() and len(text) < 19
        return int(text) if plain and len(set(lengths)) == 1 else "bad"

    def _answer(
        self, status: str, headers: list[tuple[str, str]], content: Iterable[bytes], body: Body
    ) -> None:
        if not body.finished and not body.short:
            self.close_connection = True
        self.connection.settimeout(IDLE_S)  # of each block that is sent
        names = {name.lower() for name, _value in headers}
        bodiless = status[:3] in ("204", "304") or self.command == "HEAD"
        if "content-length" not in names and not bodiless:
            content = [b"".join(content)]
            headers = [*headers, ("Content-Length", str(len(content[0])))]
        lines = [
            f"HTTP/1.1 {status}",
            f"Date: {self.date_time_string()}",
            f"Server: {self.server_version}",
        ]
        lines += [f"{name}: {value}" for name, value in headers]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("A header holds a line break")
        lines.append(f"Connection: {'close' if self.close_connection else 'keep-alive'}")
        waiting = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        for block in content:
            self.wfile.write(waiting + block)  # head and first block in one packet
            waiting = b""
        if waiting:
            self.wfile.write(waiting)
        log.debug("%s %s %s", self.command, self.path.split("?", 1)[0][:160], status[:3])

    def _reset(self) -> None:
        """Close so that the client sees a reset and not an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _read_rest(self, body: Body) -> None:
        """So that the next request is found, or so that a closing does not cut off our answer."""
        try:
            if not self.close_connection:
                while body.read(16_384):
                    pass
                return
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(LINGER_S)
            left = LINGERED
            while left > 0 and (data := self.connection.recv(65_536)):
                left -= len(data)
        except (OSError, BadRequest):
            self.close_connection = True

    def _environ(self, body: Body) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command, "RAW_URI": self.path, "SCRIPT_NAME": "",
            "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": str(host),
            "SERVER_PORT": str(port), "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0], "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
            "wsgi.input": io.BufferedReader(body), "wsgi.multithread": True,
            "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        for name in dict.fromkeys(key.lower() for key in self.headers):
            key = name.upper().replace("-", "_")
            if "_" in name:
                continue  # would be taken for another header with "-" in its place
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = f"HTTP_{key}"
            environ[key] = ",".join(value.strip() for value in self.headers.get_all(name, []))
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Lines of the base class go nowhere: they would show addresses with signatures."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: App, *, patience_s: float = PATIENCE_S):
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.app, self.patience_s = app, patience_s
        self._slots = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._working = 0
        self._idle = threading.Condition()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Without the base class's look-up of our own name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def at_work(self) -> "_AtWork":
        return _AtWork(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._slots.acquire(blocking=False):
            request.sendall(BUSY)
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.exception("A connection failed")

    def change_work(self, by: int) -> None:
        with self._idle:
            self._working += by
            self._idle.notify_all()

    def finish(self, seconds: float) -> None:
        """Stop accepting, and give the requests that are being answered some time."""
        self.shutdown()
        self.server_close()
        with self._idle:
            self._idle.wait_for(lambda: not self._working, timeout=seconds)


class _AtWork:
    """While a request is being answered."""

    def __init__(self, server: Server):
        self._server = server

    def __enter__(self) -> None:
        self._server.change_work(1)

    def __exit__(self, *_: object) -> None:
        self._server.change_work(-1)
