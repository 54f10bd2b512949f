"""Scenarios: what happens in a channel, second by second, in a small YAML file.

    about: Two people, one of whom is muted; then a start is answered too late.
    steps:
      - {at: 0, join: {uid: 1, source: "16:9"}}         # role, audio, video as in participants/join
      - {at: 5, join: {uid: 2}}
      - {at: 20, mute: {uid: 2, audio: true}}           # false publishes again
      - {at: 30, share: {uid: 1}}                       # their screen; screen: false ends it
      - {at: 40, layout: {mixedVideoLayout: 1}}         # as updateLayout, to each mix of it
      - {at: 50, fault: {fault: latency, calls: 1}}     # as the fault deck takes it
      - {at: 60, leave: {uid: 2}}

`at` is in seconds of the sandbox's clock after the scenario was begun.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from recorder.contract.rules import uid_problem

FOLDER = Path(__file__).parent
MOST_TEXT = 64_000
MOST_STEPS = 500
LONGEST_S = 31 * 86_400
SOURCES = ("16:9", "4:3", "1:1", "9:16")


class BadScenario(Exception):
    """`str(error)` names the step and the field."""


def _uid(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if problem := uid_problem(text):
        raise ValueError(problem)
    return str(text)


Uid = Annotated[str, BeforeValidator(_uid)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Join(_Strict):
    uid: Uid
    source: Literal["16:9", "4:3", "1:1", "9:16"] = "16:9"
    role: Literal["host", "audience"] = "host"
    audio: bool = True
    video: bool = True


class Leave(_Strict):
    uid: Uid


class Mute(_Strict):
    uid: Uid
    audio: bool | None = None
    video: bool | None = None


class Share(_Strict):
    uid: Uid
    screen: bool = True


class Step(_Strict):
    at: Annotated[float, Field(ge=0, le=LONGEST_S, allow_inf_nan=False, strict=False)]
    join: Join | None = None
    leave: Leave | None = None
    mute: Mute | None = None
    share: Share | None = None
    layout: dict[str, Any] | None = None
    fault: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Step":
        given = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(ACTIONS)}")
        return self

    @property
    def action(self) -> str:
        return next(name for name in ACTIONS if getattr(self, name) is not None)


ACTIONS = ("join", "leave", "mute", "share", "layout", "fault")


class Scenario(_Strict):
    about: Annotated[str, Field(max_length=500)] = ""
    steps: Annotated[list[Step], Field(max_length=MOST_STEPS)]

    @property
    def in_order(self) -> list[Step]:
        return sorted(self.steps, key=lambda step: step.at)

    @property
    def seconds(self) -> float:
        return max((step.at for step in self.steps), default=0.0)


def read(text: str) -> Scenario:
    """Raises BadScenario."""
    if len(text) > MOST_TEXT:
        raise BadScenario(f"A scenario has at most {MOST_TEXT} characters.")
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadScenario(f"This is not YAML{where}.") from None
    try:
        return Scenario.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"])
        raise BadScenario(f"{place.lstrip('.') or 'scenario'}: {_words(first)}") from None


def _words(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


@cache
def shipped() -> dict[str, Scenario]:
    """Those that come with the sandbox, by name."""
    return {
        path.stem: read(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
    }
