"""Trouble for many sessions: a provider that is down, a full account, a bad row, a full disk."""

import threading
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from recorder.contract.states import Status
from recorder.errors import RecorderError
from recorder.lifecycle import leases, limits, reconcile
from recorder.lifecycle.attention import BREAKS, Attention, tell_late_stops
from recorder.lifecycle.breaker import OPENS_AFTER, Breaker, Paused
from recorder.lifecycle.due import next_check
from recorder.lifecycle.observe import BucketListing
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop
from recorder.lifecycle.words import legal_actions
from recorder.models import Account, AuditEntry, Project, RecordingSession
from tests.support.disk import full_disk  # noqa: F401
from tests.support.provider import says

pytestmark = pytest.mark.django_db(transaction=True)

DOWN = says(503)


def at(moment):
    return time_machine.travel(moment, tick=True)


def test_a_provider_that_is_down_is_asked_less_and_less_by_one_at_a_time(
    make_session, provider, project
):
    sessions = [make_session(Status.RECORDING) for _ in range(40)]
    provider.will("query", *[DOWN] * 500)
    now = timezone.now()

    for second in range(0, 600, 2):
        with at(now + timedelta(seconds=second)):
            reconcile.sweep(1000)

    project.refresh_from_db()
    assert project.failing_since is not None
    assert OPENS_AFTER < provider.count("query") < OPENS_AFTER + 40
    assert all(RecordingSession.objects.get(pk=s.pk).status == Status.RECORDING for s in sessions)


def test_with_the_first_answer_everything_goes_on_in_order_stops_first(
    make_session, provider, project, user
):
    now = timezone.now()
    waiting = [
        make_session(Status.RECORDING, next_check_at=now - timedelta(seconds=60 - n))
        for n in range(5)
    ]
    Project.objects.update(failures=20, failing_since=now, paused_until=now + timedelta(seconds=30))
    last = make_session(Status.RECORDING)
    request_stop(last, by=user)

    reconcile.sweep()
    silent = list(provider.calls)
    with at(now + timedelta(seconds=31)):
        reconcile.sweep()

    assert silent == []
    order = list(dict.fromkeys(call.sid for call in provider.calls))
    assert order == [last.sid, *[s.sid for s in waiting]]
    project.refresh_from_db()
    assert (project.failures, project.paused_until) == (0, None)


def test_a_stop_that_waits_for_a_provider_in_trouble_asks_for_attention_and_can_be_given_up(
    make_session, provider, project, user
):
    now = timezone.now()
    sessions = [make_session(Status.RECORDING, started_at=now) for _ in range(3)]
    Project.objects.update(failures=20, failing_since=now, paused_until=now + timedelta(seconds=30))
    provider.will("stop", *[DOWN] * 500)
    for session in sessions:
        request_stop(session, by=user)

    for second in range(0, 120, 5):
        with at(now + timedelta(seconds=second)):
            reconcile.sweep()

    for session in sessions:
        session.refresh_from_db()
        assert session.attention == Attention.STOP_UNANSWERED
        assert legal_actions(session)["give_up"] is None


@contextmanager
def locked_by_another(session):
    """Its row, by whoever folds a notice into it. SQLite locks no rows: its writers queue."""
    locked, done = threading.Event(), threading.Event()

    def fold_a_notice():
        with transaction.atomic():
            RecordingSession.objects.select_for_update().get(pk=session.pk)
            locked.set()
            done.wait(20)
        connections.close_all()

    other = threading.Thread(target=fold_a_notice)
    other.start()
    assert locked.wait(20)
    try:
        yield
    finally:
        done.set()
        other.join()


def test_telling_of_late_stops_waits_for_nobody_who_has_a_row_locked(make_session, project):
    rows_are_locked = connection.features.has_select_for_update_skip_locked
    ago = timezone.now() - timedelta(minutes=5)
    of = {"stop_requested_at": ago, "started_at": ago}
    taken, free = (make_session(Status.STOPPING, **of) for _ in range(2))

    with locked_by_another(taken) if rows_are_locked else nullcontext():
        tell_late_stops(project.pk, timezone.now())

    attention = dict(RecordingSession.objects.values_list("pk", "attention"))
    late = Attention.STOP_UNANSWERED
    assert attention == {taken.pk: "" if rows_are_locked else late, free.pk: late}


