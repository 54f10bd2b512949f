"""The playlist text of a recording, as the service writes it. No media library is needed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from recorder.contract.files import (
    PLAYLIST_HEAD,
    TAG_DISCONTINUITY,
    TAG_ENDLIST,
    TAG_EXTINF,
    TAG_TARGET_DURATION,
    TAG_TRACK_EVENT,
    utc_stamp,
)
from recorder.sandbox.media.timeline import FRAMES_PER_MS, Timeline


@dataclass(frozen=True, slots=True)
class FiledSlice:
    """A slice that can be listed: it is complete on disk under `name`."""

    k: int
    name: str


def playlist(
    timeline: Timeline, slices: Sequence[FiledSlice], ended: bool, *, comma: bool = False
) -> str:
    """Version 3 media playlist of these slices in order of k.

    A slice that is missing between two others is an interruption: discontinuity and new start of
    the tracks. `comma` is for clients that asked for a correct EXTINF; the service leaves it out
    otherwise.
    """
    lines = [*PLAYLIST_HEAD, f"{TAG_TARGET_DURATION}:{_target_seconds(timeline)}"]
    previous = None
    for item in slices:
        if previous is None or item.k != previous + 1:
            lines += [TAG_DISCONTINUITY, *_starts(timeline, item.k)]
        seconds = float(timeline.span(item.k).seconds)
        lines += [f"{TAG_EXTINF}:{seconds:.6f}{',' if comma else ''}", item.name]
        previous = item.k
    if ended:
        lines.append(TAG_ENDLIST)
    return "\n".join(lines) + "\n"


def _starts(timeline: Timeline, k: int) -> list[str]:
    stamp = utc_stamp(timeline.slice_utc_ms(k))
    tracks = (("VIDEO", timeline.has_video), ("AUDIO", timeline.has_audio))
    return [
        f"{TAG_TRACK_EVENT}:EVENT=START,TRACK_TYPE={track},TIME={stamp}"
        for track, present in tracks
        if present
    ]


def _target_seconds(timeline: Timeline) -> int:
    """The longest any slice can be, rounded up.

    It may not change while a playlist grows, so it follows from the settings and not from the
    slices made so far. A slice holds whole units, so it can be longer than asked by almost one.
    """
    per_ms = timeline.pictures_per_ms if timeline.has_video else FRAMES_PER_MS
    longest_ms = math.ceil(timeline.slice_ms * per_ms) / per_ms
    return math.ceil(longest_ms / 1000)
