"""What is seen and heard at each moment: the timeline's facts folded into frozen scenes."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TypeVar

from recorder.contract.layouts import (
    CROP,
    FLOATING,
    UNIT,
    Box,
    Canvas,
    Layout,
    UserBackground,
    boxes,
)
from recorder.sandbox.media.palette import (
    RGB,
    parse_colour,
    participant_colour,
    picture_colour,
    screen_colour,
    tone_cycles,
)
from recorder.sandbox.media.timeline import (
    EVERYBODY,
    FRAMES_PER_MS,
    Fact,
    Joined,
    LayoutChanged,
    Left,
    Muted,
    Shared,
    Subscribed,
    Subscription,
    Timeline,
    Track,
    Unmuted,
)

Seen = TypeVar("Seen")

DEFAULT_LAYOUT = Layout(FLOATING)
SCREEN = (1920, 1080)  # pixels of a shared screen
PAPER: RGB = (232, 234, 237)
LAST_PICTURE_MS = 3500  # how long the last picture stays when a camera goes off, as documented


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the channel."""

    uid: str
    width: int
    height: int
    video: bool
    audio: bool
    screen: bool = False  # the picture is their screen
    dark_since: int | None = None  # when the picture was lost; None: it is there or never was


@dataclass(frozen=True, slots=True)
class State:
    """From one fact to the next: who is there, in joining order, what is taken, and the layout."""

    members: tuple[Member, ...] = ()
    layout: Layout = DEFAULT_LAYOUT
    images: tuple[tuple[str, str], ...] = ()  # of the layout, as in LayoutChanged
    audio: Subscription = EVERYBODY
    video: Subscription = EVERYBODY

    def shows(self, member: Member) -> bool:
        return member.video and self.video.takes(member.uid)

    def hears(self, member: Member) -> bool:
        return member.audio and self.audio.takes(member.uid)


class Look(StrEnum):
    LIVE = "live"  # clock and moving mark run
    HELD = "held"  # the last picture before the camera went off
    PLAIN = "plain"  # a flat colour with the name
    IMAGE = "image"  # a background image
    ADDRESS = "address"  # the bar above a web page


@dataclass(frozen=True, slots=True)
class Card:
    """A picture in a box. Its own size decides what cropping loses and where fitting has bars."""

    label: str
    colour: RGB
    width: int
    height: int
    render_mode: int
    look: Look = Look.PLAIN
    held_ms: int = 0  # for HELD: when the camera went off
    digest: str = ""  # for IMAGE: names the content that is shown if it can be; "" for none


@dataclass(frozen=True, slots=True)
class Tile:
    """A card at its place on the canvas, in pixels, all even. `alpha` is in millionths."""

    x: int
    y: int
    width: int
    height: int
    alpha: int
    card: Card


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything on the canvas from one cut to the next, apart from clocks and moving marks."""

    canvas: Canvas
    background: RGB
    tiles: tuple[Tile, ...]  # in drawing order; a background image is the first


def even_canvas(canvas: Canvas) -> Canvas:
    """The size that is really coded: yuv420p has one colour sample for 2x2 pixels."""
    return Canvas(max(2, canvas.width & ~1), max(2, canvas.height & ~1))


def state_at(timeline: Timeline, at_ms: int) -> State:
    """The facts up to and including `at_ms`, folded."""
    state = State()
    for fact in timeline.facts:
        if fact.at_ms > at_ms:
            break
        state = _after(state, fact)
    return state


def scene_at(timeline: Timeline, at_ms: int) -> Scene:
    """The scene at one moment."""
    return _scene(timeline, state_at(timeline, at_ms), at_ms)


def scenes(timeline: Timeline, pictures: range) -> Iterator[tuple[range, Scene]]:
    """The pictures in runs of one scene each. A change shows on the first picture not before it."""
    runs = _runs(timeline, pictures, timeline.pictures_per_ms)
    return _merged((run, scene_at(timeline, start_ms)) for run, start_ms in runs)


def chords(timeline: Timeline, frames: range) -> Iterator[tuple[range, tuple[int, ...]]]:
    """The AAC frames in runs of one roster each, as the tones to be heard (none: silence)."""
    if timeline.page:
        yield frames, (tone_cycles(timeline.page),)
        return
    runs = _runs(timeline, frames, FRAMES_PER_MS)
    yield from _merged((run, _chord(state_at(timeline, start_ms))) for run, start_ms in runs)


def picture_ms(timeline: Timeline, picture: int) -> int:
    """The time of a picture, rounded down: no comparison with whole milliseconds changes by it."""
    return picture * 1000 // timeline.fps


def _runs(timeline: Timeline, units: range, per_ms: Fraction) -> Iterator[tuple[range, int]]:
    """Cut `units` where anything may change; each run with the time of its first unit."""
    cuts = {fact.at_ms for fact in timeline.facts}
    cuts |= {at_ms + LAST_PICTURE_MS for at_ms in cuts}  # a camera may have gone off there
    starts = {math.ceil(at_ms * per_ms) for at_ms in cuts}
    edges = [units.start, *sorted(unit for unit in starts if unit in units[1:]), units.stop]
    for start, stop in pairwise(edges):
        yield range(start, stop), math.floor(start / per_ms)


def _merged(runs: Iterable[tuple[range, Seen]]) -> Iterator[tuple[range, Seen]]:
    """Join neighbouring runs between which nothing changed after all."""
    for what, group in groupby(runs, key=itemgetter(1)):
        parts = [run for run, _ in group]
        yield range(parts[0].start, parts[-1].stop), what


def _chord(state: State) -> tuple[int, ...]:
    return tuple(sorted({tone_cycles(m.uid) for m in state.members if state.hears(m)}))


def _after(state: State, fact: Fact) -> State:
    """One fact later. A fact about somebody who is not there changes nothing."""
    match fact:
        case LayoutChanged():
            return replace(state, layout=fact.layout, images=fact.images)
        case Subscribed():
            after = replace(state, audio=fact.audio, video=fact.video)
        case Joined():
            member = Member(
                fact.uid, fact.width, fact.height, fact.publishes_video, fact.publishes_audio
            )
            others = tuple(other for other in state.members if other.uid != fact.uid)
            return replace(state, members=(*others, member))
        case Left():
            return replace(state, members=tuple(m for m in state.members if m.uid != fact.uid))
        case Shared():
            sharing = (
                replace(m, screen=fact.screen) if m.uid == fact.uid else m for m in state.members
            )
            return replace(state, members=tuple(sharing))
        case Muted() | Unmuted():
            members = (_muted(m, fact) if m.uid == fact.uid else m for m in state.members)
            after = replace(state, members=tuple(members))
        case _:
            return state
    return replace(
        after, members=tuple(_watched(state, after, m, fact.at_ms) for m in after.members)
    )


def _muted(member: Member, fact: Muted | Unmuted) -> Member:
    on = isinstance(fact, Unmuted)
    return replace(member, video=on) if fact.track is Track.VIDEO else replace(member, audio=on)


def _watched(before: State, after: State, member: Member, at_ms: int) -> Member:
    """Note when the recorder lost this member's picture; forget it when the picture is back."""
    if after.shows(member):
        return replace(member, dark_since=None)
    had_it = any(before.shows(m) for m in before.members if m.uid == member.uid)
    return replace(member, dark_since=at_ms) if had_it else member


