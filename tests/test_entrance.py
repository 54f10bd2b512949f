"""manage.py before Django: the environment, its stamp, and its sentences.

The installer is faked where it begins to be another process: a script stands for Python.
"""

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import manage

FAKE_PYTHON = """\
#!/bin/sh
echo "$*" >> "$FAKE/log"
case "$*" in
  "-m venv "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; cat "$FAKE/venv" 2>/dev/null ;;
  "-m pip "*) cat "$FAKE/pip" 2>/dev/null; [ ! -p "$FAKE/gate" ] || read line < "$FAKE/gate" ;;
esac
[ ! -e "$FAKE/fails" ]
"""


class Checkout:
    """A folder with requirement lists, and a script that stands for Python and its pip."""

    def __init__(self, root: Path):
        self.root, self.fake = root / "checkout", root / "fake"
        self.python = self.fake / "python"
        (self.root / "requirements").mkdir(parents=True)
        self.fake.mkdir()
        self.python.write_text(FAKE_PYTHON)
        self.python.chmod(0o755)
        for name in manage.LISTS:
            self.write_list(name, "django==5.2\n")

    def write_list(self, name: str, text: str) -> None:
        (self.root / "requirements" / name).write_text(text)

    def environment(self) -> manage.Environment:
        return manage.Environment(str(self.root), str(self.python))

    def provide(self, name: str) -> list[str]:
        """Provide a list; returns what was run for it: "venv", or the name of the list."""
        (self.fake / "log").unlink(missing_ok=True)
        self.environment().provide(name)
        return self.installed()

    def installed(self) -> list[str]:
        log = self.fake / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        return ["venv" if "-m venv" in line else Path(line).name for line in lines]

    def fail(self, program: str, output: str) -> None:
        (self.fake / program).write_text(output)
        (self.fake / "fails").touch()


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    checkout = Checkout(tmp_path)
    monkeypatch.setenv("FAKE", str(checkout.fake))
    return checkout


def test_the_first_start_makes_the_environment_and_installs_the_list(checkout):
    assert checkout.provide("app.txt") == ["venv", "app.txt"]


def test_a_second_start_runs_no_installer(checkout):
    checkout.provide("sandbox.txt")

    assert checkout.provide("sandbox.txt") == []
    assert checkout.provide("app.txt") == []  # which sandbox.txt holds


def test_a_larger_list_is_installed_into_the_environment_that_is_there(checkout):
    checkout.provide("app.txt")

    assert checkout.provide("dev.txt") == ["dev.txt"]


def test_a_changed_list_is_installed_with_all_that_was_installed_before(checkout):
    checkout.provide("dev.txt")
    checkout.write_list("app.txt", "django==5.3\n")

    assert checkout.provide("app.txt") == ["dev.txt"]


def test_another_python_makes_the_environment_anew(checkout):
    checkout.provide("app.txt")
    stamp = Path(checkout.environment().stamp)
    stamp.write_text(stamp.read_text().replace("cpython-", "cpython-2"))

    assert checkout.provide("app.txt") == ["venv", "app.txt"]


def test_an_environment_whose_python_is_gone_is_made_anew(checkout):
    checkout.provide("app.txt")
    Path(checkout.environment().python).unlink()

    assert checkout.provide("app.txt") == ["venv", "app.txt"]


def test_the_stamp_holds_the_hash_of_each_list_and_the_python(checkout):
    checkout.provide("sandbox.txt")

    python, *lists = checkout.environment().read_stamp().splitlines()
    expected = hashlib.sha256(b"django==5.2\n").hexdigest()
    assert python.startswith(sys.implementation.cache_tag)
    assert lists == [f"app.txt {expected}", f"sandbox.txt {expected}"]


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("WARNING: Retrying … NewConnectionError('…')\nERROR: No matching", "no connection"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "its hash differs"),
        ("ERROR: [Errno 13] Permission denied: '/x'", "may not write there"),
        ("ERROR: something quite new", "ERROR: something quite new"),
    ],
)
def test_an_installation_that_fails_is_one_sentence_and_the_next_start_repairs_it(
    checkout, output, sentence
):
    checkout.provide("app.txt")
    checkout.fail("pip", output)

    with pytest.raises(SystemExit, match=sentence) as refusal:
        checkout.provide("dev.txt")

    assert "\n" not in str(refusal.value.code)
    (checkout.fake / "fails").unlink()
    assert checkout.provide("dev.txt") == ["venv", "dev.txt"]


