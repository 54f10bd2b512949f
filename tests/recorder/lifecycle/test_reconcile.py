import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.errors import RecorderError
from recorder.lifecycle import leases, reconcile
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.due import next_check
from recorder.lifecycle.fold import fold
from recorder.lifecycle.observe import BucketListing, Missing404, Noticed
from recorder.lifecycle.resolve import ReasonNeeded, acknowledge, give_up
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.steps import work
from recorder.models import AuditEntry, InvalidTransition, RecordingSession
from tests.support.provider import lost, says
from tests.support.repeating import again_until
from tests.support.rows import make_project, wait_of

pytestmark = pytest.mark.django_db(transaction=True)

NOT_FOUND = says(404, code=404, reason="failed to find worker")


@pytest.fixture
def session(request_for, user) -> RecordingSession:
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    return session


def until_due(session, bucket=None):
    with time_machine.travel(session.next_check_at + timedelta(milliseconds=1), tick=True):
        reconcile.sweep(bucket=bucket)
    session.refresh_from_db()
    return session


def seconds_between_checks(session, count):
    waits = []
    for _ in range(count):
        waits.append(wait_of(session))
        until_due(session)
    return waits


def test_a_started_session_is_asked_for_after_5_10_and_15_seconds_then_every_two_minutes(session):
    assert seconds_between_checks(session, 5) == [5, 10, 15, 120, 120]


def test_nothing_is_sent_before_it_is_due(session, provider):
    assert reconcile.sweep() == 0
    assert provider.count("query") == 0


def test_a_query_that_says_recording_confirms_the_start(session, provider):
    until_due(session)

    assert (session.status, session.provider_status) == (Status.RECORDING, 5)
    assert session.playlist == "sid-1_room.m3u8"
    assert session.recording_at is not None
    assert session.upload == Upload.UPLOADING


def test_a_session_that_is_not_recording_after_90_seconds_needs_attention_and_has_not_failed(
    session, provider
):
    provider.status, provider.files = 2, False
    again_until(lambda: session.attention, lambda: until_due(session))

    asked_until = session.changed_at
    provider.status = 4
    between = (session.status, session.attention)
    until_due(session)

    assert between == (Status.STARTING, Attention.NOT_RECORDING)
    assert asked_until - session.start_sent_at > timedelta(seconds=90)
    assert (session.status, session.attention) == (Status.RECORDING, "")


def test_one_404_makes_it_recovering_and_it_is_asked_for_soon_again(session, provider):
    until_due(session)
    provider.will("query", NOT_FOUND)

    until_due(session)
    first = (session.status, session.attention)
    wait = session.next_check_at - session.changed_at
    until_due(session)

    assert first == (Status.RECOVERING, Attention.MISSING)
    assert timedelta(seconds=4) < wait < timedelta(seconds=6)
    assert (session.status, session.attention) == (Status.RECORDING, "")


@pytest.mark.parametrize(("times", "wait"), [(1, 5), (2, 10), (3, 15), (9, 15)])
def test_after_one_more_404_it_is_asked_for_later(make_session, times, wait):
    now = timezone.now()
    missing = [(now - timedelta(seconds=number)).isoformat() for number in range(times)]
    session = make_session(Status.RECOVERING, missing=missing)

    assert next_check(session, now) - now == timedelta(seconds=wait)


def test_a_recording_with_files_that_stays_away_for_90_seconds_has_ended_by_itself(
    session, provider
):
    until_due(session)
    provider.tasks.clear()

    until_due(session)
    begun = session.changed_at
    again_until(lambda: session.status != Status.RECOVERING, lambda: until_due(session))

    assert session.changed_at - begun >= timedelta(seconds=90)
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UNKNOWN)


def test_a_404_before_and_after_a_time_without_answers_is_not_the_end(session, provider):
    """The service is down for a while, and only then moves its recordings."""
    provider.will("query", says(200, serverResponse={"status": 5}))
    until_due(session)
    absent, down = says(404, code=404), says(503)
    provider.will("query", absent, *[down] * 6, absent, absent)

    for _ in range(9):
        until_due(session)
    missing = session.status
    until_due(session)

    assert missing == Status.RECOVERING
    assert session.status == Status.RECORDING


