import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from recorder import tasks
from recorder.contract.states import Status
from recorder.lifecycle.start import request_start
from recorder.lifecycle.stop import request_stop
from recorder.models import Heartbeat, RecordingSession
from tests.support.provider import told_later
from tests.support.rows import (  # noqa: F401
    make_session,
    project,
    provider,
    request_for,
    storage_config,
    user,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(request_for, user) -> RecordingSession:  # noqa: F811
    return request_start(request_for(), by=user, form_key=None)[0]


@pytest.fixture
def queue():
    tasks.prepare_queue()
    HUEY.flush()
    yield HUEY
    HUEY.flush()


def test_the_queue_may_be_prepared_again_and_again(queue):
    tasks.prepare_queue()

    assert queue.pending_count() == 0


def test_jobs_do_what_their_rows_need(session, provider, user):  # noqa: F811
    tasks.check_session.call_local(session.pk)
    tasks.check_session.call_local(session.pk)
    session.refresh_from_db()
    recording = session.status
    request_stop(session, by=user)
    tasks.check_session.call_local(session.pk)

    session.refresh_from_db()
    assert recording == Status.RECORDING
    assert session.status == Status.STOPPED


def test_a_job_that_comes_twice_starts_once(session, provider):  # noqa: F811
    tasks.check_session.call_local(session.pk)
    tasks.check_session.call_local(session.pk)

    assert provider.count("start") == 1


def test_a_sweep_finds_what_no_hint_told_of(make_session, provider):  # noqa: F811
    make_session(Status.RECORDING)
    make_session(Status.RECORDING, next_check_at=timezone.now() + timedelta(minutes=1))

    assert tasks.sweep.call_local() == 1


def test_a_worker_sweeps_by_itself_beats_and_ends(make_session, provider):  # noqa: F811
    asked = threading.Event()

    def script(provider, call):
        asked.set()
        return provider.usual(call)

    provider.will("query", script)
    make_session(Status.RECORDING)
    sweeper = tasks.Sweeper()

    sweeper.start()
    sweeper.start()  # every thread of the consumer does so
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("sweeper")]
    swept = asked.wait(20)
    sweeper.stop()
    for thread in threads:
        thread.join(60)

    assert swept
    assert len(threads) == tasks.SWEEPERS + 3
    assert Heartbeat.seen().exists()
    assert not [thread for thread in threads if thread.is_alive()]


def test_a_worker_that_ends_waits_for_what_is_on_its_way(make_session, provider):  # noqa: F811
    asked, may_answer = threading.Event(), threading.Event()
    provider.will("query", told_later(asked, may_answer))
    session = make_session(Status.RECORDING)
    sweeper = tasks.Sweeper()
    sweeper.start()
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("sweeper")]
    assert asked.wait(60)
    ending = threading.Thread(target=sweeper.stop)

    ending.start()
    ending.join(0.3)
    waits = ending.is_alive()
    may_answer.set()
    for thread in [ending, *threads]:
        thread.join(60)

    assert waits
    session.refresh_from_db()
    assert session.observed_at is not None


def test_a_worker_stops_what_is_past_its_maximum_length(make_session, provider):  # noqa: F811
    asked = threading.Event()

    def script(provider, call):
        asked.set()
        return provider.usual(call)

    provider.will("stop", script)
    ago = timezone.now() - timedelta(minutes=3)
    times = dict.fromkeys(("requested_at", "start_sent_at", "started_at"), ago)
    make_session(Status.RECORDING, max_minutes=2, **times)
    make_session(Status.RECORDING, cname="other", max_minutes=60, **times)
    sweeper = tasks.Sweeper()

    sweeper.start()
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("sweeper")]
    stopped = asked.wait(60)
    sweeper.stop()
    for thread in threads:
        thread.join(60)

    assert stopped
    assert provider.count("stop") == 1


def test_stops_that_are_answered_late_hold_up_no_others(make_session, provider, user):  # noqa: F811
    number = tasks.SWEEPERS + 6  # more than could wait one behind the other
    together = threading.Barrier(number)

    def script(provider, call):
        together.wait(30)  # none is answered before all are there
        ids = {"resourceId": call.resource_id, "sid": call.sid}
        return 200, ids | {"serverResponse": {"uploadingStatus": "uploaded"}}

    provider.will("stop", *[script] * number)
    for _ in range(number):
        request_stop(make_session(Status.RECORDING), by=user, grace=timedelta(0))
    sweeper = tasks.Sweeper()
    sweeper.threads = 0

    sweeper.start()
    ends = time.monotonic() + 60
    while RecordingSession.objects.live().exists() and time.monotonic() < ends:
        time.sleep(0.05)
    sweeper.stop()

    assert provider.count("stop") == number
    assert not RecordingSession.objects.live().exists()


def test_a_sweep_that_breaks_off_does_not_end_the_thread(caplog):
    def broken():
        raise RuntimeError("no database")

    tasks.Sweeper()._guarded(broken)

    assert "broke off" in caplog.text
