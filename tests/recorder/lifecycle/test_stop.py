import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.lifecycle import reconcile
from recorder.lifecycle.attention import Attention, regard
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.lifecycle.words import legal_actions
from recorder.models import Account, AuditEntry, InvalidTransition, RecordingSession, User
from tests.support.provider import held, lost, says
from tests.support.repeating import again_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(request_for, user) -> RecordingSession:
    """One that was started at the provider."""
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    return session


def stopped(session: RecordingSession, user) -> RecordingSession:
    request_stop(session, by=user)
    send_stop(session)
    return session


def until_due(session: RecordingSession) -> RecordingSession:
    """Let the time come at which something is to be done, and do it."""
    with time_machine.travel(session.next_check_at + timedelta(milliseconds=1), tick=True):
        reconcile.sweep()
    session.refresh_from_db()
    return session


def test_the_wish_is_committed_at_the_click_with_who_had_it(session, user, provider):
    first = request_stop(session, by=user)

    session.refresh_from_db()
    assert first
    assert session.stop_requested_by == user
    assert session.status == Status.STARTING
    assert provider.count("stop") == 0
    assert AuditEntry.objects.filter(action="session.stop", user=user).count() == 1


def test_a_second_wish_changes_nothing_and_tells_who_was_first(session, user):
    request_stop(session, by=user)
    session.refresh_from_db()
    at, due = session.stop_requested_at, session.next_check_at

    again = request_stop(session, by=User.objects.create_user("grace"))

    session.refresh_from_db()
    assert not again
    assert (session.stop_requested_by, session.stop_requested_at) == (user, at)
    assert session.next_check_at == due
    assert AuditEntry.objects.filter(action="session.stop").count() == 1


def test_a_session_that_ended_by_itself_cannot_be_stopped(make_session, user):
    session = make_session(Status.STOPPED)

    with pytest.raises(InvalidTransition):
        request_stop(session, by=user)


def test_stop_stores_the_playlist_and_its_file_when_all_is_uploaded(session, user):
    stopped(session, user)

    assert (session.status, session.upload) == (Status.STOPPED, Upload.UPLOADED)
    assert session.playlist == "sid-1_room.m3u8"
    assert session.files.get().kind == "playlist"
    assert session.ended_at is not None
    assert not session.secrets


def test_a_session_is_stopping_while_the_stop_is_on_its_way(session, user, provider):
    seen = []

    def script(provider, call):
        row = RecordingSession.objects.get()
        seen.append((row.status, bool(row.stop_sent_at)))
        return provider.usual(call)

    provider.will("stop", script)

    stopped(session, user)

    assert seen == [(Status.STOPPING, True)]


def test_fifty_clicks_at_once_send_one_stop(session, user, provider):
    gate, firsts = threading.Barrier(50), []

    def click():
        gate.wait()
        try:
            own = RecordingSession.objects.get()
            firsts.append(request_stop(own, by=user))
            send_stop(own)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(firsts) == 1
    assert provider.count("stop") == 1
    assert RecordingSession.objects.get().status == Status.STOPPED


@pytest.mark.parametrize(
    ("answer", "upload"),
    [
        (says(206, serverResponse={}), Upload.UNKNOWN),
        (says(206, code=435, reason="no recorded data"), Upload.NO_FILES),
        (says(400, code=49, reason="invalid operation"), Upload.UNKNOWN),
        (says(200, serverResponse={"uploadingStatus": "backuped"}), Upload.BACKED_UP),
    ],
)
def test_every_way_of_saying_that_it_stopped_ends_the_session(
    session, user, provider, answer, upload
):
    provider.will("stop", answer)

    stopped(session, user)

    assert (session.status, session.upload) == (Status.STOPPED, upload)


@pytest.mark.parametrize(
    "answer",
    [lost, says(500, code=500), says(429, message="slow down"), says(401), says(206, code=65)],
)
def test_a_stop_without_a_clear_answer_is_repeated(session, user, provider, answer):
    provider.will("stop", answer)

    stopped(session, user)
    between = session.status
    for _ in range(30):  # what ended at the lost answer is not found again: that takes 90 s
        if session.status == Status.STOPPING:
            until_due(session)

    assert between == Status.STOPPING
    assert session.status == Status.STOPPED
    assert provider.live == []


def test_a_stop_that_finds_nothing_is_repeated_for_the_time_of_a_fail_over(session, user, provider):
    reconcile.check(session)
    provider.will("stop", *[says(404, code=404)] * 3)

    stopped(session, user)
    tries = []
    again_until(
        lambda: session.status == Status.STOPPED,
        lambda: (tries.append(session.tries), until_due(session)),
    )

    assert provider.count("stop") == 4
    assert tries == [1, 2, 3]  # each of which is waited for longer
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UPLOADED)


def test_a_session_that_stays_unknown_after_a_stop_has_stopped_with_its_upload_unknown(
    session, user, provider
):
    reconcile.check(session)
    provider.tasks.clear()
    begun = timezone.now()

    stopped(session, user)
    again_until(lambda: session.status != Status.STOPPING, lambda: until_due(session))

    assert session.changed_at - begun >= timedelta(seconds=89)
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UNKNOWN)


def test_a_stop_waits_for_a_query_on_its_way_and_none_is_sent_during_a_stop(
    session, user, provider
):
    query_may_answer, overlap = threading.Event(), []
    provider.will("query", held(query_may_answer))
    provider.will("stop", lambda p, c: (overlap.append(p.count("query")), p.usual(c))[1])

    def ask():
        reconcile.check(RecordingSession.objects.get())
        connections.close_all()

    asking = threading.Thread(target=ask)
    asking.start()
    while provider.count("query") == 0:
        pass
    request_stop(session, by=user)

    def stop():
        send_stop(RecordingSession.objects.get())
        connections.close_all()

    stopping = threading.Thread(target=stop)
    stopping.start()
    stopping.join(0.3)
    sent_before = provider.count("stop")
    query_may_answer.set()
    asking.join()
    stopping.join()

    assert sent_before == 0
    assert overlap == [1]
    assert RecordingSession.objects.get().status == Status.STOPPED


def test_a_stop_that_nobody_confirms_for_a_minute_needs_attention(session, user, provider):
    provider.will("stop", *[says(500, code=500)] * 30)

    stopped(session, user)
    with time_machine.travel(timezone.now() + timedelta(seconds=62), tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert session.attention == Attention.STOP_UNANSWERED


def test_one_that_left_by_itself_and_is_not_heard_of_again_can_be_given_up(session):
    session.status, session.tries = Status.STOPPING.value, 3

    regard(session, timezone.now())

    assert session.attention == Attention.SILENT
    assert legal_actions(session)["give_up"] is None


def test_an_unconfirmed_session_keeps_the_wish_until_its_sid_turns_up(request_for, user, provider):
    from recorder.lifecycle.fold import fold
    from recorder.lifecycle.observe import StartAnswer

    provider.will("start", lost)
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    stopped(session, user)
    before = (session.status, provider.count("stop"))

    fold(session, StartAnswer(timezone.now(), "sid-1"))
    until_due(session)

    assert before == (Status.UNCONFIRMED, 0)
    assert session.status == Status.STOPPED
    assert provider.live == []


def test_a_stop_that_waits_for_its_turn_has_not_failed(session, user, project, provider):
    far = int(timezone.now().timestamp()) * 1_000_000 + 9_000_000
    Account.objects.filter(customer_id=project.customer_id).update(next_free_us=far)

    stopped(session, user)

    assert (session.status, session.tries) == (Status.STOPPING, 0)
    assert provider.count("stop") == 0
