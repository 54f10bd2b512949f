import pytest

from recorder.contract.layouts import Layout, Region
from recorder.contract.states import Mode, Status
from recorder.lifecycle import leases
from recorder.lifecycle.change import Busy
from recorder.lifecycle.layout import apply_layout
from recorder.lifecycle.requests import InvalidRequest
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.subscribe import update_subscription
from recorder.models import AuditEntry, InvalidTransition, ProviderCall, RecordingSession
from recorder.providers.errors import ProviderError, ProviderUnavailable, SessionNotFound
from tests.support.provider import lost, says

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(request_for, user) -> RecordingSession:
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    return session


def test_a_saved_layout_is_sent_whole_and_is_then_in_force(session, user, layout_version, provider):
    apply_layout(session, layout_version, by=user)

    session.refresh_from_db()
    sent = provider.last("updateLayout").body["clientRequest"]
    assert sent["mixedVideoLayout"] == 3
    assert [region["width"] for region in sent["layoutConfig"]] == [0.5, 0.5]
    assert sent["backgroundColor"] == "#000000"
    assert session.layout == sent
    assert session.layout_version == layout_version
    assert ProviderCall.objects.filter(operation="updateLayout", session=session).count() == 1
    assert AuditEntry.objects.get(action="session.layout").details["layout"]


def test_a_part_of_a_layout_is_completed_since_the_service_resets_the_rest(session, user, provider):
    apply_layout(session, {"mixedVideoLayout": 1, "newer": True}, by=user)

    sent = provider.last("updateLayout").body["clientRequest"]
    assert sent == {"mixedVideoLayout": 1, "backgroundColor": "#000000", "newer": True}


def test_a_layout_that_the_service_would_refuse_is_not_sent(session, user, provider):
    outside = {
        "mixedVideoLayout": 3,
        "layoutConfig": [{"x_axis": 0.8, "y_axis": 0, "width": 0.5, "height": 1}],
    }

    with pytest.raises(InvalidRequest) as refusal:
        apply_layout(session, outside, by=user)

    assert any("layoutConfig.0" in path for path in refusal.value.fields)
    assert provider.count("updateLayout") == 0


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"mode": Mode.WEB.value}, "mix"),
        ({"status": Status.STOPPED}, "ended"),
        ({"status": Status.UNCONFIRMED}, "lost"),
        ({"status": Status.RECOVERING}, "moving"),
        ({"status": Status.REQUESTED}, "not started"),
        ({"status": Status.STOPPING}, "being stopped"),
    ],
)
def test_a_layout_is_refused_with_a_sentence_where_it_makes_no_sense(
    make_session, user, provider, fields, word
):
    session = make_session(**fields)

    with pytest.raises(InvalidTransition, match=word):
        apply_layout(session, Layout(1), by=user)

    assert provider.calls == []


def test_a_refused_layout_leaves_the_old_one_in_force(session, user, provider):
    before = session.layout
    provider.will("updateLayout", says(400, code=1028, reason="bad layout"))

    with pytest.raises(ProviderError, match="bad layout"):
        apply_layout(session, Layout(2, max_resolution_uid="7"), by=user)

    session.refresh_from_db()
    assert session.layout == before
    assert session.lease_token == ""
    assert ProviderCall.objects.filter(operation="updateLayout").get().outcome == "refused"
    assert not AuditEntry.objects.filter(action="session.layout").exists()


def test_a_lost_answer_leaves_open_whether_the_layout_is_in_force(session, user, provider):
    provider.will("updateLayout", lost)

    with pytest.raises(ProviderUnavailable):
        apply_layout(session, Layout(1), by=user)


def test_a_session_that_is_not_found_is_then_looked_for(session, user, provider):
    provider.tasks.clear()

    with pytest.raises(SessionNotFound):
        apply_layout(session, Layout(1), by=user)

    session.refresh_from_db()
    assert len(session.missing) == 1


def test_a_change_does_not_push_in_between_another_call(session, user, monkeypatch):
    monkeypatch.setattr("recorder.lifecycle.change.PATIENCE", 0)
    leases.claim(session)

    with pytest.raises(Busy):
        apply_layout(session, Layout(1), by=user)


def test_regions_arrive_with_their_six_decimals(session, user, provider):
    apply_layout(session, Layout(3, (Region(333_333, 0, 333_333, 1_000_000),)), by=user)

    [region] = provider.last("updateLayout").body["clientRequest"]["layoutConfig"]
    assert (region["x_axis"], region["width"]) == (0.333333, 0.333333)


def test_a_subscription_replaces_the_earlier_one(session, user, provider):
    request = {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["1"]}}}

    update_subscription(session, request, by=user)

    assert provider.last("update").body["clientRequest"] == request
    assert AuditEntry.objects.get(action="session.update").user == user
