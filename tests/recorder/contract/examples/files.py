"""Storage, file types, screenshots and postponed transcoding."""

from typing import Any

from recorder.contract.states import ProviderName
from tests.recorder.contract.bodies import ABSENT, INDIVIDUAL, MIX, START, STORAGE, UPDATE, WEB
from tests.recorder.contract.examples.example import Example

NOW = 1_700_000_000


def _storage() -> list[Example]:
    """The same demands in start and update."""
    params = "storageConfig.extensionParams"
    alibaba, self_built = {"vendor": 2}, {"vendor": 11, "region": None}
    prefix = ["a" * 63, "b" * 63]  # joined with slashes: 128 characters
    anyrtc = {"provider": ProviderName.ANYRTC}
    rows: list[tuple[str, str, Any, Any, dict[str, Any], dict[str, Any]]] = [
        ("vendor", "storageConfig.vendor", 9, 8, {"region": 0}, {}),
        ("vendor", "storageConfig.vendor", ABSENT, 1, {}, {}),
        ("vendor", "storageConfig.vendor", "1", 1, {}, {}),
        ("region", "storageConfig.region", 27, 26, {}, {}),
        ("region", "storageConfig.region", ABSENT, 28, {}, {}),
        ("region", "storageConfig.region", "x", 99, {"vendor": 6}, {}),
        ("bucket", "storageConfig.bucket", "", "b", {}, {}),
        ("keys", "storageConfig.accessKey", "", "k", {}, {}),
        ("keys", "storageConfig.secretKey", ABSENT, "k", {}, {}),
        ("prefix.chars", "storageConfig.fileNamePrefix", ["a/b"], ["a", "b"], {}, {}),
        ("prefix.chars", "storageConfig.fileNamePrefix", "a", ["a"], {}, {}),
        ("prefix.length", "storageConfig.fileNamePrefix", [*prefix, "c"], prefix, {}, {}),
        ("extensionParams.type", params, "tag", {"tag": "x"}, {}, {}),
        ("sse", f"{params}.sse", "AES256", "aes256", {}, {}),
        ("sse", f"{params}.sse", "kms", None, alibaba, {}),
        ("tag", f"{params}.tag", 1, "x", alibaba, {}),
        ("tag", f"{params}.tag", "x", None, {"vendor": 3}, {}),
        ("endpoint", f"{params}.endpoint", "https://x.com", "x.com:9000", self_built, {}),
        ("endpoint", f"{params}.endpoint", None, "x.com", self_built, {}),
        ("endpoint", f"{params}.endpoint", "x.com", None, {}, {}),
        ("sts", "storageConfig.stsToken", "t", None, {"vendor": 7}, {}),
        ("sts", "storageConfig.stsExpiration", NOW + 14_399, NOW + 14_400, {}, {"now": NOW}),
        ("sts", "storageConfig.stsExpiration", 2**64, 2**64 - 1, {}, {}),
    ]
    found = [Example("start.storage.required", START, MIX, "storageConfig", None, STORAGE)]
    found += [
        Example("start.storage.required", START, WEB, "storageConfig", "b", STORAGE),
        Example("update.storage.required", UPDATE, MIX, "storageConfig", [], STORAGE),
    ]
    for operation in (START, UPDATE):
        for rule, path, bad, good, edits, facts in rows:
            full = {"storageConfig": {**STORAGE, **edits}}
            name = f"{operation.value}.storage.{rule}"
            found.append(Example(name, operation, MIX, path, bad, good, full, facts))
        found.append(
            Example(
                f"anyrtc.{operation.value}.storage.vendor",
                operation,
                MIX,
                "storageConfig.vendor",
                4,
                3,
                facts=anyrtc,
                edits={"storageConfig": STORAGE},
            )
        )
    return found


