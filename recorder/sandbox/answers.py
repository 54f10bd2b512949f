"""What the service answers: the documented keys of each answer and no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recorder.contract.problems import Problem
from recorder.contract.states import Mode, Operation
from recorder.sandbox import pages
from recorder.sandbox.store import Fact, FileRow, Session

LISTED = ("playlist", "mp4", "mixed")  # kinds of files that a fileList names


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, object]


def refused(http: int, code: int, reason: str) -> Answer:
    """The service says no, or cannot: a numeric code and a sentence."""
    return Answer(http, {"code": code, "reason": reason})


def gateway(http: int, message: str) -> Answer:
    """The gateway in front of the service says no: a sentence without a code."""
    return Answer(http, {"message": message})


def problem(operation: str, found: Problem) -> Answer:
    path = found.path or "body"
    return refused(found.http or 400, found.code or 2, f"{operation}: {path}: {found.message}")


NOT_FOUND = refused(404, 404, "failed to find worker")
ALREADY_STARTED = refused(201, 7, "already started")
INVALID_OPERATION = refused(400, 49, "invalid operation")
TASK_CONFLICT = refused(400, 53, "task conflict")
DIFFERS = refused(400, 432, "appid, cname or uid does not match the resourceId")
EXPIRED = refused(400, 433, "resource expired")
NO_DATA = refused(206, 435, "no recorded data")
EXITING = refused(400, 501, "service is exiting")
UNREADABLE_RESOURCE = refused(400, 1001, "resourceId cannot be decoded")
OTHER_RESOURCE = refused(400, 1003, "appid or sid does not match the resourceId")
OVERLOAD = refused(400, 406, "vendor_over_load")


def unavailable(operation: Operation) -> Answer:
    """What the service says when it cannot work; nobody knows what has become of the call."""
    if operation is Operation.ACQUIRE:
        return refused(500, 500, "internal_error")
    return refused(500 if operation is Operation.START else 504, 62, "request timeout")


def of_task(
    session: Session, server_response: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The four keys every answer about a task carries, and `serverResponse` where there is one."""
    body: dict[str, object] = {
        "resourceId": session.resource_id,
        "sid": session.sid,
        "cname": session.cname,
        "uid": session.uid,
    }
    return body if server_response is None else body | {"serverResponse": server_response}


def entry(session: Session, row: FileRow) -> dict[str, object]:
    """One element of a fileList in the json form."""
    return {
        "fileName": session.prefix + row.name,
        "trackType": row.track,
        "uid": row.uid,
        "mixedAllUser": row.uid == "0",
        "isPlayable": True,
        "sliceStartTime": row.start_ms,
    }


def web_file_list(session: Session, rows: Sequence[FileRow]) -> list[dict[str, object]]:
    return [
        {"filename": session.prefix + row.name, "sliceStartTime": row.start_ms}
        for row in rows
        if row.kind in LISTED
    ]


def file_list(session: Session, rows: Sequence[FileRow]) -> dict[str, object]:
    """`fileListMode` and `fileList` of mix and individual: empty until something is uploaded.

    `rows` are the files that have reached a bucket, playlists first.
    """
    if file_list_mode(session) == "string":
        name = next((session.prefix + row.name for row in rows if row.kind == "playlist"), "")
        return {"fileListMode": "string", "fileList": name}
    listed = [entry(session, row) for row in rows if row.kind in LISTED]
    return {"fileListMode": "json", "fileList": listed}


def file_list_mode(session: Session) -> str:
    return "json" if session.with_mp4 or session.mode == Mode.INDIVIDUAL else "string"


def query_status(session: Session, now_ms: int) -> int:
    """1 to 4 while the parts of the recorder start, 5 once the first file is in the bucket."""
    if session.first_upload_ms is not None:
        return 5
    return 1 + min(3, max(0, now_ms - session.started_ms) // 300)


def query_response(
    session: Session, rows: Sequence[FileRow], facts: Sequence[Fact], now_ms: int
) -> dict[str, object]:
    """`facts` are needed in web mode only."""
    status = {"status": query_status(session, now_ms)}
    if session.mode == Mode.WEB:
        return {**status, "extensionServiceState": _web_state(session, rows, facts, now_ms)}
    files = {} if session.snapshots_only else file_list(session, rows)
    return {**status, **files, "sliceStartTime": session.origin_ms or 0}


def _web_state(
    session: Session, rows: Sequence[FileRow], facts: Sequence[Fact], now_ms: int
) -> list[dict[str, object]]:
    recorder = {
        "fileList": web_file_list(session, rows),
        "onhold": pages.held_at(facts, now_ms),
        "state": "init" if session.origin_ms is None else "inProgress",
    }
    services: list[dict[str, object]] = [_service("web_recorder_service", recorder)]
    if outputs := pages.outputs_at(session, facts, now_ms):
        pushed = [{"rtmpUrl": url, "status": status} for url, status in outputs.items()]
        waiting = all(status == "connecting" for status in outputs.values())
        state = "init" if waiting else "inProgress"
        services.append(_service("rtmp_publish_service", {"state": state, "outputs": pushed}))
    return services


def stop_response(
    session: Session, rows: Sequence[FileRow] | None, facts: Sequence[Fact], uploading: str
) -> dict[str, object]:
    """The serverResponse of a stop. `rows` None: nothing is said about files (a 206)."""
    if session.mode == Mode.WEB:
        end = session.end_ms or 0
        recorder: dict[str, object] = {"onhold": pages.held_at(facts, end), "state": "exit"}
        if rows is not None:
            recorder["fileList"] = web_file_list(session, rows)
        upload = {"uploadingStatus": uploading}
        services = [_service("upload_service", upload), _service("web_recorder_service", recorder)]
        return {"extensionServiceState": services}
    if session.snapshots_only:
        return {"uploadingStatus": uploading}
    if rows is None:
        return {"fileListMode": file_list_mode(session), "uploadingStatus": uploading}
    return {**file_list(session, rows), "uploadingStatus": uploading}


def stopped_at_once(session: Session) -> dict[str, object]:
    """The serverResponse of a stop that waits for nothing."""
    unknown: dict[str, object] = {"uploadingStatus": "unknown"}
    if session.mode != Mode.WEB:
        return unknown
    return {"extensionServiceState": [_service("upload_service", unknown)]}


def _service(name: str, payload: Mapping[str, object]) -> dict[str, object]:
    return {"serviceName": name, "payload": payload}
