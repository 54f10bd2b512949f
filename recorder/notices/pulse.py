"""Whether callbacks arrive: for the foot of the menu, the banner, and the page of callbacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.db.models.functions import TruncMinute
from django.utils import timezone

from recorder.models import Notice, Project, RecordingSession

# A recording reports its beginning within seconds, and where that is subscribed to, the progress of
# its upload about once a minute (event 33).
HEARD_WITHIN = timedelta(minutes=2)
PROGRESS_WITHIN = timedelta(minutes=10)
PROGRESS = 33
FRESH = timedelta(minutes=5)


class State(StrEnum):
    OFF = "off"  # no project has a callback secret
    NEVER = "never"
    ARRIVING = "arriving"
    QUIET = "quiet"  # none lately, and none was to be expected
    SILENT = "silent"  # a recording runs that should have been heard of


@dataclass(frozen=True, slots=True)
class Pulse:
    state: State
    last_at: datetime | None = None
    silent_since: datetime | None = None

    @property
    def coarse(self) -> tuple[str, int]:
        """What a page has to be drawn anew for: relative times tick on by themselves."""
        return self.state, int(self.last_at.timestamp() // 30) if self.last_at else 0


def pulse(user: AbstractBaseUser | AnonymousUser, *, live: bool = True) -> Pulse:
    """As this user may see it. `live`: whether any session is, where that is known."""
    arrivals = Notice.objects.visible_to(user).order_by("-received_at")
    last = arrivals.values_list("received_at", flat=True).first()
    now = timezone.now()
    if live and (since := silent_since(user, now)):
        return Pulse(State.SILENT, last, since)
    if last is None:
        secured = Project.objects.visible_to(user).exclude(callback_secret="").exists()
        return Pulse(State.NEVER if secured else State.OFF)
    return Pulse(State.ARRIVING if now - last < FRESH else State.QUIET, last)


def silent_since(user: AbstractBaseUser | AnonymousUser, now: datetime) -> datetime | None:
    """Since when callbacks should have come and did not, judged by the sessions that record now."""
    expecting = (
        RecordingSession.objects.visible_to(user)
        .live()
        .filter(recording_at__lt=now - HEARD_WITHIN, stop_requested_at=None)
        .exclude(project__callback_secret="")
        .order_by()
    )
    progress = Notice.objects.filter(session=OuterRef("pk"), event_type=PROGRESS)
    hushed = Q(Exists(progress), heard_at__lt=now - PROGRESS_WITHIN)
    since = expecting.aggregate(
        unheard=Min("recording_at", filter=Q(heard_at=None)),
        hushed=Min("heard_at", filter=hushed),
    )
    return min(filter(None, since.values()), default=None)


def per_minute(
    user: AbstractBaseUser | AnonymousUser, now: datetime, minutes: int = 60
) -> list[tuple[datetime, int]]:
    """How many notices came in each of the last minutes, the oldest first."""
    last = now.replace(second=0, microsecond=0)
    begin = last - timedelta(minutes=minutes - 1)
    rows = Notice.objects.visible_to(user).filter(received_at__gte=begin).order_by()
    counted: Mapping[datetime, int] = dict(
        rows.annotate(minute=TruncMinute("received_at"))
        .values("minute")
        .annotate(number=Count("pk"))
        .values_list("minute", "number")
    )
    each = (begin + timedelta(minutes=number) for number in range(minutes))
    return [(minute, counted.get(minute, 0)) for minute in each]
