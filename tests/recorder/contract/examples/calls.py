"""The envelope, acquire, update and stop."""

from recorder.contract.states import ProviderName
from tests.recorder.contract.bodies import (
    ABSENT,
    ACQUIRE,
    INDIVIDUAL,
    MIX,
    START,
    STOP,
    UPDATE,
    UPDATE_LAYOUT,
    WEB,
)
from tests.recorder.contract.examples.example import Example

THIRTY_TWO = [str(uid) for uid in range(1, 33)]
THIRTY_THREE = [*THIRTY_TWO, "33"]


def _envelope() -> list[Example]:
    return [
        Example("common.cname.required", ACQUIRE, MIX, "/cname", 5, "5"),
        Example("common.cname.required", STOP, MIX, "/cname", ABSENT, "room"),
        Example("common.cname.charset", START, MIX, "/cname", "room/1", "room#1"),
        Example("common.cname.charset", ACQUIRE, INDIVIDUAL, "/cname", "a" * 65, "a" * 64),
        Example("common.cname.charset", UPDATE, MIX, "/cname", "", " "),
        Example("common.cname.charset", UPDATE, MIX, "/cname", "Straße", "Strasse"),
        Example("common.cname.web_limit", START, WEB, "/cname", "ü" * 513, "ü" * 512),
        Example("common.cname.web_length", START, WEB, "/cname", "a" * 129, "a" * 128),
        Example("common.uid.string_of_integer", START, MIX, "/uid", "0", "1"),
        Example("common.uid.string_of_integer", STOP, WEB, "/uid", str(2**32), str(2**32 - 1)),
        Example(
            "anyrtc.uid",
            START,
            MIX,
            "/uid",
            "r" * 49,
            "r" * 48,
            facts={"provider": ProviderName.ANYRTC},
        ),
        Example("common.client_request.required", STOP, MIX, "/clientRequest", ABSENT, {}),
        Example("common.client_request.required", ACQUIRE, WEB, "/clientRequest", [], {}),
        Example("common.client_request.required", UPDATE_LAYOUT, MIX, "/clientRequest", 1, {}),
        Example("start.token.type", START, MIX, "token", 7, "007x"),
        Example("common.unknown_field", START, MIX, "recordngConfig", {}, None),
        Example("common.field_of_other_mode", START, WEB, "appsCollection", {}, None),
        Example(
            "anyrtc.mode.web",
            START,
            WEB,
            "/uid",
            "1",
            "1",
            facts={"provider": ProviderName.ANYRTC},
            at="path.mode",
        ),
    ]


def _acquire() -> list[Example]:
    scene = [
        Example(
            "acquire.scene.matches_mode",
            START,
            mode,
            "/uid",
            "1",
            "1",
            facts={"acquired": {"scene": wrong}},
            at="path.mode",
        )
        for mode, wrong in ((WEB, 0), (MIX, 1), (MIX, 2), (INDIVIDUAL, 1))
    ]
    return [
        *scene,
        Example("acquire.scene.for_mode", ACQUIRE, WEB, "scene", 0, 1),
        Example("acquire.scene.enum", ACQUIRE, INDIVIDUAL, "scene", 3, 2),
        Example("acquire.resourceExpiredHour.range", ACQUIRE, MIX, "resourceExpiredHour", 721, 720),
        Example("acquire.resourceExpiredHour.range", ACQUIRE, MIX, "resourceExpiredHour", 0, 1),
        Example("acquire.excludeResourceIds.type", ACQUIRE, MIX, "excludeResourceIds", "a", ["a"]),
        Example("acquire.region.enum", ACQUIRE, MIX, "region", "cn", "CN"),
        Example("acquire.regionAffinity.enum", ACQUIRE, MIX, "regionAffinity", 5, 4),
        Example(
            "acquire.startParameter.same_as_start", ACQUIRE, MIX, "startParameter", "x", {"x": 1}
        ),
        Example(
            "postponed.scene",
            START,
            INDIVIDUAL,
            "appsCollection.combinationPolicy",
            "postpone_transcoding",
            "default",
            facts={"acquired": {}},
        ),
        Example("updateLayout.mode.mix_only", UPDATE_LAYOUT, WEB, "/uid", "1", "1", at="path.mode"),
        Example("stop.async_stop", STOP, MIX, "async_stop", "true", True),
    ]


def _update() -> list[Example]:
    found = [
        Example("web.onhold", UPDATE, WEB, "webRecordingConfig.onhold", "true", True),
        Example("update.webRecordingConfig.type", UPDATE, WEB, "webRecordingConfig", True, {}),
        Example("update.rtmpPublishConfig.type", UPDATE, WEB, "rtmpPublishConfig", [], None),
        Example("update.web_only_fields", UPDATE, MIX, "webRecordingConfig", {}, None),
        Example("update.web_only_fields", UPDATE, INDIVIDUAL, "rtmpPublishConfig", {}, None),
        Example("web.no_streamSubscribe", UPDATE, WEB, "streamSubscribe", {}, None),
        Example("update.streamSubscribe.type", UPDATE, MIX, "streamSubscribe", [], {}),
    ]
    for medium, without in (("audio", 1), ("video", 0)):
        rule, place = f"update.{medium}UidList", f"streamSubscribe.{medium}UidList"
        wanted, unwanted = f"subscribe{medium.title()}Uids", f"unSubscribe{medium.title()}Uids"
        found += [
            Example(rule, UPDATE, MIX, f"{place}.{wanted}", [], ["1"]),
            Example(rule, UPDATE, MIX, f"{place}.{wanted}", THIRTY_THREE, THIRTY_TWO),
            Example(
                rule, UPDATE, MIX, f"{place}.{unwanted}", ["2"], None, {f"{place}.{wanted}": ["1"]}
            ),
            Example(
                rule,
                UPDATE,
                MIX,
                place,
                {wanted: ["1"]},
                None,
                facts={"stream_types": without},
            ),
        ]
    return found


EXAMPLES = [*_envelope(), *_acquire(), *_update()]
