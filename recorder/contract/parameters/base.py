"""What every model of a request shares, and how a field is described.

A field is written once, with `wire()`: its name on the wire, default, range, what the form says
about it, and the rule that a wrong value breaks. `rules` collects those rules from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from recorder.contract.layouts import millionths
from recorder.contract.states import ProviderName
from recorder.contract.urls import is_url
from recorder.contract.words import START, _

# The sections of the start form, in order.
CHANNEL = _("Channel")
STREAMS = _("Streams")
PICTURE = _("Picture")
PAGE = _("Page")
FILES = _("Files")
STORAGE = _("Storage")
SNAPSHOTS = _("Snapshots")
EXTENSIONS = _("Extension services")
ENCRYPTION = _("Encryption")
LIMITS = _("Limits")

ALL_STREAMS = "#allstream#"
MAX_UID = 2**32 - 1


def wire(
    name: str,
    default: Any = PydanticUndefined,
    *,
    rule: str,
    sentence: str,
    label: str = "",
    help: str = "",
    section: str = "",
    unit: str = "",
    source: tuple[str, ...] = (START,),
    choices: Mapping[Any, str] | None = None,
    also: str = "",
    missing_rule: str = "",
    initial: Any = None,
    secret: bool = False,
    basic: bool = False,
    deferred: bool = False,
    code: int | None = None,
    **constraints: Any,
) -> Any:
    """One field of a request.

    name: on the wire; `also`: an older or newer spelling that is accepted too.
    rule, sentence, source: what a wrong value breaks. `{at}` in the id stands for the operation, in
        models that several operations use. `missing_rule`: the rule broken by leaving it out.
    choices: the permitted values with their labels.
    initial: what the service takes where the field is required in an object that may be absent.
    secret: never to be shown or logged; basic: shown before "More settings".
    deferred: what is inside is looked at only after start has answered 200.
    code: the service's code for what is inside, if not 2.
    constraints: as for pydantic's Field.
    """
    extra: dict[str, Any] = {
        "label": label,
        "help": help,
        "section": section,
        "unit": unit,
        "rule": rule,
        "sentence": sentence,
        "source": list(source),
        "secret": secret,
        "basic": basic,
    }
    if choices is not None:
        extra |= {"enum": list(choices), "choices": [[v, text] for v, text in choices.items()]}
    if missing_rule:
        extra["missing_rule"] = missing_rule
    if initial is not None:
        extra["initial"] = initial
    if deferred:
        extra["deferred"] = True
    if code is not None:
        extra["code"] = code
    alias: dict[str, Any] = {"alias": name}
    if also:
        alias = {"validation_alias": AliasChoices(name, also), "serialization_alias": name}
    return Field(
        default,
        title=label or None,
        description=help or sentence,
        json_schema_extra=extra,
        **alias,
        **constraints,
    )


@dataclass(frozen=True, slots=True)
class About:
    """What `wire()` was told, for readers of a model: forms, rules, schemas."""

    name: str
    other_names: tuple[str, ...]
    label: str
    help: str
    section: str
    unit: str
    rule: str
    sentence: str
    source: tuple[str, ...]
    choices: tuple[tuple[Any, str], ...]
    missing_rule: str
    initial: Any
    secret: bool
    basic: bool
    deferred: bool
    code: int | None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.other_names)


def about(field: FieldInfo) -> About:
    """The description of a field of a request model."""
    extra = field.json_schema_extra
    if not isinstance(extra, dict):
        raise TypeError("not a field made by wire()")
    said: dict[str, Any] = dict(extra)
    names = (
        [str(choice) for choice in field.validation_alias.choices]
        if isinstance(field.validation_alias, AliasChoices)
        else [str(field.alias)]
    )
    return About(
        name=names[0],
        other_names=tuple(names[1:]),
        label=said["label"],
        help=said["help"],
        section=said["section"],
        unit=said["unit"],
        rule=said["rule"],
        sentence=said["sentence"],
        source=tuple(said["source"]),
        choices=tuple((value, text) for value, text in said.get("choices", ())),
        missing_rule=said.get("missing_rule", ""),
        initial=said.get("initial"),
        secret=said["secret"],
        basic=said["basic"],
        deferred=said.get("deferred", False),
        code=said.get("code"),
    )


class WireModel(BaseModel):
    """An object of a request: strict types, frozen, unknown keys kept.

    A null is as good as nothing. Keys the model does not know stay in `model_extra` and are sent
    as they came; `unknown_paths` names them.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="allow",
        hide_input_in_errors=True,  # a value may be a secret
    )

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        if isinstance(value, Mapping):
            return {str(key): entry for key, entry in value.items() if entry is not None}
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _one_of_the_choices(cls, value: object, info: ValidationInfo) -> object:
        extra = cls.model_fields[info.field_name or ""].json_schema_extra
        permitted = extra.get("enum") if isinstance(extra, dict) else None
        if isinstance(permitted, list):
            for one in value if isinstance(value, list) else [value]:
                if one is not None and one not in permitted:
                    raise ValueError("not one of the permitted values")
        return value

    def to_wire(self) -> dict[str, Any]:
        """The request as the service takes it: what was given, in its spelling, no nulls."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)

    @classmethod
    def from_wire(cls, wire: Mapping[str, object]) -> Self:
        return cls.model_validate(wire)


def uid_fault(text: object, provider: ProviderName = ProviderName.AGORA) -> str | None:
    """Why a text is no uid, or None if it is one.

    Agora: the plain decimal form of 1…4294967295. anyRTC: any 1 to 48 characters.
    """
    if provider is ProviderName.ANYRTC:
        fine = isinstance(text, str) and 1 <= len(text) <= 48
        return None if fine else _("A uid is a text of 1 to 48 characters.")
    plain = isinstance(text, str) and text.isascii() and text.isdigit() and text[0] != "0"
    if isinstance(text, str) and plain and len(text) <= 10 and int(text) <= MAX_UID:
        return None
    return _("A uid is a whole number from 1 to 4294967295, written as plain digits in a text.")


def _is_uid(text: str, info: ValidationInfo) -> str:
    """Takes the provider from the validation context; without one, Agora's rule holds."""
    provider = (info.context or {}).get("provider", ProviderName.AGORA)
    if fault := uid_fault(text, provider):
        raise ValueError(fault)
    return text


def _is_uid_or_all(text: str, info: ValidationInfo) -> str:
    return text if text == ALL_STREAMS else _is_uid(text, info)


def _six_decimals(value: float) -> float:
    millionths(value)
    return value


def _is_web_address(text: str) -> str:
    if not is_url(text):
        raise ValueError("not an http or https address")
    return text


def _is_rtmp_address(text: str) -> str:
    if not is_url(text, frozenset({"rtmp", "rtmps"})):
        raise ValueError("not an rtmp or rtmps address")
    return text


Uid = Annotated[str, AfterValidator(_is_uid)]
UidOrAll = Annotated[str, AfterValidator(_is_uid_or_all)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), AfterValidator(_six_decimals)]
WebAddress = Annotated[str, AfterValidator(_is_web_address)]
RtmpAddress = Annotated[str, AfterValidator(_is_rtmp_address)]
