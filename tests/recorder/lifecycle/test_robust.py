"""What machines do to us: clocks, locks, power cuts, upgrades, two who want the same."""

import sqlite3
import subprocess
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.lifecycle import leases, reconcile
from recorder.lifecycle.bulk import feed, request_bulk_stop
from recorder.lifecycle.observe import BucketListing
from recorder.lifecycle.start import AlreadyRecording, request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.lifecycle.words import explain_failure
from recorder.models import Account, Project, RecordingSession
from tests.support.provider import says

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """All of them on threads of their own; what they returned or raised, in their order."""
    gate, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        gate.wait()
        try:
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_who_start_the_same_channel_and_uid_one_wins_and_the_other_sees_it(
    request_for, user, provider
):
    for number in range(20):

        def start(number=number):
            session, _ = request_start(request_for(f"room {number}"), by=user, form_key=None)
            send_start(session)
            return session

        results = at_once(start, start)

        [won] = [one for one in results if isinstance(one, RecordingSession)]
        [refused] = [one for one in results if isinstance(one, AlreadyRecording)]
        assert refused.session == won
    assert provider.count("start") == 20


def test_two_workers_send_the_stops_and_queries_of_many_sessions_once_each(
    make_session, user, provider
):
    sessions = [make_session(Status.RECORDING) for _ in range(20)]
    provider.will("query", *[says(200, serverResponse={"status": 5})] * 20)
    provider.will("stop", *[says(200, serverResponse={"uploadingStatus": "uploaded"})] * 20)
    for session in sessions[:10]:
        request_stop(session, by=user, grace=timedelta(0))

    at_once(*[lambda: reconcile.sweep(100)] * 4)
    while len(provider.calls) < 20:  # some had to wait for their account's turn
        reconcile.sweep(100)

    calls = [(call.operation, call.sid) for call in provider.calls]
    assert len(calls) == len(set(calls)) == 20


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_strands_no_session(make_session, provider, hours):
    planned = make_session(Status.RECORDING, next_check_at=timezone.now() + timedelta(minutes=10))
    taken = make_session(Status.RECORDING)
    assert leases.claim(taken)

    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        reconcile.sweep()

    assert {call.sid for call in provider.calls} == {planned.sid, taken.sid}


def test_a_pause_of_a_provider_from_before_a_clock_was_put_back_holds_no_stop_up(
    make_session, provider, project, user
):
    session = make_session(Status.RECORDING)
    Project.objects.update(failures=20, paused_until=timezone.now() + timedelta(seconds=30))

    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=True):
        request_stop(session, by=user, grace=timedelta(0))
        reconcile.sweep(stops=True)

    assert provider.count("stop") == 1


def test_a_list_from_before_a_clock_was_put_back_goes_on(make_session, user):
    session = make_session(Status.RECORDING)
    request_bulk_stop([session], by=user)

    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=True):
        feed()

    session.refresh_from_db()
    assert session.stop_requested_at


def test_the_pace_of_an_account_from_before_a_clock_was_put_back_holds_nobody_up(
    make_session, provider, project
):
    session = make_session(Status.RECORDING)
    ahead = int((timezone.now() + timedelta(hours=1)).timestamp()) * 1_000_000
    slots = {"next_free_us": ahead, "next_query_us": ahead}
    Account.objects.create(provider="sandbox", customer_id=project.customer_id, **slots)

    reconcile.sweep()

    assert [call.sid for call in provider.calls] == [session.sid]


def test_nobody_meets_a_locked_database_while_others_write(request_for, make_session, user):
    """Neither who only writes, nor who reads first and finds the row changed meanwhile."""
    running = [make_session(Status.RECORDING) for _ in range(2)]
    locked = threading.Event()

    def long_write():
        with transaction.atomic():
            RecordingSession.objects.update(breaks=1)
            locked.set()
            threading.Event().wait(0.5)

    def start(number):
        locked.wait(10)
        return request_start(request_for(f"room {number}"), by=user, form_key=None)[0]

    def stop(session):
        locked.wait(10)
        return request_stop(session, by=user)

    starts = [lambda number=number: start(number) for number in range(2)]
    stops = [lambda session=session: stop(session) for session in running]
    _wrote, *results = at_once(long_write, *starts, *stops)

    assert all(isinstance(one, RecordingSession) for one in results[:2]), results
    assert results[2:] == [True, True]


def test_what_was_committed_survives_a_power_cut(request_for, user, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("A server's own log is not ours to test.")
    assert connection.cursor().execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    path, acknowledged, stop = connection.settings_dict["NAME"], [], threading.Event()

    def write():
        try:
            go_on_writing()
        finally:
            stop.set()

    def go_on_writing():
        connection.cursor().execute("PRAGMA wal_autocheckpoint = 0")  # the copy is not atomic
        number = 0
        while not stop.is_set():
            number += 1
            request = request_for(f"room {number}")
            acknowledged.append(request_start(request, by=user, form_key=None)[0].reference)

    def cut():
        try:
            for number in range(8):
                before = len(acknowledged)
                while len(acknowledged) < before + 3 and not stop.is_set():
                    pass
                known, copy = list(acknowledged), tmp_path / f"{number}.sqlite3"
                # By a process of its own: a file that this one opens and closes loses every lock
                # that SQLite holds on it here, and the next process would take the log away.
                subprocess.run(["cp", path, copy], check=True)
                subprocess.run(["cp", f"{path}-wal", f"{copy}-wal"], check=True)
                with sqlite3.connect(copy) as database:
                    rows = database.execute("SELECT reference FROM recorder_recordingsession")
                    assert set(known) <= {reference for (reference,) in rows}
                    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        finally:
            stop.set()

    assert at_once(write, cut) == [None, None]


def test_an_upgrade_and_the_way_back_keep_live_sessions(request_for, user, provider):
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("recorder")
    try:
        MigrationExecutor(connection).migrate([("recorder", "0001_initial")])
    finally:
        MigrationExecutor(connection).migrate(latest)

    session = RecordingSession.objects.get()
    reconcile.check(session)
    recording = session.status
    request_stop(session, by=user)
    send_stop(session)

    assert (recording, session.status) == (Status.RECORDING, Status.STOPPED)
    assert provider.live == []


def test_a_stop_without_a_list_of_files_is_completed_by_the_bucket(request_for, user, provider):
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    reconcile.check(session)
    provider.will("stop", says(206, serverResponse={"uploadingStatus": "unknown"}))
    request_stop(session, by=user)
    send_stop(session)
    between = (session.status, session.upload, session.playlist)

    def bucket(_session):
        return BucketListing(timezone.now(), complete=True, playlist="sid-1_room.m3u8")

    with time_machine.travel(session.next_check_at, tick=True):
        reconcile.sweep(bucket=bucket)

    session.refresh_from_db()
    assert between == (Status.STOPPED, Upload.UNKNOWN, "sid-1_room.m3u8")
    assert (session.upload, session.next_check_at) == (Upload.UPLOADED, None)


@pytest.mark.parametrize("code", [109, 110])
def test_a_token_that_is_not_accepted_is_named(make_session, code):
    failure = {"at": "", "operation": "start", "http_status": 400, "code": code, "text": ""}

    what, _meaning, remedy = explain_failure(make_session(Status.FAILED, failure=failure))

    assert "token" in what.lower() + remedy.lower()