def test_a_session_that_never_recorded_and_is_gone_has_failed(session, provider):
    provider.tasks.clear()

    again_until(lambda: session.status != Status.STARTING, lambda: until_due(session))

    assert (session.status, session.attention) == (Status.FAILED, Attention.FAILED)
    assert session.failure["http_status"] == 404


def test_a_session_that_leaves_by_itself_is_followed_to_its_end(session, provider):
    until_due(session)
    provider.status = 7

    until_due(session)
    leaving = session.status
    provider.tasks.clear()
    until_due(session)

    assert leaving == Status.STOPPING
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UNKNOWN)
    assert provider.count("stop") == 0


def test_a_session_that_is_exiting_counts_as_leaving(session, provider):
    provider.will("query", says(400, code=501))

    until_due(session)

    assert session.status == Status.STOPPING


def test_an_abnormal_exit_fails_the_session(session, provider):
    provider.status = 20

    until_due(session)

    assert (session.status, session.failure["code"]) == (Status.FAILED, 20)


def test_a_provider_that_is_silent_keeps_the_state_and_is_asked_again(session, provider):
    until_due(session)
    provider.will("query", *[says(500, code=500)] * 3)

    for _ in range(3):
        until_due(session)
    silent = (session.status, session.attention)
    until_due(session)

    assert silent == (Status.RECORDING, Attention.SILENT)
    assert (session.status, session.attention, session.tries) == (Status.RECORDING, "", 0)


def test_after_the_end_the_bucket_is_looked_at_until_all_is_there(make_session):
    session = make_session(Status.STOPPED, upload=Upload.UNKNOWN.value)
    seen = iter([False, False, True])

    def look(_session):
        return BucketListing(timezone.now(), complete=next(seen))

    for _ in range(3):
        until_due(session, look)

    assert session.upload == Upload.UPLOADED
    assert session.next_check_at is None


def test_an_upload_that_stays_unknown_needs_attention_and_is_given_up_after_a_day(make_session):
    session = make_session(Status.STOPPED, upload=Upload.UNKNOWN.value)

    for _ in range(8):
        until_due(session)
    attention = session.attention
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert attention == Attention.UPLOAD_UNKNOWN
    assert session.next_check_at is None


def test_trouble_with_the_bucket_only_means_looking_again(make_session):
    session = make_session(Status.STOPPED, upload=Upload.UPLOADING.value)

    def look(_session):
        raise RecorderError("The storage refused the key.")

    until_due(session, look)

    assert session.upload == Upload.UPLOADING
    assert session.next_check_at is not None


def test_an_uploaded_recording_whose_bucket_could_not_be_read_is_looked_at_again(make_session):
    """Else it would be shown without its slices until somebody compares it with the storage."""
    session = make_session(Status.STOPPED, upload=Upload.UPLOADED.value)

    def refused(_session):
        raise RecorderError("The storage did not answer.")

    until_due(session, refused)
    again = session.next_check_at
    until_due(session, lambda _session: BucketListing(timezone.now(), complete=True))

    assert again is not None
    assert session.next_check_at is None


def test_a_bucket_that_cannot_be_read_is_not_asked_all_day_for_what_is_uploaded(make_session):
    session = make_session(Status.STOPPED, upload=Upload.UPLOADED.value)
    looks = 0
    while session.next_check_at is not None:
        until_due(session)
        looks += 1

    assert looks == 6


def test_sweeps_at_once_do_each_session_once(make_session, provider):
    for _ in range(40):
        make_session(Status.RECORDING)
    gate = threading.Barrier(4)
    provider.will("query", *[says(200, serverResponse={"status": 5})] * 50)

    def run():
        gate.wait()
        try:
            reconcile.sweep(100)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    while provider.count("query") < 40:  # some had to wait for their account's turn
        reconcile.sweep(100)
    assert len({call.sid for call in provider.calls}) == provider.count("query") == 40


def test_stops_go_before_everything_else_that_is_due(make_session, provider, user):
    for _ in range(3):
        make_session(Status.RECORDING)
    wished = make_session(Status.RECORDING, stop_requested_at=timezone.now())

    reconcile.sweep(1)

    assert provider.calls[0].sid == wished.sid
    assert provider.calls[0].operation == "stop"


