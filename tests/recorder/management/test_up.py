"""The whole `up`: what it prints, refuses, restarts and leaves behind."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import time
from pathlib import Path

import pytest

from tests.support.up import PATIENCE, Up

pytestmark = pytest.mark.xdist_group("up")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A data folder that all starts of this file share: the first prepares it for the others."""
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture
def up(house, free_port):
    """Start `up`; whatever happens in the test, it ends with it."""
    started: list[Up] = []

    def start(*arguments: str, folder: Path = house, port: int = 0, **environment: str) -> Up:
        started.append(Up(folder, port or free_port(), *arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
        one.process.wait(PATIENCE)
        one.process.stdout.close()


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


def test_the_first_start_says_where_it_is_and_the_password_and_a_second_only_where(up, free_port):
    ready = r"^Ready: http://127\.0\.0\.1:{}/  user admin"
    port, sandbox_port = free_port(), free_port()

    first = up("--sandbox-port", str(sandbox_port), port=port)
    line = first.wait_for("^Ready:")
    assert re.fullmatch(ready.format(port) + r"  password \S{16}", line)
    assert get(port, "/healthz") == 200
    assert get(sandbox_port, "/_sandbox/") == 200
    assert first.end() < 10
    assert first.process.returncode == 0

    second = up("--sandbox-port", str(sandbox_port), port=port)
    assert re.fullmatch(ready.format(port), second.wait_for("^Ready:"))


def test_another_sandbox_port_reaches_the_project_and_the_storage(up, house, free_port):
    sandbox_port = free_port()

    up("--sandbox-port", str(sandbox_port)).wait_for("^Ready:")

    with sqlite3.connect(house / "app.sqlite3") as database:
        urls = database.execute(
            "SELECT base_url FROM recorder_project UNION SELECT endpoint_url"
            " FROM recorder_storageconfig ORDER BY 1"
        ).fetchall()
    database.close()
    origin = f"http://127.0.0.1:{sandbox_port}"
    assert urls == [(origin,), (f"{origin}/s3",)]


def test_ctrl_c_ends_every_child(up):
    running = up("--no-sandbox")
    running.wait_for("^Ready:")
    children = list(running.children())

    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(PATIENCE) == 0
    assert len(children) == 2
    assert not [pid for pid in children if alive(pid)]


def test_a_second_up_is_refused_and_told_who_holds_the_folder(up):
    first = up("--no-sandbox")
    first.wait_for("^Ready:")

    second = up("--no-sandbox")

    line = second.wait_for("already running")
    assert f"process {first.process.pid}, http://127.0.0.1:{first.port}" in line
    assert second.process.wait(PATIENCE) == 1
    assert first.process.poll() is None


def test_a_killed_up_leaves_nothing_behind_and_the_next_start_waits_for_its_ports(up, free_port):
    port, sandbox_port = free_port(), free_port()
    killed = up("--sandbox-port", str(sandbox_port), port=port)
    killed.wait_for("^Ready:")
    children = list(killed.children())

    killed.process.kill()
    after = up("--sandbox-port", str(sandbox_port), port=port)

    after.wait_for("^Ready:")
    wait_until_gone(children)
    assert len(children) == 3


def test_a_child_that_dies_is_started_again(up):
    running = up("--no-sandbox")
    running.wait_for("^Ready:")
    before = running.child("worker")

    os.kill(before, signal.SIGKILL)

    running.wait_for(r"^worker was killed \(SIGKILL\); starting it again in 1 s")
    deadline = time.monotonic() + PATIENCE
    while not [pid for pid, args in running.children().items() if args.endswith(" worker")]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert running.child("worker") != before


@pytest.mark.parametrize("option", ["--port", "--sandbox-port"])
def test_an_occupied_port_is_one_sentence(up, free_port, option):
    ports = {"--port": free_port(), "--sandbox-port": free_port()}
    with socket.create_server(("127.0.0.1", ports[option])):
        refused = up("--sandbox-port", str(ports["--sandbox-port"]), port=ports["--port"])

        line = refused.wait_for("in use")

        assert refused.process.wait(PATIENCE) == 1
    assert line.startswith(f"Port {ports[option]} on 127.0.0.1 is in use")
    assert option in line
    assert refused.seen == [line]


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        ([], {"WEB_THREADS": "many"}, r"^WEB_THREADS is 'many'; it must be a whole number"),
        ([], {"DATABASE_URL": "mysql://x/y"}, r"^DATABASE_URL must begin with postgres://"),
        ([], {"TIME_ZONE": "Mars/Base"}, r"^TIME_ZONE is 'Mars/Base'"),
        ([], {"FIELD_ENCRYPTION_KEYS": "short"}, r"^Key 1 of FIELD_ENCRYPTION_KEYS is not 32"),
        (
            [],
            {"QUEUE_URL": "redis://:hunter2@127.0.0.1:1"},
            r"^The queue .* does not answer: ",
        ),
        (["--host", "0.0.0.0"], {}, r"^With --host 0\.0\.0\.0 others can reach .* PUBLIC_URL"),
        (["--data", "/dev/null/data"], {}, r"^The data folder /dev/null/data cannot be used"),
        (["--sandbox-port", "80000"], {}, r"--sandbox-port: invalid port value: '80000'"),
    ],
)
def test_what_cannot_work_is_one_sentence_and_no_traceback(up, arguments, environment, sentence):
    refused = up(*arguments, **environment)

    refused.wait_for(sentence)

    assert refused.process.wait(PATIENCE) in {1, 2}  # 2: argparse, with its usage
    assert not [line for line in refused.seen if "Traceback" in line or "hunter2" in line]


def test_a_database_file_that_is_none_is_one_sentence(up, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "field_encryption_keys").write_text(
        "dGVzdHMgb25seTogdGhpcyBpcyBubyBzZWNyZXQga2U="
    )
    (tmp_path / "app.sqlite3").write_text("this is a letter, and no database at all\n" * 50)

    refused = up("--no-sandbox", folder=tmp_path)

    line = refused.wait_for("cannot be used")
    assert line == f"The database {tmp_path}/app.sqlite3 cannot be used: file is not a database."
    assert refused.process.wait(PATIENCE) == 1
    assert refused.seen == [line]


@pytest.mark.postgres
def test_up_runs_on_postgresql_and_redis_when_they_are_named(up, house, database_url, require):
    engines = {"DATABASE_URL": database_url, "QUEUE_URL": require("redis")}

    running = up("--no-sandbox", **engines)

    line = running.wait_for("^Ready:")
    assert re.search(r"  password \S{16}$", line)  # a new database is a new house
    assert get(running.port, "/readyz") == 200


def test_a_database_server_that_is_not_there_is_one_sentence(up, free_port):
    refused = up("--no-sandbox", DATABASE_URL=f"postgres://me:hidden@127.0.0.1:{free_port()}/reel")

    line = refused.wait_for("cannot be used")

    assert line.startswith("The database reel on 127.0.0.1 cannot be used: connection failed")
    assert "hidden" not in line
    assert refused.process.wait(PATIENCE) == 1
