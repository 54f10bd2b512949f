"""The whole body of every POST, per mode."""

from typing import Any

from recorder.contract.parameters.base import (
    CHANNEL,
    EXTENSIONS,
    FILES,
    LIMITS,
    PAGE,
    SNAPSHOTS,
    STORAGE,
    STREAMS,
    Uid,
    UidOrAll,
    WireModel,
    wire,
)
from recorder.contract.parameters.files import (
    AppsCollection,
    RecordingFileConfig,
    SnapshotConfig,
    TranscodeOptions,
)
from recorder.contract.parameters.layout import LayoutFields
from recorder.contract.parameters.recording import IndividualRecordingConfig, MixRecordingConfig
from recorder.contract.parameters.storage import StorageConfig
from recorder.contract.parameters.web import ExtensionServiceConfig, RtmpOutputs
from recorder.contract.words import (
    ACQUIRE,
    POSTMAN,
    QUICKSTART,
    REST_2021,
    SDK_GO,
    SDK_PYTHON,
    START,
    STOP,
    UPDATE,
    _,
)

_CLIENT_REQUEST = "common.client_request.required"
_CLIENT_REQUEST_SENTENCE = _("clientRequest is an object, even when it is empty.")


class Envelope(WireModel):
    """What every body carries: who records which channel. Both repeat the values of acquire."""

    cname: str = wire(
        "cname",
        rule="common.cname.required",
        sentence=_("The channel name is needed, as text."),
        label=_("Channel"),
        help=_("In web mode a label of your own."),
        section=CHANNEL,
        source=(START, ACQUIRE),
        basic=True,
    )
    uid: Uid = wire(
        "uid",
        rule="common.uid.string_of_integer",
        sentence=_("The recorder's uid is a whole number from 1 to 4294967295, as text."),
        label=_("Recorder uid"),
        help=_("Nobody else in the channel may have it."),
        section=CHANNEL,
        source=(START, QUICKSTART, ACQUIRE),
        basic=True,
    )


class AcquireRequest(WireModel):
    scene: int = wire(
        "scene",
        0,
        rule="acquire.scene.enum",
        sentence=_("The scene is 0 (real time), 1 (web page) or 2 (postponed transcoding)."),
        label=_("Scene"),
        section=CHANNEL,
        source=(ACQUIRE, SDK_PYTHON),
        choices={
            0: _("Real time"),
            1: _("Web page"),
            2: _("Individual, with postponed transcoding"),
        },
    )
    resource_expired_hour: int = wire(
        "resourceExpiredHour",
        72,
        rule="acquire.resourceExpiredHour.range",
        sentence=_("The time for control calls is a whole number of hours from 1 to 720."),
        label=_("Control for"),
        help=_(
            "For this long the recording can be queried, changed and stopped. It does not end the"
            " recording itself."
        ),
        section=LIMITS,
        source=(REST_2021, ACQUIRE),
        unit="h",
        ge=1,
        le=720,
    )
    exclude_resource_ids: list[str] | None = wire(
        "excludeResourceIds",
        None,
        rule="acquire.excludeResourceIds.type",
        sentence=_("The resource ids to keep away from are a list of texts."),
        label=_("Keep away from"),
        help=_("Resource ids of recordings this one should not share a region with."),
        section=LIMITS,
        source=(ACQUIRE, SDK_PYTHON),
    )
    region: str | None = wire(
        "region",
        None,
        rule="acquire.region.enum",
        sentence=_("The recorder's area is CN, AP, EU or NA."),
        label=_("Area of the recorder"),
        help=_("The bucket must lie in the same area."),
        section=LIMITS,
        source=(ACQUIRE, START),
        choices={
            "CN": _("Mainland China"),
            "AP": _("Asia without mainland China"),
            "EU": _("Europe"),
            "NA": _("North America"),
        },
    )
    region_affinity: int = wire(
        "regionAffinity",
        0,
        rule="acquire.regionAffinity.enum",
        sentence=_("The preferred area is a number from 0 (nearest) to 4."),
        label=_("Preferred area"),
        section=LIMITS,
        source=(SDK_PYTHON, SDK_GO),
        choices={
            0: _("Nearest"),
            1: _("China"),
            2: _("Southeast Asia"),
            3: _("Europe"),
            4: _("North America"),
        },
    )
    # Any value: what is wrong in it fails the start, not the acquire.
    start_parameter: Any = wire(
        "startParameter",
        None,
        rule="acquire.startParameter.same_as_start",
        sentence=_("The copy of the start request should be what start will send."),
        label=_("Start request"),
        section=LIMITS,
        source=(ACQUIRE,),
    )


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


