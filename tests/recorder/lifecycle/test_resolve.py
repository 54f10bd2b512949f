"""A person's word about a session that is stuck, and what may come true beside it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from recorder.contract.states import Status
from recorder.lifecycle import launch, reconcile, resolve
from recorder.lifecycle.change import Busy
from recorder.lifecycle.fold import fold
from recorder.lifecycle.observe import Noticed, StartAnswer
from recorder.lifecycle.resolve import give_up, send_again, try_again
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.timeline import timeline
from recorder.models import AuditEntry, InvalidTransition, RecordingSession
from tests.support.provider import says

pytestmark = pytest.mark.django_db(transaction=True)


def unheard(provider, call):
    """The request never reached the service, and nobody says so."""
    return


@pytest.fixture
def start(request_for, user, provider):
    """`start(script)`: a session whose starts are answered so."""

    def start(*scripts) -> RecordingSession:
        provider.will("start", *scripts)
        session, _ = request_start(request_for(), by=user, form_key=None)
        send_start(session)
        return session

    return start


def until_due(session):
    with time_machine.travel(session.next_check_at + timedelta(milliseconds=1), tick=True):
        reconcile.sweep()
    session.refresh_from_db()


def test_nobody_can_give_up_while_the_start_is_on_its_way(start, user, provider, monkeypatch):
    monkeypatch.setattr(resolve, "PATIENCE", 0.0)
    refused = []

    def script(provider, call):
        try:
            give_up(RecordingSession.objects.get(), by=user, reason="It does not run.")
        except Busy as error:
            refused.append(error)
        return provider.usual(call)

    session = start(unheard, script)
    until_due(session)

    assert refused
    assert session.is_live
    assert [task.sid for task in provider.live] == [session.sid]


def test_after_a_refusal_to_give_up_the_session_is_worked_on(start, user):
    session = start(unheard)
    fold(session, StartAnswer(timezone.now(), "sid-1"))
    unread = RecordingSession.objects.get()
    unread.sid = ""  # as a page read it before

    with pytest.raises(InvalidTransition):
        give_up(unread, by=user, reason="It does not run.")

    assert RecordingSession.objects.get().lease_token == ""


@pytest.mark.parametrize("told", [Status.RECORDING, Status.STOPPED])
def test_what_is_started_again_is_known_or_stopped_whatever_a_late_notice_tells_of_the_first(
    start, user, provider, told
):
    session = start(*[unheard] * 4)
    for _ in range(3):
        until_due(session)

    def script(provider, call):
        answer, now = provider.usual(call), timezone.now()
        fold(RecordingSession.objects.get(), Noticed(now, now, "a-sid", 3, status=told))
        return answer

    provider.will("start", script)
    try_again(session, by=user)
    send_again(session)

    known = [session.sid] if told is Status.RECORDING else []
    assert [task.sid for task in provider.live] == known
    assert provider.count("stop") == (told is Status.STOPPED)
    last = "start" if told is Status.RECORDING else "stop"
    assert session.calls.order_by("-id").first().operation == last


@pytest.mark.parametrize(("failures", "stopped"), [(2, True), (9, False)])
def test_what_belongs_to_no_live_session_is_told_to_stop_again_and_else_named_in_the_log(
    start, user, provider, monkeypatch, caplog, failures, stopped
):
    monkeypatch.setattr(launch, "_STRAY_WAITS", (0, 0, 0))
    session = start(*[unheard] * 4)
    for _ in range(3):
        until_due(session)

    def script(provider, call):
        answer, now = provider.usual(call), timezone.now()
        fold(RecordingSession.objects.get(), Noticed(now, now, "a-sid", 3, status=Status.STOPPED))
        return answer

    provider.will("start", script)
    provider.will("stop", *[says(500, code=500)] * failures)
    try_again(session, by=user)
    send_again(session)

    assert (provider.live == []) is stopped
    assert ("Nothing else stops it" in caplog.text) is not stopped
    assert session.calls.filter(operation="stop").count() == (3 if stopped else 4)
    entry = AuditEntry.objects.get(action="session.stop_stray", user=None)
    assert (entry.session, entry.details) == (session, {"sid": "sid-1"})
    assert "Stop of what had started after its end" in [each.title for each in timeline(session)]