def test_a_python_without_ensurepip_is_told_what_to_install(checkout):
    checkout.fail("venv", "The virtual environment was not created: ensurepip is not available.")

    with pytest.raises(SystemExit, match=r"ensurepip is not installed.*venv"):
        checkout.provide("app.txt")


def test_a_file_in_the_place_of_the_lists_is_named(checkout):
    (checkout.root / "requirements" / "app.txt").unlink()

    with pytest.raises(SystemExit, match=r"app\.txt"):
        checkout.provide("app.txt")


def test_two_starts_at_once_install_once(checkout):
    os.mkfifo(checkout.fake / "gate")  # pip waits until somebody writes into it
    code = f"import manage; manage.Environment({str(checkout.root)!r}, {str(checkout.python)!r})"
    command = [sys.executable, "-c", code + ".provide('app.txt')"]
    start = {"cwd": manage.ROOT, "stderr": subprocess.PIPE, "text": True}

    with subprocess.Popen(command, **start) as first:
        while "Installing" not in first.stderr.readline():
            pass
        with subprocess.Popen(command, **start) as second:
            waiting = second.stderr.readline()
            (checkout.fake / "gate").write_text("go\n")
            second.stderr.read()
        first.stderr.read()

    assert "waiting" in waiting
    assert (first.returncode, second.returncode) == (0, 0)
    assert checkout.installed() == ["venv", "app.txt"]


@pytest.mark.parametrize(
    ("command", "arguments", "expected"),
    [
        ("up", [], "sandbox.txt"),
        ("up", ["--no-sandbox"], "app.txt"),
        ("demo", [], "sandbox.txt"),
        ("sandbox", [], "sandbox.txt"),
        ("web", [], "app.txt"),
        ("migrate", [], "app.txt"),
        ("test", ["-k", "up"], "dev.txt"),
        ("bench", [], "dev.txt"),
    ],
)
def test_each_command_asks_for_the_list_it_needs(command, arguments, expected):
    assert manage.list_for(command, arguments) == expected


def test_each_list_holds_all_of_the_one_before():
    def pins(name: str) -> set[str]:
        lines = Path(manage.ROOT, "requirements", name).read_text().splitlines()
        return {line.removesuffix("\\").strip() for line in lines if "==" in line}

    app, sandbox, dev = map(pins, manage.LISTS)
    assert app < sandbox < dev


def test_an_old_python_can_read_the_entrance_and_gets_a_sentence(monkeypatch):
    source = Path(manage.__file__).read_text()

    ast.parse(source, feature_version=(3, 6))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer.*3\.9"):
        exec(compile(source, "manage.py", "exec"), {"__name__": "old", "__file__": "manage.py"})


def run_manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=manage.ROOT,
        env={**os.environ, "SETUP": "off", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_malformed_setup_is_named():
    ended = run_manage("check", SETUP="maybe")

    assert (ended.returncode, ended.stderr) == (
        1,
        "SETUP is 'maybe'; it must be off (use this environment as it is) or unset.\n",
    )


def test_test_and_bench_are_modules_of_the_environment():
    ended = run_manage("test", "--version")

    assert ended.returncode == 0
    assert ended.stdout.startswith("pytest ")


def test_a_malformed_setting_is_one_sentence():
    ended = run_manage("migrate", WEB_THREADS="many")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "WEB_THREADS is 'many'; it must be a whole number from 1 to 256.\n"


@pytest.mark.parametrize("given", ["~/recordings", "recordings", " recordings "])
@pytest.mark.parametrize("form", ["--data={}", "--data {}"])
def test_the_data_folder_reaches_the_settings_as_it_was_given(monkeypatch, given, form):
    """Two readings of one path would let `up` begin itself again for ever."""
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    before, _, _ = form.partition("{}")
    arguments = [before + given] if before.endswith("=") else [before.strip(), given]

    manage.name_data_folder(["--port", "8001", *arguments])

    assert os.environ["DATA_DIR"] == given
