"""What the service answers: the documented keys of each answer and no others."""

from collections.abc import Mapping
from dataclasses import dataclass

from recorder.contract.files import mp4_name, playlist_name
from recorder.contract.problems import Problem
from recorder.contract.states import Mode
from recorder.sandbox.store import Session


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
WRONG_SCENE = refused(400, 2, "start: mode does not fit the scene of acquire")


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


def playlist_of(session: Session) -> str:
    return playlist_name(Mode(session.mode), session.sid, session.cname)


def entry(session: Session, name: str) -> dict[str, object]:
    """One element of a fileList in the json form."""
    return {
        "fileName": session.prefix + name,
        "trackType": {0: "audio", 1: "video"}.get(session.stream_types, "audio_and_video"),
        "uid": "0",
        "mixedAllUser": True,
        "isPlayable": True,
        "sliceStartTime": session.origin_ms or 0,
    }


def file_list(session: Session, *, ended: bool) -> dict[str, object]:
    """`fileListMode` and `fileList`: empty until the first file is uploaded; the MP4 exists from
    the end on.
    """
    uploaded = session.first_upload_ms is not None
    name = playlist_of(session)
    if not session.with_mp4:
        return {"fileListMode": "string", "fileList": session.prefix + name if uploaded else ""}
    names = [name] if uploaded else []
    if uploaded and ended:
        names.append(mp4_name(Mode(session.mode), session.sid, session.cname, 0))
    return {"fileListMode": "json", "fileList": [entry(session, name) for name in names]}


def query_status(session: Session, now_ms: int) -> int:
    """1 to 4 while the parts of the recorder start, 5 once the first file is in the bucket."""
    if session.first_upload_ms is not None:
        return 5
    return 1 + min(3, max(0, now_ms - session.started_ms) // 300)


def query_response(session: Session, now_ms: int) -> dict[str, object]:
    return {
        "status": query_status(session, now_ms),
        **file_list(session, ended=False),
        "sliceStartTime": session.origin_ms or 0,
    }


def stop_response(session: Session, uploading: str) -> dict[str, object]:
    return {**file_list(session, ended=True), "uploadingStatus": uploading}
