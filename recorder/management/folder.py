"""The data folder of `up`: that it can be written, that one `up` uses it, and the keys in it.

Standard library only; the supervisor uses it too.
"""

import base64
import fcntl
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from recorder.management.refusal import refuse, why

ROOM = 1_000_000  # bytes that must fit, tried at each start


def _hex() -> str:
    return secrets.token_hex(16)


DJANGO_KEYS: Mapping[str, Callable[[], str]] = {
    "secret_key": lambda: secrets.token_urlsafe(64),
    # A Fernet key: 32 random bytes in URL-safe Base64.
    "field_encryption_keys": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}
SANDBOX_KEYS: Mapping[str, Callable[[], str]] = {
    "sandbox_app_id": _hex,
    "sandbox_customer_id": _hex,
    "sandbox_customer_secret": _hex,
    "sandbox_access_key": lambda: secrets.token_hex(10).upper(),
    "sandbox_secret_key": lambda: secrets.token_urlsafe(30),
    "sandbox_callback_secret": lambda: secrets.token_urlsafe(30),
}


KEYS = {**DJANGO_KEYS, **SANDBOX_KEYS}


def need_writable(folder: Path) -> None:
    """Make the folder if it is missing, and try that it takes a megabyte."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"\0" * ROOM)
            trial.flush()
    except OSError as error:
        refuse(
            f"The data folder {folder} cannot be used: {why(error)}."
            " Choose another with --data or DATA_DIR."
        )


def make_keys(folder: Path) -> None:
    """Make what neither the environment nor DATA_DIR/keys has. Existing keys are never touched.

    Call it with the folder locked.
    """
    keys = folder / "keys"
    missing = [name for name in KEYS if not _in_environment(name) and not (keys / name).exists()]
    if "field_encryption_keys" in missing and (folder / "app.sqlite3").exists():
        refuse(
            f"{folder} holds a database, but not the keys its secrets were encrypted with: put"
            f" {keys}/field_encryption_keys back from your backup, or set FIELD_ENCRYPTION_KEYS."
        )
    try:
        keys.mkdir(mode=0o700, exist_ok=True)
        for name in missing:
            replace(keys / name, KEYS[name]())
    except OSError as error:
        refuse(f"The keys in {keys} cannot be made: {why(error)}.")


def _in_environment(name: str) -> bool:
    return bool(os.environ.get(name.upper()) or os.environ.get(f"{name.upper()}_FILE"))


def replace(path: Path, text: str) -> None:
    """Write a file that only this user may read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def sandbox_values(folder: Path) -> dict[str, str]:
    """The sandbox's side of the keys, as SANDBOX_* for its environment."""
    values = {}
    for name in SANDBOX_KEYS:
        variable = name.upper()
        path = Path(os.environ.get(f"{variable}_FILE") or folder / "keys" / name)
        try:
            values[variable] = os.environ.get(variable) or path.read_text().strip()
        except OSError as error:
            refuse(f"The key file {path} cannot be read: {why(error)}.")
    return values


def first_password_file(folder: Path) -> Path:
    """Holds the first admin's password from its making until the Ready line has shown it."""
    return folder / "keys" / "first_password"


def lock(folder: Path, address: str) -> tuple[int, bool]:
    """Take the folder for this process: (descriptor, whether the last `up` was killed)."""
    path = folder / "up.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        refuse(f"The lock {path} cannot be made: {why(error)}.")
    held_by = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        refuse(f"Reelroom is already running with the data folder {folder} ({held_by}).")
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()}, {address}\n".encode(), 0)
    # Its own line means that it began again after making the keys.
    return descriptor, bool(held_by) and not held_by.startswith(f"process {os.getpid()},")


def release(descriptor: int) -> None:
    """After an orderly end. A killed `up` leaves its line in the file, which tells the next one."""
    os.ftruncate(descriptor, 0)
    os.close(descriptor)