def _scene(timeline: Timeline, state: State, at_ms: int) -> Scene:
    canvas, layout = even_canvas(timeline.canvas), state.layout
    if timeline.page:
        return Scene(canvas, PAPER, _page(timeline.page, canvas))
    members = {
        m.uid: m for m in state.members if state.audio.takes(m.uid) or state.video.takes(m.uid)
    }
    tiles = []
    if layout.background_image:
        ground = _image(state, layout.background_image, CROP)
        tiles.append(Tile(0, 0, canvas.width, canvas.height, UNIT, ground))
    for box in boxes(layout, tuple(members), canvas):
        member = members.get(box.uid) if box.uid is not None else None
        if member is None or box.width < 2 or box.height < 2:
            continue  # an empty region shows the background
        card = _face(state, member, box, at_ms)
        if card is not None:
            tiles.append(Tile(box.x, box.y, box.width, box.height, box.alpha, card))
    return Scene(canvas, parse_colour(layout.background_color), tuple(tiles))


def portrait(member: Member, render_mode: int) -> Card:
    """A member's camera picture, or their screen: larger, brighter, and called so."""
    if member.screen:
        return Card(f"{member.uid} screen", screen_colour(member.uid), *SCREEN, render_mode)
    size = (member.width, member.height)
    return Card(member.uid, participant_colour(member.uid), *size, render_mode)


def _page(url: str, canvas: Canvas) -> tuple[Tile, Tile]:
    """A browser as plain as can be: the address in a bar, below it the page, which is not fetched,
    as a picture of its own colour with its name.

    The query is left out: it may carry a token, and a recording is shown around.
    """
    address = url.partition("?")[0].partition("#")[0]
    host, _slash, path = address.partition("://")[2].partition("/")
    title = path.rstrip("/").rpartition("/")[2] or host
    bar = max(2, canvas.height // 10 & ~1)
    body = Card(
        title[:40], participant_colour(url), canvas.width, canvas.height - bar, CROP, Look.LIVE
    )
    head = Card(address[:80], PAPER, canvas.width, bar, CROP, Look.ADDRESS)
    return (
        Tile(0, 0, canvas.width, bar, UNIT, head),
        Tile(0, bar, canvas.width, canvas.height - bar, UNIT, body),
    )


def _face(state: State, member: Member, box: Box, at_ms: int) -> Card | None:
    """What a member's region shows: the camera, else its last picture, an image, a plain colour.

    Somebody whose camera was never on has no last picture; in the floating layout such a region is
    transparent (None).
    """
    face = portrait(member, box.render_mode)
    if state.shows(member):
        return replace(face, look=Look.LIVE)
    if member.dark_since is not None and at_ms < member.dark_since + LAST_PICTURE_MS:
        return replace(face, look=Look.HELD, held_ms=member.dark_since)
    own = next((b for b in state.layout.backgrounds if b.uid == member.uid and b.image_url), None)
    image = own or UserBackground(member.uid, state.layout.default_user_background_image)
    if image.image_url:
        return _image(state, image.image_url, image.render_mode)
    if member.dark_since is None and state.layout.kind == FLOATING:
        return None
    return face


def _image(state: State, url: str, render_mode: int) -> Card:
    """An image that is kept; else, as nothing is fetched, what stands for it: a 4:3 picture of its
    own colour with its file name on it.
    """
    digest = dict(state.images).get(url, "")
    name = url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    return Card(name[:40], picture_colour(url), 800, 600, render_mode, Look.IMAGE, digest=digest)
