"""Rules of every call: the envelope, types, names, and what the service keeps track of."""

import re

from recorder.contract.rules.rule import (
    CHANNEL_MODES,
    ONLY_WEB,
    POSTS,
    Rule,
    View,
    advised,
    refused,
    when,
)
from recorder.contract.states import Operation, ProviderName
from recorder.contract.words import (
    ACQUIRE,
    ANYRTC,
    DERIVED,
    ERRORS,
    FAQ,
    POSTMAN,
    QUICKSTART,
    REST_2021,
    SDK_PYTHON,
    START,
    _,
)

WEB_CNAME_ADVISED_BYTES, WEB_CNAME_BYTES = 128, 1024
_CNAME = re.compile(r"[a-zA-Z0-9 !#$%&()+\-:;<=.>?@\[\]^_{}|~,]{1,64}")
_JOINS = frozenset({Operation.ACQUIRE, Operation.START})
_AFTER_ACQUIRE = POSTS - {Operation.ACQUIRE}


def byte_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def is_channel_name(text: str) -> bool:
    return _CNAME.fullmatch(text) is not None


def is_web_label(text: str) -> bool:
    return 0 < byte_length(text) <= WEB_CNAME_BYTES


def _bad_channel_name(view: View) -> bool:
    cname = view.text("cname")
    return cname is not None and not is_channel_name(cname)


def _bad_web_label(view: View) -> bool:
    cname = view.text("cname")
    return cname is not None and not is_web_label(cname)


def _long_web_label(view: View) -> bool:
    return WEB_CNAME_ADVISED_BYTES < byte_length(view.text("cname") or "") <= WEB_CNAME_BYTES


def _not_at_anyrtc(view: View) -> bool:
    return view.facts.provider is ProviderName.ANYRTC


RULES: tuple[Rule, ...] = (
    refused(
        "common.cname.charset",
        "cname",
        _(
            "A channel name has 1 to 64 of these characters: a-z A-Z 0-9 space"
            " ! # $ % & ( ) + - : ; < = . > ? @ [ ] ^ _ { } | ~ ,"
        ),
        (ERRORS, SDK_PYTHON),
        when("cname", _bad_channel_name),
        code=1013,
        operations=POSTS,
        modes=CHANNEL_MODES,
    ),
    advised(
        "common.cname.web_length",
        "cname",
        _("A label over 128 bytes is taken by newer versions of the service only."),
        (START, ACQUIRE, SDK_PYTHON),
        when("cname", _long_web_label),
        operations=_JOINS,
        modes=ONLY_WEB,
    ),
    refused(
        "common.cname.web_limit",
        "cname",
        _("The label of a web recording has 1 to 1024 bytes."),
        (ACQUIRE,),
        when("cname", _bad_web_label),
        operations=POSTS,
        modes=ONLY_WEB,
    ),
    advised(
        "common.uid.unique_in_channel",
        "uid",
        _("Nobody in the channel may have the recorder's uid."),
        (ACQUIRE, FAQ),
        operations=_JOINS,
        modes=CHANNEL_MODES,
    ),
    refused(
        "common.uid.same_everywhere",
        "uid",
        _("Channel name and uid must be those the resource id was acquired with."),
        (START, SDK_PYTHON),
        code=432,
        operations=_AFTER_ACQUIRE,
    ),
    refused(
        "common.case_sensitive",
        "*",
        _("Names are case sensitive; a misspelt name of a mandatory field is a missing field."),
        (SDK_PYTHON, ERRORS),
        operations=POSTS,
    ),
    advised(
        "common.unknown_field",
        "*",
        _("The service does not know this field and ignores it. Check its spelling."),
        (ERRORS, DERIVED),
        operations=POSTS,
    ),
    advised(
        "common.field_of_other_mode",
        "*",
        _("This field has no effect in this mode."),
        (START, DERIVED),
        operations=POSTS,
    ),
    refused(
        "common.value",
        "*",
        _("This value is not of a kind the service takes."),
        (DERIVED,),
        operations=POSTS,
    ),
    refused(
        "common.content_type",
        "(header) Content-Type",
        _("A POST carries the media type application/json."),
        (QUICKSTART, POSTMAN, ERRORS, SDK_PYTHON),
        code=8,
        operations=POSTS,
    ),
    refused(
        "common.json_object",
        "(body)",
        _("The body is valid JSON, and an object."),
        (ERRORS, DERIVED),
        code=8,
        operations=POSTS,
    ),
    advised(
        "common.null_is_absent",
        "*",
        _("A null counts as absent. Types are strict: neither true nor text is a number."),
        (START, DERIVED),
        severity="info",
        operations=POSTS,
    ),
    advised(
        "common.integer_uids_only",
        "(channel)",
        _("Everybody in the channel must have a whole number as uid, not a text account."),
        (QUICKSTART,),
        modes=CHANNEL_MODES,
    ),
    advised(
        "qps",
        "(rate)",
        _("At most ten calls a second are taken from one account; more are answered with 429."),
        (START, REST_2021),
        operations=frozenset(Operation),
    ),
    advised(
        "anyrtc.mode.web",
        "path.mode",
        _("anyRTC documents no web page recording."),
        (ANYRTC,),
        when("path.mode", _not_at_anyrtc),
        operations=_JOINS,
        modes=ONLY_WEB,
    ),
    refused(
        "anyrtc.uid",
        "uid",
        _("A recorder's uid at anyRTC is a text of 1 to 48 characters."),
        (ANYRTC,),
        operations=POSTS,
    ),
    advised(
        "anyrtc.client_request.optional",
        "clientRequest",
        _("anyRTC takes an acquire without clientRequest."),
        (ANYRTC, DERIVED),
        severity="info",
        operations=frozenset({Operation.ACQUIRE}),
    ),
)
