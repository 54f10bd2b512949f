"""A rule: data about one demand of the service, and a small pure predicate that finds faults."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from recorder.contract.paths import join, value_at
from recorder.contract.problems import Problem, Severity
from recorder.contract.states import Mode, Operation, ProviderName

ALL_MODES = frozenset(Mode)
CHANNEL_MODES = frozenset({Mode.INDIVIDUAL, Mode.MIX})
ONLY_INDIVIDUAL = frozenset({Mode.INDIVIDUAL})
ONLY_MIX = frozenset({Mode.MIX})
ONLY_WEB = frozenset({Mode.WEB})
POSTS = frozenset(Operation) - {Operation.QUERY}
STARTS = frozenset({Operation.START})
UPDATES = frozenset({Operation.UPDATE})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the body. None: not known, so nothing is concluded from it."""

    operation: Operation
    mode: Mode | None
    provider: ProviderName = ProviderName.AGORA
    stream_types: int | None = None  # of the running recording, for update
    acquired: Mapping[str, object] | None = None  # the clientRequest of the acquire, for start
    now: int | None = None  # Unix seconds


@dataclass(frozen=True, slots=True)
class View:
    """A body as seen from one place in it. Values of a wrong type read as absent: the models
    report those, and a rule about values has nothing to say about them.
    """

    body: object
    facts: Facts
    root: str = ""

    def get(self, path: str = "") -> object:
        return value_at(self.body, join(self.root, path))

    def has(self, path: str) -> bool:
        return self.get(path) is not None

    def number(self, path: str, default: int | None = None) -> int | None:
        value = self.get(path)
        if value is None:
            return default
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, path: str, default: str | None = None) -> str | None:
        value = self.get(path)
        if value is None:
            return default
        return value if isinstance(value, str) else None

    def items(self, path: str) -> list[object]:
        value = self.get(path)
        return value if isinstance(value, list) else []

    def at(self, path: str) -> "View":
        return View(self.body, self.facts, self.place(path))

    def place(self, path: str) -> str:
        """A path from here as a path of the whole body."""
        return join(self.root, path)

    def each(self, path: str) -> "Iterable[View]":
        """A view of every object in a list."""
        for i, entry in enumerate(self.items(path)):
            if isinstance(entry, Mapping):
                yield self.at(join(path, i))


# Gives the places of faults, relative to the rule's root.
Finder = Callable[[View], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `http` and `code`: what the service answers when it is broken.

    `paths` are the places it is about, as patterns; a place outside the body is written as
    `path.mode`, `(header) Content-Type` and the like. `deferred`: start answers 200 and the
    recording ends by itself within seconds. A rule with neither `fields` nor `finds` is about the
    state of the service or the world; `check` cannot see it.
    """

    id: str
    sentence: str
    source: tuple[str, ...]
    severity: Severity = "error"
    http: int | None = None
    code: int | None = None
    deferred: bool = False
    operations: frozenset[Operation] = STARTS
    modes: frozenset[Mode] = ALL_MODES
    paths: tuple[str, ...] = ()
    root: str = ""
    fields: bool = False  # also broken by what a model refuses at `paths`
    finds: Finder | None = field(default=None, compare=False)

    @property
    def path(self) -> str:
        return self.paths[0]

    @property
    def checked(self) -> bool:
        """Whether `check` can find it broken in a body."""
        return self.fields or self.finds is not None

    def problem(self, path: str) -> Problem:
        return Problem(
            rule=self.id,
            path=path,
            message=self.sentence,
            severity=self.severity,
            http=self.http,
            code=self.code,
            deferred=self.deferred,
        )


@dataclass(frozen=True, slots=True)
class Also:
    """What else breaks the rule of a field: a predicate beside the model's own check."""

    rule: str
    root: str
    finds: Finder


def refused(
    id: str,
    path: str,
    sentence: str,
    source: tuple[str, ...],
    finds: Finder | None = None,
    *,
    http: int = 400,
    code: int | None = 2,
    deferred: bool = False,
    operations: frozenset[Operation] = STARTS,
    modes: frozenset[Mode] = ALL_MODES,
    root: str = "",
) -> Rule:
    """A rule whose breach the service refuses."""
    return Rule(
        id,
        sentence,
        source,
        "error",
        http,
        code,
        deferred,
        operations,
        modes,
        (join(root, path),),
        root,
        finds=finds,
    )


def advised(
    id: str,
    path: str,
    sentence: str,
    source: tuple[str, ...],
    finds: Finder | None = None,
    *,
    severity: Severity = "warning",
    operations: frozenset[Operation] = STARTS,
    modes: frozenset[Mode] = ALL_MODES,
    root: str = "",
) -> Rule:
    """A rule the service does not enforce, but an operator should know about."""
    return Rule(
        id,
        sentence,
        source,
        severity,
        operations=operations,
        modes=modes,
        paths=(join(root, path),),
        root=root,
        finds=finds,
    )


def when(path: str, broken: Callable[[View], bool]) -> Finder:
    """A finder with one possible place."""
    return lambda view: (path,) if broken(view) else ()
