"""Callbacks at a whole site, from the WSGI request to the committed answer, by several senders.

The plain view is what a site would write at first: verify, look for a double, insert. Ours also
folds each notice into its session.
"""

import hashlib
import hmac
import io
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from bench._rows import make_project, make_storage
from bench._site import site

SENDERS = 8
SECRET = "callback secret of the benchmark"  # noqa: S105
# A recording as it is told, without what differs from one to the next.
STORY: tuple[tuple[int, dict[str, object]], ...] = (
    (30, {"msgName": "uploader_started", "status": 0}),
    (40, {"msgName": "recorder_started", "status": 0}),
    (42, {"msgName": "recorder_slice_start", "startUtcMs": 1_700_000_000_000}),
    (43, {"msgName": "recorder_audio_stream_state_changed", "streamUid": "5", "state": 0}),
    (4, {"msgName": "cloud_recording_file_infos", "fileList": "p/sid_room.m3u8"}),
    (33, {"msgName": "uploading_progress", "progress": 9000}),
    (41, {"msgName": "recorder_leave", "leaveCode": 4}),
    (31, {"msgName": "uploaded", "status": 0, "fileList": [{"fileName": "p/sid_room.m3u8"}]}),
    (11, {"msgName": "session_exit", "exitStatus": 0}),
)
_state: dict[str, Any] = {}
_numbers = count(1)


@contextmanager
def callback_site(smallest: bool) -> Iterator[None]:
    with site():
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.ROOT_URLCONF = "bench._callback_urls"
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
        _state.update(
            sessions=4 if smallest else 40,
            site=get_wsgi_application(),
            project=make_project(callback_secret=SECRET),
            storage=make_storage(),
        )
        yield


def delivered(address: str) -> tuple[float, list[float]]:
    """Seconds for all, and for each one. Every twentieth comes twice."""
    bodies = bodies_now()
    took: list[float] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_send, args=(address, bodies[n::SENDERS], took))
        for n in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - begun
    assert len(took) == len(bodies), "a callback was not answered with 200"
    return whole, took


def told() -> None:
    """That everything was folded: no benchmark of work that was put off."""
    from recorder.models import Notice, RecordingSession

    assert not Notice.objects.filter(session=None).exists()
    kept = set(RecordingSession.objects.values_list("status", "upload"))
    assert kept == {("stopped", "uploaded")}, kept


def forget() -> None:
    from recorder.models import Notice, RecordingSession

    Notice.objects.all().delete()
    RecordingSession.objects.all().delete()


def bodies_now() -> list[bytes]:
    """What one run delivers, about sessions of its own."""
    from recorder.models import RecordingSession

    forget()
    sids = [f"{next(_numbers):032x}" for _ in range(_state["sessions"])]
    RecordingSession.objects.bulk_create(session_rows(_state["project"], _state["storage"], sids))
    chance = random.Random(7)  # noqa: S311
    bodies = [
        # All at once, each in its order; now and then one overtakes another.
        (number + 1.2 * chance.random(), json.dumps(body_of(sid, number, *told)).encode())
        for sid in sids
        for number, told in enumerate(STORY)
    ]
    bodies += bodies[::20]
    return [raw for _place, raw in sorted(bodies)]


def session_rows(project: Any, storage: Any, sids: list[str]) -> Iterator[Any]:
    """Sessions that were started and have not been heard of, not saved."""
    from django.utils import timezone

    from recorder.models import RecordingSession

    now = timezone.now()
    for sid in sids:
        yield RecordingSession(
            project=project,
            storage_config=storage,
            mode="mix",
            cname=f"room-{sid}",
            uid="527841",
            sid=sid,
            status="starting",
            request={},
            storage={},
            start_sent_at=now,
            started_at=now,
        )


def body_of(
    sid: str, number: int, event_type: int, details: dict[str, object]
) -> dict[str, object]:
    at = int(time.time() * 1000)
    return {
        "noticeId": f"{sid}-{number}",
        "productId": 3,
        "eventType": event_type,
        "notifyMs": at,
        "payload": {
            "cname": f"room-{sid}",
            "uid": "527841",
            "sid": sid,
            "sequence": number,
            "sendts": at,
            "serviceType": 0,
            "details": details,
        },
    }


def _send(address: str, bodies: list[bytes], took: list[float]) -> None:
    from django.db import connection

    for raw in bodies:
        begun = time.perf_counter()
        if deliver(address, raw).startswith("200"):
            took.append(time.perf_counter() - begun)
    connection.close()


def deliver(address: str, raw: bytes) -> str:
    """One request at the door of the site."""
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": address.format(project=_state["project"].pk),
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(raw)),
        "HTTP_AGORA_SIGNATURE_V2": hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest(),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(raw),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    said: list[str] = []
    answer = _state["site"](environ, lambda status, _headers: said.append(status))
    b"".join(answer)
    answer.close()
    return said[0]
