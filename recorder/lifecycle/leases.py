"""Who is at work on a session: one at a time, and never for longer than the lease.

A lease keeps two processes from sending the same thing. What was *learned* needs none: an answer
that comes after its lease ran out is folded in like any other (lifecycle.observe).
"""

import secrets
import time
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from recorder.contract.states import LIVE
from recorder.models import Account, Project, RecordingSession
from recorder.models.session import SessionQuerySet
from recorder.providers.pacing import interval_for, no_room_for_queries, queries_turn

# Longer than any call with its repeats elsewhere takes; renewed before each.
LEASE = timedelta(seconds=90)
_QUERY_TURN = timedelta(milliseconds=50)  # a query may be claimed so long before its account's turn
# Of whoever commits a start and sends it at once: as long as an acquire takes. Should they die
# between the two, the worker takes over that much later.
FIRST = timedelta(seconds=15)
_KNOCK = 0.1  # seconds between two looks at a lease that somebody else has


def token() -> str:
    return secrets.token_hex(16)


def claim(session: RecordingSession, *, patience: float = 0.0) -> str:
    """Take the session, waiting `patience` seconds for somebody else to finish.

    Gives the lease's token and the row as it is now; "" when it stays taken.
    """
    ends = time.monotonic() + patience
    while True:
        now, mine = timezone.now(), token()
        until = now + LEASE
        row = RecordingSession.objects.filter(pk=session.pk).unclaimed(now)
        unchanged = row.filter(version=session.version)
        if unchanged.update(lease_token=mine, lease_until=until):
            session.lease_token, session.lease_until = mine, until
            return mine  # what the caller has read is what the row says
        if row.update(lease_token=mine, lease_until=until):
            session.refresh_from_db()
            return mine
        if time.monotonic() >= ends:
            return ""
        time.sleep(_KNOCK)


def release(session: RecordingSession, lease: str) -> None:
    """Give back what nothing was done with: the row is as due as it was."""
    RecordingSession.objects.filter(pk=session.pk, lease_token=lease).update(
        lease_token="", lease_until=None
    )


def claim_due(limit: int, now: datetime, *, stops: bool = False) -> list[tuple[int, str]]:
    """Take up to `limit` due sessions: id and token. Two callers never get the same one.

    With `stops` only those that somebody wants stopped. Left where they are: sessions of projects
    whose provider is in trouble, and queries whose account has had its share of them.
    """
    due = _claimable(RecordingSession.objects.due(now), now)
    if stops:
        due = due.filter(stop_requested_at__isnull=False).live()
    if not due.exists():
        return []  # most often: without a transaction that would make writers wait
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=skip).values_list("pk", flat=True)
        taken = [(pk, token()) for pk in rows[:limit]]
        for pk, mine in taken:
            RecordingSession.objects.filter(pk=pk).update(lease_token=mine, lease_until=now + LEASE)
    return taken


def _claimable(due: SessionQuerySet, now: datetime) -> SessionQuerySet:
    paused = list(Project.objects.paused(now).values_list("pk", flat=True))
    if paused:
        due = due.exclude(project_id__in=paused, status__in=LIVE)
    if spent := _without_queries(now):
        queries = Q(stop_requested_at=None, status__in=LIVE) & ~Q(sid="")
        due = due.exclude(queries & Q(project_id__in=spent))
    return due


def _without_queries(now: datetime) -> list[int]:
    """The projects whose account has had its share of queries, or has other calls for every slot: a
    query that waits holds its session, which somebody may want to stop, and a thread."""
    now_us = int(now.timestamp() * 1_000_000)
    soon = now_us + _QUERY_TURN // timedelta(microseconds=1)
    busy = Account.objects.filter(Q(next_query_us__gt=soon) | Q(next_free_us__gt=now_us))
    slots = {
        (account.provider, account.customer_id): (account.next_free_us, account.next_query_us)
        for account in busy
    }
    if not slots:
        return []
    accounts = [Q(provider=provider, customer_id=customer) for provider, customer in slots]
    projects = Project.objects.filter(reduce(or_, accounts)).values_list(
        "pk", "provider", "customer_id", "requests_per_second"
    )
    spent = []
    for pk, provider, customer, rate in projects:
        (free, query), interval = slots[provider, customer], interval_for(rate)
        turn = queries_turn(now_us, query, interval)
        if turn > soon or no_room_for_queries(now_us, free, query, interval):
            spent.append(pk)
    return spent
