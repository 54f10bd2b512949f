"""Keeping notices: each once, committed before it is answered, and folded in the same commit."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from recorder.lifecycle.hear import hear
from recorder.models import Notice

# Seconds. The service waits ten for an answer and then sends again: after that ours is for nobody.
PATIENCE = 7.0
MOST = 64  # notices in one commit
_RACES = 3  # with another process that keeps the same notice


@dataclass(eq=False)
class _Waiting:
    """One notice on its way into the database, and what became of it."""

    notice: Notice
    done: bool = False
    is_new: bool = False
    error: Exception | None = None


class Intake:
    """The fast path of callbacks: one commit for all that wait for one.

    A commit waits for the disk (decision 2), and SQLite lets one writer in at a time. Sixteen
    threads that each want a commit of their own would wait for sixteen syncs in a row, and fight
    for the lock meanwhile. Here whoever comes first writes for all who came since: under load
    notices share their commits, and alone nothing changes.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()  # held by the thread that is at the database
        self._guard = threading.Lock()  # of the list
        self._queue: list[_Waiting] = []

    def keep(self, notice: Notice) -> bool:
        """Committed when this returns. False for one that was here before.

        Raises DatabaseError when it may not have been kept.
        """
        mine = _Waiting(notice)
        with self._guard:
            self._queue.append(mine)
        while not mine.done:
            if not self._turn.acquire(timeout=PATIENCE):
                raise OperationalError("The database is busy.")
            try:
                if not mine.done:
                    self._write()
            finally:
                self._turn.release()
        if mine.error:
            raise mine.error
        return mine.is_new

    def _write(self) -> None:
        with self._guard:
            batch, self._queue = self._queue[:MOST], self._queue[MOST:]
        try:
            _keep(batch)
        except Exception as error:
            for waiting in batch:
                waiting.error = error
        finally:
            for waiting in batch:
                waiting.done = True


intake = Intake()


def _keep(batch: Sequence[_Waiting]) -> None:
    """All of them in one transaction."""
    for left in reversed(range(_RACES)):
        try:
            with _patience(), transaction.atomic(durable=True):
                _keep_and_tell(batch)
            return
        except IntegrityError:  # another process kept one of them meanwhile: it is found now
            if not left:
                raise


def _keep_and_tell(batch: Sequence[_Waiting]) -> None:
    for waiting in batch:
        _as_it_came(waiting.notice)
    known = _known([waiting.notice for waiting in batch])
    again: Counter[int] = Counter()
    fresh: list[Notice] = []
    for waiting in batch:
        notice = waiting.notice
        first = next((known[key] for key in _keys(notice) if key in known), None)
        waiting.is_new = first is None
        if first is None:
            fresh.append(notice)
            known |= dict.fromkeys(_keys(notice), notice)
        elif first.pk:
            again[first.pk] += 1
        else:
            first.deliveries += 1  # both came in this batch
    now = timezone.now()
    for pk, times in again.items():
        Notice.objects.filter(pk=pk).update(deliveries=F("deliveries") + times, delivered_at=now)
    if fresh:
        hear(fresh, now)
        Notice.objects.bulk_create(fresh)


def _as_it_came(notice: Notice) -> None:
    """Without what a try that was rolled back has set on it: else it would pass for one whose
    session was told of it before, and nobody would be asked because of it."""
    notice.deliveries, notice.tries = 1, 0
    notice.session = notice.folded_at = notice.due_at = None
    notice.error, notice.late = "", False


def _known(notices: Sequence[Notice]) -> dict[tuple[int, str, str], Notice]:
    """Those that are kept already, by each of their keys."""
    same = Q(notice_id__in=[notice.notice_id for notice in notices])
    if twins := [notice.twin for notice in notices if notice.twin]:
        same |= Q(twin__in=twins)
    rows = Notice.objects.filter(same, project_id__in={notice.project_id for notice in notices})
    rows = rows.only("project_id", "notice_id", "twin").order_by()
    return {key: row for row in rows for key in _keys(row)}


def _keys(notice: Notice) -> Iterator[tuple[int, str, str]]:
    yield notice.project_id, "id", notice.notice_id
    if notice.twin:
        yield notice.project_id, "twin", notice.twin


@contextmanager
def _patience() -> Iterator[None]:
    """SQLite may wait longer for its lock than the service waits for us."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5)) * 1000
    _wait_for_lock(int(PATIENCE * 1000))
    try:
        yield
    finally:
        _wait_for_lock(usual)


def _wait_for_lock(milliseconds: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
    except DatabaseError:
        connection.close()  # the next one begins with the usual settings
