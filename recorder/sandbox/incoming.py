"""What clients send, as it arrives: never slower than is decent, and framed as it says."""

import io
import re
import socket
import time
from typing import Any, BinaryIO

from recorder.sandbox.wire import BadRequest

IDLE_S = 65  # seconds a connection may stand still
PATIENCE_S = 20.0  # for a request to arrive, beyond the time that SLOWEST gives its bytes
SLOWEST = 16_384  # bytes a second
DRAINED = 65_536  # bytes of an unread body that are worth reading to keep the connection


class Paced(io.RawIOBase):
    """What a client sends. Raises TimeoutError for one that keeps us waiting: before a request for
    IDLE_S, within one for longer than its bytes need at a slow but honest pace.
    """

    def __init__(self, connection: socket.socket, patience_s: float):
        self._connection, self._patience_s = connection, patience_s
        self._began: float | None = None
        self._got = 0

    def readable(self) -> bool:
        return True

    def rest(self) -> None:
        """One request has been read; the next may take its time to come."""
        self._began, self._got = None, 0

    def readinto(self, buffer: Any) -> int:
        left = float(IDLE_S)
        if self._began is not None:
            until = self._began + self._patience_s + self._got / SLOWEST
            left = min(left, until - time.monotonic())
        if left <= 0:
            raise TimeoutError("The request did not arrive in time")
        self._connection.settimeout(left)
        got = self._connection.recv_into(buffer)
        self._began = time.monotonic() if self._began is None else self._began
        self._got += got
        return got


class Body(io.RawIOBase):
    """The body of one request: exactly `length` bytes, or chunks until the last one.

    Reading raises BadRequest when it is not framed as it says or does not arrive.
    """

    def __init__(self, source: BinaryIO, length: int | None):
        self._source, self._left, self._chunked = source, length or 0, length is None
        self._open_chunks, self._broken = self._chunked, False

    def readable(self) -> bool:
        return True

    @property
    def finished(self) -> bool:
        return not self._left and not self._open_chunks

    @property
    def short(self) -> bool:
        """Whether the unread rest is known and small: reading it keeps the connection."""
        return not self._chunked and not self._broken and self._left <= DRAINED

    def readinto(self, buffer: Any) -> int:
        if self._broken:
            raise BadRequest("The body is malformed")
        self._broken = True  # unless what follows goes well
        if not self._left and self._open_chunks:
            self._next_chunk()
        data = self._read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        if self._chunked and data and not self._left:
            self._line(2)
        self._broken = False
        return len(data)

    def _read(self, size: int) -> bytes:
        try:
            data = self._source.read(size)
        except OSError as error:  # a time-out among them
            raise BadRequest("The body did not arrive") from error
        if len(data) < size:
            raise BadRequest("The body ended early")
        return data

    def _line(self, most: int) -> bytes:
        try:
            return self._source.readline(most)
        except OSError as error:
            raise BadRequest("The body did not arrive") from error

    def _next_chunk(self) -> None:
        size = self._line(100).split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size):
            raise BadRequest("The chunked body is malformed")
        self._left = int(size, 16)
        if not self._left:
            self._open_chunks = False
            while self._line(1000) not in (b"\r\n", b"\n", b""):
                pass  # trailers mean nothing to us
