"""What start takes, per mode."""

from recorder.contract.parameters.base import (
    CHANNEL,
    EXTENSIONS,
    FILES,
    SNAPSHOTS,
    STORAGE,
    STREAMS,
    WireModel,
    wire,
)
from recorder.contract.parameters.files import (
    AppsCollection,
    RecordingFileConfig,
    SnapshotConfig,
    TranscodeOptions,
)
from recorder.contract.parameters.recording import IndividualRecordingConfig, MixRecordingConfig
from recorder.contract.parameters.storage import StorageConfig
from recorder.contract.parameters.web import ExtensionServiceConfig
from recorder.contract.words import POSTMAN, SDK_PYTHON, START, UPDATE, _


class StartRequest(WireModel):
    """What start takes in every mode."""

    token: str | None = wire(
        "token",
        None,
        rule="start.token.type",
        sentence=_("The token is a text."),
        label=_("Token"),
        help=_("Made by itself when the project has an App Certificate."),
        section=CHANNEL,
        source=(START, POSTMAN),
        secret=True,
    )
    recording_file_config: RecordingFileConfig | None = wire(
        "recordingFileConfig",
        None,
        rule="start.recordingFileConfig.type",
        sentence=_("The file settings are an object."),
        section=FILES,
    )
    storage_config: StorageConfig | None = wire(
        "storageConfig",
        None,
        rule="start.storage.required",
        sentence=_("A recording needs its storage, as an object."),
        section=STORAGE,
        source=(START, UPDATE),
        deferred=True,
    )
    extension_service_config: ExtensionServiceConfig | None = wire(
        "extensionServiceConfig",
        None,
        rule="web.extension.required",
        sentence=_("A web recording needs its extension service, in an object."),
        section=EXTENSIONS,
    )


class StartIndividual(StartRequest):
    recording_config: IndividualRecordingConfig | None = wire(
        "recordingConfig",
        None,
        rule="start.recordingConfig.object",
        sentence=_("The recording settings are an object."),
        section=STREAMS,
        source=(START, SDK_PYTHON),
    )
    snapshot_config: SnapshotConfig | None = wire(
        "snapshotConfig",
        None,
        rule="start.snapshot.type",
        sentence=_("The screenshot settings are an object."),
        section=SNAPSHOTS,
    )
    apps_collection: AppsCollection | None = wire(
        "appsCollection",
        None,
        rule="postponed.combinationPolicy",
        sentence=_("The combination policy is default or postpone_transcoding."),
        section=FILES,
        source=(START, SDK_PYTHON),
    )
    transcode_options: TranscodeOptions | None = wire(
        "transcodeOptions",
        None,
        rule="postponed.type",
        sentence=_("The settings of postponed transcoding are an object."),
        section=FILES,
    )


class StartMix(StartRequest):
    recording_config: MixRecordingConfig | None = wire(
        "recordingConfig",
        None,
        rule="start.recordingConfig.object",
        sentence=_("The recording settings are an object."),
        section=STREAMS,
        source=(START, SDK_PYTHON),
    )


class StartWeb(StartRequest):
    """Web mode takes what every mode takes; the page is in extensionServiceConfig."""