def test_a_lease_that_ran_out_lets_the_next_one_in(make_session):
    session = make_session(Status.RECORDING)
    first = leases.claim(session)

    refused = leases.claim(session)
    with time_machine.travel(timezone.now() + leases.LEASE, tick=True):
        second = leases.claim(session)

    assert refused == ""
    assert second not in {"", first}


@pytest.mark.parametrize("wish", ["start", "stop"])
def test_who_was_slower_than_its_lease_sends_nothing_any_more(make_session, provider, wish):
    if wish == "start":
        session = make_session(Status.ACQUIRED, acquired_at=timezone.now())
    else:
        session = make_session(Status.RECORDING, stop_requested_at=timezone.now())
    slow = leases.claim(session)
    with time_machine.travel(timezone.now() + leases.LEASE, tick=True):
        other = leases.claim(RecordingSession.objects.get())

        work(session, slow)

    assert provider.calls == []
    assert RecordingSession.objects.get().lease_token == other


def test_a_session_that_cannot_be_asked_for_holds_up_no_other(make_session, project, provider):
    broken = make_session(Status.RECORDING, project=make_project("not an address"))
    sound = make_session(Status.RECORDING)

    assert reconcile.sweep() == 2

    broken.refresh_from_db()
    assert broken.tries == 1
    assert provider.calls[0].sid == sound.sid


def test_an_unconfirmed_session_ends_by_a_person_s_word(request_for, user, provider):
    provider.will("start", lost)
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)

    with pytest.raises(ReasonNeeded):
        give_up(session, by=user, reason=" ")
    give_up(session, by=user, reason="Seen in the console: not running.")

    assert session.status == Status.FAILED
    told = AuditEntry.objects.get(action="session.give_up", user=user)
    assert told.details["reason"] == "Seen in the console: not running."
    with pytest.raises(InvalidTransition):
        give_up(session, by=user, reason="again")


def test_attention_that_was_put_aside_stays_away_until_there_is_another_reason(
    session, provider, user
):
    provider.status, provider.files = 2, False
    again_until(lambda: session.attention, lambda: until_due(session))

    with time_machine.travel(session.changed_at, tick=True):
        acknowledge(session, by=user)
    until_due(session)
    quiet = session.attention
    provider.tasks.clear()
    until_due(session)

    assert quiet == ""
    assert session.attention == Attention.MISSING


def test_what_was_put_aside_and_passed_asks_for_attention_when_it_comes_anew(
    session, provider, user
):
    until_due(session)
    provider.will("query", NOT_FOUND)
    until_due(session)
    with time_machine.travel(session.changed_at, tick=True):
        acknowledge(session, by=user)
    aside = session.attention
    until_due(session)
    provider.will("query", NOT_FOUND)
    until_due(session)

    assert aside == ""
    assert session.attention == Attention.MISSING


def test_what_a_notice_told_stays_aside_until_one_tells_of_something_worse(session, user):
    def tell(level):
        now = timezone.now()
        trouble = {"at": now.isoformat(), "event_type": 1, "level": level, "module": 2}
        fold(session, Noticed(now, now, session.sid, status=Status.RECORDING, trouble=trouble))
        return session.attention

    first = tell(3)
    acknowledge(session, by=user)
    fold(session, Missing404(timezone.now()))
    missing = session.attention

    assert (first, missing) == (Attention.REPORTED, Attention.MISSING)
    assert tell(2) == ""
    assert tell(4) == Attention.REPORTED


def test_a_stop_nobody_confirms_can_be_given_up_also_when_it_was_put_aside(make_session, user):
    long_ago = timezone.now() - timedelta(minutes=9)
    session = make_session(Status.STOPPING, stop_requested_at=long_ago, started_at=long_ago)

    acknowledge(session, by=user)  # the commit finds the reason
    found = session.attention
    acknowledge(session, by=user)
    give_up(session, by=user, reason="Seen in the console: stopped.")

    assert found == Attention.STOP_UNANSWERED
    assert session.status == Status.STOPPED
