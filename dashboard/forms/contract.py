"""The one builder of forms from the contract: each field is a place in a request.

    class StartForm(ContractForm):
        project = forms.ModelChoiceField(…)      # fields of one's own, as in any form

        def takes(self, place):                  # which places it shows; all, unless overridden
            return not place.about.secret

        def complete(self, body):                # adds what is not asked for
        def problems_of(self, body):             # default: contract.rules.check on the body

    form = StartForm(request.POST, operation=Operation.START, mode=Mode.MIX)
    form = StartForm(operation=…, mode=…, body=wire)       # shows a request of old
    form = StartForm(operation=…, mode=…, initial=typed)   # shows what was typed, not judged

A field's name is its dotted wire path, so `form["clientRequest.recordingConfig.maxIdleTime"]`, in
templates `{{ form|at:"clientRequest.recordingConfig.maxIdleTime" }}` (`{% load contract %}`), its
id the same behind `id_`. A list of objects has one group of fields for each position
("….layoutConfig.2.x_axis"): as many as were posted, or as `body` has; `rows()` gives them, and
`flat.rearranged` adds, drops and moves them in what was posted.

`clean` builds `body`, runs model and rules, and puts each error on the field at its path, on the
nearest one around it, or on the form. `body` and `problems` are there for an invalid form too, so
that a page can show both while somebody is typing. A body holds what was filled in: what is
required or basic always, the rest where it differs from the service's default.

Of a list of alternatives (extension services) the form may have one entry: `picks` says which.
Not made here: values that may be anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from dashboard.forms.flat import Body, leaves, positions, put
from dashboard.forms.places import form_field, is_open, places_of
from recorder.contract.parameters import Field, WireModel, fields_of
from recorder.contract.parameters.walk import models_in
from recorder.contract.problems import Problem
from recorder.contract.rules import check
from recorder.contract.states import Mode, Operation, ProviderName


@dataclass(frozen=True, slots=True)
class Section:
    """The fields of one part of a form. `more`: those behind "More settings"."""

    name: str  # msgid, the same in every language
    label: str
    basic: list[BoundField]
    more: list[BoundField]
    changed: int  # of `more`, how many differ from the service's default

    @property
    def wrong(self) -> bool:
        """Whether something is wrong behind "More settings"."""
        return any(field.errors for field in self.more)


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a list, with its problems that belong to no single field."""

    path: str
    within: str  # the path of its list
    position: int
    label: str
    fields: dict[str, BoundField]  # by the last part of the path
    problems: Sequence[Problem] = ()

    @property
    def number(self) -> int:
        return self.position + 1


