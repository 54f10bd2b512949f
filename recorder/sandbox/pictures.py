"""From what the store knows of a recording to the media room's timeline: the only door to it."""

import json
from collections.abc import Mapping
from typing import Any

from recorder.contract.layouts import BEST_FIT, DEFAULT_CANVAS, Canvas, layout_from_wire
from recorder.contract.states import Mode
from recorder.sandbox.channels import present_at, subscription
from recorder.sandbox.images import FROZEN
from recorder.sandbox.media import timeline as media
from recorder.sandbox.media.timeline import Timeline, Track
from recorder.sandbox.store import Fact, Session

FRAME_RATES = (1, 7, 10, 15, 24, 30, 60)
DEFAULT_FPS, DEFAULT_KBPS = 15, 500
# What mode individual shows on the sandbox's page; its files hold one user each.
OVERVIEW = {"width": 640, "height": 360, "mixedVideoLayout": BEST_FIT}
SHORTEST_MS = 1  # a recording that ended has lasted


def timeline_of(session: Session, facts: list[Fact]) -> Timeline:
    """The session's timeline from its first recorded moment. `session.origin_ms` must be set.

    Of mode web it is the page, of mode individual an overview of all users. What happened before
    that moment is folded into facts at 0; what happened after the end is left out.
    """
    assert session.origin_ms is not None  # noqa: S101 - as promised
    if session.mode == Mode.WEB:
        return _page(session)
    wanted = session.recording.get("transcodingConfig") or {}
    if session.mode == Mode.INDIVIDUAL:
        wanted = OVERVIEW
    origin, end = session.origin_ms, session.end_ms
    # A fact at the very moment of the end would change no picture.
    later = [f for f in facts if f.at_ms > origin and (end is None or f.at_ms < end)]
    told = [*_opening(session, facts, origin, wanted)]
    publishing = {
        user.uid: (user.audio, user.video, user.screen)
        for user in present_at(facts, origin).values()
    }
    for fact in later:
        told += _told(fact, fact.at_ms - origin, publishing)
    if end is not None:
        told.append(media.Ended(max(SHORTEST_MS, end - origin)))
    fps = wanted.get("fps")
    return Timeline(
        started_ms=origin,
        canvas=canvas_of(session),
        fps=int(fps) if fps in FRAME_RATES else DEFAULT_FPS,
        bitrate_kbps=max(1, int(wanted.get("bitrate") or DEFAULT_KBPS)),
        audio_profile=int(session.recording.get("audioProfile") or 0),
        stream_types=session.stream_types,
        slice_ms=session.slice_ms,
        facts=tuple(told),
    )


def canvas_of(session: Session) -> Canvas:
    """The size of the picture: mixed, of the page, or of the overview."""
    if session.mode == Mode.WEB:
        asked = session.web
        return Canvas(int(asked.get("videoWidth") or 1280), int(asked.get("videoHeight") or 720))
    wanted = session.recording.get("transcodingConfig") or {}
    if session.mode == Mode.INDIVIDUAL:
        wanted = OVERVIEW
    return Canvas(
        int(wanted.get("width") or DEFAULT_CANVAS.width),
        int(wanted.get("height") or DEFAULT_CANVAS.height),
    )


def _page(session: Session) -> Timeline:
    """The page that is recorded. Nothing that people in a channel do concerns it."""
    assert session.origin_ms is not None  # noqa: S101 - as `timeline_of` promised
    asked, end = session.web, session.end_ms
    canvas = canvas_of(session)
    large = canvas.width * canvas.height >= 1280 * 720
    return Timeline(
        started_ms=session.origin_ms,
        canvas=canvas,
        fps=int(asked.get("videoFps") or DEFAULT_FPS),
        bitrate_kbps=int(asked.get("videoBitrate") or (2000 if large else 1500)),
        audio_profile=int(asked.get("audioProfile") or 0),
        slice_ms=session.slice_ms,
        page=str(asked.get("url") or "about:blank"),
        facts=() if end is None else (media.Ended(max(SHORTEST_MS, end - session.origin_ms)),),
    )


def correct_extinf(session: Session) -> bool:
    """Whether privateParams asks for a comma after each EXTINF."""
    try:
        asked = json.loads(session.recording.get("privateParams") or "{}")
    except (ValueError, TypeError, RecursionError):
        return False
    return isinstance(asked, dict) and asked.get("correctEXTINF") is True


def _opening(
    session: Session, facts: list[Fact], origin: int, wanted: Mapping[str, Any]
) -> list[media.Fact]:
    """Layout, subscription and people at the first recorded moment."""
    layout, lists = dict(wanted), dict(session.recording)
    for fact in facts:
        if fact.at_ms <= origin and fact.kind == "layout":
            layout = fact.data
        elif fact.at_ms <= origin and fact.kind == "subscribe":
            lists = fact.data
    opening: list[media.Fact] = [
        _laid_out(0, layout),
        _subscribed(0, lists),
    ]
    for user in present_at(facts, origin).values():
        if user.host:
            opening.append(
                media.Joined(0, user.uid, user.video, user.audio, user.width, user.height)
            )
        if user.host and user.screen:
            opening.append(media.Shared(0, user.uid))
    return opening


def _told(
    fact: Fact, at_ms: int, publishing: dict[str, tuple[bool, bool, bool]]
) -> list[media.Fact]:
    """One of our facts in the media room's words; `publishing` (uid -> audio, video, screen)
    follows.
    """
    data = fact.data
    if fact.kind == "layout":
        return [_laid_out(at_ms, data)]
    if fact.kind == "subscribe":
        return [_subscribed(at_ms, data)]
    if fact.kind not in ("join", "leave", "publish"):
        return []  # it changes no picture
    if fact.kind not in ("join", "leave", "publish"):
        return []
    uid = data["uid"]
    if fact.kind == "join":
        if uid in publishing:
            return []
        publishing[uid] = (data["audio"], data["video"], False)
        if not data["host"]:
            return []
        return [
            media.Joined(at_ms, uid, data["video"], data["audio"], data["width"], data["height"])
        ]
    if uid not in publishing:
        return []
    if fact.kind == "leave":
        del publishing[uid]
        return [media.Left(at_ms, uid)]
    before = publishing[uid]
    after = (data["audio"], data["video"], bool(data.get("screen", before[2])))
    publishing[uid] = after
    shared = [media.Shared(at_ms, uid, after[2])] if before[2] != after[2] else []
    changes = zip((Track.AUDIO, Track.VIDEO), before[:2], after[:2], strict=True)
    return [
        *shared,
        *(
            media.Unmuted(at_ms, uid, track) if now else media.Muted(at_ms, uid, track)
            for track, was, now in changes
            if was != now
        ),
    ]


def _laid_out(at_ms: int, layout: Mapping[str, Any]) -> media.LayoutChanged:
    frozen = layout.get(FROZEN) or {}
    return media.LayoutChanged(at_ms, layout_from_wire(layout), tuple(sorted(frozen.items())))


def _subscribed(at_ms: int, lists: Mapping[str, Any]) -> media.Subscribed:
    return media.Subscribed(
        at_ms,
        audio=media.Subscription(*subscription(lists, "Audio")),
        video=media.Subscription(*subscription(lists, "Video")),
    )
