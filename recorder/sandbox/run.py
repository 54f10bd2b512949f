"""`manage.py sandbox`: the emulated recording service alone, for any client.

Two processes: this one serves HTTP and starts the recorder worker again when that dies.
"""

import argparse
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import IO, Any

from recorder.sandbox.clock import FASTEST
from recorder.sandbox.config import PROJECT, SandboxConfig
from recorder.sandbox.errors import ConfigError, SandboxError
from recorder.sandbox.httpd import Server
from recorder.sandbox.logs import configure_logs
from recorder.sandbox.server import make_app
from recorder.sandbox.wake import PipeBell

log = logging.getLogger("sandbox")

END_S = 3.5  # for answering what has been asked, and again for the worker's last slice
LONGEST_DELAY_S = 10.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status. `argv` without the program's name."""
    options = vars(_parser().parse_args(argv))
    configure_logs()
    os.umask(0o077)  # everything below the data directory is for its owner
    try:
        config = SandboxConfig.from_environment(os.environ, options)
        return _serve(config)
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py sandbox",
        description="The emulated recording service alone, for any client.",
    )
    add = parser.add_argument
    add("--host", help="address to listen on (127.0.0.1)")
    add("--port", type=_whole(0, 65_535), help="port to listen on (9000; 0 takes a free one)")
    add("--data", help="data directory (DATA_DIR/sandbox)")
    add("--provider", choices=("agora", "anyrtc"), help="whose details to follow (agora)")
    add(
        "--speed",
        type=_whole(0, FASTEST),
        help=f"how many times faster time runs, 1…{FASTEST}; 0: by hand",
    )
    add("--slice-seconds", type=_whole(2, 60), help="length of a slice, 2…60 (15)")
    add("--resource-ttl", type=_whole(1, 86_400), help="seconds a resource id lives (300)")
    add("--media", choices=("full", "none"), help="none: everything but files")
    add(
        "--callback-url",
        help="where every event is sent, beside what /_sandbox/callbacks names",
    )
    add("--callback-secret", help="the secret that signs them; none: they are not signed")
    add(
        "--no-rate-limit",
        action="store_const",
        const=0,
        dest="rate_limit",
        help="more than 10 calls a second",
    )
    add("--max-tasks", type=_whole(0, 10_000), help="concurrent recordings (50; 0: no limit)")
    add(
        "--envelope",
        action="store_const",
        const=True,
        help='answer {"Code", "Body"} as one anyRTC host does',
    )
    return parser


def _whole(least: int, most: int) -> Any:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def _serve(config: SandboxConfig) -> int:
    with (config.data / "sandbox.lock").open("w") as lock:
        _hold(lock, config)
        bell = PipeBell()
        app = make_app(config, bell)
        try:
            server = Server((config.host, config.port), app)
        except OSError as error:
            raise ConfigError(
                f"The sandbox cannot listen on {config.host}:{config.port}:"
                f" {error.strerror or error}."
            ) from error
        ending = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ending.set())
        threading.Thread(target=server.serve_forever, args=(0.1,), name="http", daemon=True).start()
        app.start()
        worker = Worker(config, bell)
        _announce(config, server.server_address[1], app.clock.speed)
        while not ending.wait(0.2):
            worker.look()
        server.finish(END_S)
        worker.end(END_S)
        app.close()
    return 0


def _hold(lock: IO[str], config: SandboxConfig) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ConfigError(f"Another sandbox is running on {config.data}.") from error


class Worker:
    """The recorder worker's process, started again when it dies."""

    def __init__(self, config: SandboxConfig, bell: PipeBell):
        self._config, self._bell = config, bell
        self._delay, self._next = 0.5, 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self.look()

    def look(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            log.error(
                "The recorder worker ended (status %s); starting it again", self._process.returncode
            )
            self._close_pipe()
            self._process = None
            self._next = time.monotonic() + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY_S)
        if self._process is None and time.monotonic() >= self._next:
            self._start()

    def _start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "recorder.sandbox.worker",
            str(self._config.data),
            self._config.media,
        ]
        secret = [name for name in os.environ if name.startswith("SANDBOX_")]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=sys.stderr.fileno(),
            cwd=PROJECT,
            env={k: v for k, v in os.environ.items() if k not in secret},
        )
        assert self._process.stdin is not None  # noqa: S101 - asked for
        self._bell.connect(self._process.stdin.fileno())

    def _close_pipe(self) -> None:
        if self._process and self._process.stdin:
            self._bell.disconnect()
            self._process.stdin.close()

    def end(self, seconds: float) -> None:
        """Close the bell and wait; a worker that does not end is killed, which loses nothing."""
        if self._process is None:
            return
        self._close_pipe()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _announce(config: SandboxConfig, port: int, speed: int) -> None:
    host = f"[{config.host}]" if ":" in config.host else config.host
    lines = [f"Sandbox ready: http://{host}:{port}/  page http://{host}:{port}/_sandbox/"]
    if config.made_credentials:
        lines += [
            f"  app id           {config.app_id}",
            f"  customer id      {config.customer_id}",
            f"  customer secret  {config.customer_secret}",
            f"  access key       {config.access_key}",
            f"  secret key       {config.secret_key}",
            f"  (kept in {config.data / 'credentials.json'})",
        ]
    if speed != 1:
        pace = f"runs up to {speed} times as fast" if speed else "is moved by hand"
        lines.append(f"  Its clock {pace}; --speed 1 sets it to real time.")
    if config.media == "none":
        lines.append("  It makes no pictures and no files: everything but files is recorded.")
    if config.callback_url:
        lines.append("  Callbacks are sent; /_sandbox/callbacks lists them.")
    print("\n".join(lines), flush=True)  # noqa: T201 - what the command is asked for


if __name__ == "__main__":
    sys.exit(main())