class ContractForm(forms.Form):
    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        operation: Operation,
        mode: Mode,
        provider: ProviderName = ProviderName.AGORA,
        body: Mapping[str, object] | None = None,
        initial: Mapping[str, object] | None = None,
        **options: Any,
    ):
        self.operation, self.mode, self.provider = operation, mode, provider
        self.body: Body = {}
        self.problems: tuple[Problem, ...] = ()
        shown = {**dict(leaves(body or {})), **(initial or {})}
        super().__init__(data, initial=shown, **options)
        self.places: dict[str, Field] = {}
        self.lists: dict[str, Field] = {}
        self.lengths: dict[str, int] = {}
        self._make_fields(data if data is not None else shown)

    # What a form of one's own may say.

    def takes(self, place: Field) -> bool:
        """Whether the form shows this place (and, for an object or a list, what is in it)."""
        return True

    def picks(self, place: Field) -> type[WireModel] | None:
        """Of a list of alternatives the one that the form shows, once; none, unless overridden."""
        return None

    def complete(self, body: Body) -> Body:
        """The whole request, from what was filled in."""
        return body

    def problems_of(self, body: Body) -> Iterable[Problem]:
        return check(self.operation, self.mode, body, provider=self.provider)

    def row_label(self, place: Field, number: int) -> str:
        """What the entry of a list is called, counted from 1."""
        return f"{_(place.about.label)} {number}"

    # Making the fields.

    def _make_fields(self, given: Mapping[str, object]) -> None:
        refused: list[str] = []
        for place, required in places_of(self.operation, self.mode):
            if any(place.pattern.startswith(outer) for outer in refused):
                continue
            if not self.takes(place) or is_open(place):
                refused += [f"{place.pattern}.", f"{place.pattern}[]"]
                if self.takes(place) and (chosen := self.picks(place)):
                    self._make_alternative(place.pattern, chosen, given)
                continue
            for path in self._paths(place.pattern):
                self._make_field(path, place, required, given)
        self.order_fields(sorted(self.fields, key=self._turn))

    def _make_alternative(
        self, pattern: str, chosen: type[WireModel], given: Mapping[str, object]
    ) -> None:
        """The fields of the list's one entry; they stand in the sections, not in rows."""
        self.lengths[pattern] = 1
        for place in fields_of(chosen, f"{pattern}[]"):
            if place.pattern.endswith(f".{place.about.name}") and self.takes(place):
                for path in self._paths(place.pattern):
                    self._make_field(path, place, place.required, given)

    def _turn(self, name: str) -> tuple[int, int]:
        """As on the page: the entries of a list after all else, one entry after another."""
        for turn, path in enumerate(self.lists, start=1):
            if name.startswith(f"{path}."):
                return turn, int(name[len(path) + 1 :].split(".")[0])
        return 0, 0

    def _make_field(
        self, path: str, place: Field, required: bool, given: Mapping[str, object]
    ) -> None:
        inner, many = models_in(place.model.model_fields[place.attribute].annotation)
        if inner and many:
            self.lists[path] = place
            self.lengths[path] = len(positions(given, path))
        elif not inner and (made := form_field(place, required=required)):
            self.places[path], self.fields[path] = place, made

    def _paths(self, pattern: str) -> Iterator[str]:
        """The paths of a pattern: one, or one for each position of the list it lies in."""
        outer, inside, rest = pattern.rpartition("[]")
        if not inside:
            yield pattern
            return
        for around in self._paths(outer):
            for position in range(self.lengths.get(around, 0)):
                yield f"{around}.{position}{rest}"

    # Reading them.

    def clean(self) -> dict[str, Any]:
        self.body = self.complete(self._filled_in())
        self.problems = tuple(self.problems_of(self.body))
        for problem in self.problems:
            if problem.severity == "error":
                self._put(problem)
        return self.cleaned_data

    def _filled_in(self) -> Body:
        body: Body = {}
        for path, length in self.lengths.items():
            if length:
                put(body, path, [{} for _position in range(length)])
        for path, place in self.places.items():
            value = self.cleaned_data.get(path)
            wanted = place.about.basic or place.required or value != place.default
            if wanted and value not in (None, "", []):
                put(body, path, value)
        return body

    def _put(self, problem: Problem) -> None:
        """One error for each place, the first found: what follows mostly follows from it."""
        shown_at = self.shown_at(problem.path)
        if shown_at in self.fields:
            if shown_at not in self.errors:
                self.add_error(shown_at, problem.text(_))
        else:
            self.add_error(None, problem.text(_))

    def shown_at(self, path: str) -> str:
        """Where a problem of this path is shown: a field, an entry, a list, or "" for the form."""
        while path:
            entry, _dot, last = path.rpartition(".")
            if path in self.fields or path in self.lists:
                return path
            if last.isdigit() and int(last) < self.lengths.get(entry, 0):
                return path
            path = entry
        return ""

    # Showing them.

    def sections(self) -> list[Section]:
        """All fields outside of lists, in the order of the contract's sections."""
        grouped: dict[str, list[str]] = {}
        for path, place in self.places.items():
            if not any(path.startswith(f"{entries}.") for entries in self.lists):
                grouped.setdefault(place.about.section, []).append(path)
        return [self._section(name, paths) for name, paths in grouped.items()]

    def _section(self, name: str, paths: Sequence[str]) -> Section:
        basic = [path for path in paths if self.places[path].about.basic]
        more = [path for path in paths if path not in basic]
        changed = sum(self.differs(path) for path in more)
        bound = {path: self[path] for path in paths}
        return Section(
            name,
            _(name) if name else "",
            [bound[p] for p in basic],
            [bound[p] for p in more],
            changed,
        )

    def differs(self, path: str) -> bool:
        """Whether a field holds something else than the service's default."""
        value = self[path].value()
        filled_in = value not in (None, "", [])
        return filled_in and self.fields[path].has_changed(self.places[path].default, value)

    def rows(self, path: str) -> list[Row]:
        """The entries of a list of objects."""
        return [self._row(path, position) for position in range(self.lengths[path])]

    def _row(self, path: str, position: int) -> Row:
        entry = f"{path}.{position}"
        names = [name for name in self.places if name.startswith(f"{entry}.")]
        return Row(
            path=entry,
            within=path,
            position=position,
            label=self.row_label(self.lists[path], position + 1),
            fields={name.removeprefix(f"{entry}."): self[name] for name in names},
            problems=self.problems_at(entry),
        )

    def problems_at(self, place: str) -> list[Problem]:
        """What is shown at a list or an entry of one, errors and warnings."""
        return [problem for problem in self.problems if self.shown_at(problem.path) == place]

    def listed(self) -> list[dict[str, str]]:
        """Everything that is wrong or doubtful, for components/problems.html."""
        wrong = [
            self._line(name, str(message), "error")
            for name in self.fields
            for message in self.errors.get(name, ())
        ]
        for problem in self.problems:
            shown_at = self.shown_at(problem.path)
            if problem.severity != "error" or shown_at not in self.fields:
                wrong.append(self._line(shown_at, problem.text(_), problem.severity))
        own = {str(text) for text in self.non_field_errors()} - self._texts()
        wrong += [self._line("", text, "error") for text in own]
        return sorted(wrong, key=lambda line: ("error", "warning", "info").index(line["severity"]))

    def _texts(self) -> set[str]:
        return {problem.text(_) for problem in self.problems}

    def _line(self, place: str, message: str, severity: str) -> dict[str, str]:
        label = self.label_of(place)
        return {
            "message": f"{label}: {message}" if label else message,
            "href": f"#{self.id_of(place)}" if place else "",
            "severity": severity,
        }

    def id_of(self, place: str) -> str:
        return str(self.auto_id) % place

    def label_of(self, place: str) -> str:
        """ "Regions 2, Left": what a person calls a field, an entry or a list."""
        around = [
            self.row_label(self.lists[path], int(place[len(path) + 1 :].split(".")[0]) + 1)
            for path in self.lists
            if place.startswith(f"{path}.")
        ]
        if place in self.fields:
            around.append(str(self.fields[place].label))
        elif place in self.lists:
            around.append(_(self.lists[place].about.label))
        return ", ".join(around)
