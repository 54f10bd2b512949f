import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection, connections
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.lifecycle import leases, reconcile
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.due import FIRST_QUERIES
from recorder.lifecycle.requests import InvalidRequest
from recorder.lifecycle.start import AlreadyRecording, KeyReused, request_start, send_start
from recorder.lifecycle.stop import request_stop
from recorder.models import Account, AuditEntry, ProviderCall, RecordingSession, Secret
from tests.support.provider import held, lost, says
from tests.support.rows import STORAGE_SECRET

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(request_for, user) -> RecordingSession:
    return request_start(request_for(), by=user, form_key=None)[0]


def test_a_start_commits_the_wish_before_anything_is_sent(request_for, user, provider):
    session, fresh = request_start(request_for(), by=user, form_key="k")

    assert fresh
    assert session.status == Status.REQUESTED
    assert session.next_check_at is not None
    assert provider.calls == []
    assert AuditEntry.objects.get().action == "session.start"


def test_the_stored_request_holds_the_places_of_secrets_and_what_is_sent_their_values(
    session, provider
):
    storage = session.request["storageConfig"]

    send_start(session)

    assert storage["secretKey"] == {"secret": "clientRequest.storageConfig.secretKey"}
    assert storage["fileNamePrefix"] == [session.reference]
    assert STORAGE_SECRET not in json.dumps(session.request)
    sent = provider.last("start").body["clientRequest"]["storageConfig"]
    assert sent["secretKey"] == STORAGE_SECRET
    assert STORAGE_SECRET not in json.dumps(
        list(ProviderCall.objects.values("request")), default=str
    )


def test_a_start_that_is_answered_knows_its_sid_and_when_to_ask(session, provider):
    send_start(session)

    session.refresh_from_db()
    assert (session.status, session.sid) == (Status.STARTING, "sid-1")
    assert (session.resource_id, session.lease_token) == ("resource-1", "")
    wait = session.next_check_at - session.started_at
    assert timedelta(seconds=4.9) < wait < timedelta(seconds=FIRST_QUERIES[0] + 1)
    assert [call.operation for call in ProviderCall.objects.order_by("id")] == ["acquire", "start"]


def test_the_row_says_starting_before_start_is_sent(session, provider):
    seen = []

    def script(provider, call):
        row = RecordingSession.objects.get()
        seen.append((row.status, row.start_sent_at, row.resource_id))
        return provider.usual(call)

    provider.will("start", script)

    send_start(session)

    [(status, sent_at, resource_id)] = seen
    assert (status, resource_id) == (Status.STARTING, "resource-1")
    assert sent_at is not None


def test_a_lost_answer_to_start_makes_the_session_unconfirmed_and_is_not_repeated_when_old(
    session, provider
):
    provider.will("start", lost)

    send_start(session)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert (session.status, session.attention) == (Status.UNCONFIRMED, Attention.UNCONFIRMED)
    assert provider.count("start") == 1
    assert len(provider.live) == 1


@pytest.mark.parametrize(
    "answer", [says(500, code=500), says(206, code=65), says(201, code=7), says(200, oddly="empty")]
)
def test_an_answer_that_does_not_tell_whether_it_runs_is_unconfirmed(session, provider, answer):
    provider.will("start", answer)

    send_start(session)

    assert session.status == Status.UNCONFIRMED


def test_a_start_that_had_run_before_is_adopted_when_the_answer_names_its_sid(session, provider):
    provider.will("start", says(201, code=7, reason="already started", sid="abc"))

    send_start(session)

    assert (session.status, session.sid) == (Status.STARTING, "abc")


