"""Agora's other addresses: which calls are repeated there, in which order, and when no more."""

import json
import re
import time

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NameResolutionError

from recorder.contract.states import Mode, Operation, ProviderName
from recorder.providers import errors
from recorder.providers.client import Outcome
from recorder.providers.hosts import base_urls_for
from recorder.providers.transport import NotSent
from tests.recorder.providers.conftest import load_answer

URLS = base_urls_for(ProviderName.AGORA, "us")
NEAR, OTHER, NEIGHBOUR = (url.removeprefix("https://") for url in URLS)
LOST = requests.ConnectionError("reset")
NO_CONNECTION = requests.ConnectTimeout()
NO_NAME = NotSent(NameResolutionError(NEAR, None, OSError("unknown")))


@pytest.fixture
def hosts(handle):
    """Prepare what the hosts do in turn; gives the hosts that were called."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.called = []

        def prepare(*outcomes):
            left = list(outcomes)

            def answer(request):
                mock.called.append(request.url.split("/")[2])
                outcome = left.pop(0)
                if isinstance(outcome, Exception):
                    raise outcome
                status, answer = load_answer(outcome)
                return status, {}, json.dumps(answer)

            for method in ("GET", "POST"):
                mock.add_callback(method, re.compile("https://"), answer)
            return mock.called

        yield prepare


@pytest.fixture
def slept():
    return []


@pytest.fixture
def client(make_client, slept):
    return make_client(*URLS, sleep=slept.append)


def test_an_answer_from_the_first_host_needs_no_other(client, handle, hosts, slept):
    called = hosts("query_200_mix_hls")

    client.query(handle)

    assert (called, slept) == ([NEAR], [])


def test_trouble_in_the_network_leads_back_and_then_to_the_neighbour(client, handle, hosts, slept):
    called = hosts(LOST, NO_CONNECTION, "query_200_mix_hls")

    assert client.query(handle).status == 5

    assert called == [NEAR, NEAR, NEIGHBOUR]
    assert slept == [1.0, 3.0]


def test_a_name_not_found_is_looked_for_under_the_other_domain(client, handle, hosts, slept):
    called = hosts(NO_NAME, NO_NAME, NO_NAME, "query_200_mix_hls")

    client.query(handle)

    assert called == [NEAR, NEAR, OTHER, NEIGHBOUR]
    assert slept == [1.0, 3.0, 6.0]


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("acquire", "acquire_200"),
        ("query", "query_200_mix_hls"),
        ("update", "update_layout_200"),
        ("update_layout", "update_layout_200"),
        ("stop", "stop_200_uploaded"),
    ],
)
def test_everything_but_start_is_repeated(client, handle, hosts, operation, answer):
    called = hosts(NO_CONNECTION, answer)
    arguments = {
        "acquire": ("room", "1", {}),
        "query": (handle,),
        "update": (handle, {}),
        "update_layout": (handle, {}),
        "stop": (handle,),
    }

    getattr(client, operation)(*arguments[operation])

    assert called == [NEAR, NEAR]


@pytest.mark.parametrize("failure", [LOST, NO_CONNECTION, NO_NAME], ids=["lost", "late", "unknown"])
def test_start_is_sent_once(client, hosts, failure):
    called = hosts(failure)

    with pytest.raises(errors.ProviderError):
        client.start("resource-1", Mode.MIX, "room", "1", {})

    assert called == [NEAR]


@pytest.mark.parametrize(
    "answer", ["stop_504_backend_timeout", "gateway_429_rate", "query_404_not_found"]
)
def test_an_answer_is_an_answer_and_nothing_is_repeated(client, handle, hosts, answer):
    called = hosts(answer)

    with pytest.raises(errors.ProviderError):
        client.stop(handle)

    assert called == [NEAR]


def test_one_address_alone_is_asked_once(make_client, handle, hosts, slept):
    called = hosts(NO_CONNECTION)

    with pytest.raises(errors.ProviderUnreachable):
        make_client(URLS[0], sleep=slept.append).query(handle)

    assert (called, slept) == ([NEAR], [])


def test_when_no_connection_came_about_anywhere_it_is_certain(client, handle, hosts):
    hosts(*[NO_CONNECTION] * 3)

    with pytest.raises(errors.ProviderUnreachable):
        client.stop(handle)


def test_an_attempt_that_may_have_come_through_is_not_forgotten(client, handle, hosts):
    hosts(LOST, NO_CONNECTION, NO_CONNECTION)

    with pytest.raises(errors.ProviderUnavailable) as caught:
        client.stop(handle)

    assert type(caught.value) is errors.ProviderUnavailable


def test_a_refusal_of_the_repeat_is_the_answer(client, handle, hosts):
    hosts(LOST, "stop_400_already_stopping")

    with pytest.raises(errors.AlreadyStopped):
        client.stop(handle)


def test_each_attempt_is_paced_and_on_record(make_client, handle, hosts, calls):
    hosts(LOST, "query_200_mix_hls")
    asked = []

    make_client(*URLS, pace=asked.append, sleep=lambda _: None).query(handle)

    assert asked == [Operation.QUERY] * 2
    assert [(call.host, call.outcome) for call in calls] == [
        (NEAR, Outcome.UNKNOWN),
        (NEAR, Outcome.DONE),
    ]


def test_where_the_pace_allows_no_repeat_the_first_failure_stands(make_client, handle, hosts):
    called = hosts(LOST)
    allowed = iter([None])

    def pace(_operation):
        if next(allowed, errors.Paced(1.0)) is not None:
            raise errors.Paced(1.0)

    with pytest.raises(errors.ProviderUnavailable):
        make_client(*URLS, pace=pace, sleep=lambda _: None).query(handle)

    assert called == [NEAR]


def test_repeating_ends_when_patience_does(make_client, handle, hosts, monkeypatch):
    called = hosts(*[NO_NAME] * 4)
    now, elapsed = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now() + elapsed[0])

    def sleep(seconds):
        elapsed[0] += seconds + 5  # each attempt took 5 seconds

    with pytest.raises(errors.ProviderUnreachable):
        make_client(*URLS, sleep=sleep).query(handle)

    assert called == [NEAR, NEAR, OTHER]


def test_the_reason_of_requests_itself_reads_as_no_connection():
    error = NameResolutionError("host", None, OSError())

    assert not NotSent(error).resolved
    assert NotSent(MaxRetryError(None, "/", error)).resolved
