"""The figures of the frame and the board: each counted in a partial index, all in one query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, QuerySet, Value
from django.utils import timezone

from recorder.lifecycle.given_up import unmatched_lately
from recorder.models import Heartbeat, Project, RecordingSession


@dataclass(frozen=True, slots=True)
class Figures:
    """`live` counts what records or is about to; `workers` those seen within 30 seconds;
    `troubled` the projects whose provider does not answer; `unmatched` is 1 where
    callbacks about nothing known came lately."""

    recording_now: int = 0
    needs_attention: int = 0
    waiting_for_upload: int = 0
    recorded_today: int = 0
    live: int = 0
    workers: int = 0
    troubled: int = 0
    unmatched: int = 0


def figures(user: AbstractBaseUser | AnonymousUser) -> Figures:
    """As this user may see them."""
    first, *others = (
        rows.annotate(figure=Value(name))
        .values("figure")
        .annotate(number=Count("pk"))
        .values_list("figure", "number")
        for name, rows in counted(user).items()
    )
    return Figures(**dict(first.union(*others, all=True)))


def counted(user: AbstractBaseUser | AnonymousUser) -> Mapping[str, QuerySet[Any]]:
    """The rows behind each figure."""
    sessions = RecordingSession.objects.visible_to(user).order_by()
    return {
        "recording_now": sessions.recording_now(),
        "needs_attention": sessions.needing_attention(),
        "waiting_for_upload": sessions.waiting_for_upload(),
        "recorded_today": sessions.recorded_since(midnight()),
        "live": sessions.live(),
        "workers": Heartbeat.seen(),
        "troubled": Project.objects.visible_to(user).in_trouble().order_by(),
        "unmatched": unmatched_lately(user, timezone.now()).order_by(),
    }


def midnight() -> datetime:
    """When today began, in the current time zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
