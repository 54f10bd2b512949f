"""A process that dies between any two lines of a start leaves a row that a sweep goes on from."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from recorder.contract.states import LIVE, Status
from recorder.lifecycle import reconcile
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.models import RecordingSession
from tests.support.provider import lost

pytestmark = pytest.mark.django_db(transaction=True)


class Crash(BaseException):
    """Nothing in the product catches this, as nothing catches a SIGKILL."""


class CrashAt:
    """Raises at the n-th SQL statement."""

    def __init__(self, number: int):
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0:
            raise Crash
        return execute(sql, params, many, context)


def crashes(function, session, number: int) -> bool:
    try:
        with connection.execute_wrapper(CrashAt(number)):
            function(session)
    except Crash:
        return True
    return False


def sweep_for(minutes: int) -> None:
    """As a worker would after the crash, with the time moved on."""
    now = timezone.now()
    for minute in range(1, minutes + 1):
        with time_machine.travel(now + timedelta(minutes=minute), tick=True):
            reconcile.sweep()


def assert_nothing_lost(provider, session) -> None:
    """What runs at the provider is known, or known to be unknown."""
    session.refresh_from_db()
    [*running] = provider.live
    assert len(running) <= 1
    assert session.status in {Status.RECORDING, Status.UNCONFIRMED}
    if session.status == Status.UNCONFIRMED:
        assert session.attention == Attention.UNCONFIRMED
    else:
        assert [task.sid for task in running] == [session.sid]
    assert len(provider.tasks) <= 1


def test_a_crash_at_any_statement_of_a_start_loses_nothing(request_for, user, provider):
    outcomes = set()
    for number in range(1, 200):
        provider.calls.clear()
        provider.tasks.clear()
        session, _ = request_start(request_for(f"room {number}"), by=user, form_key=None)

        crashed = crashes(send_start, session, number)
        if not crashed:
            break
        sweep_for(4)

        assert_nothing_lost(provider, session)
        outcomes.add(session.status)

    assert not crashed
    assert number > 10
    assert outcomes == {Status.RECORDING, Status.UNCONFIRMED}


def test_a_crash_at_any_statement_of_a_stop_stops_it_all_the_same(request_for, user, provider):
    for number in range(1, 200):
        session, _ = request_start(request_for(f"room {number}"), by=user, form_key=None)
        send_start(session)
        reconcile.check(session)
        request_stop(session, by=user)

        crashed = crashes(send_stop, session, number)
        if not crashed:
            break
        sweep_for(5)

        session.refresh_from_db()
        assert session.status == Status.STOPPED
        assert provider.live == []

    assert not crashed
    assert number > 5


def run_child(session, deadly_write: int = 0, children: list[int] | None = None) -> int:
    """Start the session in a process of its own, noted in `children`; its exit status."""
    database = str(connection.settings_dict["NAME"])
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
    }
    command = [sys.executable, "-m", "tests.support.child", database, str(session.pk)]
    process = subprocess.Popen(
        [*command, str(deadly_write)], env=environment, cwd=settings.BASE_DIR
    )
    if children is not None:
        children.append(process.pid)
    return process.wait(60)


@pytest.mark.parametrize(
    ("write", "left", "after"),
    [
        (1, Status.REQUESTED, Status.RECORDING),  # before anything
        (2, Status.REQUESTED, Status.RECORDING),  # acquire answered, not committed
        (3, Status.STARTING, Status.UNCONFIRMED),  # start answered, not committed
    ],
)
def test_a_killed_process_leaves_a_row_that_the_sweep_goes_on_from(
    request_for, user, provider, write, left, after
):
    session, _ = request_start(request_for(), by=user, form_key=None)

    status = run_child(session, write)
    session.refresh_from_db()
    found = session.status
    sweep_for(4)

    assert status == -signal.SIGKILL
    assert found == left
    assert_nothing_lost(provider, session)
    assert session.status == after


def test_a_process_killed_while_start_is_on_its_way_leaves_it_unconfirmed(
    request_for, user, provider
):
    session, _ = request_start(request_for(), by=user, form_key=None)
    children = []

    def kill(provider, call):
        answer = provider.usual(call)
        os.kill(children[0], signal.SIGKILL)
        return answer

    provider.will("start", kill)
    status = run_child(session, children=children)
    sweep_for(4)

    assert status == -signal.SIGKILL
    assert_nothing_lost(provider, session)
    assert session.status == Status.UNCONFIRMED


def test_what_is_live_at_the_provider_is_known_or_unconfirmed_after_many_lost_answers(
    request_for, user, provider
):
    for number in range(30):
        if number % 3 == 0:
            provider.will("start", lost)
        session, _ = request_start(request_for(f"room {number}"), by=user, form_key=None)
        send_start(session)

    rows = RecordingSession.objects.filter(status__in=LIVE)
    known = set(rows.exclude(sid="").values_list("sid", flat=True))
    unconfirmed = set(rows.filter(status=Status.UNCONFIRMED).values_list("cname", flat=True))
    orphans = [t for t in provider.live if t.sid not in known and t.cname not in unconfirmed]
    assert orphans == []
    assert (len(known), len(unconfirmed)) == (20, 10)
