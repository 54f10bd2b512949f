"""`web`: one process that serves pages and API."""

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.servers.basehttp import get_internal_wsgi_application
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MTServer

from recorder import tasks
from recorder.management import addresses, needs, preparation

# granian sets up logging when it starts: what it has to say goes where all else goes.
OUR_LOGGING: dict[str, Any] = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}},
}


class OneProcess(MTServer):
    """granian's server of threads, with one: that needs no Python without GIL, which it asks for.

    Its server of processes would keep a second one only to watch the first, as our supervisor does.
    """

    def _check_gil(self) -> None:
        pass


class Command(BaseCommand):
    help = "Runs one web process: pages, API and callbacks."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=addresses.port, default=8000)

    def handle(self, *, host: str, port: int, **_: Any) -> None:
        needs.need_keys()
        needs.need_database()
        needs.need_static()
        addresses.need_free(host, port, "--port")
        with preparation.sentences():
            tasks.prepare_queue()
        application = get_internal_wsgi_application()
        import_module(settings.ROOT_URLCONF)  # now, not within the first request
        server = OneProcess(
            "reelroom",
            addresses.numeric(host),
            port,
            interface=Interfaces.WSGI,
            blocking_threads=settings.WEB_THREADS,
            websockets=False,
            log_level=LogLevels.error,
            log_dictconfig=OUR_LOGGING,
        )
        server.serve(target_loader=lambda _: application)
