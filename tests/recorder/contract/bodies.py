"""Small valid requests, and edits of them, for the tests of the contract."""

from copy import deepcopy
from typing import Any

from recorder.contract.states import Mode, Operation

ABSENT = object()
INDIVIDUAL, MIX, WEB = Mode.INDIVIDUAL, Mode.MIX, Mode.WEB
ACQUIRE, START, UPDATE = Operation.ACQUIRE, Operation.START, Operation.UPDATE
UPDATE_LAYOUT, STOP = Operation.UPDATE_LAYOUT, Operation.STOP

STORAGE = {"vendor": 1, "region": 0, "bucket": "b", "accessKey": "AK", "secretKey": "SK"}
TRANSCODING = {"width": 640, "height": 360, "fps": 15, "bitrate": 500}
REGION = {"x_axis": 0.0, "y_axis": 0, "width": 0.5, "height": 1}
PAGE = {
    "url": "https://example.com/room?x=1",
    "audioProfile": 0,
    "videoWidth": 1280,
    "videoHeight": 720,
    "maxRecordingHour": 3,
}
WEB_SERVICE = {"serviceName": "web_recorder_service", "serviceParam": PAGE}
RTMP_SERVICE = {
    "serviceName": "rtmp_publish_service",
    "serviceParam": {"outputs": [{"rtmpUrl": "rtmp://live.example.com/app/key"}]},
}
VOD_SERVICE = {
    "serviceName": "aliyun_vod_service",
    "serviceParam": {
        "accessKey": "AK",
        "secretKey": "SK",
        "regionId": "cn-shanghai",
        "apiData": {"videoData": {"title": "Lesson"}},
    },
}
RECORDING = {"subscribeUidGroup": 0}

CLIENT_REQUESTS: dict[tuple[Operation, Mode], dict[str, Any]] = {
    (START, INDIVIDUAL): {"storageConfig": STORAGE, "recordingConfig": RECORDING},
    (START, MIX): {
        "storageConfig": STORAGE,
        "recordingConfig": {"transcodingConfig": TRANSCODING},
    },
    (START, WEB): {
        "storageConfig": STORAGE,
        "extensionServiceConfig": {"extensionServices": [WEB_SERVICE]},
    },
}


def edited(operation: Operation, mode: Mode, edits: dict[str, Any]) -> dict[str, Any]:
    """A valid body with some values set or taken away; missing objects on the way are made.

    List positions are numbers; a path begins inside clientRequest, or at `/` for the envelope.
    """
    body: dict[str, Any] = {
        "cname": "room 1",
        "uid": "527841",
        "clientRequest": deepcopy(CLIENT_REQUESTS.get((operation, mode), {})),
    }
    for path, value in edits.items():
        inside = body if path.startswith("/") else body["clientRequest"]
        *way, last = path.removeprefix("/").split(".")
        for part in way:
            inside = inside[int(part)] if part.isdigit() else inside.setdefault(part, {})
        if value is ABSENT:
            inside.pop(last, None)
        elif isinstance(inside, list):
            inside[int(last)] = deepcopy(value)
        else:
            inside[last] = deepcopy(value)
    return body
