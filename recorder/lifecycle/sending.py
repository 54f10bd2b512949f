"""Sending from the process that was asked, without making the person wait for long."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from functools import partial
from threading import BoundedSemaphore
from typing import TypeAlias

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.errors import RecorderError
from recorder.lifecycle import leases
from recorder.lifecycle.change import Busy
from recorder.lifecycle.start import send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.models import RecordingSession, User

log = logging.getLogger(__name__)

THREADS = 6
# Of these, for stops: each is answered when the last file is uploaded, up to 30 seconds later. The
# worker has many more threads for them; what a person waits for would be refused meanwhile.
STOPS = 4
WAIT = 6.0  # seconds; htmx gives a request up after 8

Work: TypeAlias = Callable[[RecordingSession], object]

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sending")
_free = BoundedSemaphore(THREADS)
_free_for_stops = BoundedSemaphore(STOPS)


def send_new(session: RecordingSession, lease: str) -> bool:
    """Send a start that was committed with this lease, and wait for it as `send` does."""
    if _free_thread():
        return _sent(partial(send_start, lease=lease), session, WAIT)
    leases.release(session, lease)
    return False


def send(work: Work, session: RecordingSession, *, wait: float = WAIT, in_row: bool = True) -> bool:
    """Run `work` on a thread of its own and wait for it at most `wait` seconds (0: not at all).

    True when it finished in time; what it raised is raised here, and the session shows what it did.
    False when it goes on. When all threads are busy: False where the row says what is to be done,
    so that the worker does it; with `in_row=False` Busy is raised, and nothing was sent.
    """
    if _free_thread():
        return _sent(work, session, wait)
    if in_row:
        return False
    raise Busy(_("The server is busy with other calls. Nothing was sent; try again."))


def stop_session(session: RecordingSession, *, by: User) -> bool:
    """Commit the wish to stop, and send it without waiting for what comes of it. False when it was
    wished before: that one is on its way, and takes no second thread.

    Raises what request_stop does.
    """
    if not request_stop(session, by=by):
        return False
    if not _sent_by_us(session):
        now = timezone.now()  # the worker need not leave it to us for a while
        RecordingSession.objects.filter(pk=session.pk).live().update(next_check_at=now)
    session.refresh_from_db()
    return True


def _sent_by_us(session: RecordingSession) -> bool:
    if not _free_for_stops.acquire(blocking=False):
        return False
    if not _free_thread():
        _free_for_stops.release()
        return False
    future = _pool.submit(_run, send_stop, session.pk)
    future.add_done_callback(lambda _future: _free_for_stops.release())
    return True


def _free_thread() -> bool:
    """Whether one was free; it is ours now."""
    return _free.acquire(blocking=False)


def _sent(work: Work, session: RecordingSession, wait: float) -> bool:
    future = _pool.submit(_run, work, session.pk)
    try:
        future.result(timeout=wait)
    except NotYet:
        return False
    finally:
        session.refresh_from_db()
    return True


def _run(work: Work, pk: int) -> None:
    try:
        work(RecordingSession.objects.select_related("project").get(pk=pk))
    except RecorderError:
        raise  # a sentence for whoever still waits
    except Exception:
        log.exception("Work on session %s broke off; the sweep goes on with it.", pk)
        raise
    finally:
        connections.close_all()
        _free.release()
