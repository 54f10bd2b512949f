"""Times and durations as people read them. The same words tick on in static/js/time.js."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

MINUTE, HOUR, DAY = 60, 3600, 86_400


def relative(then: datetime, now: datetime) -> str | None:
    """ "4 min ago", "in 30 s"; None beyond a day, where `absolute` says more."""
    seconds = (now - then).total_seconds()
    distance, past = int(abs(seconds)), seconds > 0
    if distance >= DAY:
        return None
    if distance < 5:
        return _("just now")
    if distance < MINUTE:
        return (_("%(count)s s ago") if past else _("in %(count)s s")) % {"count": distance}
    if distance < HOUR:
        count = distance // MINUTE
        return (_("%(count)s min ago") if past else _("in %(count)s min")) % {"count": count}
    return (_("%(count)s h ago") if past else _("in %(count)s h")) % {"count": distance // HOUR}


def absolute(then: datetime) -> str:
    """ "20 Nov 2025, 14:03" in the reader's zone."""
    return date_format(timezone.localtime(then), pgettext("date and time", "j M Y, H:i"))


def exact(then: datetime) -> str:
    """The full ISO time with its zone, for machines and tooltips."""
    return timezone.localtime(then).isoformat(timespec="seconds")


def duration(length: timedelta | float) -> str:
    """ "1:42:08", under an hour "3:12"; never negative."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // HOUR, whole % HOUR // MINUTE, whole % MINUTE
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def slice_time(milliseconds: int) -> str:
    """ "1:42:08.250": a place in a recording, to the millisecond."""
    return f"{duration(milliseconds / 1000)}.{max(0, milliseconds) % 1000:03}"


def zone_label(now: datetime) -> str:
    """ "UTC+08:00" """
    offset = now.utcoffset() or timedelta(0)
    minutes = round(abs(offset.total_seconds()) / 60)
    return f"UTC{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"
