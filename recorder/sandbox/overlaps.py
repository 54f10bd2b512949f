"""Which stops were crossed by a query: such a stop answers without its file list.

Crossed means that the query arrived while the stop was being carried out, or was still unanswered
when it arrived.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Overlap:
    """What one stop sees of the queries around it."""

    happened = False


class Overlaps:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: Counter[str] = Counter()
        self._stops: dict[str, list[Overlap]] = {}

    @contextmanager
    def query(self, sid: str) -> Iterator[None]:
        with self._lock:
            self._queries[sid] += 1
            for overlap in self._stops.get(sid, ()):
                overlap.happened = True
        try:
            yield
        finally:
            with self._lock:
                self._queries[sid] -= 1
                if not self._queries[sid]:
                    del self._queries[sid]

    def begin_stop(self, sid: str) -> Overlap:
        overlap = Overlap()
        with self._lock:
            overlap.happened = sid in self._queries
            self._stops.setdefault(sid, []).append(overlap)
        return overlap

    def end_stop(self, sid: str, overlap: Overlap) -> None:
        with self._lock:
            self._stops[sid].remove(overlap)
            if not self._stops[sid]:
                del self._stops[sid]
