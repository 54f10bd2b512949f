import threading
import time

import pytest
from django.db import connections
from django.utils import timezone

from recorder.contract.states import Status
from recorder.errors import RecorderError
from recorder.lifecycle import leases
from recorder.lifecycle.change import Busy
from recorder.lifecycle.sending import STOPS, THREADS, _free, send, send_new, stop_session
from recorder.lifecycle.start import request_start, send_start
from recorder.models import RecordingSession
from tests.support.provider import held
from tests.support.repeating import again_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_finishes_in_time_shows_on_the_session(request_for, user):
    session, _ = request_start(request_for(), by=user, form_key=None)

    finished = send(send_start, session)

    assert finished
    assert session.sid == "sid-1"


def test_what_takes_longer_goes_on_while_the_caller_answers(request_for, user, provider):
    may_answer = threading.Event()
    provider.will("start", held(may_answer))
    session, _ = request_start(request_for(), by=user, form_key=None)
    done = threading.Event()

    def work(row):
        send_start(row)
        done.set()

    finished = send(work, session, wait=0.5)
    between = session.status
    may_answer.set()
    assert done.wait(10)

    session.refresh_from_db()
    assert not finished
    assert between in {Status.REQUESTED, Status.ACQUIRED, Status.STARTING}
    assert session.sid == "sid-1"


def test_a_refusal_in_time_reaches_the_caller(make_session):
    def refuse(_session):
        raise RecorderError("No.")

    with pytest.raises(RecorderError, match="No"):
        send(refuse, make_session())


def test_when_all_threads_are_busy_only_what_stands_in_a_row_is_left_to_the_worker(
    make_session,
):
    session, release, begun = make_session(), threading.Event(), threading.Semaphore(0)

    def work(_session):
        begun.release()
        release.wait(60)

    for _ in range(THREADS):  # some may still be at what another test asked for
        while not begun.acquire(timeout=0.05):
            assert not send(work, session, wait=0)
    one_more = send(work, session, wait=0)
    lease = leases.claim(session)
    started = send_new(session, lease)
    with pytest.raises(Busy, match="Nothing was sent"):
        send(work, session, wait=0, in_row=False)
    release.set()

    assert not one_more
    assert not started
    session.refresh_from_db()
    assert session.lease_token == ""  # the worker need not wait for it
    while not send(lambda _session: None, session, wait=5):
        pass  # the threads come free again


def test_a_stop_for_which_no_thread_is_free_is_left_to_the_worker_at_once(
    make_session, user, provider
):
    may_answer = threading.Event()
    provider.will("stop", *[held(may_answer)] * STOPS)
    sessions = [make_session() for _ in range(STOPS + 1)]
    while not all(_free.acquire(timeout=20) for _ in range(THREADS)):
        pass  # some may still be at what another test asked for
    for _ in range(THREADS):
        _free.release()

    firsts = [stop_session(session, by=user) for session in sessions * 2]
    again_until(lambda: provider.count("stop") == STOPS, lambda: time.sleep(0.05))
    left = [pk for pk, _lease in leases.claim_due(9, timezone.now(), stops=True)]
    may_answer.set()
    while not send(lambda _session: None, sessions[0], wait=5):
        pass

    assert firsts == [True] * (STOPS + 1) + [False] * (STOPS + 1)
    assert left == [sessions[-1].pk]


def test_no_thread_keeps_a_connection(make_session):
    opened = []

    def work(_session):
        RecordingSession.objects.count()
        opened.append(connections["default"])

    send(work, make_session())

    [connection] = opened
    assert connection.connection is None