def test_while_one_call_probes_all_others_wait(project):
    now = timezone.now()
    Project.objects.update(failures=20, paused_until=now - timedelta(seconds=1))
    first, second = (Breaker(Project.objects.get()) for _ in range(2))

    first.let_through("query")

    with pytest.raises(Paused):
        second.let_through("query")


def test_a_person_s_change_is_sent_even_then(project):
    Project.objects.update(failures=20, paused_until=timezone.now() + timedelta(minutes=1))

    Breaker(Project.objects.get()).let_through("updateLayout")


def test_a_full_account_lets_the_start_wait_says_so_and_starts_it_when_another_ends(
    request_for, user, provider, make_session
):
    later = timezone.now() + timedelta(minutes=15)
    running = make_session(Status.RECORDING, next_check_at=later)
    provider.will("acquire", *[says(400, code=406, reason="vendor_over_load")] * 12)
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    for _ in range(10):
        with at(session.next_check_at):
            reconcile.sweep()
            session.refresh_from_db()
    waits = (session.status, session.attention)
    provider.scripts.clear()

    provider.will("stop", says(200, serverResponse={"uploadingStatus": "uploaded"}))
    request_stop(running, by=user)
    with at(session.next_check_at - timedelta(seconds=10)):
        reconcile.sweep(2)

    session.refresh_from_db()
    assert waits == (Status.REQUESTED, Attention.FULL)
    assert (session.sid, session.held, session.attention) == ("sid-1", "", "")


def test_a_bad_row_is_set_aside_after_some_tries_and_holds_up_no_other(make_session, provider):
    poison = make_session(Status.RECORDING)
    others = [make_session(Status.RECORDING) for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recorder_recordingsession SET missing = %s WHERE id = %s",
            ['"no list"', poison.pk],
        )

    now = timezone.now()
    for minute in range(BREAKS + 3):
        with at(now + timedelta(minutes=minute)):
            reconcile.sweep()

    row = RecordingSession.objects.filter(pk=poison.pk).values().get()
    assert (row["breaks"], row["next_check_at"], row["attention"]) == (BREAKS, None, "broken")
    assert row["lease_token"] == ""
    assert row["version"] == poison.version + 1  # so that open pages draw it anew
    for other in others:
        other.refresh_from_db()
        assert other.checks > 0


def test_a_bad_row_keeps_no_other_from_its_maximum_length(make_session):
    long_ago = {"max_minutes": 1, "requested_at": timezone.now() - timedelta(hours=1)}
    other, poison = (
        make_session(Status.RECORDING, started_at=long_ago["requested_at"], **long_ago)
        for _ in range(2)
    )
    RecordingSession.objects.filter(pk=poison.pk).update(missing="no list")

    for _ in range(BREAKS):
        limits.stop_overdue(timezone.now())
    rest = limits.stop_overdue(timezone.now())

    other.refresh_from_db()
    assert other.stop_requested_at
    assert rest == 0
    assert (
        RecordingSession.objects.values_list("attention", flat=True).get(pk=poison.pk) == "broken"
    )


def test_a_session_that_works_again_has_no_breaks_left(make_session, provider):
    session = make_session(Status.RECORDING, breaks=BREAKS, attention="broken")
    provider.will("query", says(200, serverResponse={"status": 5}))

    reconcile.check(session)

    assert (session.breaks, session.attention) == (0, "")


def test_a_recording_is_stopped_at_its_maximum_length_and_the_audit_says_why(
    request_for, user, provider
):
    session, _ = request_start(request_for(max_minutes=2), by=user, form_key=None)
    send_start(session)

    early = limits.stop_overdue(timezone.now() + timedelta(seconds=100))
    with at(timezone.now() + timedelta(minutes=2, seconds=1)):
        late = limits.stop_overdue(timezone.now())
        again = limits.stop_overdue(timezone.now())
        reconcile.sweep(stops=True)

    session.refresh_from_db()
    assert (early, late, again) == (0, 1, 0)
    assert session.status == Status.STOPPED
    assert AuditEntry.objects.get(action="session.max_length").details == {"minutes": 2}


def test_a_recording_whose_sid_came_late_counts_its_length_from_its_first_slice(make_session):
    now = timezone.now()
    sent, known = now - timedelta(minutes=7), now - timedelta(seconds=20)

    def recorded(first_ms: int | None) -> RecordingSession:
        return make_session(
            Status.RECORDING,
            cname=f"room {first_ms}",
            max_minutes=5,
            requested_at=sent,
            start_sent_at=sent,
            started_at=known,
            recording_at=known,
            slice_start_ms=first_ms,
        )

    told, untold = recorded(int(sent.timestamp() * 1000) + 9000), recorded(None)
    nonsense, ahead = recorded(5), recorded(10**17)

    assert limits.stop_overdue(now) == 2
    assert 410 < told.length.total_seconds() < 420
    assert nonsense.recording_since == sent
    assert untold.recording_since == ahead.recording_since == known


