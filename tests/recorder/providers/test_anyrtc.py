import re

import pytest
import requests
import responses

from recorder.contract.states import Mode, ProviderName, Upload
from recorder.providers import errors
from recorder.providers.client import AnyrtcClient
from recorder.providers.hosts import base_urls_for
from tests.recorder.providers.conftest import load_answer

ROOT = "https://www.anyrtc.io/v1/apps/0123456789abcdef0123456789abcdef/cloud_recording"
START = f"{ROOT}/resourceid/resource-1/mode/mix/start"


@pytest.fixture
def client(make_client):
    return make_client(*base_urls_for(ProviderName.ANYRTC), provider=ProviderName.ANYRTC)


@pytest.fixture
def service():
    with responses.RequestsMock() as mock:

        def answer(method, url, name, status=200):
            mock.add(method, url, json=load_answer(name)[1], status=status)

        yield answer


@pytest.mark.parametrize("answer", ["anyrtc_acquire_200_envelope", "anyrtc_acquire_200_flat"])
def test_both_forms_of_an_answer_are_read(client, service, answer):
    service("POST", f"{ROOT}/acquire", answer)

    assert (
        client.acquire("room", "1", {}).resource_id == load_answer("acquire_200")[1]["resourceId"]
    )


def test_a_stop_in_an_envelope_gives_its_files(client, service, handle):
    service(
        "POST",
        f"{ROOT}/resourceid/resource-1/sid/{'5f' * 16}/mode/mix/stop",
        "anyrtc_stop_200_envelope",
    )

    result = client.stop(handle)

    assert result.upload is Upload.UPLOADED
    assert result.playlist.endswith("_room.m3u8")


@pytest.mark.parametrize(
    ("answer", "kind", "status"),
    [
        ("anyrtc_start_200_conflict_in_envelope", errors.TaskConflict, 400),
        ("anyrtc_start_201_already_started_envelope", errors.AlreadyStarted, 201),
    ],
)
def test_a_refusal_in_an_envelope_counts_with_the_envelopes_status(
    client, service, calls, answer, kind, status
):
    service("POST", START, answer)  # under HTTP 200

    with pytest.raises(kind) as caught:
        client.start("resource-1", Mode.MIX, "room", "1", {})

    assert caught.value.status == status
    assert calls[0].http_status == 200
    assert calls[0].code == caught.value.code
    assert calls[0].response == load_answer(answer)[1]


def test_an_envelope_around_words_alone_is_a_refusal_with_these_words(client):
    with responses.RequestsMock() as mock:
        mock.post(START, json={"Code": 400, "Body": "uid is wrong"})

        with pytest.raises(errors.ProviderError, match="uid is wrong"):
            client.start("resource-1", Mode.MIX, "room", "1", {})


def test_an_empty_envelope_of_a_start_is_an_unknown_outcome(client):
    with responses.RequestsMock() as mock:
        mock.post(START, json={"Code": 200, "Body": None})

        with pytest.raises(errors.UnreadableAnswer):
            client.start("resource-1", Mode.MIX, "room", "1", {})


def test_web_pages_are_not_recorded_and_nothing_is_sent(client, calls):
    with responses.RequestsMock(), pytest.raises(errors.ProviderError, match="mode") as caught:
        client.start("resource-1", Mode.WEB, "room", "1", {})

    assert not isinstance(caught.value, errors.ProviderUnavailable)
    assert calls == []


def test_no_call_is_repeated_elsewhere(client, handle):
    assert isinstance(client, AnyrtcClient)
    with responses.RequestsMock() as mock:
        mock.get(re.compile(ROOT), body=requests.ConnectTimeout())

        with pytest.raises(errors.ProviderUnreachable):
            client.query(handle)

        assert len(mock.calls) == 1
