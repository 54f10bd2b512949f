"""What one sandbox runs with: read once at start, from `SANDBOX_*` and from the options of the
command.

A malformed value stops the start with a sentence that names it. What the environment does not give,
the sandbox makes for itself in its data directory, so that it can be started alone.
"""

import importlib.util
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from recorder.contract.states import RESOURCE_LIFE_S
from recorder.sandbox.errors import ConfigError

PROJECT = Path(__file__).resolve().parents[2]
CREDENTIALS_FILE = "credentials.json"

_WORD = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SECRET = re.compile(r"[!-~]{1,256}")
_HEX32 = re.compile(r"[0-9A-Fa-f]{32}")
_RULES = {
    "app_id": (_WORD, "must be 1 to 64 letters, digits, - or _ (several are separated by commas)"),
    "customer_id": (re.compile(r"[!-9;-~]{1,128}"), "must be printable ASCII without a colon"),
    "customer_secret": (_SECRET, "must be 1 to 256 printable ASCII characters without spaces"),
    "app_certificate": (_HEX32, "must be 32 hexadecimal characters, or empty"),
    "access_key": (re.compile(r"[0-9A-Za-z_.-]{1,128}"), "must be letters, digits, dots, - or _"),
    "secret_key": (_SECRET, "must be 1 to 256 printable ASCII characters without spaces"),
    "callback_secret": (_SECRET, "must be 1 to 256 printable ASCII characters without spaces"),
}
_SECRET_NAMES = ("customer_secret", "app_certificate", "secret_key", "callback_secret")
_NEEDED = ("app_id", "customer_id", "customer_secret", "access_key", "secret_key")


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Times are in milliseconds unless the name says otherwise. Secrets stay out of `repr`."""

    data: Path
    app_ids: tuple[str, ...]
    customer_id: str
    customer_secret: str = field(repr=False)
    access_key: str
    secret_key: str = field(repr=False)
    app_certificate: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 9000
    provider: str = "agora"
    speed: int | None = None  # None: as it ran last, else real time; 0: the clock is moved by hand
    slice_ms: int = 15_000
    resource_ttl_ms: int = RESOURCE_LIFE_S * 1000
    media: str = "full"
    callback_url: str = ""
    callback_secret: str = field(default="", repr=False)
    rate_limit: int = 10  # requests per second and App ID; 0: none
    max_tasks: int = 50  # concurrent recordings per App ID; 0: no limit
    stop_wait_ms: int = 20_000  # how long a stop waits for its last upload before it answers 206
    envelope: bool = False  # answer {"Code", "Body"} as one anyRTC host does
    control_open: bool = False  # let other machines use /_sandbox/
    made_credentials: bool = False  # at least one credential is the sandbox's own

    @property
    def app_id(self) -> str:
        return self.app_ids[0]

    @property
    def database(self) -> Path:
        return self.data / "sandbox.sqlite3"

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], options: Mapping[str, object] | None = None
    ) -> "SandboxConfig":
        """Read the settings; options that are not None win. Raises ConfigError."""
        options = {k: v for k, v in (options or {}).items() if v is not None}
        for name in ("slice_seconds", "resource_ttl"):
            if name in options:
                options[f"{name.removesuffix('_seconds')}_ms"] = int(str(options.pop(name))) * 1000
        data = Path(str(options.pop("data", "") or _default_data(environ))).expanduser().absolute()
        given = {name: _value(environ, name) for name in _RULES}
        for name, value in given.items():
            _check_credential(f"SANDBOX_{name.upper()}", name, value)
        missing = [name for name in _NEEDED if not given[name]]
        prepare_folder(data)
        if missing:
            own = own_credentials(data)
            given |= {name: own[name] for name in missing}
        values: dict[str, object] = _numbers(environ) | options
        values.setdefault("callback_url", environ.get("SANDBOX_CALLBACK_URL", "").strip())
        values.setdefault("callback_secret", given.pop("callback_secret"))
        if values["callback_url"] and not is_address(str(values["callback_url"])):
            raise ConfigError(
                "SANDBOX_CALLBACK_URL (--callback-url) is malformed; it must be an http or https"
                " address."
            )
        values |= {name: value for name, value in given.items() if name != "app_id"}
        values["media"] = _media(values.get("media"))
        values["made_credentials"] = bool(missing)
        return cls(data=data, app_ids=tuple(given["app_id"].split(",")), **values)  # type: ignore[arg-type]


def _default_data(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("DATA_DIR") or PROJECT / "data") / "sandbox"


def _value(environ: Mapping[str, str], name: str) -> str:
    """SANDBOX_NAME, or for a secret the content of the file SANDBOX_NAME_FILE names."""
    variable = f"SANDBOX_{name.upper()}"
    path = environ.get(f"{variable}_FILE", "") if name in _SECRET_NAMES else ""
    if not path:
        return environ.get(variable, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{variable}_FILE names {path}, which cannot be read.") from error


def _check_credential(variable: str, name: str, value: str) -> None:
    pattern, sentence = _RULES[name]
    parts = value.split(",") if name == "app_id" else [value]
    if value and not all(pattern.fullmatch(part) for part in parts):
        shown = "malformed" if name in _SECRET_NAMES else repr(value)
        raise ConfigError(f"{variable} is {shown}; it {sentence}.")


def _numbers(environ: Mapping[str, str]) -> dict[str, object]:
    """The settings that have no option of their own."""
    found: dict[str, object] = {}
    for name, most, unit in (
        ("rate_limit", 10_000, 1),
        ("max_tasks", 10_000, 1),
        ("stop_wait", 600, 1000),
    ):
        text = environ.get(f"SANDBOX_{name.upper()}", "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and int(text) <= most):
            raise ConfigError(
                f"SANDBOX_{name.upper()} is {text!r}; it must be a whole number from 0 to {most}."
            )
        found["stop_wait_ms" if name == "stop_wait" else name] = int(text) * unit
    control = environ.get("SANDBOX_CONTROL", "").strip() or "loopback"
    if control not in ("loopback", "any"):
        raise ConfigError(f"SANDBOX_CONTROL is {control!r}; it must be loopback or any.")
    return found | {"control_open": control == "any"}


def _media(asked: object) -> str:
    """full when pictures can be made here; asking for them where they cannot is an error."""
    missing = [name for name in ("av", "numpy", "PIL") if importlib.util.find_spec(name) is None]
    if asked == "full" and missing:
        raise ConfigError(
            f"--media full needs the extra `sandbox`, but {', '.join(missing)} cannot be imported."
        )
    return str(asked) if asked else ("none" if missing else "full")


def is_address(url: str) -> bool:
    """Whether something can be posted there."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return False
    plain = len(url) <= 1000 and url.isascii() and url.isprintable() and " " not in url
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def prepare_folder(folder: Path) -> None:
    """Make the data directory, private to this user. Raises ConfigError if it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            f"The data directory {folder} cannot be written: {error.strerror}."
        ) from error


def own_credentials(folder: Path) -> dict[str, str]:
    """The credentials kept in the data directory, made (0600) on first use. Raises ConfigError."""
    path = folder / CREDENTIALS_FILE
    if not path.exists():
        made = {
            "app_id": secrets.token_hex(16),
            "customer_id": secrets.token_hex(16),
            "customer_secret": secrets.token_hex(16),
            "access_key": "SANDBOX" + secrets.token_hex(6).upper(),
            "secret_key": secrets.token_urlsafe(30),
        }
        draft = path.with_suffix(".part")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=2)
        draft.replace(path)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not all(_RULES[name][0].fullmatch(kept[name]) for name in _NEEDED):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} is damaged; delete it and new credentials are made.") from error
    return {name: kept[name] for name in _NEEDED}
