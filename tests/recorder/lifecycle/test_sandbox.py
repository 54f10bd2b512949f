"""The lifecycle against the real sandbox, over HTTP: its clock moves when the test says so."""

import uuid

import pytest
import time_machine
from django.utils import timezone

from recorder.contract.layouts import Layout, Region
from recorder.contract.states import Mode, Status, Upload
from recorder.lifecycle import reconcile
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.gone import LONGEST_GAP
from recorder.lifecycle.layout import apply_layout
from recorder.lifecycle.requests import StartRequest
from recorder.lifecycle.start import AlreadyRecording, request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.lifecycle.words import explain_failure
from recorder.models import ProviderCall, RecordingSession
from recorder.tasks import look_into_bucket
from tests.support.rows import make_project, make_storage_config
from tests.support.sandbox import SMALL_PICTURE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def request_in(sandbox):
    project = make_project(
        sandbox.url,
        app_id=sandbox.app_id,
        customer_id=sandbox.customer_id,
        customer_secret=sandbox.customer_secret,
    )
    storage = make_storage_config(
        access_key=sandbox.access_key,
        secret_key=sandbox.secret_key,
        endpoint_url=f"{sandbox.url}/s3",
    )

    def make(**more) -> StartRequest:
        picture = {**SMALL_PICTURE, "mixedVideoLayout": 1}
        values = {
            "project": project,
            "storage_config": storage,
            "mode": Mode.MIX,
            "cname": f"room-{uuid.uuid4().hex[:8]}",
            "client_request": {"recordingConfig": {"transcodingConfig": picture}},
        }
        return StartRequest(**values | more)

    return make


def started(request: StartRequest, user) -> RecordingSession:
    session, _ = request_start(request, by=user, form_key=None)
    send_start(session)
    assert session.sid, session.failure
    return session


def test_the_whole_story_from_start_to_every_file_in_the_bucket(request_in, user, sandbox):
    session = started(request_in(), user)
    sandbox.advance(5)
    reconcile.check(session)
    recording = session.status
    apply_layout(session, Layout(3, (Region(0, 0, 500_000, 1_000_000),)), by=user)
    sandbox.advance(5)
    reconcile.check(session)
    playlist = session.playlist

    request_stop(session, by=user)
    send_stop(session)
    listing = look_into_bucket(session)
    reconcile.check(session, look_into_bucket)

    assert recording == Status.RECORDING
    assert playlist == f"{session.reference}/{session.sid}_{session.cname}.m3u8"
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UPLOADED)
    assert session.playlist == playlist
    assert listing.complete
    assert session.files.filter(kind="slice", present=True).count() >= 2
    assert session.layout["mixedVideoLayout"] == 3
    assert set(ProviderCall.objects.values_list("outcome", flat=True)) == {"done"}


def test_a_channel_and_uid_that_record_already_are_refused_by_the_service_too(
    request_in, user, sandbox
):
    request = request_in(uid="527841")
    sandbox.started(request.cname, "527841")

    session, _ = request_start(request, by=user, form_key=None)
    send_start(session)

    assert (session.status, session.failure["code"]) == (Status.FAILED, 53)


def test_a_second_session_of_ours_in_the_same_place_is_refused_before_anything_is_sent(
    request_in, user
):
    request = request_in(uid="527842")
    first = started(request, user)

    with pytest.raises(AlreadyRecording) as refusal:
        request_start(request, by=user, form_key=None)

    assert refusal.value.session == first


def test_wrong_storage_keys_end_as_a_failure_with_words(request_in, user, sandbox):
    wrong = make_storage_config(endpoint_url=f"{sandbox.url}/s3", secret_key="not the key at all")
    session = started(request_in(storage_config=wrong), user)

    sandbox.advance(6)
    reconcile.check(session)
    missing = session.attention
    for times in (1, 2):
        with time_machine.travel(timezone.now() + times * LONGEST_GAP, tick=True):
            reconcile.check(session)

    assert missing == Attention.MISSING
    assert session.status == Status.FAILED
    assert "keys of the storage" in explain_failure(session).remedy


def test_an_empty_recording_has_no_files(request_in, user, sandbox):
    request = request_in()
    sandbox.control("channels", cname=request.cname, participants=[])
    session = started(request, user)

    request_stop(session, by=user)
    send_stop(session)

    assert (session.status, session.upload) == (Status.STOPPED, Upload.NO_FILES)
