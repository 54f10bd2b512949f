"""Rules of extension services: web page recording, RTMP, Alibaba Cloud VoD."""

from collections.abc import Iterable

from recorder.contract.layouts import MAX_AREA
from recorder.contract.parameters.web import MAX_ADDRESS
from recorder.contract.rules.rule import (
    CHANNEL_MODES,
    ONLY_WEB,
    Also,
    Rule,
    View,
    advised,
    refused,
    when,
)
from recorder.contract.states import Mode
from recorder.contract.urls import is_url
from recorder.contract.words import ACQUIRE, START, _

ROOT = "clientRequest.extensionServiceConfig"
DEFAULT_RESOURCE_HOURS = 72
WEB_RECORDER, RTMP, VOD = "web_recorder_service", "rtmp_publish_service", "aliyun_vod_service"


def is_page_address(text: str) -> bool:
    return len(text) <= MAX_ADDRESS and is_url(text)


def _names(view: View) -> list[str | None]:
    return [service.text("serviceName") for service in view.each("extensionServices")]


def _no_web_recorder(view: View) -> bool:
    web = view.facts.mode is Mode.WEB
    return web and (not view.has(ROOT) or _names(view.at(ROOT)).count(WEB_RECORDER) != 1)


def _wrong_mode(view: View) -> Iterable[str]:
    """Web recorder and RTMP belong to web mode, VoD to individual mode."""
    allowed = {Mode.INDIVIDUAL: {VOD}, Mode.MIX: set[str]()}.get(
        view.facts.mode or Mode.WEB, {WEB_RECORDER, RTMP}
    )
    for i, name in enumerate(_names(view)):
        if name in {WEB_RECORDER, RTMP, VOD} and name not in allowed:
            yield f"extensionServices.{i}.serviceName"


def _rtmp_alone(view: View) -> bool:
    names = _names(view)
    return RTMP in names and (WEB_RECORDER not in names or names.count(RTMP) > 1 or VOD in names)


def _recorders(view: View) -> Iterable[tuple[int, View]]:
    for i, service in enumerate(view.each("extensionServices")):
        if service.text("serviceName") == WEB_RECORDER:
            yield i, service.at("serviceParam")


def _area(view: View) -> Iterable[str]:
    for i, param in _recorders(view):
        width, height = param.number("videoWidth"), param.number("videoHeight")
        if width is not None and height is not None and width * height > MAX_AREA:
            yield f"extensionServices.{i}.serviceParam.videoWidth"


def _longer_than_control(view: View) -> Iterable[str]:
    acquired = view.facts.acquired
    if acquired is None:
        return
    control = acquired.get("resourceExpiredHour")
    hours = control if isinstance(control, int) else DEFAULT_RESOURCE_HOURS
    for i, param in _recorders(view):
        if (param.number("maxRecordingHour") or 0) > hours:
            yield f"extensionServices.{i}.serviceParam.maxRecordingHour"


RULES: tuple[Rule, ...] = (
    refused(
        "web.service.only_web",
        "extensionServices[].serviceName",
        _("Web recorder and RTMP services belong to web mode, the VoD service to individual mode."),
        (START,),
        _wrong_mode,
        modes=CHANNEL_MODES,
        root=ROOT,
    ),
    refused(
        "web.rtmp.needs_recorder",
        "extensionServices",
        _("An RTMP service stands beside one web recorder service, and beside nothing else."),
        (START,),
        when("extensionServices", _rtmp_alone),
        modes=ONLY_WEB,
        root=ROOT,
    ),
    refused(
        "web.area",
        "extensionServices[].serviceParam.videoWidth",
        _("The picture of a web recording has at most 1920 × 1080 pixels in all."),
        (START,),
        _area,
        modes=ONLY_WEB,
        root=ROOT,
    ),
    advised(
        "web.maxRecordingHour.vs_resource",
        "extensionServices[].serviceParam.maxRecordingHour",
        _("The recording may outlast the time for control calls; it could then not be stopped."),
        (START, ACQUIRE),
        _longer_than_control,
        modes=ONLY_WEB,
        root=ROOT,
    ),
)

ALSO: tuple[Also, ...] = (Also("web.extension.required", "", when(ROOT, _no_web_recorder)),)
