"""A whole Reelroom for a minute: the processes of `up`, in a data folder that goes away."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from recorder.management.addresses import free_ports
from recorder.management.environment import apart
from recorder.management.preparation import without_pages
from recorder.management.refusal import refuse
from recorder.management.starters import ADMIN

END_SECONDS = 12.0  # `up` itself ends within 10


@dataclass(frozen=True)
class House:
    """Where it answers, and a token of its admin for the REST API."""

    url: str
    token: str


@contextmanager
def temporary_house() -> Iterator[House]:
    """Start one on free ports and give it when it is ready; end it and remove its folder."""
    with tempfile.TemporaryDirectory(prefix="reelroom-demo-") as folder:
        without_pages(Path(folder))
        environment = apart(folder)
        port, sandbox_port = free_ports(2)
        arguments = ["up", "--port", str(port), "--sandbox-port", str(sandbox_port)]
        log = Path(folder) / "up.log"
        with log.open("w") as errors:
            process = subprocess.Popen(  # noqa: S603  (our own program)
                _command(*arguments),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,  # Ctrl-C comes here; we end it in order
            )
        try:
            _await_ready(process, log)
            yield House(f"http://127.0.0.1:{port}", _token(environment))
        finally:
            _end(process)


def _await_ready(process: subprocess.Popen[str], log: Path) -> None:
    """Its one line says so; it also holds a password, so it is not shown."""
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith("Ready: "):
        refuse(f"Reelroom did not start:\n{log.read_text().strip()}")


def _token(environment: dict[str, str]) -> str:
    """As a person gets one."""
    made = subprocess.run(  # noqa: S603  (our own program)
        _command("token", ADMIN, "--name", "demo"),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if made.returncode:
        refuse(f"No token could be made:\n{made.stderr.strip()}")
    return made.stdout.strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout:
        process.stdout.close()


def _command(*arguments: str) -> list[str]:
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
