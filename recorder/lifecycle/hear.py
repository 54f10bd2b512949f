"""Folding notices into their sessions: as they arrive, when their sid becomes known, or later.

Notices need no lease: what was learned is true whoever has the row (see decision 4).
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from recorder.contract.events import PRODUCT_ID
from recorder.contract.states import Status
from recorder.lifecycle.fold import TOLD, tell
from recorder.lifecycle.rows import told
from recorder.models import Notice, RecordingSession

log = logging.getLogger(__name__)

# Seconds between looks for the session of an unknown sid: the commit of our own start may be on its
# way. After that it waits for the sid to turn up (fold.tell_waiting).
LOOKS = (2, 10, 60, 300)
TRIES = 8  # to fold one that fails; then a person may replay it
BATCH = 100
# What no notice has to do with; some of it is long.
UNREAD = ("acquire_request", "request", "secrets", "storage", "layout", "resource_id")


def hear(notices: Sequence[Notice], now: datetime) -> None:
    """Fold notices, in the order given, into the sessions they are about.

    Inside the caller's transaction, who saves what this sets on the notices (fold.TOLD): each is
    then folded, or due again. One session's trouble keeps no other from being told.
    """
    sessions = _locked(notices)
    by_session: dict[int, list[Notice]] = {}
    for notice in notices:
        session = _session_of(notice, sessions)
        if session and not _is_one_of_several(session):
            by_session.setdefault(session.pk, []).append(notice)
            continue
        _look_later(notice, now)
        if session:
            _ask_which(session, now)
    told_of = [(row, by_session[row.pk]) for row in sessions if row.pk in by_session]
    if not _tell_all(told_of, now) and len(told_of) > 1:
        fresh = {row.pk: row for row in _locked(notices)}
        for session, its in told_of:
            _tell_all([(fresh[session.pk], its)], now)


def hear_due(limit: int = BATCH) -> int:
    """Fold what could not be folded at once; how many were tried. Several may run at once."""
    now = timezone.now()
    if not Notice.objects.due(now).exists():
        return 0
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic(durable=True):
        due = list(Notice.objects.due(now).select_for_update(skip_locked=skip)[:limit])
        hear(due, now)
        Notice.objects.bulk_update(due, TOLD)
    return len(due)


def _locked(notices: Iterable[Notice]) -> list[RecordingSession]:
    """The sessions that may be meant, locked in the order of their ids, so that two who lock some
    never wait for each other in a circle."""
    ours = [notice for notice in notices if _is_ours(notice)]
    if not ours:
        return []
    sids, projects = {notice.sid for notice in ours}, {notice.project_id for notice in ours}
    own = RecordingSession.objects.of_projects(*projects).defer(*UNREAD)
    rows = own.select_for_update().order_by("pk")
    known = list(rows.filter(sid__in=sids))
    if sids <= {row.sid for row in known}:
        return known
    channels = {notice.cname for notice in ours}
    lost = rows.live().filter(status=Status.UNCONFIRMED.value, sid="", cname__in=channels)
    return known + list(lost)


def _is_ours(notice: Notice) -> bool:
    return bool(notice.sid) and notice.product_id in {None, PRODUCT_ID}


def _session_of(notice: Notice, sessions: Sequence[RecordingSession]) -> RecordingSession | None:
    """By its sid; else the one start of this channel and uid whose answer was lost."""
    if not _is_ours(notice):
        return None
    of_project = [row for row in sessions if row.project_id == notice.project_id]
    named = [row for row in of_project if row.sid == notice.sid]
    if named:
        return named[-1]
    lost = [row for row in of_project if not row.sid and _proves(notice, row)]
    return lost[0] if len(lost) == 1 else None


def _is_one_of_several(session: RecordingSession) -> bool:
    """Whether a notice may be of a start that had ended when a later one was sent: the service is
    asked which of them runs (lifecycle.which)."""
    return not session.sid and bool(session.former_resource_id)


def _ask_which(session: RecordingSession, now: datetime) -> None:
    """Have it asked at once. The notice is looked at again in any case."""
    try:
        with transaction.atomic(), told(session, now):
            session.ask_at = now
    except Exception:
        log.exception("Session %s could not be told of a notice.", session.reference)


def _proves(notice: Notice, session: RecordingSession) -> bool:
    """Whether this notice can only be about that unconfirmed start.

    The service runs one task for a channel and uid (53), so a recording of these two that was not
    heard of before our start left is ours, unless another start of ours, given up, has the same
    claim.
    """
    sent = session.start_sent_at
    if not sent or (notice.cname, notice.uid) != (session.cname, session.uid):
        return False
    if notice.received_at < sent:
        return False
    earlier = Notice.objects.of_projects(notice.project_id).filter(
        sid=notice.sid, received_at__lt=sent
    )
    rivals = RecordingSession.objects.of_projects(session.project_id).filter(
        cname=session.cname,
        uid=session.uid,
        sid="",
        status=Status.FAILED.value,
        failure__operation="start",
        failure__code=None,
        ended_at__gt=sent - RIVAL_WITHIN,
    )
    return not earlier.exists() and not rivals.exists()


# A start that somebody gave up may still be running: for so long after its end its notices cannot
# be told from those of a later start in the same place.
RIVAL_WITHIN = timedelta(hours=1)


def _tell_all(sessions: Sequence[tuple[RecordingSession, Sequence[Notice]]], now: datetime) -> bool:
    """All or nothing. False when it failed; its notices are then due again."""
    notices = [notice for _row, its in sessions for notice in its]
    before = [{name: getattr(notice, name) for name in TOLD} for notice in notices]
    try:
        with transaction.atomic():
            for session, its in sessions:
                with told(session, now) as row:
                    for notice in sorted(its, key=lambda one: one.sequence or 0):
                        tell(row, notice, now)
    except Exception as error:
        names = ", ".join(session.reference for session, _its in sessions)
        log.exception("Notices of %s could not be folded.", names)
        for notice, values in zip(notices, before, strict=True):
            for name, value in values.items():
                setattr(notice, name, value)
            if len(sessions) == 1:
                _try_later(notice, now, error)
        return False
    return True


def _try_later(notice: Notice, now: datetime, error: Exception) -> None:
    notice.tries += 1
    notice.error = type(error).__name__
    wait = timedelta(seconds=2 ** min(notice.tries, 8))
    notice.due_at = now + wait if notice.tries < TRIES else None


def _look_later(notice: Notice, now: datetime) -> None:
    """Its session is not known, or not yet."""
    waits = LOOKS[notice.tries :] if _is_ours(notice) else ()
    notice.due_at = now + timedelta(seconds=waits[0]) if waits else None
    notice.tries = min(notice.tries + 1, len(LOOKS))
