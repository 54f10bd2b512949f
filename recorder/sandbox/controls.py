"""What the control API can do: move the clock, fill and empty channels, keep images, hold uploads,
start afresh.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from typing import Any

from recorder.contract.rules import cname_problem, uid_problem
from recorder.contract.states import Mode
from recorder.sandbox.buckets import Buckets
from recorder.sandbox.channels import join, present_at
from recorder.sandbox.clock import FASTEST, Clock
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.filing import HELD
from recorder.sandbox.images import Images, content_type
from recorder.sandbox.store import State, Store
from recorder.sandbox.wake import Wake

SETTLE_S = 60.0  # how long an advance waits for the worker
LONGEST_ADVANCE_S = 31 * 86_400
_SOURCES = {"16:9": (1280, 720), "4:3": (640, 480), "1:1": (720, 720), "9:16": (720, 1280)}


class Refusal(Exception):
    """The control API says no; `str(error)` says why."""

    def __init__(self, message: str, status: int = 422):
        super().__init__(message)
        self.status = status


class Controls:
    """`actions` maps a name to a function from the JSON object sent to the one answered."""

    def __init__(
        self, config: SandboxConfig, store: Store, clock: Clock, wake: Wake, buckets: Buckets
    ):
        self._config, self._store, self._clock = config, store, clock
        self._wake, self._buckets = wake, buckets
        self._images = Images(config.data)
        self.actions: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "clock": self.set_clock,
            "channels": self.set_channel,
            "join": self.join,
            "leave": self.leave,
            "mute": self.mute,
            "share": self.share,
            "uploads": self.hold_uploads,
            "reset": self.reset,
        }

    def set_clock(self, values: dict[str, Any]) -> dict[str, Any]:
        """`speed` 0 (by hand), 1 (real), 2…600; `advance` in seconds, done when all that became due
        is done.
        """
        speed, seconds = values.get("speed"), values.get("advance")
        if speed is not None:
            if not _whole(speed) or not 0 <= speed <= FASTEST:
                raise Refusal(f"speed must be a whole number from 0 to {FASTEST}.")
            self._clock.set_speed(speed)
            self._wake.ring()
        if seconds is not None:
            number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
            if not number or not 0 <= seconds <= LONGEST_ADVANCE_S:
                raise Refusal(f"advance must be seconds from 0 to {LONGEST_ADVANCE_S}.")
            self._clock.advance(round(seconds * 1000))
            self.settle()
        return {"now_ms": self._clock.now_ms(), "speed": self._clock.speed}

    def settle(self) -> None:
        """Wait until the worker has nothing left to do at this moment. Raises Refusal when it takes
        too long.
        """
        target, round_ = self._clock.now_ms(), self._store.machine.next_round()
        until = time.monotonic() + SETTLE_S
        self._wake.ring()
        while time.monotonic() < until:
            lease = self._store.machine.lease()
            if lease and lease.settled_round >= round_ and lease.settled_ms >= target:
                return
            time.sleep(0.01)
        raise Refusal("The recorder has not finished what became due.", 503)

    def set_channel(self, values: dict[str, Any]) -> dict[str, Any]:
        """Prepare a channel: exactly these participants are in it from now on, so maybe nobody."""
        channel = self._channel(values)
        people = values.get("participants", [])
        if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
            raise Refusal("participants must be a list of objects.")
        wanted = [self._person(person) for person in people]
        with self._store.transaction():
            now = self._clock.now_ms()
            self._store.channels.note(channel, prepared=True)
            for uid in present_at(self._store.channels.facts(channel), now):
                self._store.channels.add(channel, now, "leave", uid=uid)
            for person in wanted:
                join(self._store, channel, now_ms=now, **person)
        return self._people(channel)

    def join(self, values: dict[str, Any]) -> dict[str, Any]:
        """{cname, uid, audio?, video?, role? host|audience, source? 16:9|4:3|1:1|9:16}"""
        channel, person = self._channel(values), self._person(values)
        with self._store.transaction():
            now = self._clock.now_ms()
            if person["uid"] in present_at(self._store.channels.facts(channel), now):
                raise Refusal("This uid is in the channel already.", 409)
            self._store.channels.note(channel, prepared=True)
            join(self._store, channel, now_ms=now, **person)
        return self._people(channel)

    def leave(self, values: dict[str, Any]) -> dict[str, Any]:
        """{cname, uid}"""
        channel, uid = self._channel(values), _uid(values)
        with self._store.transaction():
            now = self._present(channel, uid)
            self._store.channels.note(channel, prepared=True)
            self._store.channels.add(channel, now, "leave", uid=uid)
        return self._people(channel)

    def mute(self, values: dict[str, Any]) -> dict[str, Any]:
        """{cname, uid, audio?, video?}: true mutes that medium, false publishes it again."""
        channel, uid = self._channel(values), _uid(values)
        with self._store.transaction():
            now = self._present(channel, uid)
            user = present_at(self._store.channels.facts(channel), now)[uid]
            audio = not _switch(values, "audio", not user.audio)
            video = not _switch(values, "video", not user.video)
            self._store.channels.add(channel, now, "publish", uid=uid, audio=audio, video=video)
        return self._people(channel)

    def share(self, values: dict[str, Any]) -> dict[str, Any]:
        """{cname, uid, screen?}: true puts their screen in the camera's place, false ends that."""
        channel, uid = self._channel(values), _uid(values)
        with self._store.transaction():
            now = self._present(channel, uid)
            user = present_at(self._store.channels.facts(channel), now)[uid]
            screen = _switch(values, "screen", True)
            if screen and not user.host:
                raise Refusal("Somebody in the audience publishes nothing.")
            streams: dict[str, Any] = {
                "audio": user.audio,
                "video": user.video or screen,
                "screen": screen,
            }
            self._store.channels.add(channel, now, "publish", uid=uid, **streams)
        return self._people(channel)

    def hold_uploads(self, values: dict[str, Any]) -> dict[str, Any]:
        """{held}: while true nothing reaches a bucket, as when a storage is slow; a waiting stop
        answers 206.
        """
        held = _switch(values, "held", False)
        self._store.machine.set_setting(HELD, "1" if held else "0")
        self._wake.ring()
        return {"held": held}

    def reset(self, values: dict[str, Any]) -> dict[str, Any]:
        """Forget all recordings, channels and resources; `buckets` true empties the buckets too."""
        with self._store.transaction():
            no_pictures = self._store.machine.setting("no_pictures", "0")
            round_ = self._store.machine.round()
            forgotten = [session.sid for session in self._store.tasks.present()]
            self._store.forget_recordings()
            self._images.thaw()  # in here, so that no recording begins meanwhile
            self._store.machine.set_setting("no_pictures", no_pictures)
            self._store.machine.set_setting("round", str(round_))
            self._clock.reset(self._clock.speed)
        for sid in forgotten:
            shutil.rmtree(self._config.data / "sessions" / sid, ignore_errors=True)
        if _switch(values, "buckets", False):
            for bucket, _folder, _made in self._buckets.index.buckets():
                for row in self._buckets.index.page(bucket, after="", prefix="", limit=-1):
                    self._buckets.delete(bucket, row.key)
                self._buckets.drop(bucket)
        self._wake.ring()
        return {"now_ms": self._clock.now_ms()}

    def put_image(self, name: str, data: bytes) -> dict[str, Any]:
        """Keep a background image; layouts that name its address from now on show it."""
        try:
            return {"path": self._images.put(name, data), "size": len(data)}
        except ValueError as error:
            raise Refusal(str(error)) from None

    def image(self, name: str) -> tuple[bytes, str]:
        """(content, content type). Raises Refusal when there is none."""
        try:
            data = self._images.get(name)
        except ValueError as error:
            raise Refusal(str(error)) from None
        if data is None:
            raise Refusal("There is no such image.", 404)
        return data, content_type(data) or "application/octet-stream"

    def _channel(self, values: dict[str, Any]) -> str:
        cname = values.get("cname")
        if problem := cname_problem(cname, Mode.MIX):
            raise Refusal(f"cname: {problem}")
        return f"{self._config.app_id}/{cname}"

    def _person(self, values: dict[str, Any]) -> dict[str, Any]:
        source, role = values.get("source", "16:9"), values.get("role", "host")
        if source not in _SOURCES:
            raise Refusal(f"source must be one of {', '.join(_SOURCES)}.")
        if role not in ("host", "audience"):
            raise Refusal("role must be host or audience.")
        return {
            "uid": _uid(values),
            "audio": _switch(values, "audio", True),
            "video": _switch(values, "video", True),
            "host": role == "host",
            "size": _SOURCES[source],
        }

    def _present(self, channel: str, uid: str) -> int:
        """The time now, if that user is in the channel. Raises Refusal."""
        now = self._clock.now_ms()
        if uid not in present_at(self._store.channels.facts(channel), now):
            raise Refusal("This uid is not in the channel.", 404)
        return now

    def _people(self, channel: str) -> dict[str, Any]:
        self._wake.ring()
        facts, now = self._store.channels.facts(channel), self._clock.now_ms()
        recorded = any(
            s.channel == channel and s.state != State.GONE for s in self._store.tasks.present()
        )
        return {"participants": list(present_at(facts, now)), "recorded": recorded, "now_ms": now}


def _uid(values: dict[str, Any]) -> str:
    uid = values.get("uid")
    if problem := uid_problem(uid):
        raise Refusal(f"uid: {problem}")
    return str(uid)


def _switch(values: dict[str, Any], name: str, default: bool) -> bool:
    value = values.get(name, default)
    if not isinstance(value, bool):
        raise Refusal(f"{name} must be true or false.")
    return value


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
