"""Sending from the process that was asked, without making the person wait for long."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from threading import BoundedSemaphore
from typing import TypeAlias

from django.db import connections

from recorder.errors import RecorderError
from recorder.models import RecordingSession

log = logging.getLogger(__name__)

THREADS = 6
WAIT = 6.0  # seconds; htmx gives a request up after 8

Work: TypeAlias = Callable[[RecordingSession], object]

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sending")
_free = BoundedSemaphore(THREADS)


def send(work: Work, session: RecordingSession, *, wait: float = WAIT) -> bool:
    """Run `work` on a thread of its own and wait for it at most `wait` seconds (0: not at all).

    True when it finished in time; what it raised is raised here, and the session shows what it did.
    False when it goes on, or when all threads are busy: the row is due, and the worker does it.
    """
    if not _free.acquire(blocking=False):
        return False
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
