"""A fail-over: the service moves a recording to another server, and calls do not find it meanwhile.

Source: Agora Cloud Recording FAQ, high availability: within 90 s, at most three times a recording.
"""

import secrets

from recorder.sandbox.store import Session, State, Store

MOST_MOVES = 3
LONGEST_S = 90


class CannotMove(Exception):
    """`str(error)` says why this recording cannot be moved."""


def fail_over(store: Store, sid: str, now: int, seconds: int) -> Session:
    """Lose the recorder now and have it back, under a new uid, after `seconds`.

    Emits event 12 and writes the gap down as a fact; from its end on files are named bak<n>_.
    Raises CannotMove.
    """
    with store.transaction():
        session = store.tasks.get(sid)
        if session is None or session.state != State.LIVE or session.doom or not session.joined:
            raise CannotMove("Only a recording that runs can be moved to another server.")
        if session.moves >= MOST_MOVES:
            raise CannotMove(f"A recording is moved {MOST_MOVES} times at most.")
        if now < session.away_until_ms:
            raise CannotMove("This recording is being moved already.")
        uid = _new_uid(session)
        until = now + seconds * 1000
        store.tasks.emit(sid, 12, 0, now, msgName="session_failover", newUid=uid)
        store.channels.add(
            session.channel, now, "failover", sid=sid, until_ms=until, move=session.moves,
            new_uid=str(uid),
        )  # fmt: skip
        store.tasks.change(
            sid,
            moves=session.moves + 1,
            away_until_ms=until,
            recorder_uid=str(uid),
        )
        moved = store.tasks.get(sid)
    assert moved is not None  # noqa: S101 - changed above
    return moved


def _new_uid(session: Session) -> int:
    """Any but the old one, and none that people choose for themselves: these are small."""
    while True:
        uid = 2**31 + secrets.randbelow(2**31 - 1)
        if str(uid) != session.recorder_uid:
            return uid
