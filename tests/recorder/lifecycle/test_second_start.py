"""Two starts of one session, both answers lost: whose a sid is, and what still runs.

The first may have ended by itself before a person tried again; then the second records under a sid
of its own, and what is heard of the first says nothing about it.
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from recorder.contract.states import Status
from recorder.lifecycle import reconcile
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.observe import StartAnswer
from recorder.lifecycle.resolve import send_again, try_again
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop
from recorder.models import Notice, RecordingSession
from recorder.notices.intake import intake
from recorder.notices.wire import notice_in
from tests.support import notices
from tests.support.provider import lost, says

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = "sid-1", "sid-2"
JOINED, LEFT = 40, 11  # recorder_started, session_exit


def unheard(provider, call):
    """The request never reached the service, and nobody says so."""
    return


@pytest.fixture
def unanswered(request_for, user, provider):
    """`unanswered(first, second)`: a session whose start, and the one that a person asked for, were
    answered so, and their repeats not at all. `ended`: the first recording ends in between."""

    def make(first, *second, ended=False) -> RecordingSession:
        provider.will("start", first, *[unheard] * 3)
        session, _ = request_start(request_for(), by=user, form_key=None)
        send_start(session)
        for _ in range(3):
            until_due(session)
        if ended:
            provider.tasks["resource-1"].stopped = True
        provider.will("start", *second, *[unheard] * 3)
        try_again(session, by=user)
        send_again(session)
        for _ in range(3):
            if not session.proven_at:
                until_due(session)
        return session

    return make


def hear(session, sid, *types):
    for number, type_ in enumerate(types):
        body = notices.body(type_, sid=sid, cname=session.cname, uid=session.uid, sequence=number)
        intake.keep(notice_in(body, session.project_id, timezone.now()))


def until_due(session, bucket=None):
    """Whatever is due next, at its time."""
    with time_machine.travel(session.next_check_at + timedelta(milliseconds=1), tick=True):
        reconcile.sweep(bucket=bucket)
    session.refresh_from_db()


def in_time(session, bucket=None):
    """All that is done by itself within a few minutes."""
    for _ in range(12):
        if session.is_final or not session.next_check_at:
            return
        until_due(session, bucket)


def is_told_of(session) -> bool:
    return session.is_live and session.attention == Attention.UNCONFIRMED and not session.sid


@pytest.mark.parametrize("heard", [[JOINED], [JOINED, LEFT]])
def test_what_is_heard_of_a_first_start_that_has_ended_does_not_speak_for_the_second(
    unanswered, user, provider, heard
):
    session = unanswered(lost, lost, ended=True)

    hear(session, FIRST, *heard)
    in_time(session)
    told = is_told_of(session)
    hear(session, SECOND, JOINED)
    in_time(session)
    known = session.sid
    request_stop(session, by=user)
    in_time(session)

    assert told
    assert known == SECOND
    assert session.status == Status.STOPPED
    assert provider.live == []


def test_a_second_start_that_has_run_for_certain_does_not_end_with_the_first(unanswered):
    session = unanswered(lost, lost, says(201, code=7, reason="already started"), ended=True)

    hear(session, FIRST, JOINED, LEFT)
    in_time(session)

    assert session.proven_at
    assert is_told_of(session)


def test_files_of_a_first_start_that_has_ended_do_not_speak_for_the_second(unanswered):
    session = unanswered(lost, lost, ended=True)

    in_time(session, lambda row: None if row.sid else StartAnswer(timezone.now(), FIRST))

    assert is_told_of(session)


@pytest.mark.parametrize("first", [lost, unheard])
def test_the_one_that_runs_is_stopped_under_its_own_resource_id(unanswered, user, provider, first):
    """The first still runs, and the service refused the second; or only the second has run."""
    session = unanswered(first, lost)
    [(resource_id, task)] = provider.tasks.items()

    request_stop(session, by=user)
    hear(session, task.sid, JOINED)
    in_time(session)

    assert provider.live == []
    assert (session.resource_id, session.sid) == (resource_id, task.sid)
    assert (session.status, session.attention) == (Status.STOPPED, "")


def test_what_is_leaving_under_an_earlier_resource_id_proves_nothing(unanswered, provider):
    """It may have left the channel before the second start came."""
    session = unanswered(lost, lost, ended=True)
    leaving = {"resourceId": "resource-1", "serverResponse": {"status": 8}}

    hear(session, FIRST, JOINED)
    provider.will("query", says(400, code=1003, reason="wrong"), says(200, **leaving))
    in_time(session)

    assert is_told_of(session)


def test_a_row_that_cannot_be_told_of_a_notice_does_not_cost_the_notice(make_session, user):
    old = timezone.now() - timedelta(minutes=6)
    session = make_session(
        Status.UNCONFIRMED, acquired_at=old, start_sent_at=old, former_resource_id="resource-1"
    )
    RecordingSession.objects.filter(pk=session.pk).update(missing="no list")

    hear(session, SECOND, JOINED)

    assert Notice.objects.filter(sid=SECOND).exists()


def test_a_service_that_does_not_answer_is_asked_again_which_of_them_runs(unanswered, provider):
    session = unanswered(lost, lost, ended=True)

    hear(session, SECOND, JOINED)
    provider.will("query", says(500, code=500))
    in_time(session)

    assert (session.sid, session.status) == (SECOND, Status.RECORDING)