class AudioUidList(WireModel):
    subscribe_audio_uids: list[UidOrAll] | None = wire(
        "subscribeAudioUids",
        None,
        rule="update.audioUidList",
        sentence=_("Audio subscriptions name 1 to 32 uids, to record or to leave out, not both."),
        label=_("Audio of"),
        section=STREAMS,
        source=(UPDATE,),
        min_length=1,
        max_length=32,
    )
    unsubscribe_audio_uids: list[UidOrAll] | None = wire(
        "unSubscribeAudioUids",
        None,
        also="unsubscribeAudioUids",
        rule="update.audioUidList",
        sentence=_("Audio subscriptions name 1 to 32 uids, to record or to leave out, not both."),
        label=_("No audio of"),
        section=STREAMS,
        source=(UPDATE,),
        min_length=1,
        max_length=32,
    )


class VideoUidList(WireModel):
    subscribe_video_uids: list[UidOrAll] | None = wire(
        "subscribeVideoUids",
        None,
        rule="update.videoUidList",
        sentence=_("Video subscriptions name 1 to 32 uids, to record or to leave out, not both."),
        label=_("Video of"),
        section=STREAMS,
        source=(UPDATE,),
        min_length=1,
        max_length=32,
    )
    unsubscribe_video_uids: list[UidOrAll] | None = wire(
        "unSubscribeVideoUids",
        None,
        also="unsubscribeVideoUids",
        rule="update.videoUidList",
        sentence=_("Video subscriptions name 1 to 32 uids, to record or to leave out, not both."),
        label=_("No video of"),
        section=STREAMS,
        source=(UPDATE,),
        min_length=1,
        max_length=32,
    )


class StreamSubscribe(WireModel):
    audio_uid_list: AudioUidList | None = wire(
        "audioUidList",
        None,
        rule="update.audioUidList",
        sentence=_("Audio subscriptions name 1 to 32 uids, to record or to leave out, not both."),
        section=STREAMS,
        source=(UPDATE,),
    )
    video_uid_list: VideoUidList | None = wire(
        "videoUidList",
        None,
        rule="update.videoUidList",
        sentence=_("Video subscriptions name 1 to 32 uids, to record or to leave out, not both."),
        section=STREAMS,
        source=(UPDATE,),
    )


class UpdateRequest(WireModel):
    """Each update replaces the earlier setting as a whole."""

    storage_config: StorageConfig | None = wire(
        "storageConfig",
        None,
        rule="update.storage.required",
        sentence=_("The storage is an object: all of it, to renew a session token."),
        section=STORAGE,
        source=(UPDATE,),
    )


class UpdateChannel(UpdateRequest):
    """update in individual and mix mode."""

    stream_subscribe: StreamSubscribe | None = wire(
        "streamSubscribe",
        None,
        rule="update.streamSubscribe.type",
        sentence=_("The subscriptions are an object."),
        section=STREAMS,
        source=(UPDATE,),
    )


class WebRecordingConfig(WireModel):
    onhold: bool = wire(
        "onhold",
        False,
        rule="web.onhold",
        sentence=_("On hold is true or false."),
        label=_("On hold"),
        section=PAGE,
    )


class UpdateWeb(UpdateRequest):
    web_recording_config: WebRecordingConfig | None = wire(
        "webRecordingConfig",
        None,
        rule="update.webRecordingConfig.type",
        sentence=_("The web recording settings are an object."),
        section=PAGE,
        source=(UPDATE,),
    )
    rtmp_publish_config: RtmpOutputs | None = wire(
        "rtmpPublishConfig",
        None,
        rule="update.rtmpPublishConfig.type",
        sentence=_("The stream settings are an object."),
        section=EXTENSIONS,
        source=(UPDATE,),
    )


class StopRequest(WireModel):
    async_stop: bool = wire(
        "async_stop",
        False,
        rule="stop.async_stop",
        sentence=_("Stopping without waiting is true or false."),
        label=_("Do not wait for the upload"),
        section=LIMITS,
        source=(SDK_PYTHON, STOP),
    )


def _client_request(code: int | None = None) -> Any:
    return wire(
        "clientRequest",
        rule=_CLIENT_REQUEST,
        sentence=_CLIENT_REQUEST_SENTENCE,
        source=(QUICKSTART, REST_2021),
        code=code,
    )


class AcquireBody(Envelope):
    client_request: AcquireRequest = _client_request()


class StartIndividualBody(Envelope):
    client_request: StartIndividual = _client_request()


class StartMixBody(Envelope):
    client_request: StartMix = _client_request()


class StartWebBody(Envelope):
    client_request: StartWeb = _client_request()


class UpdateChannelBody(Envelope):
    client_request: UpdateChannel = _client_request()


class UpdateWebBody(Envelope):
    client_request: UpdateWeb = _client_request()


class UpdateLayoutBody(Envelope):
    """Everything that is not sent goes back to its default."""

    client_request: LayoutFields = _client_request(code=1028)


class StopBody(Envelope):
    client_request: StopRequest = _client_request()
