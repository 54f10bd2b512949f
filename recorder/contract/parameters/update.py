"""What update and stop take."""

from recorder.contract.parameters.base import (
    EXTENSIONS,
    LIMITS,
    PAGE,
    STORAGE,
    STREAMS,
    UidOrAll,
    WireModel,
    wire,
)
from recorder.contract.parameters.storage import StorageConfig
from recorder.contract.parameters.web import RtmpOutputs
from recorder.contract.words import SDK_PYTHON, STOP, UPDATE, _


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
