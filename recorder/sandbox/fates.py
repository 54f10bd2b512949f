"""What the fault deck has in store beside calls and uploads: servers that fail, and files that come
home from the provider's backup.
"""

import logging

from recorder.sandbox.endings import Endings
from recorder.sandbox.failover import CannotMove, fail_over
from recorder.sandbox.filing import Filing
from recorder.sandbox.store import Session, State, Store

log = logging.getLogger("sandbox")

HOME_MS = 60_000  # from the good-bye until the backup's files are in the customer's bucket
NEVER_MS = 2**62


class Fates:
    def __init__(self, store: Store, filing: Filing, endings: Endings):
        self._store, self._filing, self._endings = store, filing, endings

    def next_ms(self, now_ms: int) -> int:
        """When something is due."""
        homes = [_home_ms(session) for session in self._store.tasks.in_backup()]
        dues = [*homes, *(move.due_ms for move in self._store.faults.moves())]
        return min((due for due in dues if due > now_ms), default=NEVER_MS)

    def work(self, now_ms: int) -> bool:
        """Do what is due; whether that makes work for the next turn."""
        worked = False
        for move in self._store.faults.moves():
            if move.due_ms <= now_ms:
                worked |= self._move(move.sid, move.seconds, now_ms)
        for session in self._store.tasks.in_backup():
            if _home_ms(session) <= now_ms and self._filing.bring_home(session):
                self._endings.came_home(session, now_ms)
                worked = True
        return worked

    def _move(self, sid: str, seconds: int, now_ms: int) -> bool:
        """Fail the server of a recording, once it is in its channel; False while it is not."""
        session = self._store.tasks.get(sid)
        if session is not None and session.state == State.LIVE and not session.joined:
            return False
        try:
            fail_over(self._store, sid, now_ms, seconds)
        except CannotMove as error:
            log.warning("%s: no fail-over: %s", sid, error)
        self._store.faults.moved(sid)
        return True


def _home_ms(session: Session) -> int:
    return (session.gone_ms or 0) + HOME_MS
