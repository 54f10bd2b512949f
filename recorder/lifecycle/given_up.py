"""Starts that were given up while their sid was unknown, and run after all, as callbacks tell.

Such a session stays failed: its end was a person's word, and terminal is final. But the recording
costs money until somebody ends it, so what is heard of it is said.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from recorder.contract.states import FINAL, Status
from recorder.lifecycle.heard import effect_in
from recorder.models import Notice, RecordingSession
from recorder.models.notice import NoticeQuerySet

HEARD_WITHIN = timedelta(minutes=3)  # the upload is told of about once a minute (event 33)
_NEWEST = 200  # callbacks that are looked at: another system may use the same App ID
_OVER = {*FINAL, Status.STOPPING}


@dataclass(frozen=True, slots=True)
class Heard:
    session: RecordingSession
    sid: str
    at: datetime


def unmatched_lately(user: AbstractBaseUser | AnonymousUser, now: datetime) -> NoticeQuerySet:
    """The newest callback about nothing known, if it came within three minutes: without one there
    is nothing to look for."""
    newest = Notice.objects.visible_to(user).unmatched().order_by("-id").values("pk")[:1]
    return Notice.objects.filter(pk__in=newest, received_at__gt=now - HEARD_WITHIN)


def running_after_all(user: AbstractBaseUser | AnonymousUser, now: datetime) -> list[Heard]:
    """Those that were heard of within three minutes and have not ended, the newest word first."""
    unmatched = Notice.objects.visible_to(user).unmatched().order_by("-id")[:_NEWEST]
    recent = [one for one in unmatched if one.sid and one.received_at > now - HEARD_WITHIN]
    over = {notice.sid for notice in recent if effect_in(notice).status in _OVER}
    newest: dict[str, Notice] = {}
    for notice in recent:
        newest.setdefault(notice.sid, notice)
    places = _given_up({notice.cname for notice in newest.values()})
    return [
        Heard(session, notice.sid, notice.received_at)
        for notice in newest.values()
        if notice.sid not in over
        and (session := places.get((notice.project_id, notice.cname, notice.uid)))
        and notice.received_at >= (session.start_sent_at or session.requested_at)
    ]


def _given_up(channels: Collection[str]) -> dict[tuple[int, str, str], RecordingSession]:
    """By project, channel and uid. Asked for by the channel alone, which leads to few rows: without
    statistics SQLite would rather read all of a project, or all without a sid."""
    found = RecordingSession.objects.filter(
        cname__in=channels, status=Status.FAILED.value, failure__given_up__isnull=False
    )
    return {
        (one.project_id, one.cname, one.uid): one for one in found.order_by("id") if not one.sid
    }
