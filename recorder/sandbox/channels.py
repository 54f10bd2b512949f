"""Who is in a channel when: the facts of a channel read in order, and the people a channel gets by
itself.

Programs written for the real service record a channel that others use. One that nobody prepared is
therefore populated when a recorder joins; only the control API makes a channel empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from recorder.sandbox.store import Fact, Session, Store

DEFAULT_COUNT = 3
MOST = 17  # more users than a recording takes are not made up
# Declared picture sizes of participants, in turn, so that cropping and fitting can be told apart.
SOURCES = ((1280, 720), (640, 480), (720, 720), (720, 1280))
ALL_STREAMS = "#allstream#"
COMMUNICATION, LIVE = 0, 1


@dataclass(frozen=True, slots=True)
class Participant:
    uid: str
    joined_ms: int
    audio: bool  # publishes sound
    video: bool  # publishes a picture
    host: bool
    width: int
    height: int
    screen: bool = False  # the picture is their screen

    @property
    def publishes(self) -> bool:
        return self.audio or self.video


def walk(facts: list[Fact]) -> Iterator[tuple[int, dict[str, Participant]]]:
    """After each moment at which something changed: (time, everybody present by uid, in joining
    order).
    """
    present: dict[str, Participant] = {}
    for position, fact in enumerate(facts):
        _apply(present, fact)
        if position + 1 == len(facts) or facts[position + 1].at_ms > fact.at_ms:
            yield fact.at_ms, dict(present)


def present_at(facts: list[Fact], at_ms: int) -> dict[str, Participant]:
    present: dict[str, Participant] = {}
    for fact in facts:
        if fact.at_ms <= at_ms:
            _apply(present, fact)
    return present


def _apply(present: dict[str, Participant], fact: Fact) -> None:
    data = fact.data
    if fact.kind == "join":
        present.setdefault(
            data["uid"],
            Participant(
                uid=data["uid"],
                joined_ms=fact.at_ms,
                audio=data["audio"],
                video=data["video"],
                host=data["host"],
                width=data["width"],
                height=data["height"],
            ),
        )
    elif fact.kind == "leave":
        present.pop(data["uid"], None)
    elif fact.kind == "publish" and data["uid"] in present:
        before = present[data["uid"]]
        present[data["uid"]] = replace(
            before,
            audio=data["audio"],
            video=data["video"],
            screen=bool(data.get("screen", before.screen)),
        )


def takes(lists: Mapping[str, Any], medium: str, uid: str) -> bool:
    """Whether subscription lists let a user's stream in. A list for one medium only switches the
    other off.
    """
    only, never = subscription(lists, medium)
    return (only is None or uid in only) and uid not in never


def subscription(
    lists: Mapping[str, Any], medium: str
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """(only these, never those) of one medium (`Audio` or `Video`); (None, ()) is everybody."""
    other = "Video" if medium == "Audio" else "Audio"
    if not _listed(lists, medium) and _listed(lists, other):
        return (), ()
    wanted = lists.get(f"subscribe{medium}Uids")
    unwanted = lists.get(f"unSubscribe{medium}Uids") or lists.get(f"unsubscribe{medium}Uids") or ()
    only = None if not wanted or ALL_STREAMS in wanted else tuple(wanted)
    return ((), ()) if ALL_STREAMS in unwanted else (only, tuple(unwanted))


def _listed(lists: Mapping[str, Any], medium: str) -> bool:
    return any(
        lists.get(f"{verb}{medium}Uids") for verb in ("subscribe", "unSubscribe", "unsubscribe")
    )


def subscription_lists(source: Mapping[str, Any]) -> dict[str, Any]:
    """The subscription keys of a recordingConfig, or of both halves of a streamSubscribe."""
    halves = [source, source.get("audioUidList") or {}, source.get("videoUidList") or {}]
    return {
        k: v
        for half in halves
        for k, v in half.items()
        if "ubscribe" in k and k.endswith("Uids") and v
    }


def first_recorded(session: Session, facts: list[Fact]) -> int | None:
    """The first moment since the start at which somebody published something the recorder takes."""
    lists = session.recording
    moments = [(session.started_ms, present_at(facts, session.started_ms))]
    moments += [(at, users) for at, users in walk(facts) if at > session.started_ms]
    changes = [f for f in facts if f.kind == "subscribe"]
    for at, users in moments:
        lists = next((f.data for f in reversed(changes) if f.at_ms <= at), lists)
        if any(_recorded(session, lists, user) for user in users.values()):
            return at
    return None


def _recorded(session: Session, lists: Mapping[str, Any], user: Participant) -> bool:
    sound = session.stream_types != 1 and user.audio and takes(lists, "Audio", user.uid)
    picture = session.stream_types != 0 and user.video and takes(lists, "Video", user.uid)
    return sound or picture


def idle_end(session: Session, facts: list[Fact]) -> int | None:
    """When the task leaves because nobody is there, if nothing more happens; None while somebody
    is.

    Communication: no users at all. Live: no hosts.
    """
    moments = [(session.started_ms, present_at(facts, session.started_ms))]
    moments += [(at, users) for at, users in walk(facts) if at > session.started_ms]
    empty_since: int | None = None
    for at, users in moments:
        if empty_since is not None and at >= empty_since + session.max_idle_ms:
            break
        if any(user.host or session.channel_type == COMMUNICATION for user in users.values()):
            empty_since = None
        elif empty_since is None:
            empty_since = at
    return None if empty_since is None else empty_since + session.max_idle_ms


def named_uids(recording: Mapping[str, Any]) -> list[str]:
    """The uids that a start names for what is to be seen or heard, each once, in order."""
    transcoding = recording.get("transcodingConfig") or {}
    names = [
        *(recording.get("subscribeVideoUids") or ()),
        *(recording.get("subscribeAudioUids") or ()),
    ]
    names.append(transcoding.get("maxResolutionUid"))
    for key in ("layoutConfig", "backgroundConfig"):
        names += [
            entry.get("uid") for entry in transcoding.get(key) or () if isinstance(entry, Mapping)
        ]
    return [n for n in dict.fromkeys(names) if isinstance(n, str) and n and n != ALL_STREAMS]


def populate(
    store: Store,
    channel: str,
    recording: Mapping[str, Any],
    *,
    recorder: str,
    now_ms: int,
    but: str = "",
) -> None:
    """Let people join a channel that nobody prepared: those a start names, others up to three.

    `but` is the sid of the recording that is just beginning.
    """
    if store.channels.prepared(channel):
        return
    store.channels.note(channel, prepared=False)
    present = present_at(store.channels.facts(channel), now_ms)
    if not any(s.channel == channel and s.sid != but for s in store.tasks.present()):
        # Those of the last recording go, so that the ones this start names come first.
        for uid in present:
            store.channels.add(channel, now_ms, "leave", uid=uid)
        present = {}
    wanted = [uid for uid in named_uids(recording) if uid != recorder and uid not in present]
    count = max(DEFAULT_COUNT - len(present), len(wanted))
    made_up = (str(n) for n in range(1001, 1100) if str(n) not in {recorder, *present, *wanted})
    while len(wanted) < count:
        wanted.append(next(made_up))
    for uid in wanted[: MOST - len(present)]:
        join(store, channel, uid, now_ms)


def join(
    store: Store,
    channel: str,
    uid: str,
    now_ms: int,
    *,
    audio: bool = True,
    video: bool = True,
    host: bool = True,
    size: tuple[int, int] | None = None,
) -> None:
    """Let somebody in. Audience never publishes. Without a size the next of SOURCES is taken."""
    joined = sum(fact.kind == "join" for fact in store.channels.facts(channel))
    width, height = size or SOURCES[joined % len(SOURCES)]
    store.channels.add(
        channel, now_ms, "join",
        uid=uid, audio=audio and host, video=video and host, host=host, width=width, height=height,
    )  # fmt: skip
