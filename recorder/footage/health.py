"""Sentences about what is wrong with a recording's files: slices that are missing, time that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recorder.footage.ledger import Ledger, ListState, sibling
from recorder.footage.playlist import Segment

# Slices begin at a key frame, so the clock of their names may run ahead of the sum of durations.
TOLERANCE_MS = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should know. `kind`: unreadable, absent, missing, gap, open. Unix ms."""

    kind: str
    sentence: str
    name: str = ""
    start_ms: int | None = None
    duration_ms: int | None = None


def findings(ledger: Ledger, *, ended: bool) -> tuple[Finding, ...]:
    """What is wrong, in order of the lists. `ended`: the recording is over, nothing follows."""
    return tuple(found for state in ledger.lists for found in _of_list(state, ended))


def sentences(ledger: Ledger, *, ended: bool) -> tuple[str, ...]:
    return tuple(found.sentence for found in findings(ledger, ended=ended))


def _of_list(state: ListState, ended: bool) -> Iterator[Finding]:
    if state.playlist is None:
        if state.problem:
            yield Finding("unreadable", state.problem, state.name)
        elif ended:
            yield Finding(
                "absent",
                _("The playlist %(name)s has not reached the bucket, so it cannot be played yet.")
                % {"name": state.name},
                state.name,
            )
        return
    yield from _missing(state)
    yield from _gaps(state)
    if ended and not state.playlist.ended:
        yield Finding(
            "open",
            _("The playlist %(name)s has no end yet: its last slices may still be uploading.")
            % {"name": state.name},
            state.name,
        )


def _missing(state: ListState) -> Iterator[Finding]:
    for number, segment in enumerate(state.playlist.segments if state.playlist else (), start=1):
        key = sibling(state.name, segment.uri)
        if key in state.missing:
            yield Finding(
                "missing",
                _("Slice %(number)d (%(clock)s, %(seconds).1f s long) is not in the bucket.")
                % {
                    "number": number,
                    "clock": _clock(segment.start_ms),
                    "seconds": segment.duration,
                },
                key,
                segment.start_ms,
                segment.duration_ms,
            )


def _gaps(state: ListState) -> Iterator[Finding]:
    for before, after in pairwise(state.playlist.segments if state.playlist else ()):
        lost = _lost_ms(before, after)
        if lost > TOLERANCE_MS and before.start_ms is not None:
            begin = before.start_ms + before.duration_ms
            seconds = round(lost / 1000)
            yield Finding(
                "gap",
                ngettext(
                    "From %(clock)s nothing was recorded for %(seconds)d second.",
                    "From %(clock)s nothing was recorded for %(seconds)d seconds.",
                    seconds,
                )
                % {"seconds": seconds, "clock": _clock(begin)},
                sibling(state.name, after.uri),
                begin,
                lost,
            )


def _lost_ms(before: Segment, after: Segment) -> int:
    if before.start_ms is None or after.start_ms is None:
        return 0
    return after.start_ms - (before.start_ms + before.duration_ms)


def _clock(ms: int | None) -> str:
    if ms is None:
        return _("time unknown")
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M:%S UTC")
