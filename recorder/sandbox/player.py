"""Plays scenarios. Who comes and goes is written down ahead, at the very moments it will happen:
pictures are made from facts with times, however fast the clock runs. What must be done by somebody
(a layout call, a fault) is done when its time has come.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from recorder.contract.states import Mode
from recorder.sandbox.channels import join, present_at
from recorder.sandbox.clock import Clock
from recorder.sandbox.scenarios import Scenario, Step
from recorder.sandbox.service import Call, Service
from recorder.sandbox.store import State, Store
from recorder.sandbox.wake import Wake

log = logging.getLogger("sandbox")

LOOK_S = 0.2
SIZES = {"16:9": (1280, 720), "4:3": (640, 480), "1:1": (720, 720), "9:16": (720, 1280)}
BY_HAND = ("layout", "fault")  # the actions that somebody has to do

Arm = Callable[[dict[str, Any]], object]


class Player:
    def __init__(self, store: Store, clock: Clock, wake: Wake, service: Service, arm: Arm):
        self._store, self._clock, self._wake = store, clock, wake
        self._service, self._arm = service, arm
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scenarios", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def play(self, name: str, scenario: Scenario, channel: str) -> int:
        """Begin now, in a channel that is emptied first. Another one played in it ends."""
        store = self._store
        with store.transaction():
            now = self._clock.now_ms()
            store.plays.drop_of(channel)
            store.plays.forget_future(channel, now)
            store.channels.note(channel, prepared=True)
            for uid in present_at(store.channels.facts(channel), now):
                store.channels.add(channel, now, "leave", uid=uid)
            later = []
            for step in scenario.in_order:
                at_ms = now + round(step.at * 1000)
                if step.action in BY_HAND:
                    values = getattr(step, step.action)
                    later.append({"at_ms": at_ms, "action": step.action, "values": values})
                else:
                    self._foresee(channel, step, at_ms)
            ends_ms = now + round(scenario.seconds * 1000)
            found = store.plays.add(name, channel, now, ends_ms, later)
        self._wake.ring()
        return found

    def stop(self, play_id: int) -> bool:
        """What has not happened yet does not happen; who is there stays."""
        with self._store.transaction():
            found = [play for play in self._store.plays.all() if play.id == play_id]
            for play in found:
                self._store.plays.forget_future(play.channel, self._clock.now_ms())
                self._store.plays.drop(play.id)
        self._wake.ring()
        return bool(found)

    def _foresee(self, channel: str, step: Step, at_ms: int) -> None:
        store = self._store
        if step.join:
            who = step.join
            there = present_at(store.channels.facts(channel), at_ms)
            if who.uid not in there:
                join(
                    store, channel, who.uid, at_ms,
                    audio=who.audio, video=who.video, host=who.role == "host",
                    size=SIZES[who.source],
                )  # fmt: skip
        elif step.leave:
            store.channels.add(channel, at_ms, "leave", uid=step.leave.uid)
        elif changed := step.mute or step.share:
            user = present_at(store.channels.facts(channel), at_ms).get(changed.uid)
            if user is None:
                return
            audio, video, screen = user.audio, user.video, user.screen
            if step.mute:
                audio = audio if step.mute.audio is None else not step.mute.audio
                video = video if step.mute.video is None else not step.mute.video
            if step.share:
                screen, video = step.share.screen, video or step.share.screen
            store.channels.add(
                channel, at_ms, "publish", uid=user.uid, audio=audio, video=video, screen=screen
            )

    def _run(self) -> None:
        while not self._ending.wait(LOOK_S):
            try:
                self.look()
            except Exception:
                log.exception("A scenario broke off; it goes on in a moment")
                self._ending.wait(1.0)

    def look(self) -> None:
        """Do what is due, and forget scenarios that are over."""
        for play in self._store.plays.all():
            now = self._clock.now_ms()
            due = [step for step in play.steps if step["at_ms"] <= now]
            if due:  # before they are done: one that fails is not repeated for ever
                self._store.plays.left(play.id, play.steps[len(due) :])
            for step in due:
                self._do(play.channel, step)
            if now > play.ends_ms and len(due) == len(play.steps):
                self._store.plays.drop(play.id)

    def _do(self, channel: str, step: dict[str, Any]) -> None:
        try:
            if step["action"] == "fault":
                self._arm(step["values"])
            else:
                self._change_layout(channel, step["values"])
        except Exception:
            log.exception("A step of a scenario could not be done: %s", step["action"])

    def _change_layout(self, channel: str, layout: dict[str, Any]) -> None:
        for session in self._store.tasks.present():
            if session.channel == channel and (session.mode, session.state) == (
                Mode.MIX,
                State.LIVE,
            ):
                body = {"cname": session.cname, "uid": session.uid, "clientRequest": layout}
                call = Call(session.app_id, body, session.resource_id, session.sid, session.mode)
                answer = self._service.update_layout(call)
                if answer.status != 200:
                    log.warning("A scenario's layout was refused: %s", answer.body)