def _files() -> list[Example]:
    types = "recordingFileConfig.avFileType"
    postponed = "transcodeOptions"
    mixing = {
        "recordingConfig.streamTypes": 0,
        "recordingConfig.streamMode": "original",
        f"{postponed}.transConfig.transMode": "audioMix",
    }
    shots = {"snapshotConfig": {"fileType": ["jpg"]}}
    return [
        Example("start.recordingFileConfig.type", START, MIX, "recordingFileConfig", [], {}),
        Example("start.avFileType.enum", START, MIX, types, ["hls", "flv"], ["hls", "mp4"]),
        Example("start.avFileType.enum", START, MIX, types, "hls", ["hls"]),
        Example("start.avFileType.mp4_needs_hls", START, WEB, types, ["mp4"], ["hls", "mp4"]),
        Example(
            "start.avFileType.individual_hls", START, INDIVIDUAL, types, ["hls", "mp4"], ["hls"]
        ),
        Example("start.snapshot.mode", START, MIX, "snapshotConfig", {"fileType": ["jpg"]}, None),
        Example("start.snapshot.type", START, INDIVIDUAL, "snapshotConfig", [], None),
        Example(
            "start.snapshot.streamTypes",
            START,
            INDIVIDUAL,
            "recordingConfig.streamTypes",
            0,
            1,
            shots,
            at="clientRequest.snapshotConfig",
        ),
        Example(
            "start.snapshot.subscribeVideo",
            START,
            INDIVIDUAL,
            "recordingConfig.subscribeVideoUids",
            None,
            ["1"],
            {**shots, "recordingConfig.subscribeAudioUids": ["1"]},
            at="clientRequest.snapshotConfig",
        ),
        *(
            Example(rule, START, INDIVIDUAL, "snapshotConfig.captureInterval", bad, good, shots)
            for rule, bad, good in (
                ("start.snapshot.captureInterval", 0, 5),
                ("start.snapshot.captureInterval", 3601, 3600),
                ("start.snapshot.captureInterval.short", 4, 5),
            )
        ),
        Example(
            "start.snapshot.fileType",
            START,
            INDIVIDUAL,
            "snapshotConfig.fileType",
            ["png"],
            ["jpg"],
        ),
        Example(
            "start.snapshot.fileType", START, INDIVIDUAL, "snapshotConfig.fileType", [], ["jpg"]
        ),
        Example(
            "anyrtc.snapshot.apart",
            START,
            INDIVIDUAL,
            "recordingFileConfig",
            {},
            None,
            shots,
            {"provider": ProviderName.ANYRTC},
            at="clientRequest.snapshotConfig",
        ),
        Example(
            "postponed.combinationPolicy",
            START,
            INDIVIDUAL,
            "appsCollection.combinationPolicy",
            "postpone",
            "postpone_transcoding",
        ),
        Example("postponed.type", START, INDIVIDUAL, postponed, "x", None),
        Example(
            "postponed.transMode",
            START,
            INDIVIDUAL,
            f"{postponed}.transConfig.transMode",
            "mix",
            "postponeTranscoding",
        ),
        Example(
            "postponed.transMode",
            START,
            INDIVIDUAL,
            f"{postponed}.transConfig",
            ABSENT,
            {"transMode": "postponeTranscoding"},
            {f"{postponed}.transConfig": {}},
        ),
        *(
            Example(rule, START, INDIVIDUAL, f"{postponed}.{path}", bad, good, mixing)
            for rule, path, bad, good in (
                ("postponed.format", "container.format", "mp4", "aac"),
                ("postponed.format", "container.format", "wav", "mp3"),
                ("postponed.audio.type", "audio", "48000", {}),
                ("postponed.sampleRate", "audio.sampleRate", 48000, "48000"),
                ("postponed.bitrate", "audio.bitrate", "64000", "48000"),
                ("postponed.channels", "audio.channels", "3", "1"),
            )
        ),
        Example(
            "postponed.mixing_needs_original",
            START,
            INDIVIDUAL,
            "recordingConfig.streamMode",
            "default",
            "original",
            mixing,
        ),
        Example(
            "postponed.mixing_needs_original",
            START,
            INDIVIDUAL,
            "recordingConfig.streamTypes",
            2,
            0,
            mixing,
            at="clientRequest.recordingConfig.streamMode",
        ),
    ]


EXAMPLES = [*_storage(), *_files()]
