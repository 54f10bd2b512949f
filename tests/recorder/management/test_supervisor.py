"""The supervisor over small programs, in a process of its own: it takes the signals."""

import signal
import subprocess
import sys

import pytest

SUPERVISE = """
import sys
from recorder.management.supervisor import Child, Supervisor

program = lambda code: (sys.executable, "-c", code)
children = [Child(name, [], program=program(code)) for name, code in {children!r}.items()]
sys.exit(Supervisor(children, end_seconds={end_seconds}).run(lambda: print("Ready", flush=True)))
"""
READY = """
import socket, sys, time
line = socket.socket(fileno=int(sys.argv[1]))
line.sendall(b"ready\\n")
"""
WORK = "line.recv(1)  # until the supervisor is gone"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.fixture
def supervise():
    """Start a supervisor over children of this code; it is ended with the test."""
    started = []

    def start(end_seconds: float = 8.0, **children: str) -> subprocess.Popen[str]:
        code = SUPERVISE.format(children=children, end_seconds=end_seconds)
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_is_ready_when_all_its_children_are(supervise):
    supervisor = supervise(one=READY + WORK, two=READY + WORK)

    assert supervisor.stdout.readline() == "Ready\n"


def test_a_child_that_ends_before_it_is_ready_ends_the_start(supervise):
    supervisor = supervise(good=READY + WORK, bad="raise SystemExit('No keys.')")

    output, errors = supervisor.communicate(timeout=60)

    assert (supervisor.returncode, output) == (1, "")
    assert errors.splitlines() == [
        "No keys.",
        "bad ended before it was ready; see its message above.",
    ]


def test_each_child_is_asked_to_end_and_may_finish_what_it_does(supervise, tmp_path):
    done = tmp_path / "done"
    finish = f"lambda *_: (time.sleep(0.3), open({str(done)!r}, 'w').close(), sys.exit())"
    listens = f"import signal; signal.signal(signal.SIGTERM, {finish})"
    supervisor = supervise(
        end_seconds=600, worker=READY.replace("line.send", listens + "\nline.send") + WORK
    )
    supervisor.stdout.readline()

    supervisor.send_signal(signal.SIGTERM)

    assert supervisor.wait(60) == 0
    assert done.exists()


def test_a_child_that_does_not_listen_is_ended_by_force(supervise):
    supervisor = supervise(end_seconds=0.2, deaf=DEAF + READY + WORK)
    supervisor.stdout.readline()

    supervisor.send_signal(signal.SIGTERM)

    assert supervisor.wait(60) == 0


def test_a_second_ctrl_c_does_not_wait(supervise):
    supervisor = supervise(end_seconds=600, deaf=DEAF + READY + WORK)
    supervisor.stdout.readline()

    supervisor.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        supervisor.wait(0.5)
    supervisor.send_signal(signal.SIGINT)

    assert supervisor.wait(60) == 0


def test_a_child_that_keeps_dying_is_started_less_and_less_often(supervise, tmp_path):
    gate = tmp_path / "gate"
    weak = f"import os\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.05)"
    supervisor = supervise(weak=READY + weak, strong=READY + WORK)
    supervisor.stdout.readline()

    gate.touch()

    assert [supervisor.stderr.readline() for _ in range(2)] == [
        "weak ended with status 0; starting it again in 1 s.\n",
        "weak ended with status 0; starting it again in 2 s.\n",
    ]
