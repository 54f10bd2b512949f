"""The processes of `up`: starts them, waits until they are ready, restarts one that dies, ends all.

Standard library only: `up` prepares everything with Django and then becomes this program, which
needs a tenth of the memory.
"""

import argparse
import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recorder.management import lifeline
from recorder.management.addresses import origin, reachable_host
from recorder.management.folder import first_password_file, release
from recorder.management.modules import program

READY_SECONDS = 60.0
END_SECONDS = 8.0  # politely; then by force, so that all is over within 10 s
STEADY_SECONDS = 60.0  # a child that lived this long starts its back-off anew
LONGEST_DELAY = 30.0
TICK = 0.1
CHILD = tuple(program("recorder.management.child"))
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """One process: how to start it, how to see that it is ready, and its luck so far.

    Without a `ready_at` (host, port, path) the child says itself that it is ready (lifeline.ready).
    """

    name: str
    arguments: Sequence[str]
    ready_at: tuple[str, int, str] | None = None
    without: Sequence[str] = ()  # names that are kept out of its environment
    program: Sequence[str] = CHILD
    process: subprocess.Popen[bytes] | None = None
    line: socket.socket | None = None
    ready: bool = False
    failures: int = 0
    born: float = 0.0
    start_at: float = 0.0

    def start(self) -> None:
        ours, theirs = socket.socketpair()
        environment = {k: v for k, v in os.environ.items() if k not in self.without}
        command = [*self.program, str(theirs.fileno()), self.name, *self.arguments]
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),  # standard output is for the Ready line alone
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C reaches `up` only, which ends them in order
            )
        if self.line:
            self.line.close()
        ours.setblocking(False)
        self.line, self.ready, self.born = ours, False, time.monotonic()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look(self) -> None:
        """Find out whether it is ready now."""
        if not self.ready and self.running():
            self.ready = _answers(*self.ready_at) if self.ready_at else self._has_said_so()

    def _has_said_so(self) -> bool:
        try:
            return self.line is not None and self.line.recv(64) == lifeline.READY
        except OSError:
            return False

    def plan_restart(self) -> float:
        """Set when it is started again: after 1, 2, 4 … 30 s. Returns the delay."""
        lived = time.monotonic() - self.born
        self.failures = 1 if lived > STEADY_SECONDS else self.failures + 1
        delay = min(2.0 ** (self.failures - 1), LONGEST_DELAY)
        self.start_at, self.process = time.monotonic() + delay, None
        return delay

    def send(self, number: signal.Signals) -> None:
        """To the child, or when forced to all it has started: it leads a session of its own."""
        if self.process is None or not self.running():
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
        except ProcessLookupError:
            pass


def _answers(host: str, port: int, path: str) -> bool:
    """Whether a server answers: anything but a 5xx, as it may not know itself by this name."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Supervisor:
    """Runs children until it is told to stop. `run` returns the exit status."""

    def __init__(self, children: Sequence[Child], end_seconds: float = END_SECONDS):
        self.children, self.end_seconds = children, end_seconds
        self.stopping = 0  # how many signals asked for the end
        self.ready = False

    def run(self, on_ready: Callable[[], None]) -> int:
        status = 0
        with _Signals(self._stop) as signals:
            try:
                for child in self.children:
                    child.start()
                deadline = time.monotonic() + READY_SECONDS
                while not self.stopping and not status:
                    status = self._step(on_ready, deadline)
                    signals.wait(TICK)
            finally:
                self._end_all(signals)
        return status

    def _step(self, on_ready: Callable[[], None], deadline: float) -> int:
        for child in self.children:
            child.look()
            if child.process and not child.running():
                if not self.ready:
                    say(f"{child.name} ended before it was ready; see its message above.")
                    return 1
                ended = _ending(child.process.returncode)
                say(f"{child.name} {ended}; starting it again in {child.plan_restart():.0f} s.")
            elif child.process is None and time.monotonic() >= child.start_at:
                child.start()
        if not self.ready and all(child.ready for child in self.children):
            self.ready = True
            on_ready()
        elif not self.ready and time.monotonic() > deadline:
            late = ", ".join(child.name for child in self.children if not child.ready)
            say(f"Not ready after {READY_SECONDS:.0f} s: {late}.")
            return 1
        return 0

    def _stop(self) -> None:
        self.stopping += 1

    def _end_all(self, signals: "_Signals") -> None:
        """Ask all to end at once; force those that take too long, or all at a second signal."""
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline, asked = time.monotonic() + self.end_seconds, self.stopping
        while any(child.running() for child in self.children):
            if time.monotonic() > deadline or self.stopping > max(asked, 1):
                break
            signals.wait(TICK)
        for child in self.children:
            child.send(signal.SIGKILL)
        for child in self.children:
            if child.process:
                child.process.wait()


def _ending(status: int) -> str:
    if status < 0:
        return f"was killed ({signal.Signals(-status).name})"
    return f"ended with status {status}"


class _Signals:
    """Signals and the ends of children wake the loop; nothing else happens in a handler."""

    def __init__(self, stop: Callable[[], None]):
        self.stop = stop

    def __enter__(self) -> "_Signals":
        self.receiver, self.sender = socket.socketpair()
        self.receiver.setblocking(False)
        self.sender.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.receiver, selectors.EVENT_READ)
        signal.set_wakeup_fd(self.sender.fileno(), warn_on_full_buffer=False)
        for number in STOPPING:
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        self.selector.close()
        self.receiver.close()
        self.sender.close()

    def wait(self, seconds: float) -> None:
        if self.selector.select(seconds):
            self.receiver.recv(4096)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def children_of_up(host: str, port: int, sandbox_port: int | None, folder: Path) -> list[Child]:
    """web, worker and sandbox; only the sandbox learns its credentials from the environment."""
    secret = [name for name in os.environ if name.startswith("SANDBOX_")]
    children = [
        Child(
            "web",
            ["--host", host, "--port", str(port)],
            ready_at=(reachable_host(host), port, "/healthz"),
            without=secret,
        ),
        Child("worker", [], without=secret),
    ]
    if sandbox_port:
        arguments = ["--port", str(sandbox_port), "--data", str(folder / "sandbox")]
        ready_at = ("127.0.0.1", sandbox_port, "/_sandbox/")
        children.append(Child("sandbox", arguments, ready_at=ready_at))
    return children


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sandbox-port", type=int)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--user", default="")
    parser.add_argument("--lock", type=int, required=True, help="descriptor of the held lock")
    options = parser.parse_args()
    os.set_inheritable(options.lock, False)

    def announce() -> None:
        """Print the one line; the first password is shown once and then forgotten."""
        user = f"  user {options.user}" if options.user else ""
        password = first_password_file(options.data)
        shown = f"  password {password.read_text()}" if password.exists() else ""
        print(f"Ready: {origin(options.host, options.port)}/{user}{shown}", flush=True)
        password.unlink(missing_ok=True)

    children = children_of_up(options.host, options.port, options.sandbox_port, options.data)
    status = Supervisor(children).run(announce)
    release(options.lock)
    return status


if __name__ == "__main__":
    sys.exit(main())
