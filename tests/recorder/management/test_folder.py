import errno
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from recorder.management import folder
from recorder.management.refusal import why


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in folder.KEYS:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)


def test_the_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path):
    folder.make_keys(tmp_path)
    keys = {path.name: path.read_text() for path in (tmp_path / "keys").iterdir()}

    folder.make_keys(tmp_path)

    assert keys == {path.name: path.read_text() for path in (tmp_path / "keys").iterdir()}
    assert set(keys) == set(folder.KEYS)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    Fernet(keys["field_encryption_keys"])


def test_a_key_that_the_environment_gives_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("SANDBOX_SECRET_KEY_FILE", "/somewhere/else")

    folder.make_keys(tmp_path)

    made = {path.name for path in (tmp_path / "keys").iterdir()}
    assert made == set(folder.KEYS) - {"secret_key", "sandbox_secret_key"}


def test_a_database_whose_keys_are_lost_does_not_get_new_ones(tmp_path):
    (tmp_path / "app.sqlite3").touch()

    with pytest.raises(SystemExit, match="backup"):
        folder.make_keys(tmp_path)

    assert not (tmp_path / "keys").exists()


def test_the_sandbox_gets_its_values_from_the_environment_first(tmp_path, monkeypatch):
    folder.make_keys(tmp_path)
    monkeypatch.setenv("SANDBOX_APP_ID", "b" * 32)

    values = folder.sandbox_values(tmp_path)

    assert values["SANDBOX_APP_ID"] == "b" * 32
    assert values["SANDBOX_SECRET_KEY"] == (tmp_path / "keys/sandbox_secret_key").read_text()


def test_a_folder_that_is_a_file_is_refused_by_name(tmp_path):
    (tmp_path / "data").touch()

    with pytest.raises(SystemExit, match=r"data cannot be used: a file is in the way"):
        folder.need_writable(tmp_path / "data")


def test_a_folder_without_room_is_refused(tmp_path):
    """The kernel's limit on the size of files stands for a full disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from recorder.management.folder import need_writable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "need_writable(Path(sys.argv[1]))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"The data folder {tmp_path} cannot be used: ")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "this user may not write there"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EIO, "input/output error"),
    ],
)
def test_what_a_disk_complains_about_is_said_in_plain_words(number, words):
    assert why(OSError(number, os.strerror(number))) == words


def test_one_folder_has_one_owner_who_is_named_to_the_second(tmp_path):
    descriptor, _ = folder.lock(tmp_path, "http://127.0.0.1:8000")

    with pytest.raises(SystemExit, match=rf"already running.*process {os.getpid()}.*:8000"):
        folder.lock(tmp_path, "http://127.0.0.1:8001")

    folder.release(descriptor)
    descriptor, killed = folder.lock(tmp_path, "http://127.0.0.1:8001")
    assert not killed
    folder.release(descriptor)


def test_the_next_owner_learns_that_the_last_one_was_killed(tmp_path):
    descriptor, _ = folder.lock(tmp_path, "http://127.0.0.1:8000")
    os.pwrite(descriptor, b"process 1, ", 0)
    os.close(descriptor)  # as the kernel does for a process that is killed

    descriptor, killed = folder.lock(tmp_path, "http://127.0.0.1:8000")

    assert killed
    folder.release(descriptor)
