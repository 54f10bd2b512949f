"""Extension services."""

from typing import Any

from tests.recorder.contract.bodies import (
    ABSENT,
    INDIVIDUAL,
    PAGE,
    RTMP_SERVICE,
    START,
    UPDATE,
    VOD_SERVICE,
    WEB,
    WEB_SERVICE,
)
from tests.recorder.contract.examples.example import Example

SERVICE = "extensionServiceConfig.extensionServices.0"
PARAM = f"{SERVICE}.serviceParam"


def _web() -> list[Example]:
    services = "extensionServiceConfig.extensionServices"
    values: list[tuple[str, Any, Any]] = [
        ("url", "example.com", "http://example.com"),
        ("url", ABSENT, "https://[::1]:8443/x"),
        ("url", "https://example.com/" + "a" * 1005, "https://example.com/" + "a" * 1004),
        ("audioProfile", 3, 2),
        ("audioProfile", ABSENT, 0),
        ("videoWidth", 239, 240),
        ("videoWidth", 1921, 1080),
        ("videoHeight", 1921, 1080),
        ("maxRecordingHour", 721, 720),
        ("maxRecordingHour", None, 1),
        ("videoBitrate", 49, 50),
        ("videoBitrate", 8001, 8000),
        ("videoFps", 4, 5),
        ("videoFps", 61, 60),
        ("mobile", "true", True),
        ("maxVideoDuration", 29, 30),
        ("maxVideoDuration", 241, 240),
        ("onhold", 0, False),
        ("readyTimeout", -1, 0),
        ("readyTimeout", 1.5, 60),
    ]
    vod = {"extensionServiceConfig": {"extensionServices": [VOD_SERVICE]}, "storageConfig": None}
    with_rtmp = {services: [WEB_SERVICE, RTMP_SERVICE]}
    outputs = f"{services}.1.serviceParam.outputs"
    return [
        *(
            Example(f"web.{name}", START, WEB, f"{PARAM}.{name}", bad, good)
            for name, bad, good in values
        ),
        Example(
            "web.extension.required",
            START,
            WEB,
            "extensionServiceConfig",
            None,
            {"extensionServices": [WEB_SERVICE]},
        ),
        Example(
            "web.extension.required",
            START,
            WEB,
            services,
            [WEB_SERVICE, WEB_SERVICE],
            [WEB_SERVICE],
            at="clientRequest.extensionServiceConfig",
        ),
        *(
            Example(
                f"web.extension.{name}", START, WEB, f"extensionServiceConfig.{name}", bad, good
            )
            for name, bad, good in (
                ("errorHandlePolicy", "error_ignore", "error_abort"),
                ("apiVersion", "v2", "v1"),
            )
        ),
        Example("web.extension.services", START, WEB, services, WEB_SERVICE, [WEB_SERVICE]),
        Example("web.extension.services", START, WEB, PARAM, ABSENT, PAGE),
        Example(
            "web.service.name", START, WEB, f"{SERVICE}.serviceName", "x", "web_recorder_service"
        ),
        Example(
            "web.service.name", START, WEB, f"{SERVICE}.serviceName", ABSENT, "web_recorder_service"
        ),
        Example(
            "web.service.errorHandlePolicy",
            START,
            WEB,
            f"{services}.1.errorHandlePolicy",
            "error_abort",
            "error_ignore",
            with_rtmp,
        ),
        Example(
            "web.service.only_web",
            START,
            INDIVIDUAL,
            services,
            [WEB_SERVICE],
            [VOD_SERVICE],
            at=f"clientRequest.{services}.0.serviceName",
        ),
        Example("web.rtmp.needs_recorder", START, WEB, services, [RTMP_SERVICE], [WEB_SERVICE]),
        Example(
            "web.rtmpUrl",
            START,
            WEB,
            f"{outputs}.0.rtmpUrl",
            "http://x.com",
            "rtmps://x.com/a",
            with_rtmp,
        ),
        Example("web.rtmpUrl", START, WEB, outputs, [], [{"rtmpUrl": "rtmp://x.com/a"}], with_rtmp),
        Example(
            "web.rtmpUrl",
            UPDATE,
            WEB,
            "rtmpPublishConfig.outputs",
            [{"rtmpUrl": "rtmp://x.com/a"}] * 2,
            [{"rtmpUrl": "rtmp://x.com/a"}],
        ),
        Example(
            "web.area",
            START,
            WEB,
            f"{PARAM}.videoHeight",
            1081,
            1080,
            {f"{PARAM}.videoWidth": 1920},
            at=f"clientRequest.{PARAM}.videoWidth",
        ),
        Example(
            "web.maxRecordingHour.vs_resource",
            START,
            WEB,
            f"{PARAM}.maxRecordingHour",
            73,
            72,
            facts={"acquired": {"scene": 1}},
        ),
        Example("vod.serviceParam", START, INDIVIDUAL, f"{PARAM}.regionId", ABSENT, "x", vod),
        Example(
            "vod.serviceParam", START, INDIVIDUAL, f"{PARAM}.apiData.videoData.cateId", 5, "5", vod
        ),
    ]


EXAMPLES = [*_web()]
