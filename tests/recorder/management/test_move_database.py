"""The whole command, from a real SQLite file to a real PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILL = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from recorder.contract.layouts import Canvas, Layout as Picture
from recorder.models import *
user = User.objects.create_user("ada", password="moved too")
layout = Layout.create("One third – 三分之一", Canvas(640, 360), Picture(0), by=user)
project = Project.objects.create(
    name="p", provider="sandbox", app_id="a" * 32, customer_id="c", customer_secret="a secret kept"
)
storage = StorageConfig.objects.create(
    name="s", vendor=11, bucket="b", access_key="AK", secret_key="another kept"
)
rows = RecordingSession.objects.bulk_create(
    RecordingSession(
        reference=f"reference{number:03}", project=project, mode="mix", cname=f"room {number}",
        uid=str(number + 1), status="stopped", requested_at=timezone.now(), requested_by=user,
        storage={}, storage_config=storage, acquire_request={},
        request={"share": 1.0, "third": 0.333333, "words": ["<svg onload=alert(1)>", None, True]},
    )
    for number in range(700)
)
RecordingSession.objects.update(changed_at=timezone.now() - timedelta(days=400))
AuditEntry.objects.create(action="x", user=user, details={"a": {"b": 2.5}})
RecordingSession.objects.filter(pk=rows[5].pk).delete()
"""
READ = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from recorder.models import *
assert User.objects.get().check_password("moved too")
assert Project.objects.get().customer_secret.reveal() == "a secret kept"
assert RecordingSession.objects.count() == 699
assert all(age < timezone.now() - timedelta(days=399)
           for age in RecordingSession.objects.values_list("changed_at", flat=True))
assert Layout.objects.get().latest.width == 640
newest = max(RecordingSession.objects.values_list("pk", flat=True))
one = RecordingSession.objects.get(pk=newest)
one.pk, one.reference, one.uid = None, "new", "9999"
one.save(force_insert=True)
assert one.pk > newest
Heartbeat.beat("w")
"""


@pytest.fixture
def database_url(require):
    """An empty PostgreSQL database, dropped afterwards."""
    import psycopg

    server = require("postgres").rpartition("/")[0]
    name = f"move_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def run(tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")
    } | {
        "DATA_DIR": str(tmp_path),
        "SETUP": "off",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "SECRET_KEY": "of this test",
        "FIELD_ENCRYPTION_KEYS": "dGVzdHMgb25seTogdGhpcyBpcyBubyBzZWNyZXQga2U=",
    }

    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment | more,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return call


def test_what_cannot_be_moved_is_refused_with_a_sentence(run, tmp_path):
    without_target = run("manage.py", "move_database")
    without_source = run("manage.py", "move_database", DATABASE_URL="postgres://127.0.0.1:9/x")

    assert without_target.returncode == without_source.returncode == 1
    assert without_target.stderr.startswith("Set DATABASE_URL to the new database")
    assert without_source.stderr == (
        f"There is no database {tmp_path}/app.sqlite3. Name it, or point DATA_DIR to its folder.\n"
    )


@pytest.mark.postgres
def test_every_row_arrives_as_it_was_and_only_in_an_empty_database(run, database_url):
    assert run("manage.py", "migrate", "-v", "0").stderr == ""
    assert run("-c", FILL).stderr == ""

    moved = run("manage.py", "move_database", DATABASE_URL=database_url)
    read = run("-c", READ, DATABASE_URL=database_url)
    again = run("manage.py", "move_database", DATABASE_URL=database_url)

    assert (moved.stderr, moved.returncode) == ("", 0)
    assert "counts and checksums are equal" in moved.stdout
    assert read.stderr == ""
    assert (again.returncode, "is not empty" in again.stderr) == (1, True)


@pytest.mark.postgres
def test_a_database_that_a_worker_still_uses_is_not_moved(run, database_url):
    assert run("manage.py", "migrate", "-v", "0").stderr == ""
    beat = "import django; django.setup()\nfrom recorder.models import *\nHeartbeat.beat('w')"
    assert run("-c", beat).stderr == ""

    refused = run("manage.py", "move_database", DATABASE_URL=database_url)

    assert refused.returncode == 1
    assert refused.stderr.startswith("A worker is still using the old database")
