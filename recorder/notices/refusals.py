"""Counting what was refused, without letting strangers fill table or log at will."""

import logging
import threading
import time
from collections import Counter

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from recorder.models.notice import RefusedNotices

log = logging.getLogger(__name__)

# Seconds between two writes of one process. What comes sooner is written with the next callback; a
# crash before that loses it.
EVERY = 1.0


class Refusals:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[int, str]] = Counter()
        self._written = -EVERY

    def add(self, project_id: int, reason: RefusedNotices.Reason) -> None:
        with self._lock:
            self._counts[project_id, reason.value] += 1
        self.write()

    def write(self) -> None:
        """Add what has been counted, unless that was done a moment ago."""
        with self._lock:
            now = time.monotonic()
            if not self._counts or now - self._written < EVERY:
                return
            counts, self._counts, self._written = self._counts, Counter(), now
        for (project_id, reason), count in counts.items():
            log.warning("Callbacks for project %s were refused: %s, %s.", project_id, count, reason)
            try:
                _add(project_id, reason, count)
            except DatabaseError:
                log.warning("Refused callbacks could not be counted.", exc_info=True)


refusals = Refusals()


def _add(project_id: int, reason: str, count: int) -> None:
    now = timezone.now()
    row, new = RefusedNotices.objects.get_or_create(
        project_id=project_id, reason=reason, defaults={"count": count, "last_at": now}
    )
    if not new:
        RefusedNotices.objects.filter(pk=row.pk).update(count=F("count") + count, last_at=now)
