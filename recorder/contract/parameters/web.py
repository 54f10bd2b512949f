"""extensionServiceConfig: web page recording, pushing it to a CDN, and other services."""

from typing import Annotated, Literal

from pydantic import Field

from recorder.contract.parameters.base import (
    EXTENSIONS,
    LIMITS,
    PAGE,
    RtmpAddress,
    WebAddress,
    WireModel,
    wire,
)
from recorder.contract.parameters.recording import AUDIO_PROFILES
from recorder.contract.parameters.vod import VodParam
from recorder.contract.words import START, WEB_GUIDE, _

MIN_SIDE, MAX_SIDE = 240, 1920
MAX_ADDRESS = 1024  # characters
_NAME = "web.service.name"
_NAME_SENTENCE = _(
    "A service is web_recorder_service, rtmp_publish_service beside it, or aliyun_vod_service."
)
_POLICY = "web.service.errorHandlePolicy"
_POLICY_SENTENCE = _(
    "On errors a web recorder or VoD service is error_abort, an RTMP service error_ignore."
)
_SERVICES = "web.extension.services"
_SERVICES_SENTENCE = _("Extension services are a list of objects with a name and parameters.")


class WebRecorderParam(WireModel):
    """The page to be recorded and how."""

    url: WebAddress = wire(
        "url",
        rule="web.url",
        sentence=_("A web recording needs the http or https address of a page, at most 1024 long."),
        label=_("Page address"),
        help=_("The page must not redirect to another domain."),
        section=PAGE,
        source=(START, WEB_GUIDE),
        max_length=MAX_ADDRESS,
        basic=True,
    )
    audio_profile: int = wire(
        "audioProfile",
        rule="web.audioProfile",
        sentence=_("A web recording needs an audio profile: 0, 1 or 2."),
        label=_("Audio quality"),
        section=PAGE,
        choices=AUDIO_PROFILES,
        initial=0,
        basic=True,
    )
    video_width: int = wire(
        "videoWidth",
        rule="web.videoWidth",
        sentence=_("A web recording needs a width: whole pixels from 240 to 1920."),
        label=_("Width"),
        section=PAGE,
        unit="px",
        initial=1280,
        ge=MIN_SIDE,
        le=MAX_SIDE,
        basic=True,
    )
    video_height: int = wire(
        "videoHeight",
        rule="web.videoHeight",
        sentence=_("A web recording needs a height: whole pixels from 240 to 1920."),
        label=_("Height"),
        section=PAGE,
        unit="px",
        initial=720,
        ge=MIN_SIDE,
        le=MAX_SIDE,
        basic=True,
    )
    max_recording_hour: int = wire(
        "maxRecordingHour",
        rule="web.maxRecordingHour",
        sentence=_("A web recording needs a longest time: whole hours from 1 to 720."),
        label=_("Longest time"),
        help=_("The recording ends by itself after this time."),
        section=LIMITS,
        unit="h",
        initial=3,
        ge=1,
        le=720,
        basic=True,
    )
    video_bitrate: int | None = wire(
        "videoBitrate",
        None,
        rule="web.videoBitrate",
        sentence=_("The bitrate of a web recording is a whole number from 50 to 8000 kbit/s."),
        label=_("Bitrate"),
        help=_("Left empty: 2000 from 1280×720 up, 1500 below."),
        section=PAGE,
        unit="kbit/s",
        ge=50,
        le=8000,
    )
    video_fps: int = wire(
        "videoFps",
        15,
        rule="web.videoFps",
        sentence=_("The frame rate of a web recording is a whole number from 5 to 60."),
        label=_("Frame rate"),
        section=PAGE,
        unit="fps",
        ge=5,
        le=60,
    )
    mobile: bool = wire(
        "mobile",
        False,
        rule="web.mobile",
        sentence=_("Mobile rendering is true or false."),
        label=_("Mobile rendering"),
        section=PAGE,
    )
    max_video_duration: int = wire(
        "maxVideoDuration",
        120,
        rule="web.maxVideoDuration",
        sentence=_("The length of one MP4 is a whole number of minutes from 30 to 240."),
        label=_("Length of one MP4"),
        section=PAGE,
        unit="min",
        ge=30,
        le=240,
    )
    onhold: bool = wire(
        "onhold",
        False,
        rule="web.onhold",
        sentence=_("On hold is true or false."),
        label=_("Begin on hold"),
        section=PAGE,
    )
    ready_timeout: int = wire(
        "readyTimeout",
        0,
        rule="web.readyTimeout",
        sentence=_("The time for a page to become ready is whole seconds from 0 (off) to 60."),
        label=_("Page ready within"),
        help=_(
            "The page must call window.navigator.notifyReady() in this time; 0 switches it off."
        ),
        section=PAGE,
        unit="s",
        ge=0,
        le=60,
    )


