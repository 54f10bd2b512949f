"""Is this process alive, and can it work? Asked by supervisors and balancers, without sign-in."""

import logging
import time
from collections.abc import Callable
from threading import Lock

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recorder.models import DiskProbe

log = logging.getLogger(__name__)

PROBE_EVERY = 5.0  # seconds


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers. Nothing else is asked: restarting would not help it."""
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database and queue answer and something can be saved, else 503. Reasons are for the
    log, not for strangers."""
    results = {name: _passes(name, ask) for name, ask in CHECKS.items()}
    ready = all(results.values())
    words = {name: "ok" if passed else "failing" for name, passed in results.items()}
    return JsonResponse(
        {"status": "ok" if ready else "failing", **words}, status=200 if ready else 503
    )


def _passes(name: str, ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception:
        log.warning("Not ready: the %s does not answer", name, exc_info=True)
        return False
    return True


def _database() -> None:
    """Also refuses a database that was never prepared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM recorder_user LIMIT 1")


def _disk() -> None:
    """Raises what the last try to save something raised; tried anew every few seconds, so that a
    stranger who asks often writes seldom."""
    with _probe.lock:
        if time.monotonic() - _probe.tried >= PROBE_EVERY:
            _probe.error, _probe.tried = None, time.monotonic()
            try:
                DiskProbe.write()
            except DatabaseError as error:
                _probe.error = error
        if _probe.error:
            raise _probe.error


class _Probe:
    """What the last try showed, for all threads of this process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.tried = -PROBE_EVERY
        self.error: DatabaseError | None = None


_probe = _Probe()


def _queue() -> None:
    from huey.contrib.djhuey import HUEY

    HUEY.storage.queue_size()


CHECKS: dict[str, Callable[[], object]] = {
    "database": _database,
    "disk": _disk,
    "queue": _queue,
}