def test_the_maximum_length_of_a_session_is_its_project_s_unless_it_says_otherwise(
    request_for, user, project
):
    Project.objects.update(max_minutes=90)
    project.refresh_from_db()

    usual, _ = request_start(request_for(), by=user, form_key=None)
    own, _ = request_start(request_for("other", max_minutes=5), by=user, form_key=None)

    assert (usual.max_minutes, own.max_minutes) == (90, 5)


def test_after_a_query_the_worker_looks_which_slices_have_arrived(make_session):
    recording, starting = make_session(Status.RECORDING), make_session(Status.RECORDING)
    seen = []

    def bucket(session):
        seen.append(session.pk)
        if session.pk == starting.pk:
            raise RecorderError("The storage refused the key.")
        return BucketListing(timezone.now(), complete=False, playlist="a.m3u8")

    reconcile.sweep(bucket=bucket)

    recording.refresh_from_db()
    assert sorted(seen) == sorted([recording.pk, starting.pk])
    assert recording.playlist == "a.m3u8"


def test_a_query_waits_for_its_share_and_the_row_keeps_its_place(make_session, provider, project):
    Project.objects.update(requests_per_second=10)
    sessions = [make_session(Status.RECORDING) for _ in range(4)]

    reconcile.sweep()

    assert provider.count("query") == 1
    due = RecordingSession.objects.filter(next_check_at__lte=timezone.now())
    assert due.count() == len(sessions) - 1


def test_while_others_take_every_slot_no_query_is_begun_until_it_is_overdue(
    make_session, provider, project
):
    Project.objects.update(requests_per_second=10)
    session = make_session(Status.RECORDING)
    now = timezone.now()
    now_us = int(now.timestamp() * 1_000_000)
    account = Account.objects.create(provider="sandbox", customer_id=project.customer_id)
    slots = Account.objects.filter(pk=account.pk)

    slots.update(next_free_us=now_us + 80_000, next_query_us=now_us - 1_000_000)
    assert leases.claim_due(1, now) == []

    slots.update(next_query_us=now_us - 11_000_000)
    assert [pk for pk, _token in leases.claim_due(1, now)] == [session.pk]


@pytest.mark.parametrize(
    ("heard", "asked", "wait"),
    [(None, 10, 120), (30, 300, 32), (70, 300, 1), (30, 20, 120), (5, 1190, 10)],
)
def test_a_session_whose_callbacks_come_is_asked_for_rarely_and_a_silent_one_soon(
    make_session, heard, asked, wait
):
    now = timezone.now()

    def ago(seconds):
        return now - timedelta(seconds=seconds) if seconds else None

    session = make_session(Status.RECORDING, heard_at=ago(heard), observed_at=ago(asked), checks=9)
    assert round((next_check(session, now) - now).total_seconds()) == wait


def test_on_a_full_disk_nothing_is_started(request_for, user, provider, full_disk):  # noqa: F811
    def start_many():
        for number in range(50):
            session, _ = request_start(request_for(f"room {number}"), by=user, form_key=None)
            send_start(session)

    with full_disk(), pytest.raises(DatabaseError, match="full"):
        start_many()

    sent = {call.body["cname"] for call in provider.calls if call.operation == "start"}
    assert sent <= set(RecordingSession.objects.values_list("cname", flat=True))


def test_on_a_full_disk_a_stop_is_sent_all_the_same_and_found_out_later(
    make_session,
    user,
    provider,
    full_disk,  # noqa: F811
):
    sessions = [make_session(Status.RECORDING, playlist="a.m3u8") for _ in range(60)]
    provider.will("stop", *[says(200, serverResponse={"uploadingStatus": "uploaded"})] * 60)

    told = []
    with full_disk():
        for session in sessions:
            try:
                request_stop(session, by=user)
            except RecorderError as error:
                told.append(str(error))
                break

    assert "The service has stopped the recording" in told[0]
    assert provider.last("stop").sid == session.sid
    session.refresh_from_db()
    assert session.status == Status.RECORDING
