"""`python -m bench._kill_web [--kills 20] [--seed N]`: what was acknowledged is stored.

A web process is killed (SIGKILL) at random moments while eight senders deliver callbacks, and
started again. As the service does, senders repeat what was not answered with 200. In the end every
acknowledged notice must be there, each once, and every session told to its end. DATABASE_URL runs
it on PostgreSQL.
"""

import argparse
import hashlib
import hmac
import http.client
import json
import os
import queue
import random
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench._callbacks import SECRET, STORY, body_of

ROOT = Path(__file__).resolve().parent.parent
SENDERS = 8
PATIENCE = 60.0  # seconds for a web process to answer


@dataclass
class Campaign:
    """What came of it. `acknowledged` and `stored` are notice ids."""

    sent: int = 0
    kills: int = 0
    acknowledged: set[str] = field(default_factory=set)
    stored: list[str] = field(default_factory=list)
    states: set[tuple[str, str]] = field(default_factory=set)
    late: int = 0  # notices not folded in the end

    def problems(self) -> list[str]:
        lost = self.acknowledged - set(self.stored)
        found = [f"acknowledged and not stored: {sorted(lost)}"] if lost else []
        if len(self.stored) != len(set(self.stored)):
            found.append("stored more than once")
        if self.states != {("stopped", "uploaded")}:
            found.append(f"sessions ended as {self.states}")
        if self.late:
            found.append(f"{self.late} notices were never folded")
        return found


def campaign(kills: int, seed: int, sessions: int, database_url: str = "") -> Campaign:
    from recorder.management.addresses import free_ports

    chance, result = random.Random(seed), Campaign()  # noqa: S311
    with house(database_url) as (environment, project):
        port = free_ports(1)[0]
        waiting: queue.Queue[bytes] = queue.Queue()
        for raw in messages(sessions, chance):
            waiting.put(raw)
        result.sent = waiting.qsize()
        over = threading.Event()
        senders = [
            threading.Thread(target=_send, args=(port, project, waiting, result, over))
            for _ in range(SENDERS)
        ]
        process = web(environment, port)
        for sender in senders:
            sender.start()
        share = result.sent // (kills + 1)
        for _ in range(kills):
            # A part of the callbacks has been taken, and more are on their way.
            enough = len(result.acknowledged) + chance.randrange(1, max(share, 2))
            while len(result.acknowledged) < enough and not waiting.empty():
                time.sleep(0.002)
            process.kill()
            process.wait()
            result.kills += 1
            process = web(environment, port)
        waiting.join()
        over.set()
        for sender in senders:
            sender.join()
        process.kill()
        process.wait()
        seen = json.loads(_own(environment, "read"))
        result.stored, result.late = seen["ids"], seen["late"]
        result.states = {tuple(state) for state in seen["states"]}
    return result


def messages(sessions: int, chance: random.Random) -> list[bytes]:
    placed = [
        (number + 1.5 * chance.random(), json.dumps(body_of(_sid(n), number, *told)).encode())
        for n in range(sessions)
        for number, told in enumerate(STORY)
    ]
    return [raw for _place, raw in sorted(placed)]


def _sid(number: int) -> str:
    return f"{number:032x}"


def _send(
    port: int,
    project: int,
    waiting: "queue.Queue[bytes]",
    result: Campaign,
    over: threading.Event,
) -> None:
    """Deliver until nothing is left. What is not answered with 200 goes to the end of the line."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    while not over.is_set():
        try:
            raw = waiting.get(timeout=0.1)
        except queue.Empty:
            continue
        if deliver(connection, project, raw):
            result.acknowledged.add(json.loads(raw)["noticeId"])
        else:
            waiting.put(raw)
            time.sleep(0.05)
        waiting.task_done()
    connection.close()


def deliver(connection: http.client.HTTPConnection, project: int, raw: bytes) -> bool:
    """Whether one callback was acknowledged."""
    signed = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "Agora-Signature-V2": signed}
    try:
        connection.request("POST", f"/callbacks/{project}/", raw, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    return answer.status == 200


@contextmanager
def house(database_url: str) -> Iterator[tuple[Mapping[str, str], int]]:
    """The environment of a prepared database with sessions in it, and the project's id."""
    from cryptography.fernet import Fernet

    from recorder.management.environment import apart

    with tempfile.TemporaryDirectory(prefix="reelroom-kill-") as folder:
        environment = apart(folder) | {
            "SECRET_KEY": secrets.token_hex(),
            "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }
        if database_url:
            environment["DATABASE_URL"] = database_url
        static = Path(folder) / "static"
        static.mkdir()
        (static / "staticfiles.json").write_text('{"version": "1.1", "paths": {}}')
        yield environment, int(_own(environment, "make"))


def _own(environment: Mapping[str, str], task: str) -> str:
    """Run `make` or `read` of this module in a process with that environment."""
    done = subprocess.run(
        [sys.executable, "-m", "bench._kill_web_rows", task],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def web(environment: Mapping[str, str], port: int) -> "subprocess.Popen[bytes]":
    """Started, and answering."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "web", "--port", str(port)],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return process
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    process.kill()
    raise RuntimeError("the web process does not answer")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench._kill_web", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=400)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    database = os.environ.get("DATABASE_URL", "")
    result = campaign(options.kills, options.seed, options.sessions, database)
    print(
        f"{result.sent} notices, {result.kills} kills: {len(result.acknowledged)} acknowledged,"
        f" {len(result.stored)} stored"
    )
    for problem in result.problems():
        print(problem)
    return 1 if result.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
