"""Streams, subscriptions and encryption."""

from typing import Any

from recorder.contract.states import Mode
from tests.recorder.contract.bodies import ABSENT, INDIVIDUAL, MIX, START, WEB
from tests.recorder.contract.examples.example import Example

THIRTY_TWO = [str(uid) for uid in range(1, 33)]
THIRTY_THREE = [*THIRTY_TWO, "33"]
SALT = "A" * 43 + "="  # 32 bytes of zeros


def _recording() -> list[Example]:
    config = "recordingConfig"
    rows: list[tuple[str, Mode, str, Any, Any, dict[str, Any]]] = [
        ("start.recordingConfig.object", MIX, "", [], {}, {}),
        ("start.channelType.enum", MIX, ".channelType", 2, 1, {}),
        ("start.channelType.enum", MIX, ".channelType", True, 1, {}),
        ("start.streamTypes.enum", MIX, ".streamTypes", "2", 2, {}),
        ("start.streamMode.enum", INDIVIDUAL, ".streamMode", "Standard", "standard", {}),
        ("start.streamMode.mode", MIX, ".streamMode", "default", None, {}),
        (
            "start.streamMode.original_audio_only",
            INDIVIDUAL,
            ".streamMode",
            "original",
            "standard",
            {},
        ),
        ("start.decryptionMode.enum", MIX, ".decryptionMode", 9, 0, {}),
        ("start.secret.with_decryption", MIX, ".secret", "", "s", {".decryptionMode": 1}),
        ("start.secret.with_decryption", MIX, ".decryptionMode", 1, 0, {}),
        (
            "start.salt.with_gcm2",
            MIX,
            ".salt",
            SALT[4:],
            SALT,
            {".decryptionMode": 7, ".secret": "s"},
        ),
        ("start.audioProfile.enum", MIX, ".audioProfile", 3, 2, {}),
        ("start.audioProfile.not_individual", INDIVIDUAL, ".audioProfile", 1, None, {}),
        ("start.videoStreamType.enum", MIX, ".videoStreamType", 2, 1, {}),
        ("start.maxIdleTime.range", MIX, ".maxIdleTime", 4, 5, {}),
        ("start.maxIdleTime.range", MIX, ".maxIdleTime", 2_592_001, 2_592_000, {}),
        ("start.maxIdleTime.range", MIX, ".maxIdleTime", 30.5, 30, {}),
        ("start.subscribeUidGroup.required", INDIVIDUAL, ".subscribeUidGroup", ABSENT, 5, {}),
        ("start.subscribeUidGroup.enum", MIX, ".subscribeUidGroup", 6, 5, {}),
        (
            "start.subscribeUidGroup.capacity",
            INDIVIDUAL,
            ".subscribeUidGroup",
            0,
            1,
            {".subscribeAudioUids": ["1", "2"], ".subscribeVideoUids": ["2", "3"]},
        ),
        ("start.transcodingConfig.mix_only", INDIVIDUAL, ".transcodingConfig", {}, None, {}),
        ("private.privateParams.type", MIX, ".privateParams", {}, "{}", {}),
        ("private.privateParams", MIX, ".privateParams", "x", '{"correctEXTINF":true}', {}),
        ("start.recordingConfig.modes", WEB, "", {}, None, {}),
    ]
    for medium, streams in (("Audio", 1), ("Video", 0)):
        other = {"Audio": "Video", "Video": "Audio"}[medium]
        both = {f".subscribe{other}Uids": ["1"]}
        for spelling, rule in (
            (f"subscribe{medium}Uids", f"subscribe{medium}Uids"),
            (f"unSubscribe{medium}Uids", f"unSubscribe{medium}Uids"),
            (f"unsubscribe{medium}Uids", f"unSubscribe{medium}Uids"),
        ):
            name = f".{spelling}"
            rows += [
                (f"start.{rule}.length", MIX, name, THIRTY_THREE, THIRTY_TWO, both),
                (f"start.{rule}.length", MIX, name, ["01"], ["1"], both),
                (f"start.{rule}.length", MIX, name, ["all"], ["#allstream#"], both),
                (f"start.{rule}.streamTypes", MIX, ".streamTypes", streams, 2, {name: ["1"]}),
                (f"start.{rule}.empty", MIX, name, [], ["1"], both),
            ]
        rows += [
            (
                f"start.subscribe{medium}.exclusive",
                INDIVIDUAL,
                f".{block}{medium}Uids",
                ["2"],
                None,
                {f".subscribe{medium}Uids": ["1"], **both},
            )
            for block in ("unSubscribe", "unsubscribe")
        ]
    rows.append(("start.subscribe.one_medium_only", MIX, ".subscribeAudioUids", ["1"], None, {}))
    found = []
    for rule, mode, path, bad, good, edits in rows:
        at = ""
        if rule.endswith(".streamTypes") and path == ".streamTypes":
            at = f"clientRequest.recordingConfig{next(iter(edits))}"
        if rule == "start.secret.with_decryption":
            at = "clientRequest.recordingConfig.secret"
        edits = {f"{config}{name}": value for name, value in edits.items()}
        found.append(Example(rule, START, mode, f"{config}{path}", bad, good, edits, at=at))
    return found


EXAMPLES = [*_recording()]
