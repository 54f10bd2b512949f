"""The real sandbox delivers to the real site, over HTTP: nobody asks, and everything is known."""

import uuid

import pytest

from recorder.contract.events import EVENTS
from recorder.contract.states import Mode, Status, Upload
from recorder.lifecycle.requests import StartRequest
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.models import Notice, Project
from tests.support.notices import SECRET
from tests.support.rows import make_storage_config
from tests.support.sandbox import SMALL_PICTURE
from tests.support.sandbox_rows import project_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(db, sandbox) -> Project:
    project = project_for(sandbox, callback_secret=SECRET)
    project.save()
    return project


@pytest.fixture
def target(sandbox, live_server, project):
    """`target(redundant=True)`: the sandbox delivers to this site from now on."""
    made = []

    def add(**options):
        address = f"{live_server.url}/callbacks/{project.pk}/"
        targets = sandbox.control("callbacks/add", url=address, secret=SECRET, **options)["targets"]
        made.append(targets[-1]["id"])
        return made[-1]

    yield add
    for one in made:
        sandbox.control("callbacks/remove", id=one)


@pytest.fixture
def session(project, sandbox, user):
    """As it is committed, before anything is sent."""
    storage = make_storage_config(
        access_key=sandbox.access_key,
        secret_key=sandbox.secret_key,
        endpoint_url=f"{sandbox.url}/s3",
    )
    request = StartRequest(
        project=project,
        storage_config=storage,
        mode=Mode.MIX,
        cname=f"room-{uuid.uuid4().hex[:8]}",
        uid="527841",
        client_request={"recordingConfig": {"transcodingConfig": SMALL_PICTURE}},
    )
    return request_start(request, by=user, form_key=None)[0]


def heard(sandbox, session, seconds=0.0):
    """After so many seconds of the sandbox, when all its callbacks have been delivered."""
    if seconds:
        sandbox.advance(seconds)
    sandbox.control("callbacks/settle")
    session.refresh_from_db()
    return session


@pytest.mark.parametrize("redundant", [False, True])
def test_a_recording_is_known_from_start_to_upload_without_a_query(
    target, session, sandbox, user, redundant
):
    target(redundant=redundant)
    send_start(session)

    recording = heard(sandbox, session, 5).status
    request_stop(session, by=user)
    send_stop(session)
    heard(sandbox, session, 5)

    assert recording == Status.RECORDING
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UPLOADED)
    assert session.playlist.endswith(".m3u8")
    assert not session.calls.filter(operation="query").exists()
    kept = Notice.objects.filter(session=session)
    numbers = list(kept.order_by("sequence").values_list("sequence", flat=True))
    assert numbers == list(range(len(numbers)))
    assert set(kept.values_list("deliveries", flat=True)) == {2 if redundant else 1}


def test_a_start_whose_answer_was_lost_learns_its_sid_from_the_first_callback(
    target, session, sandbox
):
    target()
    sandbox.control("faults", fault="lost_answer", operation="start", calls=1)
    try:
        send_start(session)
    finally:
        sandbox.control("faults/clear")
    session.refresh_from_db()
    lost = (session.status, session.sid)

    heard(sandbox, session, 5)

    assert lost == (Status.UNCONFIRMED, "")
    assert session.sid in sandbox_sids(sandbox)
    assert session.status == Status.RECORDING


def sandbox_sids(sandbox):
    return {one["sid"] for one in sandbox.state()["sessions"]}


def test_the_console_may_test_the_address_with_every_type(target, project, sandbox):
    made = target()

    sandbox.control("callbacks/test", id=made)
    log = sandbox.control("callbacks/settle")["sent"]

    assert Notice.objects.filter(project=project, session=None).count() == len(EVENTS)
    assert {one["status"] for one in log[: len(EVENTS)]} == {200}
