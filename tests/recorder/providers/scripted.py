"""A server whose every byte is written by the test: for what no well-behaved server sends."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

Script = Callable[[socket.socket, bytes], None]


class ScriptedServer:
    """Runs `script(connection, request)` for each request, until the connection is closed.

    The script answers through the socket; a script that closes it ends the conversation.
    """

    def __init__(self, script: Script, wrap=None):
        self.requests: list[bytes] = []
        self.connections = 0
        self.finished = 0  # answers that were sent to their end
        self._open: list[socket.socket] = []
        self._script, self._wrap = script, wrap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:  # a kept connection would keep its thread
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)

    def _accept(self):
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        connection.settimeout(10)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            if self._wrap:
                connection = self._wrap(connection)
                stack.callback(connection.close)
            while connection.fileno() != -1 and (request := _read_request(connection)):
                self.requests.append(request)
                self._script(connection, request)
                self.finished += 1


def _read_request(connection):
    """The bytes of one request, its body included; b"" when the peer has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(body: bytes, status: str = "200 OK", **headers: str) -> Script:
    """A script that sends one whole answer each time."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    data = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return lambda connection, _request: connection.sendall(data)


def reset(connection: socket.socket) -> None:
    """Close as a crashed peer does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
