"""What a check finds: one problem, at one place of a request or a layout."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    `path` is the dotted wire path, list positions as numbers:
    `clientRequest.recordingConfig.transcodingConfig.layoutConfig.2.x_axis`.
    `message` is a whole English sentence that never quotes the value (it may be a secret).
    `http` and `code` are what the service answers; `deferred` means that it answers 200 first and
    the recording ends by itself within seconds. `text(gettext)` gives the translated sentence.
    """

    rule: str
    path: str
    message: str
    severity: Severity = "error"
    http: int | None = None
    code: int | None = None
    deferred: bool = False
    msgid: str = ""  # the sentence with placeholders, where `message` carries numbers
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def text(self, translate: Callable[[str], str]) -> str:
        return translate(self.msgid) % self.values if self.msgid else translate(self.message)


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Only what the service (or we, for a saved layout) would refuse."""
    return tuple(problem for problem in problems if problem.severity == "error")


def refusal(problems: Iterable[Problem]) -> Problem | None:
    """The problem the service answers the call with: its first error that is not deferred."""
    return next((p for p in errors(problems) if not p.deferred), None)


def deferred_failure(problems: Iterable[Problem]) -> Problem | None:
    """The problem that ends a started recording by itself, if the call is not refused before."""
    return next((p for p in errors(problems) if p.deferred), None)