class RtmpOutput(WireModel):
    rtmp_url: RtmpAddress = wire(
        "rtmpUrl",
        rule="web.rtmpUrl",
        sentence=_("A stream goes to exactly one rtmp:// or rtmps:// address."),
        label=_("RTMP address"),
        section=EXTENSIONS,
        secret=True,  # its path carries the stream key
    )


class RtmpOutputs(WireModel):
    outputs: list[RtmpOutput] = wire(
        "outputs",
        rule="web.rtmpUrl",
        sentence=_("A stream goes to exactly one rtmp:// or rtmps:// address."),
        section=EXTENSIONS,
        min_length=1,
        max_length=1,
    )


class WebRecorderService(WireModel):
    service_name: Literal["web_recorder_service"] = wire(
        "serviceName", rule=_NAME, sentence=_NAME_SENTENCE, section=EXTENSIONS
    )
    error_handle_policy: str = wire(
        "errorHandlePolicy",
        "error_abort",
        rule=_POLICY,
        sentence=_POLICY_SENTENCE,
        section=EXTENSIONS,
        choices={"error_abort": _("Abort")},
    )
    service_param: WebRecorderParam = wire(
        "serviceParam", rule=_SERVICES, sentence=_SERVICES_SENTENCE, section=PAGE
    )


class RtmpPublishService(WireModel):
    service_name: Literal["rtmp_publish_service"] = wire(
        "serviceName", rule=_NAME, sentence=_NAME_SENTENCE, section=EXTENSIONS
    )
    error_handle_policy: str = wire(
        "errorHandlePolicy",
        "error_ignore",
        rule=_POLICY,
        sentence=_POLICY_SENTENCE,
        section=EXTENSIONS,
        choices={"error_ignore": _("Ignore")},
    )
    service_param: RtmpOutputs = wire(
        "serviceParam", rule=_SERVICES, sentence=_SERVICES_SENTENCE, section=EXTENSIONS
    )


class AliyunVodService(WireModel):
    """In the older documents only; it also replaces storageConfig."""

    service_name: Literal["aliyun_vod_service"] = wire(
        "serviceName", rule=_NAME, sentence=_NAME_SENTENCE, section=EXTENSIONS
    )
    error_handle_policy: str = wire(
        "errorHandlePolicy",
        "error_abort",
        rule=_POLICY,
        sentence=_POLICY_SENTENCE,
        section=EXTENSIONS,
        choices={"error_abort": _("Abort")},
    )
    service_param: VodParam = wire(
        "serviceParam", rule=_SERVICES, sentence=_SERVICES_SENTENCE, section=EXTENSIONS
    )


ExtensionService = Annotated[
    WebRecorderService | RtmpPublishService | AliyunVodService,
    Field(discriminator="service_name"),
]
SERVICE_NAMES = ("web_recorder_service", "rtmp_publish_service", "aliyun_vod_service")


class ExtensionServiceConfig(WireModel):
    error_handle_policy: str = wire(
        "errorHandlePolicy",
        "error_abort",
        rule="web.extension.errorHandlePolicy",
        sentence=_("The error policy of the extension services is error_abort."),
        section=EXTENSIONS,
        choices={"error_abort": _("Abort")},
    )
    api_version: str = wire(
        "apiVersion",
        "v1",
        rule="web.extension.apiVersion",
        sentence=_("The version of the extension services is v1."),
        section=EXTENSIONS,
        choices={"v1": "v1"},
    )
    extension_services: list[ExtensionService] = wire(
        "extensionServices",
        rule=_SERVICES,
        sentence=_SERVICES_SENTENCE,
        section=EXTENSIONS,
    )
