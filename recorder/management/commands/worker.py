"""`worker`: one process that does the jobs of the queue."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from huey.consumer import Consumer
from huey.contrib.djhuey import HUEY

from recorder import tasks
from recorder.management import lifeline, needs, preparation
from recorder.models import Heartbeat

THREADS = 8
FORGET_AFTER = timedelta(days=1)  # the heartbeats of processes that are long gone


class Command(BaseCommand):
    help = "Runs one worker process: confirms starts, sends what is due, sweeps."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--threads",
            type=int,
            default=tasks.SWEEPERS,
            choices=range(1, 65),
            metavar="1-64",
            help="how many due sessions it works on at once (default: %(default)s)",
        )

    def handle(self, *, threads: int, **_: Any) -> None:
        needs.need_keys()
        needs.need_database()
        needs.need_queue()
        with preparation.sentences():
            Heartbeat.objects.filter(seen_at__lt=timezone.now() - FORGET_AFTER).delete()
        tasks.sweeper.threads = threads
        consumer = Consumer(
            HUEY,
            workers=THREADS,
            max_delay=0.2,  # huey looks into an idle SQLite queue only every 10 s by default
            graceful_signal="TERM",
            shutdown_timeout=6,
        )
        lifeline.ready()
        consumer.run()
