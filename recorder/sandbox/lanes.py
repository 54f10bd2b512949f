"""The lanes of a recording: what each of its playlists holds, in uninterrupted stretches.

Mode mix and web have one lane. Mode individual has one for the sound and one for the pictures of
each user, with a stretch for every time in which the stream is published and taken, in one size. A
page on hold interrupts its lane. A fail-over ends all lanes; the new recorder's are named
differently. Everything follows from the recording's row and its facts.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from recorder.contract.layouts import BEST_FIT, Canvas, Layout
from recorder.contract.states import Mode
from recorder.sandbox.channels import Participant, takes, walk
from recorder.sandbox.media import timeline as media
from recorder.sandbox.media.scene import SCREEN
from recorder.sandbox.media.timeline import Timeline
from recorder.sandbox.pictures import DEFAULT_FPS, timeline_of
from recorder.sandbox.store import Fact, Session

USER_KBPS = 1500  # of one user's pictures, which come as they were published
LOW = 4  # videoStreamType 1: the small stream has a quarter of each side
Place = tuple[int, int | None]  # from when, until when (None: open), on the sandbox's clock
Source = tuple[int, int, bool]  # width, height, whether it is a screen; zeros for sound
Stream = tuple[str, str]  # uid; audio or video


@dataclass(frozen=True, slots=True)
class Stretch:
    """`first` and `first_shot` are the numbers, in the lane, of its first slice and screenshot."""

    timeline: Timeline
    first: int
    first_shot: int

    def shots_by(self, at_ms: int, every_ms: int) -> int:
        """How many screenshots fall into it up to `at_ms`: one at its start, then at intervals."""
        end = self.timeline.ended_ms
        last = at_ms if end is None else min(at_ms, end - 1)
        return max(0, (last - self.timeline.first_ms) // every_ms + 1)


@dataclass(frozen=True, slots=True)
class Lane:
    """One playlist. Its stretches are in order, and only the last can be open."""

    key: str  # "" or "<uid>/<track>", after a fail-over with "bak<n>:" in front
    uid: str  # whose; "0": everybody's
    track: str  # audio, video or audio_and_video
    move: int | None  # n of the fail-over it comes after
    stretches: tuple[Stretch, ...]
    sliced: bool = True
    shot_ms: int | None = None  # between two screenshots; None: none are taken

    @property
    def last(self) -> Timeline:
        return self.stretches[-1].timeline

    def slices_by(self, now_ms: int) -> int:
        """How many slices can be made by now."""
        if not self.sliced:
            return 0
        return sum(s.timeline.slices_by(_at(s, now_ms)) for s in self.stretches)

    def slice(self, number: int) -> tuple[Timeline, int]:
        """The stretch that holds this slice, and which of its slices it is."""
        firsts = [stretch.first for stretch in self.stretches]
        stretch = self.stretches[bisect_right(firsts, number) - 1]
        return stretch.timeline, number - stretch.first

    def slice_due_ms(self, number: int) -> int | None:
        """When this slice is complete; None when the lane ends before it."""
        timeline, k = self.slice(number)
        end = timeline.slice_end_ms(k)
        begun = end > timeline.first_ms + k * timeline.slice_ms
        return timeline.started_ms + end if self.sliced and begun else None

    def shots_by(self, now_ms: int) -> int:
        """How many screenshots can be taken by now."""
        if self.shot_ms is None:
            return 0
        every = self.shot_ms
        return sum(s.shots_by(_at(s, now_ms), every) for s in self.stretches)

    def shot(self, number: int) -> tuple[Timeline, int]:
        """The stretch that holds this screenshot, and its moment in the recording."""
        firsts = [stretch.first_shot for stretch in self.stretches]
        stretch = self.stretches[bisect_right(firsts, number) - 1]
        every = (number - stretch.first_shot) * (self.shot_ms or 0)
        return stretch.timeline, stretch.timeline.first_ms + every

    def shot_due_ms(self, number: int) -> int | None:
        """When this screenshot is taken; None when the lane ends before it."""
        if self.shot_ms is None:
            return None
        timeline, at_ms = self.shot(number)
        ended = timeline.ended_ms is not None and at_ms >= timeline.ended_ms
        return None if ended else timeline.started_ms + at_ms


def _at(stretch: Stretch, now_ms: int) -> int:
    return now_ms - stretch.timeline.started_ms


def lanes_of(session: Session, facts: Sequence[Fact]) -> tuple[Lane, ...]:
    """All lanes so far, in the order in which they began. `session.origin_ms` must be set."""
    found: list[Lane] = []
    for move, place in _recorders(session, facts):
        if session.mode == Mode.INDIVIDUAL:
            found += _of_users(session, facts, move, place)
        else:
            found += _composed(session, facts, move, place)
    return tuple(found)


def _recorders(session: Session, facts: Sequence[Fact]) -> Iterator[tuple[int | None, Place]]:
    """Each recorder with its time: the first one, and one after each fail-over."""
    begin, move, end = session.origin_ms or 0, None, session.end_ms
    for fact in facts:
        if fact.kind != "failover" or fact.sid != session.sid:
            continue
        if fact.at_ms > begin:
            yield move, (begin, fact.at_ms)
        begin, move = max(begin, int(fact.data["until_ms"])), int(fact.data["move"])
    if end is None or begin < end:
        yield move, (begin, end)


def _composed(
    session: Session, facts: Sequence[Fact], move: int | None, place: Place
) -> Iterator[Lane]:
    """The one picture of everybody, or of the page while it is not on hold."""
    whole = timeline_of(session, list(facts))
    stretches = _numbered([_cut(whole, part) for part in _not_held(facts, place)], None)
    track = {0: "audio", 1: "video"}.get(session.stream_types, "audio_and_video")
    if stretches:
        yield Lane(_key(move), "0", track, move, stretches)


def _not_held(facts: Sequence[Fact], place: Place) -> list[Place]:
    begin, end = place
    parts: list[Place] = []
    held = False
    for fact in facts:
        if fact.kind != "hold" or (end is not None and fact.at_ms >= end):
            continue
        hold = bool(fact.data["onhold"])
        if hold and not held and fact.at_ms > begin:
            parts.append((begin, fact.at_ms))
        elif held and not hold:
            begin = max(begin, fact.at_ms)
        held = hold
    return parts if held else [*parts, (begin, end)]


def _of_users(
    session: Session, facts: Sequence[Fact], move: int | None, place: Place
) -> Iterator[Lane]:
    for (uid, track), times in _published(session, facts, place).items():
        shots = session.snapshot_ms if track == "video" else None
        stretches = [_of_user(session, uid, track, source, part) for part, source in times]
        yield Lane(
            _key(move, f"{uid}/{track}"),
            uid,
            track,
            move,
            _numbered(stretches, shots),
            sliced=not session.snapshots_only,
            shot_ms=shots,
        )


def _published(
    session: Session, facts: Sequence[Fact], place: Place
) -> dict[Stream, list[tuple[Place, Source]]]:
    """When each stream came in, and in which size."""
    found: dict[Stream, list[tuple[Place, Source]]] = {}
    running: dict[Stream, tuple[int, Source]] = {}
    for at_ms, streams in [*_streams(session, facts, place), (place[1], {})]:
        for stream, (since, source) in list(running.items()):
            if streams.get(stream) != source:
                found.setdefault(stream, []).append(((since, at_ms), source))
                del running[stream]
        for stream, source in streams.items():
            if stream not in running and at_ms is not None:
                running[stream] = (at_ms, source)
                found.setdefault(stream, [])
    return found


def _streams(
    session: Session, facts: Sequence[Fact], place: Place
) -> Iterator[tuple[int, dict[Stream, Source]]]:
    """The streams that come in at the beginning, and after each change until the end."""
    begin, end = place
    lists, people = session.recording, dict[str, Participant]()
    subscribed = iter([(f.at_ms, f.data) for f in facts if f.kind == "subscribe"])
    following = next(subscribed, None)
    begun = False
    for at_ms, present in walk(list(facts)):
        if end is not None and at_ms >= end:
            break
        if at_ms > begin and not begun:
            yield begin, _taken(session, lists, people)
            begun = True
        people = present
        while following is not None and following[0] <= at_ms:
            lists, following = following[1], next(subscribed, None)
        if at_ms > begin:
            yield at_ms, _taken(session, lists, people)
    if not begun:
        yield begin, _taken(session, lists, people)


def _taken(
    session: Session, lists: dict[str, object], people: dict[str, Participant]
) -> dict[Stream, Source]:
    streams: dict[Stream, Source] = {}
    for user in people.values():
        if user.audio and session.stream_types != 1 and takes(lists, "Audio", user.uid):
            streams[user.uid, "audio"] = (0, 0, False)
        if user.video and session.stream_types != 0 and takes(lists, "Video", user.uid):
            size = SCREEN if user.screen else (user.width, user.height)
            streams[user.uid, "video"] = (*size, user.screen)
    return streams


def _of_user(session: Session, uid: str, track: str, source: Source, part: Place) -> Timeline:
    """One user alone, as large as their picture is."""
    origin, (width, height, screen) = session.origin_ms or 0, source
    small = LOW if session.recording.get("videoStreamType") == 1 else 1
    facts: list[media.Fact] = [media.LayoutChanged(0, Layout(BEST_FIT))]
    facts.append(media.Joined(0, uid, width=width or 16, height=height or 16))
    if screen:
        facts.append(media.Shared(0, uid))
    whole = Timeline(
        started_ms=origin,
        canvas=Canvas(max(16, width // small), max(16, height // small)),
        fps=DEFAULT_FPS,
        bitrate_kbps=USER_KBPS,
        stream_types=0 if track == "audio" else 1,
        slice_ms=session.slice_ms,
        facts=tuple(facts),
    )
    return _cut(whole, part)


def _cut(whole: Timeline, part: Place) -> Timeline:
    """The stretch of a timeline that lies between two moments of the sandbox's clock."""
    begin, end = part[0] - whole.started_ms, part[1]
    if end is None:
        return replace(whole, first_ms=begin)
    stop = max(begin + 1, end - whole.started_ms)  # what has ended has lasted
    before = (f for f in whole.facts if f.at_ms < stop and not isinstance(f, media.Ended))
    return replace(whole, first_ms=begin, facts=(*before, media.Ended(stop)))


def _numbered(timelines: list[Timeline], shot_ms: int | None) -> tuple[Stretch, ...]:
    stretches: list[Stretch] = []
    first = first_shot = 0
    for timeline in timelines:
        stretch = Stretch(timeline, first, first_shot)
        stretches.append(stretch)
        if (end := timeline.ended_ms) is not None:
            first += timeline.slices_by(end)
            first_shot += stretch.shots_by(end, shot_ms) if shot_ms else 0
    return tuple(stretches)


def _key(move: int | None, stream: str = "") -> str:
    return stream if move is None else f"bak{move}:{stream}"
