"""`worker`: one process that does the jobs of the queue."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from huey.consumer import Consumer
from huey.contrib.djhuey import HUEY

from recorder.management import lifeline, needs, preparation
from recorder.models import Heartbeat

THREADS = 8
FORGET_AFTER = timedelta(days=1)  # the heartbeats of processes that are long gone


class Command(BaseCommand):
    help = "Runs one worker process: confirms starts, sends what is due, sweeps."
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        needs.need_keys()
        needs.need_database()
        needs.need_queue()
        with preparation.sentences():
            Heartbeat.objects.filter(seen_at__lt=timezone.now() - FORGET_AFTER).delete()
        consumer = Consumer(
            HUEY,
            workers=THREADS,
            max_delay=0.2,  # huey looks into an idle SQLite queue only every 10 s by default
            graceful_signal="TERM",
            shutdown_timeout=6,
        )
        lifeline.ready()
        consumer.run()
