"""What happened in one session, as frozen facts: all that its pictures and sound are made from.

No wall clock, no random numbers and no state enter besides, so a slice can be made at any time, in
any order, twice, and after a crash, with the same bytes. A fact later than a slice does not change
the slice. Standard library and contract only; times are whole milliseconds since the recording's
first picture.
"""

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from recorder.contract.layouts import Canvas, Layout, layout_from_wire, layout_to_wire
from recorder.sandbox.media.palette import SAMPLE_RATE, SAMPLES

FRAMES_PER_MS = Fraction(SAMPLE_RATE, SAMPLES * 1000)  # of AAC


class Track(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody came in, with a camera picture of width x height pixels."""

    at_ms: int
    uid: str
    publishes_video: bool = True
    publishes_audio: bool = True
    width: int = 1280
    height: int = 720

    def __post_init__(self) -> None:
        if not (16 <= self.width <= 7680 and 16 <= self.height <= 7680):
            raise ValueError("A camera picture has 16 to 7680 pixels on each side")


@dataclass(frozen=True, slots=True)
class Left:
    at_ms: int
    uid: str


@dataclass(frozen=True, slots=True)
class Muted:
    at_ms: int
    uid: str
    track: Track


@dataclass(frozen=True, slots=True)
class Unmuted:
    at_ms: int
    uid: str
    track: Track


@dataclass(frozen=True, slots=True)
class Shared:
    """Somebody's picture is their screen from now on, or their camera again."""

    at_ms: int
    uid: str
    screen: bool = True


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose streams of one medium are taken: `only` these (None: everybody), `never` those."""

    only: tuple[str, ...] | None = None
    never: tuple[str, ...] = ()

    def takes(self, uid: str) -> bool:
        return (self.only is None or uid in self.only) and uid not in self.never


EVERYBODY = Subscription()


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The recorder's choice of streams; replaces the earlier choice as a whole."""

    at_ms: int
    audio: Subscription = EVERYBODY
    video: Subscription = EVERYBODY


@dataclass(frozen=True, slots=True)
class LayoutChanged:
    """A new layout with its backgrounds, visible on the first picture at or after `at_ms`.

    `images` are those of its image addresses that are really shown: (address, SHA-256 of content).
    """

    at_ms: int
    layout: Layout
    images: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The recording is over: pictures and sound before `at_ms` belong to it, nothing after."""

    at_ms: int


Fact = Joined | Left | Muted | Unmuted | Shared | Subscribed | LayoutChanged | Ended
_KINDS: dict[str, Callable[..., Fact]] = {
    "joined": Joined,
    "left": Left,
    "muted": Muted,
    "unmuted": Unmuted,
    "shared": Shared,
    "subscribed": Subscribed,
    "layout_changed": LayoutChanged,
    "ended": Ended,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Span:
    """One slice: the pictures and AAC frames it holds, and its real duration.

    `video` counts pictures at the stream's fps and `audio` frames of 1024 samples, both from the
    start of the recording; an absent track is an empty range.
    """

    k: int
    video: range
    audio: range
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class Timeline:
    """One uninterrupted stretch of a recording: what it was asked to make, and what happened,
    ordered by time.

    All stretches count time from the recording's first moment; `first_ms` is where this one begins.
    """

    started_ms: int  # UTC, Unix milliseconds of offset 0
    canvas: Canvas
    fps: int = 15
    bitrate_kbps: int = 500
    audio_profile: int = 0  # 0 mono 48 kbps, 1 mono 128 kbps, 2 stereo 192 kbps
    stream_types: int = 2  # 0 audio, 1 video, 2 both
    slice_ms: int = 15_000
    first_ms: int = 0
    page: str = ""  # the address of the web page that is recorded instead of a channel
    facts: tuple[Fact, ...] = ()

    def __post_init__(self) -> None:
        if self.fps < 1 or self.bitrate_kbps < 1:
            raise ValueError("fps and bitrate_kbps start at 1")
        if self.slice_ms < 2000:
            raise ValueError("A slice lasts at least 2000 ms: every slice needs a picture at 1 fps")
        if self.audio_profile not in (0, 1, 2) or self.stream_types not in (0, 1, 2):
            raise ValueError("audio_profile and stream_types are 0, 1 or 2")
        if self.first_ms < 0:
            raise ValueError("A stretch does not begin before its recording")
        times = [fact.at_ms for fact in self.facts]
        if times != sorted(times) or (times and times[0] < 0):
            raise ValueError("Facts are ordered by time and start at 0")
        if any(isinstance(fact, Ended) for fact in self.facts[:-1]):
            raise ValueError("Nothing happens after a recording has ended")

    @property
    def pictures_per_ms(self) -> Fraction:
        return Fraction(self.fps, 1000)

    @property
    def has_video(self) -> bool:
        return self.stream_types != 0

    @property
    def has_audio(self) -> bool:
        return self.stream_types != 1

    @property
    def ended_ms(self) -> int | None:
        """When the recording ended; None while it goes on."""
        last = self.facts[-1] if self.facts else None
        return last.at_ms if isinstance(last, Ended) else None

    def then(self, *facts: Fact) -> "Timeline":
        """This timeline with further facts at its end. ValueError when they are out of order."""
        return dataclasses.replace(self, facts=self.facts + facts)

    def slices_by(self, at_ms: int) -> int:
        """How many slices can be made at `at_ms`: those that are over, the last by the end."""
        end = self.ended_ms
        if end is not None and at_ms >= end:
            return max(0, math.ceil((end - self.first_ms) / self.slice_ms))
        return max(0, (at_ms - self.first_ms) // self.slice_ms)

    def slice_end_ms(self, k: int) -> int:
        """When slice k is over."""
        stop, end = self.first_ms + (k + 1) * self.slice_ms, self.ended_ms
        return stop if end is None else min(stop, end)

    def slice_utc_ms(self, k: int) -> int:
        """The time in slice k's file name: its start, UTC in Unix milliseconds."""
        return self.started_ms + self.first_ms + k * self.slice_ms

    def span(self, k: int) -> Span:
        """What slice k holds. ValueError when the recording had ended before it."""
        start, stop = self.first_ms + k * self.slice_ms, self.slice_end_ms(k)
        if k < 0 or start >= stop:
            raise ValueError(f"This recording has no slice {k}")
        video = _units(start, stop, self.pictures_per_ms) if self.has_video else range(0)
        audio = _units(start, stop, FRAMES_PER_MS) if self.has_audio else range(0)
        whole = len(video) / self.pictures_per_ms if video else len(audio) / FRAMES_PER_MS
        return Span(k, video, audio, whole / 1000)

    def to_json(self) -> str:
        """As text. The facts are objects as `fact_to_dict` makes them."""
        values = {
            f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "facts"
        }
        values["canvas"] = {"width": self.canvas.width, "height": self.canvas.height}
        values["facts"] = [fact_to_dict(fact) for fact in self.facts]
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Timeline":
        values = json.loads(text)
        values["canvas"] = Canvas(**values["canvas"])
        values["facts"] = tuple(fact_from_dict(fact) for fact in values["facts"])
        return cls(**values)


def fact_to_dict(fact: Fact) -> dict[str, object]:
    """A fact as a JSON object: `fact` names its kind, a layout has the service's field names."""
    values: dict[str, object] = {"fact": _NAMES[type(fact)]}
    for item in dataclasses.fields(fact):
        value = getattr(fact, item.name)
        if isinstance(value, Layout):
            value = layout_to_wire(value)
        elif isinstance(value, Subscription):
            value = dataclasses.asdict(value)
        values[item.name] = value
    return values


def fact_from_dict(values: Mapping[str, object]) -> Fact:
    """The fact that `fact_to_dict` wrote. Raises KeyError or TypeError for anything else."""
    fields: dict[str, object] = dict(values)
    kind = _KINDS[str(fields.pop("fact"))]
    for name, value in fields.items():
        if name == "track":
            fields[name] = Track(str(value))
        elif name == "images" and isinstance(value, list | tuple):
            fields[name] = tuple((address, digest) for address, digest in value)
        elif isinstance(value, Mapping):
            fields[name] = layout_from_wire(value) if name == "layout" else _subscription(value)
    return kind(**fields)


def _subscription(values: Mapping[str, list[str] | None]) -> Subscription:
    only, never = values["only"], values["never"]
    return Subscription(None if only is None else tuple(only), tuple(never or ()))


def _units(start_ms: int, stop_ms: int, per_ms: Fraction) -> range:
    """The units that begin in [start, stop); at least one, so that each track of a last slice has
    something to play.
    """
    first = math.ceil(start_ms * per_ms)
    return range(first, max(math.ceil(stop_ms * per_ms), first + 1))
