"""`python3 manage.py up`: everything on one machine, with one command."""

import os
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.http.request import validate_host

from recorder.management import addresses, folder, modules, needs, preparation, starters
from recorder.management.refusal import refuse
from recorder.models import StorageConfig, User


class Command(BaseCommand):
    help = "Sets up what is missing, then runs web, worker and sandbox until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=addresses.port, default=8000)
        parser.add_argument("--sandbox-port", type=addresses.port, default=9000)
        parser.add_argument("--no-sandbox", action="store_true", help="do not start the sandbox")
        parser.add_argument(
            "--data", metavar="DIR", type=str.strip, help="the data folder; sets DATA_DIR"
        )

    def handle(
        self, *, host: str, port: int, sandbox_port: int, no_sandbox: bool, data: str, **_: Any
    ) -> None:
        data_dir = Path(data).expanduser().resolve() if data else settings.DATA_DIR
        os.environ["DATA_DIR"] = str(data_dir)
        sandbox = None if no_sandbox else sandbox_port
        need_consistent(host, port, sandbox)
        folder.need_writable(data_dir)
        lock, killed = folder.lock(data_dir, addresses.origin(host, port))
        try:
            folder.make_keys(data_dir)
            if settings.MISSING_KEYS or data_dir != settings.DATA_DIR:
                begin_again()
            # The children of an `up` that was killed take a moment to end.
            patience = 10.0 if killed else 0.0
            addresses.need_free(host, port, "--port", patience=patience)
            if sandbox:
                addresses.need_free("127.0.0.1", sandbox, "--sandbox-port", patience=patience)
            with preparation.sentences():
                has_admin = self.prepare(data_dir, host, port, sandbox)
        except BaseException:
            folder.release(lock)
            raise

        os.environ.setdefault("PUBLIC_URL", public_url(host, port))
        become_supervisor(
            *("--host", host, "--port", str(port), "--data", str(data_dir)),
            *(("--sandbox-port", str(sandbox)) if sandbox else ()),
            *(("--user", starters.ADMIN) if has_admin else ()),
            lock=lock,
        )

    def prepare(self, data_dir: Path, host: str, port: int, sandbox: int | None) -> bool:
        """Bring database, queue, static files and first rows up to date; is there an admin?"""
        needs.need_queue()
        preparation.migrate(self.say)
        preparation.collect_static(self.say)
        starters.make_first_rows(data_dir)
        if sandbox:
            values = folder.sandbox_values(data_dir)
            os.environ.update(values)
            delivery = StorageConfig.Delivery
            shown = delivery.SIGNED if addresses.is_loopback(host) else delivery.PROXY
            project = starters.provide_sandbox(values, sandbox, shown)
            here = addresses.reachable_host(host)
            site = addresses.origin(here, port)
            os.environ["SANDBOX_CALLBACK_URL"] = f"{site}/callbacks/{project.pk}/"
            let_in(here)
        return User.objects.filter(username=starters.ADMIN, is_active=True).exists()

    def say(self, sentence: str) -> None:
        self.stderr.write(sentence, lambda plain: plain)
        self.stderr.flush()


def need_consistent(host: str, port: int, sandbox_port: int | None) -> None:
    if port == sandbox_port:
        refuse(f"--port and --sandbox-port are both {port}; they must differ.")
    if not addresses.is_loopback(host) and not named("ALLOWED_HOSTS") and not named("PUBLIC_URL"):
        refuse(
            f"With --host {host} others can reach this site, so it must know its name: set"
            " PUBLIC_URL to the address people type, such as https://recordings.example,"
            " or ALLOWED_HOSTS to the host names."
        )


def named(name: str) -> bool:
    return bool(os.environ.get(name))


def let_in(host: str) -> None:
    """Let the web process answer to this name as well: the sandbox calls back by it, whatever
    names ALLOWED_HOSTS gives to people."""
    host = f"[{host}]" if ":" in host else host
    if validate_host(host, settings.ALLOWED_HOSTS):
        return
    os.environ.pop("ALLOWED_HOSTS_FILE", None)  # it was read into the settings, and would win
    os.environ["ALLOWED_HOSTS"] = ",".join([*settings.ALLOWED_HOSTS, host])


def public_url(host: str, port: int) -> str:
    """The address people use, as far as it can be known when nobody has said it."""
    if not addresses.is_loopback(host):
        first = next((name for name in settings.ALLOWED_HOSTS if name[0] not in "*."), "127.0.0.1")
        return f"http://{first}:{port}"
    return addresses.origin(host, port)


def begin_again() -> None:
    """Run the same command in a fresh process image, which reads the settings with the new keys."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606


def become_supervisor(*arguments: str, lock: int) -> None:
    """Go on as the supervisor in this process; it keeps the process id and the lock."""
    os.set_inheritable(lock, True)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.stdout.flush()
    sys.stderr.flush()
    modules.find_from_anywhere()
    command = modules.program("recorder.management.supervisor", *arguments, "--lock", str(lock))
    os.execv(sys.executable, command)  # noqa: S606
