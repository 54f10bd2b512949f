"""The connection test: six steps from the host name to a deleted probe, a sentence for each."""

import secrets
import socket
import ssl
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recorder.contract.files import prefix_path
from recorder.models import StorageConfig
from recorder.storage import errors
from recorder.storage.access import bucket_for
from recorder.storage.bucket import Bucket

Outcome = Literal["done", "failed", "skipped"]
LABELS = {
    "resolve": gettext_lazy("Find the host"),
    "reach": gettext_lazy("Connect to it"),
    "sign": gettext_lazy("Have the key accepted"),
    "write": gettext_lazy("Write a file"),
    "read": gettext_lazy("Read it as a browser does"),
    "delete": gettext_lazy("Delete it"),
}
CONTENT = b"Reelroom's connection test. This file may be deleted.\n"
TIMEOUT = 5  # seconds, for the steps that do not go through a bucket's client


@dataclass(frozen=True, slots=True)
class Step:
    """One step's result. `cors`: the read worked, but no rule lets pages of `origin` play."""

    key: str
    outcome: Outcome
    sentence: str
    duration_ms: int = 0
    cors: bool = False

    @property
    def label(self) -> str:
        return str(LABELS[self.key])


def check(config: StorageConfig, *, origin: str = "") -> Generator[Step, None, None]:
    """Test a storage as the provider (writing) and as we (reading) use it, one step at a time.

    `origin` is the address of our pages, asked about in the read. A failed step skips those after
    it, except that a written probe is always deleted, also when the caller stops half-way.
    """
    run = _Run(config, origin)
    failed = False
    try:
        for key, step in run.steps():
            if failed and not (key == "delete" and run.written):
                yield Step(key, "skipped", _("Not tried, because a step before it failed."))
                continue
            result = _timed(key, step)
            failed = failed or result.outcome == "failed"
            yield result
    finally:
        run.clean_up()


def _timed(key: str, step: Callable[[], Step]) -> Step:
    began = time.monotonic()
    try:
        result = step()
    except errors.StorageError as error:
        result = Step(key, "failed", str(error))
    return replace(result, duration_ms=round((time.monotonic() - began) * 1000))


class _Run:
    """The steps share the two buckets, made only once the settings are known to make one."""

    def __init__(self, config: StorageConfig, origin: str):
        self.config = config
        self.origin = origin
        # A folder such as "{session}" is a placeholder until there is a session.
        folders = ["".join(c for c in part if c.isalnum()) for part in config.file_name_prefix]
        self.key = f"{prefix_path(folders)}reelroomcheck{secrets.token_hex(6)}.txt"
        self.written = False
        self._buckets: dict[bool, Bucket] = {}

    def bucket(self, *, writing: bool) -> Bucket:
        if writing not in self._buckets:
            self._buckets[writing] = bucket_for(self.config, writing=writing)
        return self._buckets[writing]

    def steps(self) -> Iterator[tuple[str, Callable[[], Step]]]:
        for key in LABELS:
            yield key, getattr(self, key)

    @property
    def address(self) -> tuple[str, int, bool]:
        parts = urlsplit(self.bucket(writing=False).read_origin)
        encrypted = parts.scheme == "https"
        return parts.hostname or "", parts.port or (443 if encrypted else 80), encrypted

    def resolve(self) -> Step:
        host, port, _encrypted = self.address
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return Step(
                "resolve",
                "failed",
                _(
                    "No address is known for %(host)s. Nothing can be uploaded there."
                    " Check the endpoint, the region and the name service of this machine."
                )
                % {"host": host},
            )
        return Step("resolve", "done", f"{host} → {found[0][4][0]}")

    def reach(self) -> Step:
        host, port, encrypted = self.address
        try:
            with socket.create_connection((host, port), timeout=TIMEOUT) as connection:
                if encrypted:
                    context = ssl.create_default_context()
                    with context.wrap_socket(connection, server_hostname=host) as secure:
                        return Step("reach", "done", f"{host}:{port}, {secure.version()}")
        except ssl.SSLError:
            return Step(
                "reach",
                "failed",
                _(
                    "%(host)s does not prove who it is with a valid certificate, so nothing was"
                    " sent. Check the endpoint and the certificate."
                )
                % {"host": host},
            )
        except OSError:
            return Step("reach", "failed", str(errors.unreachable(self.config.name)))
        return Step("reach", "done", _("%(host)s, unencrypted") % {"host": f"{host}:{port}"})

    def sign(self) -> Step:
        for _first in self.bucket(writing=False).list(self.key, limit=1):
            break
        return Step("sign", "done", _("The key may list the bucket “%s”.") % self.config.bucket)

    def write(self) -> Step:
        self.bucket(writing=True).write(self.key, CONTENT)
        self.written = True
        return Step("write", "done", self.key)

    def read(self) -> Step:
        """Over a signed address and as a page's request, with a range: what playing needs."""
        try:
            answer = requests.get(
                self.bucket(writing=False).sign(self.key, expires=60),
                headers={"Range": "bytes=0-7"} | ({"Origin": self.origin} if self.origin else {}),
                timeout=TIMEOUT,
                stream=True,
                allow_redirects=False,
            )
            content = answer.raw.read(100) if answer.status_code == 206 else b""
            answer.close()
        except requests.RequestException as error:
            raise errors.unreachable(self.config.name) from error
        if answer.status_code != 206 or content != CONTENT[:8]:
            return self._unreadable(answer.status_code)
        return self._readable(answer.headers.get("Access-Control-Allow-Origin", ""))

    def _unreadable(self, status: int) -> Step:
        return Step(
            "read",
            "failed",
            _(
                "A part of the written file could not be read through a signed address (HTTP"
                " %(status)d). Recordings are uploaded, but cannot be played. Give the key for"
                " reading the right to get objects."
            )
            % {"status": status},
        )

    def _readable(self, allowed: str) -> Step:
        signed = self.config.delivery == StorageConfig.Delivery.SIGNED
        if signed and self.origin and allowed not in {"*", self.origin}:
            return Step(
                "read",
                "done",
                _(
                    "Readable, but the bucket does not allow pages of %(origin)s to read it, so"
                    " browsers will not play. Add the CORS rule, or deliver through Reelroom."
                )
                % {"origin": self.origin},
                cors=True,
            )
        return Step("read", "done", _("A part of the file came back as written."))

    def delete(self) -> Step:
        self.written = False  # tried; once is enough
        left = _("Left behind: %(key)s") % {"key": self.key}
        try:
            self.bucket(writing=True).delete(self.key)
        except errors.Forbidden:
            sentence = _("The key may not delete, which recording does not need.")
            return Step("delete", "done", f"{sentence} {left}")
        except errors.StorageError as error:
            return Step("delete", "failed", f"{error} {left}")
        return Step("delete", "done", _("The test left nothing behind."))

    def clean_up(self) -> None:
        if self.written:
            self.delete()
