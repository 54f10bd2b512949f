"""The service's M3U8 text: read it, and point its segments elsewhere.

Written from Agora's guides "manage files" and "playback": version 3, `#EXTINF` usually without its
comma, and two tags of the service's own. A playlist comes out of somebody's bucket, so its lines
are not trusted: a segment is a plain file name in the playlist's own folder or it is refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from recorder.contract import files
from recorder.errors import RecorderError

MAX_BYTES = 4_194_304  # 40,000 segments of 100 bytes: a week of slices of 15 s
MAX_SEGMENTS = 50_000
MAX_SEGMENT_SECONDS = 86_400

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
# Channel names may hold ? # % and : in mix mode, so these are letters of a name here, not syntax.
_FILE_NAME = re.compile(r"[^\x00-\x1f\x7f\u0085\u2028\u2029/\\]{1,1024}")
_STAMP = re.compile(r"_([0-9]{17})\.[^.]+$")


class BadPlaylist(RecorderError):
    """The text is not a media playlist that we would play."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One slice as listed: `uri` is its file name, without folder. Times in milliseconds.

    `start_ms` is Unix time, from the file name or the TIME of a tag before it; None where neither
    tells. `discontinuity`: an interruption or a change of size comes before this slice.
    """

    uri: str
    duration_ms: int
    start_ms: int | None
    discontinuity: bool

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.duration_ms / 1000


@dataclass(frozen=True, slots=True)
class TrackEvent:
    """`#EXT-X-AGORA-TRACK-EVENT`: from slice `segment` (index) on, this track is there."""

    segment: int
    event: str
    track_type: str
    time_ms: int | None


@dataclass(frozen=True, slots=True)
class Rotation:
    """`#EXT-X-AGORA-ROTATE`: the picture turned (degrees anticlockwise) or changed its size."""

    segment: int
    width: int
    height: int
    degrees: int
    time_ms: int | None


@dataclass(frozen=True, slots=True)
class Playlist:
    segments: tuple[Segment, ...]
    ended: bool  # #EXT-X-ENDLIST: no slice will follow
    target_duration: int | None = None  # seconds
    version: int = 1
    media_sequence: int = 0
    tracks: tuple[TrackEvent, ...] = ()
    rotations: tuple[Rotation, ...] = ()

    @property
    def duration_ms(self) -> int:
        return sum(segment.duration_ms for segment in self.segments)


def parse(text: str) -> Playlist:
    """Read a media playlist; tags nobody knows are passed over. Raises BadPlaylist."""
    reader = _Reader()
    for number, line in _lines(text):
        try:
            reader.take(line)
        except ValueError as error:
            raise BadPlaylist(
                _("Line %(number)d of the playlist cannot be read, so it is not played: %(why)s.")
                % {"number": number, "why": error}
            ) from error
    return reader.result()


def rewrite(
    text: str, url_for: Callable[[str], str], *, missing: Callable[[str], bool] = lambda name: False
) -> str:
    """The same playlist with `url_for(file name)` in place of each segment line.

    A segment that is `missing` is marked as a gap, which players skip. Only tags that players of
    ours know are passed on: a tag can name an address too (EXT-X-KEY, EXT-X-MAP), and no recording
    of the service has one. A list that is not ended may be played from its beginning.
    """
    playlist = parse(text)  # refuses every segment line that is no plain file name
    lines = ["#EXTM3U", f"#EXT-X-PLAYLIST-TYPE:{'VOD' if playlist.ended else 'EVENT'}"]
    for _number, line in _lines(text):
        if not line.startswith("#"):
            lines += ["#EXT-X-GAP"] if missing(line) else []
            lines.append(_one_line(url_for(line)))
        elif line.startswith(f"{files.TAG_EXTINF}:") and "," not in line:
            lines.append(line + ",")  # required by RFC 8216, left out by the service
        elif line.startswith(_PASSED_ON):
            lines.append(line)
    return "\n".join(lines) + "\n"


_PASSED_ON = (
    f"{files.TAG_EXTINF}:",
    "#EXT-X-VERSION:",
    "#EXT-X-MEDIA-SEQUENCE:",
    files.TAG_DISCONTINUITY,
    f"{files.TAG_TARGET_DURATION}:",
    files.TAG_ENDLIST,
    "#EXT-X-PROGRAM-DATE-TIME:",
    f"{files.TAG_TRACK_EVENT}:",
    f"{files.TAG_ROTATE}:",
)


def _one_line(url: str) -> str:
    if not url or any(letter.isspace() for letter in url) or url.startswith("#"):
        raise ValueError("A segment's address must be one line without spaces.")
    return url


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines with content. Only CR and LF end a line, as in RFC 8216."""
    if len(text) > MAX_BYTES:
        raise BadPlaylist(_("The playlist is longer than any recording's, so it is not read."))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].strip() != "#EXTM3U":
        raise BadPlaylist(_("The file does not begin with #EXTM3U, so it is no playlist."))
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line.strip()


