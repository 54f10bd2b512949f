"""Reading the environment: each malformed value ends the start with a sentence that names it.

An empty value is one that is not set: that is how `.env` files and containers say it. Secrets may
also come from a file named by `NAME_FILE`, or from `DATA_DIR/keys/`, which `up` fills.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

ENVIRONMENT = environ.Env()
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# What Django's ALLOWED_HOSTS knows: a name, a name with all below it, an address, or all.
HOST = re.compile(r"\*|\.?[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]+)*|\[[0-9A-Fa-f:.]+\]")
UNFIT_IN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\\<>\"]")


def text(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file NAME_FILE points to, stripped."""
    file_name = ENVIRONMENT.str(f"{name}_FILE", default="")
    if not file_name:
        return str(ENVIRONMENT.str(name, default="")).strip() or default
    value = read(Path(file_name), f"{name}_FILE names {file_name}, which")
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE names {file_name}, which is empty.")
    return value


def read(path: Path, subject: str) -> str:
    """The content of a file, stripped; `subject` begins the sentence said when it is no text."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{subject} holds no text.") from error
    except OSError as error:
        raise ImproperlyConfigured(f"{subject} cannot be read: {error.strerror}.") from error


def folder(name: str, default: str) -> Path:
    """An absolute path; ~ is the user's home."""
    value = text(name, default)
    try:
        return Path(value).expanduser().resolve()
    except (RuntimeError, ValueError, OSError) as error:  # no such user; a NUL byte; a loop
        raise ImproperlyConfigured(f"{name} is {value!r}, which is no path of a folder.") from error


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; it must be a whole number from {least} to {most}."
        )
    return int(value)


def switch(name: str, default: bool = False) -> bool:
    value = text(name, "on" if default else "off").lower()
    words = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
    if value not in words:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be on or off.")
    return words[value]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which is no time zone name such as Europe/Paris."
        ) from error
    return value


def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """A URL with one of the schemes and a host, without its trailing slash; empty stays empty."""
    value = text(name, default).rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        place = parts.path if parts.scheme == "unix" else parts.hostname
        valid = parts.scheme in schemes and bool(place) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or UNFIT_IN_ADDRESS.search(value):
        raise ImproperlyConfigured(
            f"{name} is not an address that begins with {' or '.join(f'{s}://' for s in schemes)}"
            " and names a host."
        )
    return value


def origin(name: str, default: str) -> str:
    """The address of a site: scheme, host and port, nothing behind them."""
    value = address(name, default, ("http", "https"))
    parts = urlsplit(value)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; it must end after the host and the port, such as"
            " https://recordings.example."
        )
    return value


def hosts(name: str) -> list[str]:
    """Host names separated by commas or white space, without scheme and port."""
    values = text(name).replace(",", " ").split()
    for value in values:
        if not HOST.fullmatch(value):
            raise ImproperlyConfigured(
                f"{name} holds {value!r}; it must be host names without scheme and port, such as"
                " recordings.example, separated by commas."
            )
    return values


def key_file(keys: Path, name: str) -> str:
    """The content of DATA_DIR/keys/NAME, or nothing when `up` has not made it."""
    path = keys / name
    try:
        present = path.is_file()
    except OSError:  # this user may not look into the folder: reading says so
        present = True
    return read(path, f"The key file {path}") if present else ""


def encryption_keys(name: str, default: str) -> list[str]:
    """Fernet keys, newest first, separated by commas or white space."""
    keys = text(name, default).replace(",", " ").split()
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"Key {position} of {name} is not 32 bytes in URL-safe Base64."
            ) from error
    return keys


def database(name: str, sqlite: Mapping[str, object], **extra: object) -> dict[str, object]:
    """The Django database setting: PostgreSQL when NAME is set, else the SQLite settings given."""
    url = text(name)
    if not url:
        return dict(sqlite)
    parse: Callable[..., dict[str, object]] = environ.Env.db_url_config
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must begin with postgres:// or postgresql://.")
    try:
        values = parse(url)
    except Exception as error:
        # The message of the parser may repeat the URL, which holds the password.
        raise ImproperlyConfigured(f"{name} cannot be read as a database address.") from error
    if not values["NAME"]:
        raise ImproperlyConfigured(
            f"{name} names no database; it is postgres://user:password@host/name."
        )
    return values | extra
