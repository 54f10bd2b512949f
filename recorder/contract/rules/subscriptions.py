"""Rules of recordingConfig without its picture: streams, subscriptions, encryption."""

import base64
import binascii
import json
from collections.abc import Mapping

from recorder.contract.parameters.base import ALL_STREAMS
from recorder.contract.rules.rule import (
    CHANNEL_MODES,
    ONLY_INDIVIDUAL,
    ONLY_MIX,
    ONLY_WEB,
    UPDATES,
    Also,
    Finder,
    Rule,
    View,
    advised,
    refused,
    when,
)
from recorder.contract.states import Mode
from recorder.contract.words import (
    DERIVED,
    FILES_GUIDE,
    SDK_PYTHON,
    START,
    SUBSCRIPTION_GUIDE,
    UPDATE,
    _,
)

ROOT = "clientRequest.recordingConfig"
AUDIO_ONLY, VIDEO_ONLY, BOTH = 0, 1, 2
GROUP_CAPACITY: Mapping[int, int] = {0: 2, 1: 7, 2: 12, 3: 17, 4: 32, 5: 49}
_AUDIO = (("subscribeAudioUids",), ("unSubscribeAudioUids", "unsubscribeAudioUids"))
_VIDEO = (("subscribeVideoUids",), ("unSubscribeVideoUids", "unsubscribeVideoUids"))


def _given(view: View, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if view.has(name)]


def _streams(view: View) -> int | None:
    return view.number("streamTypes", BOTH)


def _forbidden_with(names: tuple[str, ...], streams: int) -> Finder:
    return lambda view: _given(view, names) if _streams(view) == streams else ()


def _both_lists(medium: tuple[tuple[str, ...], tuple[str, ...]]) -> Finder:
    wanted, unwanted = medium
    return lambda view: _given(view, unwanted) if _given(view, wanted) else ()


def _empty(names: tuple[str, ...]) -> Finder:
    return lambda view: [name for name in names if view.get(name) == []]


def _one_medium_only(view: View) -> list[str]:
    audio = _given(view, _AUDIO[0] + _AUDIO[1])
    video = _given(view, _VIDEO[0] + _VIDEO[1])
    alone = bool(audio) != bool(video) and _streams(view) == BOTH
    return (audio or video)[:1] if alone else []


def _over_capacity(view: View) -> bool:
    group = view.number("subscribeUidGroup")
    uids = {
        uid
        for name in ("subscribeAudioUids", "subscribeVideoUids")
        for uid in view.items(name)
        if isinstance(uid, str) and uid != ALL_STREAMS
    }
    return group is not None and len(uids) > GROUP_CAPACITY.get(group, len(uids))


def _group_missing(view: View) -> bool:
    """Needed in individual mode with recordingConfig, except beside screenshots."""
    given = isinstance(view.get("recordingConfig"), Mapping)
    needed = given and view.facts.mode is Mode.INDIVIDUAL and not view.has("snapshotConfig")
    return needed and not view.has("recordingConfig.subscribeUidGroup")


def _secret_missing(view: View) -> bool:
    return view.number("decryptionMode", 0) not in {0, None} and view.text("secret", "") == ""


def _salt_missing(view: View) -> bool:
    if view.number("decryptionMode", 0) not in {7, 8}:
        return False
    salt = view.text("salt", "")
    return salt is not None and not _is_32_bytes(salt)