def test_a_sid_that_cannot_be_stored_at_once_is_stored_a_moment_later(
    session, provider, monkeypatch
):
    """It is in no other place."""
    monkeypatch.setattr("recorder.lifecycle.launch.time.sleep", lambda _seconds: None)
    troubles = iter(range(2))

    def locked(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "sid-1" in params and next(troubles, None) is not None:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(locked):
        send_start(session)

    session.refresh_from_db()
    assert next(troubles, None) is None
    assert session.sid == "sid-1"


def test_a_refused_start_fails_with_the_provider_s_own_words_and_forgets_its_secrets(
    session, provider
):
    provider.will("start", says(400, code=53, reason="task conflict"))

    send_start(session)

    assert session.status == Status.FAILED
    assert session.failure | {"at": ""} == {
        "at": "",
        "operation": "start",
        "http_status": 400,
        "code": 53,
        "text": "task conflict",
    }
    assert not session.secrets
    assert session.next_check_at is None


@pytest.mark.parametrize("operation", ["acquire", "start"])
def test_a_limited_call_is_due_again_and_then_goes_through(session, provider, operation):
    provider.will(operation, says(429, message="API rate limit exceeded"))

    send_start(session)
    before = session.status
    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert before == (Status.REQUESTED if operation == "acquire" else Status.ACQUIRED)
    assert (session.status, session.tries) == (Status.STARTING, 0)
    assert len(provider.live) == 1


def test_a_provider_out_of_reach_is_waited_for_and_said_to_be(session, project):
    url = project.base_url
    type(project).objects.update(base_url="http://127.0.0.1:9")

    for _ in range(3):
        with time_machine.travel(session.next_check_at, tick=True):
            reconcile.sweep()
            session.refresh_from_db()
    waiting = session.attention
    type(project).objects.update(base_url=url)
    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert waiting == Attention.WAITING
    assert (session.status, session.attention) == (Status.STARTING, "")


def test_a_lost_answer_to_acquire_is_asked_for_again(session, provider):
    provider.will("acquire", lost)

    send_start(session)
    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert session.resource_id == "resource-2"
    assert provider.count("start") == 1


def test_a_provider_in_trouble_keeps_the_start_waiting_and_says_so(session, provider):
    provider.will("acquire", *[says(500, code=500)] * 9)

    for _ in range(9):
        with time_machine.travel(session.next_check_at, tick=True):
            reconcile.sweep()
            session.refresh_from_db()
    waiting = (session.status, session.attention)
    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep()
        session.refresh_from_db()

    assert waiting == (Status.REQUESTED, Attention.WAITING)
    assert session.sid == "sid-1"


def test_an_expired_resource_id_is_replaced_once(session, provider):
    provider.will("start", says(400, code=433))

    send_start(session)
    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert (session.status, session.resource_id) == (Status.STARTING, "resource-2")


def test_a_second_resource_id_called_expired_fails_the_session(session, provider):
    provider.will("start", says(400, code=433), says(400, code=433))

    send_start(session)
    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert (session.status, session.failure["code"]) == (Status.FAILED, 433)


def test_a_resource_id_that_waited_too_long_is_not_even_tried(make_session, provider):
    session = make_session(
        Status.ACQUIRED,
        resource_id="stale",
        acquired_at=timezone.now() - timedelta(minutes=5),
    )

    send_start(session)

    assert provider.last("start").resource_id == "resource-1"
    assert session.status == Status.STARTING


def test_an_account_at_its_pace_leaves_the_session_due(request_for, user, project, provider):
    session, _ = request_start(request_for(), by=user, form_key=None)
    far = int(timezone.now().timestamp()) * 1_000_000 + 9_000_000
    Account.objects.create(provider="sandbox", customer_id=project.customer_id, next_free_us=far)

    send_start(session)

    assert (session.status, session.tries, provider.calls) == (Status.REQUESTED, 0, [])
    assert session.next_check_at > timezone.now() + timedelta(seconds=6)


def test_the_same_key_again_gives_the_first_session(request_for, user):
    first, _ = request_start(request_for(), by=user, form_key="k")

    second, fresh = request_start(request_for(), by=user, form_key="k")

    assert (second.pk, fresh) == (first.pk, False)


def test_the_same_key_with_another_request_is_refused(request_for, user):
    request_start(request_for(), by=user, form_key="k")

    with pytest.raises(KeyReused):
        request_start(request_for("other"), by=user, form_key="k")

    assert RecordingSession.objects.count() == 1


def test_a_channel_that_this_uid_records_already_is_refused_with_the_running_session(
    request_for, user
):
    first, _ = request_start(request_for(), by=user, form_key=None)

    with pytest.raises(AlreadyRecording) as refusal:
        request_start(request_for(), by=user, form_key=None)

    assert refusal.value.session == first
    assert first.reference in str(refusal.value)


def test_fifty_clicks_at_once_make_one_session_and_one_start(request_for, user, provider):
    results, gate = [], threading.Barrier(50)

    def click():
        gate.wait()
        try:
            session, fresh = request_start(request_for(), by=user, form_key="k")
            send_start(session)
            results.append((session.pk, fresh))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 50
    assert len({pk for pk, _ in results}) == 1
    assert sum(fresh for _, fresh in results) == 1
    assert provider.count("start") == 1
    assert RecordingSession.objects.get().sid == "sid-1"


def test_what_the_service_would_refuse_is_refused_here_on_its_field(request_for, user, provider):
    request = request_for("bad/name", client_request={"recordingConfig": {"maxIdleTime": 1}})

    with pytest.raises(InvalidRequest) as refusal:
        request_start(request, by=user, form_key=None)

    assert {"cname", "clientRequest.recordingConfig.maxIdleTime"} <= refusal.value.fields.keys()
    assert RecordingSession.objects.count() == 0


def test_a_stop_before_anything_was_sent_cancels_the_start(session, user, provider):
    request_stop(session, by=user)

    send_start(session)

    assert (session.status, session.upload) == (Status.STOPPED, Upload.NONE)
    assert provider.calls == []


def test_a_stop_between_acquire_and_start_cancels_the_start(session, user, provider):
    def script(provider, call):
        request_stop(RecordingSession.objects.get(), by=user)
        return provider.usual(call)

    provider.will("acquire", script)

    send_start(session)

    assert session.status == Status.STOPPED
    assert provider.count("start") == 0


def test_a_stop_while_start_is_in_flight_goes_when_the_sid_is_known(session, user, provider):
    def script(provider, call):
        request_stop(RecordingSession.objects.get(), by=user)
        return provider.usual(call)

    provider.will("start", script)

    send_start(session)
    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UPLOADED)
    assert provider.live == []


