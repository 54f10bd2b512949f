"""What the control API says and does about scenarios."""

from collections.abc import Callable, Mapping
from typing import Any

from recorder.contract.rules import cname_problem
from recorder.contract.states import Mode
from recorder.sandbox.clock import Clock
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.controls import Refusal
from recorder.sandbox.player import Player
from recorder.sandbox.scenarios import BadScenario, Scenario, read, shipped
from recorder.sandbox.store import Store


class ScenarioControls:
    def __init__(self, config: SandboxConfig, store: Store, clock: Clock, player: Player):
        self._config, self._store, self._clock, self._player = config, store, clock, player
        self.actions: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "play": self.play,
            "stop": self.stop,
        }

    def state(self) -> dict[str, Any]:
        """{scenarios: those that come along, playing}"""
        now = self._clock.now_ms()
        return {
            "scenarios": [
                {
                    "name": name,
                    "about": each.about,
                    "seconds": each.seconds,
                    "steps": [step.model_dump(exclude_none=True) for step in each.in_order],
                }
                for name, each in shipped().items()
            ],
            "playing": [
                {
                    "id": play.id,
                    "name": play.name,
                    "cname": play.channel.partition("/")[2],
                    "seconds": max(0, now - play.began_ms) / 1000,
                    "of_seconds": (play.ends_ms - play.began_ms) / 1000,
                }
                for play in self._store.plays.all()
            ],
        }

    def play(self, values: dict[str, Any]) -> dict[str, Any]:
        """{cname, name} of one that comes along, or {cname, text} with YAML of one's own."""
        cname, name, text = values.get("cname"), values.get("name"), values.get("text")
        if problem := cname_problem(cname, Mode.MIX):
            raise Refusal(f"cname: {problem}")
        scenario = self._scenario(name, text)
        channel = f"{self._config.app_id}/{cname}"
        shown = name if isinstance(name, str) and text is None else "of one's own"
        return {"id": self._player.play(shown, scenario, channel), **self.state()}

    def stop(self, values: dict[str, Any]) -> dict[str, Any]:
        """{id}: nothing more of it happens; who is in the channel stays."""
        wanted = values.get("id")
        if not isinstance(wanted, int) or not self._player.stop(wanted):
            raise Refusal("This scenario is not being played.", 404)
        return self.state()

    @staticmethod
    def _scenario(name: object, text: object) -> Scenario:
        if text is not None:
            if not isinstance(text, str):
                raise Refusal("text must be a text: the YAML of a scenario.")
            try:
                return read(text)
            except BadScenario as error:
                raise Refusal(str(error)) from None
        if not isinstance(name, str) or name not in shipped():
            raise Refusal(f"name must be one of {', '.join(shipped())}.")
        return shipped()[name]
