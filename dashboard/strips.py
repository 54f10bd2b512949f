"""The slice strip of a session: what became of each slice in its last half hour."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from dashboard.pictures import Slice
from recorder.contract.states import Upload
from recorder.models import RecordedFile, RecordingSession

WINDOW = timedelta(minutes=30)
SHORT = timedelta(minutes=5)  # the axis of what has not run longer, so that its slices can be seen
USUAL_SLICE = 15.0  # seconds, the service's own length: for slices that nobody has named yet
STATES = {True: "playable", False: "missing", None: "announced"}  # by RecordedFile.present


@dataclass(frozen=True, slots=True)
class Strip:
    """Slices in seconds from the left end of an axis of `span` seconds."""

    span: float
    slices: list[Slice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Axis:
    begin_ms: int  # Unix time of its left end
    seconds: float  # how much of it has been recorded

    @property
    def span(self) -> float:
        short = self.seconds <= SHORT.total_seconds()
        return (SHORT if short else WINDOW).total_seconds()


def strips(sessions: Iterable[RecordingSession]) -> Mapping[int, Strip]:
    """By session id, in one query; sessions that never recorded are left out."""
    rows = {session.pk: session for session in sessions if session.recording_since}
    axes = {pk: _axis(session) for pk, session in rows.items()}
    known = _known(axes)
    return {
        pk: Strip(axes[pk].span, known[pk] + _expected(session, axes[pk], known[pk]))
        for pk, session in rows.items()
    }


def moving(sessions: Iterable[RecordingSession], now: datetime) -> int:
    """A number that changes when the strip of a live session grows; 0 where none does."""
    if any(session.is_live and session.recording_at for session in sessions):
        return int(now.timestamp() // USUAL_SLICE)
    return 0


def _axis(session: RecordingSession) -> _Axis:
    """The whole recording, or its last half hour. Slices carry the service's clock, not ours."""
    recorded = session.length or timedelta(0)
    since = session.recording_since
    first_ms = session.slice_start_ms or (int(since.timestamp() * 1000) if since else 0)
    left_out = max(recorded - WINDOW, timedelta(0))
    return _Axis(
        begin_ms=first_ms + int(left_out.total_seconds() * 1000),
        seconds=(recorded - left_out).total_seconds(),
    )


def _known(axes: Mapping[int, _Axis]) -> Mapping[int, list[Slice]]:
    """What is filed. Missing ones last: they are drawn over others of the same time."""
    found: dict[int, list[Slice]] = defaultdict(list)
    wanted = Q()
    for pk, axis in axes.items():
        wanted |= Q(session_id=pk, slice_start_ms__gte=axis.begin_ms - int(USUAL_SLICE * 1000))
    if not wanted:
        return found
    files = RecordedFile.objects.filter(wanted, kind=RecordedFile.Kind.SLICE).order_by()
    for pk, start_ms, duration_ms, present in files.values_list(
        "session_id", "slice_start_ms", "duration_ms", "present"
    ):
        seconds = USUAL_SLICE if duration_ms is None else duration_ms / 1000
        start = ((start_ms or 0) - axes[pk].begin_ms) / 1000
        found[pk].append(Slice(start, seconds, STATES[present]))
    for slices in found.values():
        slices.sort(key=lambda each: (each.state == "missing", each.start))
    return found


def _expected(session: RecordingSession, axis: _Axis, known: list[Slice]) -> list[Slice]:
    """Slices that must have been written since the last one we know of."""
    if session.is_final and session.upload in {Upload.UPLOADED, Upload.NO_FILES}:
        return []
    at = max((each.start + each.length for each in known), default=0.0)
    count = int(max(axis.seconds - at, 0.0) // USUAL_SLICE)
    return [Slice(at + k * USUAL_SLICE, USUAL_SLICE, "predicted") for k in range(count)]