def test_somebody_who_is_at_it_is_left_alone(session, provider):
    other = leases.claim(session)

    send_start(session)

    session.refresh_from_db()
    assert session.lease_token == other
    assert provider.calls == []


def test_an_answer_that_comes_after_the_lease_ran_out_is_still_the_truth(session, provider):
    release = threading.Event()
    provider.will("start", held(release))
    thread = threading.Thread(target=_start_in_thread, args=(session,))
    thread.start()
    while not RecordingSession.objects.filter(status=Status.STARTING).exists():
        pass
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True):
        reconcile.sweep()  # finds a start without an answer and nobody at it
        between = RecordingSession.objects.get().status

        release.set()
        thread.join()

    session.refresh_from_db()
    assert between == Status.UNCONFIRMED
    assert session.sid == "sid-1"
    assert session.attention != Attention.UNCONFIRMED


def _start_in_thread(session):
    send_start(session)
    connections.close_all()


def test_a_project_whose_secret_cannot_be_read_fails_the_start_with_a_sentence(
    session, project, settings, provider
):
    type(project).objects.update(customer_secret=Secret("not a token"))
    session = RecordingSession.objects.get(pk=session.pk)

    send_start(session)

    assert session.status == Status.FAILED
    assert "FIELD_ENCRYPTION_KEYS" in session.failure["text"]
    assert provider.calls == []


def test_a_start_that_is_sent_at_once_is_claimed_in_the_commit_of_its_wish(
    request_for, user, provider
):
    lease = leases.token()
    session, _ = request_start(request_for(), by=user, form_key=None, lease=lease)
    others = reconcile.sweep()

    send_start(session, lease=lease)

    assert others == 0
    assert session.sid == "sid-1"


def test_who_dies_between_wish_and_start_is_taken_over_after_fifteen_seconds(
    request_for, user, provider
):
    session, _ = request_start(request_for(), by=user, form_key=None, lease=leases.token())

    with time_machine.travel(timezone.now() + leases.FIRST, tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert session.sid == "sid-1"
