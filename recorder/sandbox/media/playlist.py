"""The playlist text of a recording, as the service writes it. No media library is needed."""

import math

from recorder.contract.files import (
    PLAYLIST_HEAD,
    TAG_DISCONTINUITY,
    TAG_ENDLIST,
    TAG_EXTINF,
    TAG_ROTATE,
    TAG_TARGET_DURATION,
    TAG_TRACK_EVENT,
    utc_stamp,
)
from recorder.contract.layouts import Canvas
from recorder.sandbox.media.scene import even_canvas
from recorder.sandbox.media.timeline import FRAMES_PER_MS, Timeline

# H.264 constrained baseline up to 1080p60, and AAC-LC: what the coders here make.
CODECS = "avc1.42c02a,mp4a.40.2"


class Listing:
    """A version 3 media playlist that grows slice by slice, in order.

    A slice that does not follow on the one before, in the same stretch, comes after an
    interruption: discontinuity and new start of the tracks. `comma` is for clients that asked for a
    correct EXTINF; the service leaves it out otherwise. `turned` says with each start how the
    picture is turned, as the lists of single users do.
    """

    def __init__(self, timeline: Timeline, *, comma: bool = False, turned: bool = False) -> None:
        self._comma, self._turned = "," if comma else "", turned
        self._lines = [*PLAYLIST_HEAD, f"{TAG_TARGET_DURATION}:{_target_seconds(timeline)}"]
        self._next: tuple[int, int] | None = None  # stretch and slice that would follow on

    def add(self, timeline: Timeline, k: int, name: str) -> None:
        """List slice k of this stretch, which is complete on disk under `name`."""
        if (timeline.first_ms, k) != self._next:
            self._lines += [TAG_DISCONTINUITY, *self._starts(timeline, k)]
        seconds = float(timeline.span(k).seconds)
        self._lines += [f"{TAG_EXTINF}:{seconds:.6f}{self._comma}", name]
        self._next = (timeline.first_ms, k + 1)

    def text(self, *, ended: bool) -> str:
        return "\n".join([*self._lines, *([TAG_ENDLIST] if ended else []), ""])

    def _starts(self, timeline: Timeline, k: int) -> list[str]:
        stamp = utc_stamp(timeline.slice_utc_ms(k))
        tracks = (("VIDEO", timeline.has_video), ("AUDIO", timeline.has_audio))
        lines = [
            f"{TAG_TRACK_EVENT}:EVENT=START,TRACK_TYPE={track},TIME={stamp}"
            for track, present in tracks
            if present
        ]
        if self._turned and timeline.has_video:
            size = even_canvas(timeline.canvas)
            place = f"WIDTH={size.width},HEIGHT={size.height},ROTATE=0"
            lines.append(f"{TAG_ROTATE}:{place},TIME={stamp}")
        return lines


def merged_playlist(video: str, audio: str, canvas: Canvas, bits_per_second: int) -> str:
    """One playlist that plays one user's two: the pictures with the sound beside them.

    What the service writes here is not documented; this is what every HLS player understands.
    """
    size = even_canvas(canvas)
    sound = f'TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,URI="{audio}"'
    stream = f'BANDWIDTH={max(1, bits_per_second)},CODECS="{CODECS}",AUDIO="audio"'
    return (
        "#EXTM3U\n#EXT-X-VERSION:4\n"
        f"#EXT-X-MEDIA:{sound}\n"
        f"#EXT-X-STREAM-INF:{stream},RESOLUTION={size.width}x{size.height}\n"
        f"{video}\n"
    )


def _target_seconds(timeline: Timeline) -> int:
    """The longest any slice can be, rounded up.

    It may not change while a playlist grows, so it follows from the settings and not from the
    slices made so far. A slice holds whole units, so it can be longer than asked by almost one.
    """
    per_ms = timeline.pictures_per_ms if timeline.has_video else FRAMES_PER_MS
    longest_ms = math.ceil(timeline.slice_ms * per_ms) / per_ms
    return math.ceil(longest_ms / 1000)
