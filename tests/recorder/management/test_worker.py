"""The worker as a process that is told to end."""

import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection

from recorder.contract.states import Status
from tests.support.provider import told_later
from tests.support.rows import make_session, project, provider, storage_config  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker():
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.worker", str(connection.settings_dict["NAME"])],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_a_worker_that_is_told_to_end_keeps_the_answer_that_is_on_its_way(
    worker,
    make_session,  # noqa: F811
    provider,  # noqa: F811
):
    asked, may_answer = threading.Event(), threading.Event()
    provider.will("query", told_later(asked, may_answer))
    session = make_session(Status.RECORDING)
    assert asked.wait(60)

    worker.terminate()
    said = worker.stdout.readline()
    may_answer.set()

    assert said == "Ending\n"
    assert worker.wait(60) == 0
    session.refresh_from_db()
    assert session.observed_at is not None
