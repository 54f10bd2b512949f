"""Bringing rows and service together: one session that was asked for, or all that are due."""

from django.utils import timezone

from recorder.lifecycle import leases
from recorder.lifecycle.look import BucketLook
from recorder.lifecycle.steps import work
from recorder.models import RecordingSession

PATIENCE = 3.0  # seconds to wait for somebody who is at work on the session


def check(session: RecordingSession, bucket: BucketLook | None = None) -> None:
    """Ask about one session now: the service while it runs, the bucket after its end.

    A session that needs something else first, such as its start or stop, is given that. Returns
    without doing anything when somebody else is at it.
    """
    if lease := leases.claim(session, patience=PATIENCE):
        work(session, lease, bucket)


def sweep(limit: int = 50, bucket: BucketLook | None = None) -> int:
    """Do what is due, one session after the other; how many there were.

    Several sweeps at once share the work: each session is claimed by one of them.
    """
    done = 0
    while done < limit and (due := leases.claim_due(1, timezone.now())):
        for session in due:
            work(session, session.lease_token, bucket)
        done += len(due)
    return done
