"""The line between `up` and each of its children: one socket pair, held by both for life.

When the parent goes, however it goes, its end closes, and the child ends itself: politely first.
The other way the child says once that it is ready. In a process started alone nothing happens.
"""

import os
import signal
import socket
import threading

READY = b"ready\n"
POLITE_SECONDS = 6.0  # between asking this process to end and ending it

_line: socket.socket | None = None


def hold(descriptor: int) -> None:
    """Begin to watch the line whose file descriptor was inherited."""
    global _line
    _line = socket.socket(fileno=descriptor)
    _line.set_inheritable(False)
    threading.Thread(target=_end_with_parent, args=(_line,), name="lifeline", daemon=True).start()


def ready() -> None:
    """Tell the parent that this process does its work now."""
    if _line is not None:
        try:
            _line.sendall(READY)
        except OSError:
            return  # the parent has just gone; the watcher ends this process


def _end_with_parent(line: socket.socket) -> None:
    try:
        while line.recv(64):
            pass
    except OSError:
        pass  # reset instead of closed: the parent is gone all the same
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(POLITE_SECONDS)
    os._exit(1)
