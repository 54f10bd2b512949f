"""The users of an individual recording beside each other: one lane each, on a common clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dashboard.pictures import Slice
from dashboard.strips import STATES, USUAL_SLICE
from recorder.contract.states import Mode
from recorder.models import RecordedFile

SOUND = "audio"
MIXED = {"", "0"}  # the uid of files that hold everybody


@dataclass(slots=True)
class Track:
    """One playlist of a user with its slices, in seconds after the first slice of all."""

    playlist: RecordedFile
    strip: list[Slice] = field(default_factory=list)

    @property
    def begins(self) -> float:
        return min((each.start for each in self.strip), default=0.0)


@dataclass(slots=True)
class Lane:
    uid: str
    tracks: list[Track]

    def goes_with(self, playlist: RecordedFile) -> Track | None:
        """The sound that belongs to a picture without any."""
        if playlist.track_type != "video":
            return None
        return next((t for t in self.tracks if t.playlist.track_type == SOUND), None)

    def track_of(self, playlist: RecordedFile) -> Track | None:
        return next((t for t in self.tracks if t.playlist.pk == playlist.pk), None)

    @property
    def first(self) -> RecordedFile:
        """What to play: both in one, else the picture, to which the sound is added, else that."""
        lists = [track.playlist for track in self.tracks]
        return min(lists, key=lambda each: {"video": 1, SOUND: 2}.get(each.track_type, 0))


def lanes(
    mode: str, lists: Sequence[RecordedFile], slices: Iterable[RecordedFile]
) -> tuple[list[Lane], float]:
    """The lanes in the order in which the users came, and the length of their axis in seconds.

    Nothing for a recording that has everybody in one file.
    """
    apart = [each for each in lists if each.uid not in MIXED]
    if mode != Mode.INDIVIDUAL or not apart:
        return [], 0.0
    stamped = [each for each in slices if each.slice_start_ms is not None]
    first = min((each.slice_start_ms or 0 for each in stamped), default=0)
    strips: dict[tuple[str, str], list[Slice]] = {}
    for each in stamped:
        length = USUAL_SLICE if each.duration_ms is None else each.duration_ms / 1000
        start = ((each.slice_start_ms or 0) - first) / 1000
        strips.setdefault((each.uid, each.track_type), []).append(
            Slice(start, length, STATES[each.present])
        )
    found: dict[str, Lane] = {}
    for playlist in apart:
        lane = found.setdefault(playlist.uid, Lane(playlist.uid, []))
        lane.tracks.append(Track(playlist, strips.get((playlist.uid, playlist.track_type), [])))
    ends = [each.start + each.length for strip in strips.values() for each in strip]
    ordered = sorted(found.values(), key=lambda lane: min(t.begins for t in lane.tracks))
    return ordered, max(ends, default=1.0)
