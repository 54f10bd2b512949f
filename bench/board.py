"""The board over 100,000 sessions against the board over 1,000: it must not grow with the table.

Measured through the whole site with Django's test client, signed in.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench._site import site

BAR = 1.5
FEW, MANY = 1_000, 100_000
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with site():
        from django.conf import settings
        from django.test import Client

        from recorder.models import Project, StorageConfig, User

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STORAGES = settings.STORAGES | {
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
            }
        }
        client = Client()
        client.force_login(
            User.objects.create(username="bench"),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        _state.update(
            client=client,
            many=10_000 if smallest else MANY,
            project=Project.objects.create(
                name="bench",
                provider="sandbox",
                base_url="http://127.0.0.1:9",
                app_id="a" * 32,
                customer_id="bench",
            ),
            storage=StorageConfig.objects.create(
                name="bench", vendor=11, bucket="recordings", access_key="AK"
            ),
        )
        yield


def _fill(rows: int) -> None:
    """Exactly so many sessions: ended ones over the last year, twenty live, five to look at."""
    from django.db import connection
    from django.utils import timezone

    from recorder.models import RecordingSession

    now = timezone.now()

    def one(number: int) -> RecordingSession:
        live, odd = number >= rows - 20, number % (rows // 5) == 0
        at = now - timedelta(seconds=(rows - number) * 31_536_000 / rows)
        return RecordingSession(
            project=_state["project"],
            storage_config=_state["storage"],
            mode="mix",
            cname=f"room-{number}",
            uid="527841",
            sid=f"{number:032x}",
            status="recording" if live else "failed" if odd else "stopped",
            upload="uploading" if live else "none" if odd else "uploaded",
            attention="failed" if odd and not live else "",
            request={},
            storage={"vendor": 11, "region": None, "bucket": "recordings"},
            requested_at=at,
            start_sent_at=at,
            started_at=at,
            recording_at=at,
            ended_at=None if live else at + timedelta(minutes=30),
        )

    for first in range(0, rows, 5_000):
        RecordingSession.objects.bulk_create(map(one, range(first, min(first + 5_000, rows))))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _page(rows: int) -> float:
    """Median seconds of one board over so many rows, after one that is not counted."""
    _switch_to(rows)
    times = []
    for _ in range(11):
        begun = time.perf_counter()
        answer = _state["client"].get("/")
        times.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.status_code
    return median(times[1:])


def _switch_to(rows: int) -> None:
    """Each size has a database of its own, a copy of the first, filled when it is first used."""
    from django.db import connection

    connection.close()
    folder = Path(connection.settings_dict["NAME"]).parent
    wanted = folder / f"{rows}.sqlite3"
    new = not wanted.exists()
    if new:
        shutil.copy(folder / "app.sqlite3", wanted)
    connection.settings_dict["NAME"] = wanted
    if new:
        _fill(rows)


def baseline() -> float:
    return _page(FEW)


def ours() -> float:
    return _page(_state["many"])
