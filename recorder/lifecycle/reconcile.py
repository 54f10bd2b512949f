"""Bringing rows and service together: one session that was asked for, or all that are due."""

import logging

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from recorder.lifecycle import leases
from recorder.lifecycle.look import BucketLook
from recorder.lifecycle.sick import set_aside
from recorder.lifecycle.steps import work
from recorder.models import RecordingSession

log = logging.getLogger(__name__)

PATIENCE = 3.0  # seconds to wait for somebody who is at work on the session
TURN = 0.6  # seconds a sweep waits for a query's turn: one of them at the usual pace


def check(session: RecordingSession, bucket: BucketLook | None = None) -> None:
    """Ask about one session now: the service while it runs, the bucket after its end.

    A session that needs something else first, such as its start or stop, is given that. Returns
    without doing anything when somebody else is at it.
    """
    if lease := leases.claim(session, patience=PATIENCE):
        work(session, lease, bucket)


def sweep(limit: int = 50, bucket: BucketLook | None = None, *, stops: bool = False) -> int:
    """Do what is due, one session after the other; how many there were.

    Several sweeps at once share the work: each session is claimed by one of them. With `stops` only
    what somebody wants stopped.
    """
    done = 0
    while done < limit and (due := leases.claim_due(1, timezone.now(), stops=stops)):
        for pk, lease in due:
            work_on(pk, lease, bucket)
        done += len(due)
    return done


def work_on(pk: int, lease: str, bucket: BucketLook | None = None) -> None:
    """What a claimed row needs. A mistake of ours costs that row only."""
    try:
        session = RecordingSession.objects.select_related("project").get(pk=pk)
        work(session, lease, bucket, turn=TURN)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not the row's
    except Exception:
        log.exception("Session %s could not be worked on; the others go on.", pk)
        set_aside(pk, lease)
