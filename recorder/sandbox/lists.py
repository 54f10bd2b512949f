"""The playlists of each recording, and which slices each of its MP4s holds: both grow with the
slices that are filed.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from recorder.contract.files import playlist_name
from recorder.contract.states import Mode
from recorder.sandbox.filing import Filing, moved
from recorder.sandbox.lanes import Lane
from recorder.sandbox.media import Listing, merged_playlist
from recorder.sandbox.pictures import correct_extinf
from recorder.sandbox.store import FileRow, Session, Store

# A new MP4 begins after about two hours or two gigabytes, in web mode after maxVideoDuration.
MP4_MS, MP4_BYTES = 7_200_000, 2_000_000_000
WEB_MP4_MINUTES = 120
MERGED = "av"  # the track of the list that plays both of one user's


@dataclass(slots=True)
class _Listed:
    """What one playlist lists so far. `reels`: the first slice of each MP4."""

    listing: Listing
    next: int = 0
    written: int = 0  # how far the file lists them
    start_ms: int = 0
    duration_ms: int = 0
    reels: list[int] = field(default_factory=list)
    reel_ms: int = 0
    reel_bytes: int = 0


class Lists:
    def __init__(self, store: Store, filing: Filing):
        self._store, self._filing = store, filing
        self._listed: dict[tuple[str, str], _Listed] = {}

    def write(self, session: Session, lane: Lane, *, ended: bool) -> bool:
        """List the slices that have come: the next ones without a gap, after the end all there are.

        Whether there was anything to write.
        """
        listed = self._caught_up(session, lane, ended=ended)
        if not listed.reels or (listed.next == listed.written and not ended):
            return False
        text = listed.listing.text(ended=ended)
        self._filing.write_playlist(session, lane, text, listed.start_ms, listed.duration_ms)
        listed.written = listed.next
        return True

    def write_merged(self, session: Session, lanes: tuple[Lane, ...]) -> bool:
        """In stream mode standard: a list that plays the two of a user, for each who has two."""
        written = False
        if session.stream_mode != "standard":
            return written
        tracks = {(lane.move, lane.uid, lane.track): lane for lane in lanes}
        for (move, uid, track), video in tracks.items():
            audio = tracks.get((move, uid, "audio"))
            if track == "video" and audio is not None:
                written |= self._merge(session, video, audio)
        return written

    def reels(
        self, session: Session, lane: Lane, *, ended: bool
    ) -> list[tuple[int, tuple[int, int]]]:
        """The MP4s that are complete: (index, (first slice, first slice after it))."""
        listed = self._caught_up(session, lane, ended=ended)
        edges = [*listed.reels, *([listed.next] if ended else [])]
        return list(enumerate(pairwise(edges)))

    def forget(self, sid: str) -> None:
        for key in [key for key in self._listed if key[0] == sid]:
            del self._listed[key]

    def _caught_up(self, session: Session, lane: Lane, *, ended: bool) -> _Listed:
        """What is listed of this lane, with the slices that have come; after a restart, all."""
        key = (session.sid, lane.key)
        if key not in self._listed:
            turned = session.mode == Mode.INDIVIDUAL
            listing = Listing(
                lane.stretches[0].timeline, comma=correct_extinf(session), turned=turned
            )
            self._listed[key] = _Listed(listing)
        listed = self._listed[key]
        for row in self._store.files.in_lane(session.sid, lane.key, since=listed.next):
            if row.number != listed.next and not ended:
                break
            self._add(session, lane, listed, row)
        return listed

    def _add(self, session: Session, lane: Lane, listed: _Listed, row: FileRow) -> None:
        timeline, k = lane.slice(row.number)
        listed.listing.add(timeline, k, row.name)
        listed.start_ms = listed.start_ms or row.start_ms
        listed.next = row.number + 1
        listed.duration_ms += row.duration_ms
        listed.reel_ms += row.duration_ms
        listed.reel_bytes += row.size
        full = listed.reel_ms > mp4_ms(session) or listed.reel_bytes > MP4_BYTES
        if full or not listed.reels:
            listed.reels.append(row.number)
            listed.reel_ms, listed.reel_bytes = row.duration_ms, row.size

    def _merge(self, session: Session, video: Lane, audio: Lane) -> bool:
        both = [self._listed.get((session.sid, lane.key)) for lane in (video, audio)]
        if not all(listed is not None and listed.reels for listed in both):
            return False
        lane = Lane(
            f"{video.key.removesuffix(video.track)}{MERGED}", video.uid, "audio_and_video",
            video.move, video.stretches,
        )  # fmt: skip
        if self._store.files.in_lane(session.sid, lane.key, "playlist"):
            return False
        of = (Mode(session.mode), session.sid, session.cname, video.uid)
        names = [moved(playlist_name(*of, part.track), part) for part in (video, audio)]
        rows = self._store.files.in_lane(session.sid, video.key)[:1]
        bits = sum(row.size * 8000 // max(1, row.duration_ms) for row in rows) + 64_000
        text = merged_playlist(names[0], names[1], video.stretches[0].timeline.canvas, bits)
        self._filing.write_playlist(session, lane, text, rows[0].start_ms, 0, name=MERGED)
        return True


def mp4_ms(session: Session) -> int:
    """How much one MP4 of this recording holds."""
    if session.mode != Mode.WEB:
        return MP4_MS
    return int(session.web.get("maxVideoDuration") or WEB_MP4_MINUTES) * 60_000
