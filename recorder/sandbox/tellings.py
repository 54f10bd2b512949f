"""What callbacks tell of a recording while it goes on: whose streams arrive, slices that begin, a
page that is loaded again, pushes that change, a recorder that comes back.

All of it follows from the recording's row and its facts, so nothing is told twice or forgotten
after a crash: `told_ms` says up to where it has been told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from recorder.sandbox import pages
from recorder.sandbox.channels import Participant, takes, walk
from recorder.sandbox.store import Fact, Session

RECORDER, UPLOADER, WEB_RECORDER = 1, 2, 6  # serviceType

Stream = tuple[str, str]  # uid; audio or video


@dataclass(frozen=True, slots=True)
class Telling:
    """One event to come: its type, its serviceType and the details that its type has."""

    at_ms: int
    type: int
    service: int
    details: dict[str, Any]


def tellings(session: Session, facts: Sequence[Fact]) -> list[Telling]:
    """All of a recording, in order; nothing from its end on."""
    found = _of_page(session, facts) if session.mode == "web" else _of_channel(session, facts)
    end = session.end_ms
    in_time = [telling for telling in found if end is None or telling.at_ms < end]
    return sorted(in_time, key=lambda telling: telling.at_ms)


def track_of(session: Session) -> str:
    """trackType of what is recorded, of all users together."""
    return {0: "audio", 1: "video"}.get(session.stream_types, "audio_and_video")


def _of_channel(session: Session, facts: Sequence[Fact]) -> list[Telling]:
    origin = session.origin_ms
    if origin is None:
        return []
    found = _returns(session, facts)
    if session.mode == "mix":
        found.insert(0, _slice(origin, origin, session))
    before: set[Stream] = set()
    ended: dict[Stream, int] = {}
    for at_ms, streams in _received(session, facts, origin):
        for uid, medium in sorted(before - streams):
            found.append(_changed(at_ms, uid, medium, receiving=False))
            ended[uid, medium] = at_ms
        for uid, medium in sorted(streams - before):
            if session.mode == "individual" and not session.snapshots_only:
                broken = ended.get((uid, medium), at_ms)
                found.append(_slice(at_ms, broken, session, uid, medium))
            found.append(_changed(at_ms, uid, medium, receiving=True))
        before = streams
    return found


def _received(
    session: Session, facts: Sequence[Fact], origin: int
) -> Iterator[tuple[int, set[Stream]]]:
    """(moment, the streams that arrive from then on), first at the origin."""
    subscriptions = [
        (f.at_ms, f.data) for f in facts if f.kind == "subscribe" and f.sid == session.sid
    ]
    lists, changes = session.recording, iter(subscriptions)
    people: dict[str, Participant] = {}
    change = next(changes, None)
    begun = False
    for at_ms, roster in walk(list(facts)):
        if at_ms > origin and not begun:
            begun = True
            yield origin, _streams(session, lists, people)
        while change is not None and change[0] <= at_ms:
            lists, change = change[1], next(changes, None)
        people = roster
        if begun:
            yield at_ms, _streams(session, lists, people)
    if not begun:
        yield origin, _streams(session, lists, people)


def _streams(
    session: Session, lists: dict[str, Any], people: dict[str, Participant]
) -> set[Stream]:
    return {
        (user.uid, medium)
        for user in people.values()
        for medium, on, without in (("audio", user.audio, 1), ("video", user.video, 0))
        if on and session.stream_types != without and takes(lists, medium.title(), user.uid)
    }


def _returns(session: Session, facts: Sequence[Fact]) -> list[Telling]:
    """The recorder is back in the channel after each fail-over."""
    found = []
    for fact in facts:
        if fact.kind == "failover":
            back = int(fact.data["until_ms"])
            found += [
                Telling(back, 30, UPLOADER, {"msgName": "uploader_started", "status": 0}),
                Telling(back, 40, RECORDER, {"msgName": "recorder_started", "status": 0}),
            ]
            if session.mode == "mix":
                found.append(_slice(back, fact.at_ms, session))
    return found


def _slice(
    at_ms: int, broken_ms: int, session: Session, uid: str = "0", track: str = ""
) -> Telling:
    details = {
        "msgName": "recorder_slice_start",
        "startUtcMs": at_ms,
        "discontinueUtcMs": broken_ms,
        "mixedAllUser": uid == "0",
        "streamUid": uid,
        "trackType": track or track_of(session),
    }
    return Telling(at_ms, 42, RECORDER, details)


def _changed(at_ms: int, uid: str, medium: str, *, receiving: bool) -> Telling:
    details = {
        "msgName": f"recorder_{medium}_stream_state_changed",
        "streamUid": uid,
        "state": 0 if receiving else 1,
        "UtcMs": at_ms,
    }
    return Telling(at_ms, 43 if medium == "audio" else 44, RECORDER, details)


def _of_page(session: Session, facts: Sequence[Fact]) -> list[Telling]:
    found = []
    if session.origin_ms is not None:
        details = {"msgName": "web_recorder_started", "recorderStartTime": session.origin_ms}
        found.append(Telling(session.origin_ms, 70, WEB_RECORDER, details))
    for push in pages.pushes(session, facts):
        details = {"msgName": "rtmp_publish_status", "rtmpUrl": push.url, "status": push.status}
        found.append(Telling(push.at_ms, 100, WEB_RECORDER, details))
    for fact in facts:
        if fact.kind == "page":
            found += _of_page_fact(session, fact)
    return found


def _of_page_fact(session: Session, fact: Fact) -> list[Telling]:
    event = fact.data["event"]
    reload = {"msgName": "web_recorder_reload"}
    if event == "silent":
        details = {**reload, "reason": "audio_silence"}
        return [Telling(fact.at_ms, 73, WEB_RECORDER, details)]
    wait = pages.ready_timeout_ms(session)
    if event == "never_ready" and wait:
        at_ms = max(session.started_ms, fact.at_ms) + wait
        return [Telling(at_ms, 73, WEB_RECORDER, {**reload, "reason": "page_load_timeout"})]
    return []
