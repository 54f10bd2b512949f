"""The jobs of the queue: thin, each calls one function of the domain.

A job is a hint that makes it fast. What must be done stands in the rows, and the sweeper of every
worker finds each due row, whether its hint was lost, doubled or never given.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

from django.db import close_old_connections, connections
from django.utils import timezone
from huey.contrib.djhuey import HUEY, db_task, on_shutdown, on_startup

from recorder.footage import ledger
from recorder.footage.sid import find_sid
from recorder.lifecycle import bulk, leases, limits, reconcile
from recorder.lifecycle.hear import hear_due
from recorder.lifecycle.observe import BucketListing, StartAnswer
from recorder.lifecycle.unconfirmed import has_own_folder
from recorder.models import Heartbeat, RecordingSession
from recorder.models.disk import disk_problem

log = logging.getLogger(__name__)

SWEEPERS = 6  # threads of a worker: a provider that answers one session slowly holds up no other
STOPS_EVERY = 0.2  # seconds, of the thread that sees to stops only: a fleet holds none of them up
FEED_EVERY = 0.5  # of the thread that feeds bulk work, and sees to maximum lengths
SWEEP_EVERY = 1.0  # seconds; the confirming query, due 5 s after a start, is sent within 6
# Stops on their way at once, for a worker. A stop is answered when the last file is uploaded, up to
# 30 seconds later; whatever waited for that answer would go on recording. Each has a connection to
# the database meanwhile.
STOPS_AT_ONCE = 30
BEAT_EVERY = 10.0
DISK_PAUSE = 5.0  # seconds until a database that could not be written to is tried again
STOP_WITHIN = 5.0  # the process that ends has ten; what is cut off, its lease gives back


def prepare_queue() -> None:
    """Make the tables of the SQLite queue; Redis needs none. May be repeated."""
    prepare = getattr(HUEY.storage, "initialize_schema", None)
    if prepare:
        prepare()


@db_task()
def check_session(pk: int) -> None:
    """Whatever the row needs now: its start, its stop, a query, a look into the bucket."""
    reconcile.check(RecordingSession.objects.get(pk=pk), look_into_bucket)


@db_task()
def sweep(limit: int = 50) -> int:
    """Do what is due. Any number of these may run at once: each row is claimed by one."""
    return reconcile.sweep(limit, look_into_bucket)


@db_task()
def hear_notices() -> int:
    """Fold the notices that could not be folded as they came. Any number of these may run."""
    return hear_due()


def look_into_bucket(session: RecordingSession) -> BucketListing | StartAnswer | None:
    """What the bucket tells about a session's upload, or its sid where only the bucket knows it.

    Raises StorageError when it cannot be read.
    """
    if not session.sid:
        sid = find_sid(session) if has_own_folder(session) else ""
        return StartAnswer(session.start_sent_at or timezone.now(), sid) if sid else None
    found = ledger.refresh(session)
    playlists = [state.name for state in found.lists if state.playlist]
    return BucketListing(
        found.looked_at,
        complete=found.all_present,
        playlist=min(playlists, key=len, default=""),  # those after a fail-over begin with bak0_
    )


class Sweeper:
    """The threads beside the queue that look for due rows, and show that this worker lives.

    huey's own periodic tasks come once a minute: too seldom for a query after five seconds.
    """

    def __init__(self) -> None:
        self.threads = SWEEPERS
        self._stop = Event()
        self._lock = Lock()
        self._threads: list[Thread] = []
        self._stopping: list[Thread] = []
        self._disk_problem = ""

    def start(self) -> None:
        with self._lock:
            if self._threads:
                return  # each worker thread of the consumer asks
            self._stop.clear()
            jobs = [self._beat, self._stops, self._feed, *[self._sweep] * self.threads]
            self._threads = [
                Thread(target=job, daemon=True, name=f"sweeper-{number}")
                for number, job in enumerate(jobs)
            ]
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Begin nothing new, and give what is on its way some time to come back."""
        self._stop.set()
        ends = time.monotonic() + STOP_WITHIN
        with self._lock:
            for thread in [*self._threads, *self._stopping]:
                thread.join(max(ends - time.monotonic(), 0))
            self._threads, self._stopping = [], []

    def _sweep(self) -> None:
        while not self._stop.wait(SWEEP_EVERY):
            self._guarded(sweep.call_local)
            self._guarded(hear_notices.call_local)
        connections.close_all()

    def _stops(self) -> None:
        while not self._stop.wait(STOPS_EVERY):
            self._guarded(self._send_stops)
        connections.close_all()

    def _send_stops(self) -> None:
        """Send what somebody wants stopped, each on a thread of its own."""
        self._stopping = [thread for thread in self._stopping if thread.is_alive()]
        if not (free := STOPS_AT_ONCE - len(self._stopping)):
            return
        for pk, lease in leases.claim_due(free, timezone.now(), stops=True):
            thread = Thread(
                target=self._send_stop, args=(pk, lease), daemon=True, name=f"stop-{pk}"
            )
            thread.start()
            self._stopping.append(thread)

    def _send_stop(self, pk: int, lease: str) -> None:
        self._guarded(lambda: reconcile.work_on(pk, lease, look_into_bucket))
        connections.close_all()

    def _feed(self) -> None:
        while not self._stop.wait(FEED_EVERY):
            self._guarded(bulk.feed)
            self._guarded(lambda: limits.stop_overdue(timezone.now()))
        connections.close_all()

    def _beat(self) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        self._guarded(lambda: Heartbeat.beat(name))
        while not self._stop.wait(BEAT_EVERY):
            self._guarded(lambda: Heartbeat.beat(name))
        connections.close_all()

    def _guarded(self, job: Callable[[], object]) -> None:
        """Nothing ends the thread, and no connection is kept beyond its age. A full disk is said
        once, not by every sweep."""
        close_old_connections()
        try:
            job()
        except Exception as error:
            if problem := disk_problem(error):
                self._tell_disk(problem)
                self._stop.wait(DISK_PAUSE)
            else:
                log.exception("The sweep broke off; the next one goes on with what is due.")
        else:
            self._tell_disk("")
        finally:
            close_old_connections()

    def _tell_disk(self, problem: str) -> None:
        before, self._disk_problem = self._disk_problem, problem
        if problem and not before:
            log.error("%s", problem)


sweeper = Sweeper()


@on_startup()
def start_sweeping() -> None:
    """Called by each worker thread of the consumer as it begins."""
    sweeper.start()


@on_shutdown()
def stop_sweeping() -> None:
    sweeper.stop()