class _Reader:
    """What is known between two segment lines."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.tracks: list[TrackEvent] = []
        self.rotations: list[Rotation] = []
        self.ended = False
        self.target_duration: int | None = None
        self.version = 1
        self.media_sequence = 0
        self.duration_ms: int | None = None
        self.discontinuity = False
        self.time_ms: int | None = None

    def result(self) -> Playlist:
        return Playlist(
            tuple(self.segments),
            self.ended,
            self.target_duration,
            self.version,
            self.media_sequence,
            tuple(self.tracks),
            tuple(self.rotations),
        )

    def take(self, line: str) -> None:
        if not line.startswith("#"):
            return self.take_segment(line)
        name, _colon, value = line.partition(":")
        match name:
            case files.TAG_EXTINF:
                self.duration_ms = _milliseconds(value.split(",", 1)[0])
            case files.TAG_DISCONTINUITY:
                self.discontinuity = True
            case files.TAG_ENDLIST:
                self.ended = True
            case files.TAG_TARGET_DURATION:
                self.target_duration = _whole(value)
            case "#EXT-X-VERSION":
                self.version = _whole(value)
            case "#EXT-X-MEDIA-SEQUENCE":
                self.media_sequence = _whole(value)
            case files.TAG_TRACK_EVENT:
                self.take_track(_attributes(value))
            case files.TAG_ROTATE:
                self.take_rotation(_attributes(value))
            case "#EXT-X-STREAM-INF":
                raise ValueError(_("it lists other playlists, not slices"))
        return None

    def take_segment(self, uri: str) -> None:
        if not is_file_name(uri):
            raise ValueError(_("a segment must be a file name in the playlist's own folder"))
        if self.duration_ms is None:
            raise ValueError(_("a segment has no duration"))
        if len(self.segments) >= MAX_SEGMENTS:
            raise ValueError(_("more than %(count)d segments") % {"count": MAX_SEGMENTS})
        start_ms = start_of(uri)
        self.segments.append(
            Segment(
                uri,
                self.duration_ms,
                self.time_ms if start_ms is None else start_ms,
                self.discontinuity,
            )
        )
        self.duration_ms = self.time_ms = None
        self.discontinuity = False

    def take_track(self, attributes: dict[str, str]) -> None:
        time_ms = parse_time(attributes.get("TIME", ""))
        self.time_ms = time_ms if self.time_ms is None else self.time_ms
        self.tracks.append(
            TrackEvent(
                len(self.segments),
                attributes.get("EVENT", ""),
                attributes.get("TRACK_TYPE", ""),
                time_ms,
            )
        )

    def take_rotation(self, attributes: dict[str, str]) -> None:
        self.rotations.append(
            Rotation(
                len(self.segments),
                _whole(attributes.get("WIDTH", "0")),
                _whole(attributes.get("HEIGHT", "0")),
                _whole(attributes.get("ROTATE", "0")),
                parse_time(attributes.get("TIME", "")),
            )
        )


def is_file_name(text: str) -> bool:
    """A name in the folder of its playlist: no slash or backslash, so no path and no address."""
    return bool(_FILE_NAME.fullmatch(text)) and text not in {".", ".."}


def parse_time(text: str) -> int | None:
    """A TIME in either documented form (17 digits of the UTC clock, 13 of Unix ms) as Unix ms."""
    try:
        return files.parse_stamp(text)
    except ValueError:
        return None


def start_of(file_name: str) -> int | None:
    """The start that the name of a slice ends with (`…_20240102030405006.ts`), as Unix ms."""
    ending = _STAMP.search(file_name)
    return parse_time(ending[1]) if ending else None


def _milliseconds(text: str) -> int:
    """Seconds of an EXTINF, with up to nine decimals, as whole milliseconds."""
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(_("the duration is not a number of seconds"))
    seconds = Decimal(text.strip())
    if seconds > MAX_SEGMENT_SECONDS:
        raise ValueError(_("a segment is longer than a day"))
    return int((seconds * 1000).to_integral_value())


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII):
        raise ValueError(_("a whole number is expected"))
    return int(text.strip())


def _attributes(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(","))
    return {name.strip(): value.strip().strip('"') for name, _equals, value in pairs}
