"""`worker`: one process that does the jobs of the queue."""

import logging
import os
import socket
import threading
import time
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from huey.consumer import Consumer
from huey.contrib.djhuey import HUEY

from recorder.management import lifeline, needs, preparation
from recorder.models import Heartbeat

logger = logging.getLogger(__name__)

THREADS = 8
BEAT_SECONDS = 10.0
FORGET_AFTER = timedelta(days=1)


class Command(BaseCommand):
    help = "Runs one worker process: confirms starts, sends what is due, sweeps."
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        needs.need_keys()
        needs.need_database()
        name = f"{socket.gethostname()}:{os.getpid()}"
        with preparation.sentences():
            preparation.make_queue()
            Heartbeat.objects.filter(seen_at__lt=timezone.now() - FORGET_AFTER).delete()
            Heartbeat.beat(name)
        autodiscover_modules("tasks")
        consumer = Consumer(
            HUEY,
            workers=THREADS,
            max_delay=0.2,  # huey looks into an idle SQLite queue only every 10 s by default
            graceful_signal="TERM",
            shutdown_timeout=6,
        )
        threading.Thread(target=keep_beating, args=(name,), name="heartbeat", daemon=True).start()
        lifeline.ready()
        consumer.run()


def keep_beating(name: str) -> None:
    """Tell the database every 10 s that this process lives."""
    while True:
        time.sleep(BEAT_SECONDS)
        try:
            close_old_connections()
            Heartbeat.beat(name)
        except DatabaseError:
            logger.exception("The heartbeat of this worker could not be written")
