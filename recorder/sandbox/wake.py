"""How the HTTP side tells the recorder worker that there is something to do, and how it notices its
parent's end.
"""

import os
import threading
from typing import BinaryIO, Protocol


class Wake(Protocol):
    """One bell. Ringing it twice before anybody listened is ringing it once."""

    def ring(self) -> None: ...


class Bell:
    """The bell inside one process."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.closed = False

    def ring(self) -> None:
        self._event.set()

    def close(self) -> None:
        """Ring for the last time: whoever listens should end."""
        self.closed = True
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Return at the next ring, or after `seconds`."""
        self._event.wait(seconds)
        self._event.clear()


class PipeBell:
    """The near end of a pipe to the worker: each byte is a ring, its closing (even by our death) is
    the end.
    """

    def __init__(self) -> None:
        self._descriptor: int | None = None

    def connect(self, descriptor: int) -> None:
        """Use this pipe from now on, and tell its worker by a first ring to look around."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self.ring()

    def disconnect(self) -> None:
        self._descriptor = None

    def ring(self) -> None:
        if self._descriptor is None:
            return  # no worker now; the next one looks at everything when it starts
        try:
            os.write(self._descriptor, b"!")
        except BlockingIOError:
            pass  # the pipe is full of rings that nobody has heard yet
        except OSError:
            self._descriptor = None  # the worker has died and is about to be replaced


def listen(pipe: BinaryIO, bell: Bell) -> None:
    """In the worker: pass the rings of the pipe on until it closes, then close the bell."""

    def pump() -> None:
        while os.read(pipe.fileno(), 4096):
            bell.ring()
        bell.close()

    threading.Thread(target=pump, name="parent", daemon=True).start()
