"""Notices as the provider's notification service sends them, signed."""

import itertools
import json
import time

from django.test import Client

from recorder.models import Project, RecordingSession
from recorder.notices.signatures import signature

SECRET = "callback-secret-of-the-tests"
_numbers = itertools.count(1)

# What a normal recording sends, as (type, service, details): reference order of the documents.
STORY = (
    (30, 2, {"msgName": "uploader_started", "status": 0}),
    (40, 1, {"msgName": "recorder_started", "status": 0}),
    (42, 1, {"msgName": "recorder_slice_start", "startUtcMs": 1_700_000_002_000}),
    (43, 1, {"msgName": "recorder_audio_stream_state_changed", "streamUid": "5", "state": 0}),
    (4, 0, {"msgName": "cloud_recording_file_infos", "fileList": "p/sid_room.m3u8"}),
    (33, 2, {"msgName": "uploading_progress", "progress": 9500}),
    (41, 1, {"msgName": "recorder_leave", "leaveCode": 4}),
    (31, 2, {"msgName": "uploaded", "status": 0, "fileList": [{"fileName": "p/sid_room.m3u8"}]}),
    (11, 0, {"msgName": "session_exit", "exitStatus": 0}),
)


def body(event_type: int, *, sid="sid", cname="room", uid="1", sequence=None, at_ms=None, **more):
    """One notice. `details` and `notice_id` in `more`; the id is new unless given."""
    at_ms = int(time.time() * 1000) if at_ms is None else at_ms
    payload = {
        "cname": cname,
        "uid": uid,
        "sid": sid,
        "sendts": at_ms,
        "serviceType": more.get("service", 0),
        "details": more.get("details", {}),
    }
    if sequence is not None:
        payload["sequence"] = sequence
    return {
        "noticeId": more.get("notice_id") or f"notice-{next(_numbers)}",
        "productId": 3,
        "eventType": event_type,
        "notifyMs": more.get("notify_ms", at_ms + 20),
        "payload": payload,
    }


def about(session: RecordingSession, event_type: int, sequence=None, **details):
    return body(
        event_type,
        sid=session.sid,
        cname=session.cname,
        uid=session.uid,
        sequence=sequence,
        details=details,
    )


def story_of(session: RecordingSession) -> list[dict]:
    """All notices of a recording that ends because its channel is empty."""
    return [
        about(session, type_, number, **details)
        for number, (type_, _service, details) in enumerate(STORY)
    ]


def deliver(project: Project, message, *, secret=SECRET, client=None, headers=None):
    """POST it as the service does; `message` is an object or raw bytes."""
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    signed = {"Agora-Signature-V2": signature(raw, secret)} if headers is None else headers
    return (client or Client()).post(
        f"/callbacks/{project.pk}/", raw, content_type="application/json", headers=signed
    )
