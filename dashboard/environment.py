"""Reading the environment: each malformed value ends the start with a sentence that names it.

Secrets may also come from a file named by `NAME_FILE`, or from `DATA_DIR/keys/`, which `up` fills.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

ENVIRONMENT = environ.Env()
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def text(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file NAME_FILE points to, stripped."""
    file_name = ENVIRONMENT.str(f"{name}_FILE", default="")
    if not file_name:
        return str(ENVIRONMENT.str(name, default=default)).strip()
    try:
        return Path(file_name).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {file_name}, which cannot be read: {error.strerror}."
        ) from error


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
        valid = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise ImproperlyConfigured(
            f"{name} is not an address that begins with {' or '.join(f'{s}://' for s in schemes)}"
            " and names a host."
        )
    return value


def key_file(folder: Path, name: str) -> str:
    """The content of DATA_DIR/keys/NAME, or nothing when `up` has not made it."""
    try:
        return (folder / name).read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise ImproperlyConfigured(
            f"The key file {folder / name} cannot be read: {error.strerror}."
        ) from error


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
        return parse(url) | extra
    except Exception as error:
        # The message of the parser may repeat the URL, which holds the password.
        raise ImproperlyConfigured(f"{name} cannot be read as a database address.") from error