def _is_32_bytes(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _not_json(view: View) -> bool:
    text = view.text("privateParams")
    if text is None:
        return False
    try:
        return not isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return True


def _medium_rules(
    medium: str, lists: tuple[tuple[str, ...], tuple[str, ...]], without: int
) -> tuple[Rule, ...]:
    """The rules of one medium, audio or video; `without` are the streams that leave it out."""
    silent = {
        "Audio": _("Audio subscriptions make no sense in a recording of video only."),
        "Video": _("Video subscriptions make no sense in a recording of audio only."),
    }[medium]
    exclusive = {
        "Audio": _("Choose whose audio is recorded or whose is left out, not both."),
        "Video": _("Choose whose video is recorded or whose is left out, not both."),
    }[medium]
    no_one = _("An empty list of users should be left out.")
    spelled = [(names[0], names) for names in lists]
    return (
        *(
            refused(
                f"start.{name}.streamTypes",
                name,
                silent,
                (START, SUBSCRIPTION_GUIDE),
                _forbidden_with(names, without),
                modes=CHANNEL_MODES,
                root=ROOT,
            )
            for name, names in spelled
        ),
        *(
            advised(
                f"start.{name}.empty",
                name,
                no_one,
                (START,),
                _empty(names),
                modes=CHANNEL_MODES,
                root=ROOT,
            )
            for name, names in spelled
        ),
        refused(
            f"start.subscribe{medium}.exclusive",
            lists[1][0],
            exclusive,
            (START, SDK_PYTHON),
            _both_lists(lists),
            modes=CHANNEL_MODES,
            root=ROOT,
        ),
    )


RULES: tuple[Rule, ...] = (
    advised(
        "start.recordingConfig.modes",
        "clientRequest.recordingConfig",
        _("A web recording has no channel to subscribe to; these settings have no effect."),
        (START,),
        when(ROOT, lambda view: view.has(ROOT)),
        modes=ONLY_WEB,
    ),
    advised(
        "start.streamMode.mode",
        "streamMode",
        _("The stream mode has an effect in individual mode only."),
        (START,),
        when("streamMode", lambda view: view.has("streamMode")),
        modes=ONLY_MIX,
        root=ROOT,
    ),
    advised(
        "start.streamMode.original_audio_only",
        "streamMode",
        _("The stream mode original takes effect in recordings of audio only."),
        (START,),
        when(
            "streamMode",
            lambda view: view.text("streamMode") == "original" and _streams(view) != AUDIO_ONLY,
        ),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    refused(
        "start.audioProfile.not_individual",
        "audioProfile",
        _("Individual mode records audio as it is sent; it has no audio profile."),
        (START,),
        when("audioProfile", lambda view: view.has("audioProfile")),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    refused(
        "start.transcodingConfig.mix_only",
        "transcodingConfig",
        _("Only a mix recording has picture settings."),
        (START,),
        when("transcodingConfig", lambda view: view.has("transcodingConfig")),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    advised(
        "start.subscribeUidGroup.capacity",
        "subscribeUidGroup",
        _("More users are subscribed to than the expected number allows for."),
        (START, DERIVED),
        when("subscribeUidGroup", _over_capacity),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    *_medium_rules("Audio", _AUDIO, VIDEO_ONLY),
    *_medium_rules("Video", _VIDEO, AUDIO_ONLY),
    advised(
        "start.subscribe.one_medium_only",
        "subscribeAudioUids",
        _("Users are chosen for one medium only, so the other medium is not recorded at all."),
        (SUBSCRIPTION_GUIDE,),
        _one_medium_only,
        modes=CHANNEL_MODES,
        root=ROOT,
    ),
    advised(
        "start.subscribe.first17",
        "(channel)",
        _("The first 17 users who join are recorded; when one leaves, the next is taken."),
        (SUBSCRIPTION_GUIDE,),
        severity="info",
        modes=CHANNEL_MODES,
    ),
    advised(
        "private.privateParams",
        "privateParams",
        _("Private parameters that are not a JSON object have no effect."),
        (FILES_GUIDE,),
        when("privateParams", _not_json),
        severity="info",
        modes=CHANNEL_MODES,
        root=ROOT,
    ),
    refused(
        "web.no_streamSubscribe",
        "clientRequest.streamSubscribe",
        _("A web recording has no subscriptions."),
        (UPDATE,),
        when("clientRequest.streamSubscribe", lambda v: v.has("clientRequest.streamSubscribe")),
        operations=UPDATES,
        modes=ONLY_WEB,
    ),
    refused(
        "update.web_only_fields",
        "webRecordingConfig",
        _("Only a web recording can be put on hold or pushed to a CDN."),
        (UPDATE,),
        lambda view: _given(view, ("webRecordingConfig", "rtmpPublishConfig")),
        operations=UPDATES,
        modes=CHANNEL_MODES,
        root="clientRequest",
    ),
    advised(
        "update.overwrites",
        "clientRequest.*",
        _("An update replaces all earlier subscriptions."),
        (UPDATE,),
        severity="info",
        operations=UPDATES,
    ),
)


def _update_faults(
    name: str, lists: tuple[tuple[str, ...], tuple[str, ...]], without: int
) -> Finder:
    """update: not for a medium that is not recorded, and one kind of list only."""

    def finds(view: View) -> list[str]:
        if view.has(name) and view.facts.stream_types == without:
            return [name]
        both = _both_lists(lists)(view.at(name))
        return [f"{name}.{place}" for place in both]

    return finds


ALSO: tuple[Also, ...] = (
    Also("start.secret.with_decryption", ROOT, when("secret", _secret_missing)),
    Also("start.salt.with_gcm2", ROOT, when("salt", _salt_missing)),
    Also(
        "start.subscribeUidGroup.required",
        "clientRequest",
        when("recordingConfig.subscribeUidGroup", _group_missing),
    ),
    Also(
        "update.audioUidList",
        "clientRequest.streamSubscribe",
        _update_faults("audioUidList", _AUDIO, VIDEO_ONLY),
    ),
    Also(
        "update.videoUidList",
        "clientRequest.streamSubscribe",
        _update_faults("videoUidList", _VIDEO, AUDIO_ONLY),
    ),
)
