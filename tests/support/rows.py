"""Rows that tests of the domain begin with."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from recorder.contract.layouts import Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.contract.states import Mode, ProviderName, Status
from recorder.lifecycle.due import next_check
from recorder.lifecycle.requests import StartRequest
from recorder.models import Layout, LayoutVersion, Project, RecordingSession, StorageConfig, User
from tests.support.provider import scripted_provider

STORAGE_SECRET = "storage-secret-of-the-tests"
CUSTOMER_SECRET = "customer-secret-of-the-tests"
_numbers = itertools.count(1)


@pytest.fixture
def provider():
    with scripted_provider() as running:
        yield running


@pytest.fixture
def user(db) -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def project(db, provider) -> Project:
    return make_project(provider.url)


@pytest.fixture
def storage_config(db) -> StorageConfig:
    return make_storage_config()


@pytest.fixture
def layout_version(db, user) -> LayoutVersion:
    regions = (Region(0, 0, 500_000, 1_000_000), Region(500_000, 0, 500_000, 1_000_000))
    layout = Layout.create("Halves", Canvas(640, 360), Picture(3, regions), by=user)
    return layout.latest


@pytest.fixture
def request_for(project, storage_config) -> Callable[..., StartRequest]:
    return lambda *args, **more: start_request(project, storage_config, *args, **more)


@pytest.fixture
def make_session(project, storage_config) -> Callable[..., RecordingSession]:
    """A row in any state, as the lifecycle would have left it."""

    def make(status: Status = Status.RECORDING, **fields) -> RecordingSession:
        of = fields.pop("project", project)
        return session_row(of, storage_config, status, **fields)

    return make


def start_request(
    project: Project, storage: StorageConfig, cname: str = "room", uid: str = "1", **more
) -> StartRequest:
    values = {
        "project": project,
        "storage_config": storage,
        "mode": Mode.MIX,
        "cname": cname,
        "uid": uid,
    }
    return StartRequest(**values | more)


def make_project(url: str, **fields) -> Project:
    values = {
        "name": f"Project {next(_numbers)}",
        "provider": ProviderName.SANDBOX.value,
        "base_url": url,
        "app_id": "0123456789abcdef" * 2,
        "customer_id": f"customer-{next(_numbers)}",
        "customer_secret": CUSTOMER_SECRET,
        "requests_per_second": 1000,
    }
    return Project.objects.create(**values | fields)


def make_storage_config(**fields) -> StorageConfig:
    values = {
        "name": f"Storage {next(_numbers)}",
        "vendor": 1,
        "region": 0,
        "bucket": "recordings",
        "access_key": "AKIATESTS",
        "secret_key": STORAGE_SECRET,
        "file_name_prefix": ["{session}"],
    }
    return StorageConfig.objects.create(**values | fields)


def session_row(
    project: Project, storage_config: StorageConfig, status: Status, **fields
) -> RecordingSession:
    now, number = timezone.now(), next(_numbers)
    sent = status not in {Status.REQUESTED, Status.ACQUIRED}
    known = sent and status not in {Status.STARTING, Status.UNCONFIRMED}
    recorded = known and status is not Status.FAILED
    values = {
        "project": project,
        "storage_config": storage_config,
        "mode": Mode.MIX.value,
        "cname": f"room-{number}",
        "uid": str(number),
        "status": status.value,
        "request": {"storageConfig": {"secretKey": {"secret": "clientRequest.x"}}},
        "secrets": json.dumps({"clientRequest.x": STORAGE_SECRET}),
        "storage": storage_config.frozen(),
        "requested_at": now - timedelta(minutes=1),
        "resource_id": "" if status is Status.REQUESTED else f"row-resource-{number}",
        "acquired_at": None if status is Status.REQUESTED else now - timedelta(seconds=59),
        "start_sent_at": now - timedelta(seconds=59) if sent else None,
        "sid": f"row-sid-{number}" if known else "",
        "started_at": now - timedelta(seconds=58) if known else None,
        "recording_at": now - timedelta(seconds=50) if recorded else None,
        "observed_at": now - timedelta(seconds=50) if recorded else None,
        "ended_at": now if status in {Status.STOPPED, Status.FAILED} else None,
        "next_check_at": now,
    }
    return RecordingSession.objects.create(**values | fields)


def wait_of(session: RecordingSession) -> int:
    """Seconds from a row's last change to its next step, without what the machine took for it."""
    following = next_check(session, session.changed_at)
    assert following
    return round((following - session.changed_at).total_seconds())
