"""The shape of an example."""

from dataclasses import dataclass, field
from typing import Any

from recorder.contract.states import Mode, Operation


@dataclass(frozen=True)
class Example:
    rule: str
    operation: Operation
    mode: Mode
    path: str
    bad: Any
    good: Any
    edits: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    at: str = ""  # the path of the problem, where it is not `path`
