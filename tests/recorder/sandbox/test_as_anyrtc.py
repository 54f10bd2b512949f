"""The sandbox as anyRTC, seen by our own client for anyRTC and by a bare program."""

import pytest

from recorder.contract.states import Mode, ProviderName, Upload
from recorder.providers.client import Credentials, Handle, client_for
from recorder.providers.errors import ProviderError
from tests.support.sandbox import (
    APP_ID,
    CUSTOMER_ID,
    CUSTOMER_SECRET,
    running_sandbox,
    start_request,
    storage_config,
)

UID = "recorder of the lesson"  # any text will do here


@pytest.fixture(params=[False, True], ids=["flat", "envelope"])
def anyrtc(request, tmp_path):
    with running_sandbox(tmp_path, provider="anyrtc", envelope=request.param) as sandbox:
        yield sandbox


def client_of(sandbox):
    url = (sandbox.url,)
    return client_for(Credentials(ProviderName.ANYRTC, url, APP_ID, CUSTOMER_ID, CUSTOMER_SECRET))


@pytest.mark.parametrize("mode", [Mode.MIX, Mode.INDIVIDUAL])
def test_our_client_records_whether_answers_come_flat_or_in_an_envelope(anyrtc, mode):
    client = client_of(anyrtc)
    request = start_request() if mode is Mode.MIX else {"storageConfig": storage_config()}

    resource = client.acquire("lesson", UID, {}).resource_id
    started = client.start(resource, mode, "lesson", UID, request)
    handle = Handle(resource, started.sid, "lesson", UID, mode)
    anyrtc.advance(3)
    watched = client.query(handle)
    client.update(handle, {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["1001"]}}})
    stopped = client.stop(handle)

    assert watched.status == 5
    assert stopped.upload is Upload.UPLOADED
    assert stopped.files


def test_a_refusal_is_understood_in_both_forms(anyrtc):
    with pytest.raises(ProviderError) as refused:
        client_of(anyrtc).acquire("房间", UID, {})

    assert (refused.value.status, refused.value.code) == (400, 1013)


def test_an_acquire_may_leave_out_its_request(anyrtc):
    answer = anyrtc.post("acquire", {"cname": "lesson", "uid": UID})

    assert answer.status_code == 200
