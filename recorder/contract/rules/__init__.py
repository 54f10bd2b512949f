"""The rules of every request, and `check`, which finds the broken ones.

A rule stands in one place: what concerns one field, at that field in `parameters`; what concerns
several, in the modules here. `RULES` shows all of them alike, by id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product

from pydantic import ValidationError

from recorder.contract.layout_checks import layout_problems
from recorder.contract.parameters import Field, body_model, fields_of, uid_fault, unknown_paths
from recorder.contract.parameters.web import SERVICE_NAMES
from recorder.contract.paths import error_path, outwards, pattern_of
from recorder.contract.problems import Problem, Severity, deferred_failure, errors, refusal
from recorder.contract.rules import acquire, common, files, layout, storage, subscriptions, web
from recorder.contract.rules.rule import Facts, Rule, View
from recorder.contract.states import Mode, Operation, ProviderName

__all__ = [
    "RULES",
    "Problem",
    "Rule",
    "Severity",
    "check",
    "cname_problem",
    "deferred_failure",
    "errors",
    "layout_problems",
    "page_problem",
    "refusal",
    "uid_problem",
]

_WRITTEN = (common, acquire, subscriptions, layout, storage, files, web)


def _field_rules() -> Iterator[Rule]:
    """The rule of every field of every model; the same rule may come several times."""
    for operation, mode in product(Operation, Mode):
        if operation is Operation.UPDATE_LAYOUT and mode is not Mode.MIX:
            continue  # refused as a whole
        if operation is not Operation.QUERY:
            for field in fields_of(body_model(operation, mode)):
                yield Rule(
                    id=field.about.rule.format(at=operation.value),
                    sentence=field.about.sentence,
                    source=field.about.source,
                    http=400,
                    code=field.code,
                    deferred=field.deferred,
                    operations=frozenset({operation}),
                    modes=frozenset({mode}),
                    paths=(field.pattern,),
                    fields=True,
                )


def _all_rules() -> Mapping[str, Rule]:
    """Fields first; a rule written out under the same id has the last word on what it says."""
    rules: dict[str, Rule] = {}
    for rule in _field_rules():
        known = rules.setdefault(rule.id, rule)
        rules[rule.id] = replace(
            known,
            operations=known.operations | rule.operations,
            modes=known.modes | rule.modes,
            paths=tuple(dict.fromkeys((*known.paths, *rule.paths))),
        )
    for module in _WRITTEN:
        rules |= {rule.id: rule for rule in module.RULES}
    for module in (subscriptions, storage, files, web):
        for also in module.ALSO:
            rules[also.rule] = replace(rules[also.rule], root=also.root, finds=also.finds)
    return rules


RULES: Mapping[str, Rule] = _all_rules()


# Where a provider asks for something else in the same field.
_INSTEAD = {(ProviderName.ANYRTC, "common.uid.string_of_integer"): "anyrtc.uid"}


@cache
def _fields(operation: Operation, mode: Mode) -> Mapping[str, Field]:
    return {field.pattern: field for field in fields_of(body_model(operation, mode))}


@cache
def _finders(operation: Operation, mode: Mode) -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in RULES.values()
        if rule.finds and operation in rule.operations and mode in rule.modes
    )


def check(
    operation: Operation,
    mode: Mode | None,
    body: Mapping[str, object],
    *,
    provider: ProviderName = ProviderName.AGORA,
    stream_types: int | None = None,
    acquired: Mapping[str, object] | None = None,
    now: int | None = None,
) -> tuple[Problem, ...]:
    """Every problem of a body {cname, uid, clientRequest}, in the order the service would look.

    mode: None for an acquire whose mode is not known; its scene then tells.
    stream_types: of the running recording, for update.
    acquired: the clientRequest of the acquire that a start follows.
    now: Unix seconds, to judge expiry times.
    What is not known is not judged. `errors`, `refusal` and `deferred_failure` sort the result.
    """
    if operation is Operation.QUERY:
        return ()
    facts = Facts(operation, mode, provider, stream_types, acquired, now)
    if operation is Operation.UPDATE_LAYOUT and mode is not Mode.MIX:
        return (RULES["updateLayout.mode.mix_only"].problem("path.mode"),)
    shape = mode or _mode_of_acquire(body)
    if provider is ProviderName.ANYRTC and operation is Operation.ACQUIRE:
        body = {**body, "clientRequest": {}} if body.get("clientRequest") is None else body
    found = dict.fromkeys(
        (
            *_model_problems(operation, shape, body, provider),
            *_rule_problems(operation, shape, View(body, facts)),
        )
    )
    named = {problem.path for problem in found}
    unknown = [p for p in _unknown_fields(operation, shape, body) if p.path not in named]
    return tuple(sorted((*found, *unknown), key=_turn))


def _mode_of_acquire(body: Mapping[str, object]) -> Mode:
    web = (
        View(body, Facts(Operation.ACQUIRE, None)).number("clientRequest.scene") == acquire.WEB_PAGE
    )
    return Mode.WEB if web else Mode.MIX


def _turn(problem: Problem) -> int:
    """The service looks at the envelope first, then at the channel's name, then inside."""
    if problem.path in {"cname", "uid", "clientRequest"}:
        return 1 if problem.rule == "common.cname.charset" else 0
    return 2


def _model_problems(
    operation: Operation, mode: Mode, body: Mapping[str, object], provider: ProviderName
) -> Iterator[Problem]:
    try:
        body_model(operation, mode).model_validate(body, context={"provider": provider})
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            path = error_path(detail, SERVICE_NAMES)
            rule = _field_rule(operation, mode, path, detail["type"] == "missing")
            yield RULES[_INSTEAD.get((provider, rule.id), rule.id)].problem(path)


def _field_rule(operation: Operation, mode: Mode, path: str, missing: bool) -> Rule:
    """The rule of the field at a path, or of the innermost field around it."""
    fields = _fields(operation, mode)
    field = next((fields[p] for p in outwards(pattern_of(path)) if p in fields), None)
    if field is None:
        return RULES["common.value"]
    rule = (missing and field.about.missing_rule) or field.about.rule
    return RULES[rule.format(at=operation.value)]


def _rule_problems(operation: Operation, mode: Mode, view: View) -> Iterator[Problem]:
    for rule in _finders(operation, mode):
        if rule.finds:
            for place in rule.finds(view.at(rule.root)):
                yield rule.problem(view.at(rule.root).place(place))


def _unknown_fields(
    operation: Operation, mode: Mode, body: Mapping[str, object]
) -> Iterator[Problem]:
    for path in unknown_paths(body_model(operation, mode), body):
        elsewhere = any(pattern_of(path) in _fields(operation, other) for other in Mode)
        name = "common.field_of_other_mode" if elsewhere else "common.unknown_field"
        yield RULES[name].problem(path)


def uid_problem(text: object, provider: ProviderName = ProviderName.AGORA) -> str | None:
    """What is wrong with a recorder's uid, in a sentence; None if nothing."""
    return uid_fault(text, provider)


def cname_problem(text: object, mode: Mode) -> str | None:
    """What is wrong with a channel name (in web mode: a label), in a sentence; None if nothing."""
    if not isinstance(text, str):
        return RULES["common.cname.required"].sentence
    if mode is Mode.WEB:
        return None if common.is_web_label(text) else RULES["common.cname.web_limit"].sentence
    return None if common.is_channel_name(text) else RULES["common.cname.charset"].sentence


def page_problem(text: str) -> str | None:
    """What is wrong with the address of a page to be recorded, in a sentence; None if nothing."""
    return None if web.is_page_address(text) else RULES["web.url"].sentence
