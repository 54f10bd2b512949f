"""Histories made up at random: whatever happens, in whatever order, what must hold holds.

CI runs a few. `python -m tests.histories 10000` runs as many as wanted and prints its seed.
"""

import json
import os
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from recorder.contract.states import FINAL, LIVE, Status
from recorder.errors import RecorderError
from recorder.lifecycle import change, limits, reconcile, resolve, stop
from recorder.lifecycle.hear import hear_due
from recorder.lifecycle.layout import apply_layout
from recorder.lifecycle.observe import StartAnswer
from recorder.lifecycle.resolve import send_again, try_again
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.models import AuditEntry, Notice, RecordingSession, User
from recorder.notices.intake import intake
from recorder.notices.wire import notice_in
from recorder.providers.pacing import Pacer
from tests.support import notices
from tests.support.provider import lost, says, scripted_provider
from tests.support.rows import make_project, make_storage_config, start_request

HISTORIES = int(os.environ.get("HISTORIES", "15"))
STEPS = int(os.environ.get("HISTORY_STEPS", "25"))
PACE = 3  # calls a second: few, so that a history comes to its limit
SIDES = "session.start", "session.stop", "session.layout", "session.try_again"

FAULTS = {
    "lost": lost,
    "unheard": lambda provider, call: None,  # it never arrived, and nobody says so
    "broken": says(500, code=500),
    "limited": says(429, message="API rate limit exceeded"),
    "missing": says(404, code=404, reason="failed to find worker"),
    "half": says(206, code=65, reason="request not completed"),
    "full": says(400, code=406, reason="vendor_over_load"),
    "expired": says(400, code=433),
}
OPERATIONS = ("acquire", "start", "query", "stop", "updateLayout")


class Crash(BaseException):
    """Nothing in the product catches this, as nothing catches a SIGKILL."""


@contextmanager
def dying_at(statement: int):
    """The process ends before its n-th SQL statement; 0: it does not."""
    left = iter(range(statement - 1))

    def execute(execute, sql, params, many, context):
        if statement and next(left, None) is None:
            raise Crash
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(execute):
            yield
    except Crash:
        pass


def pairwise_at(distance, values):
    return zip(values, values[distance:], strict=False)


def paced(call):
    """The pacer's own way, with a note of when it let the call go."""

    def waiting(self, operation):
        call(self, operation)
        History.turns.append(time.time_ns() // 1000)

    return waiting


crashes = st.one_of(st.just(0), st.integers(1, 40))


class History(RuleBasedStateMachine):
    """Some sessions at a provider that misbehaves, with a clock that only we move."""

    provider = None  # one server for all histories
    clock = None  # what waiting for a turn moves on
    turns: list[int] = []  # when calls were let go, microseconds

    @initialize()
    def begin(self):
        provider = type(self).provider
        provider.forget()
        # Each history is alone: the sweep would go on with what an earlier one left waiting.
        Notice.objects.all().delete()
        RecordingSession.objects.all().delete()
        self.now = timezone.now()
        self.user, _ = User.objects.get_or_create(username="ada")
        self.project = make_project(provider.url, requests_per_second=PACE)
        self.turns.clear()
        self.storage = make_storage_config()
        self.sessions, self.final, self.told, self.acknowledged = [], {}, 0, set()
        self.wished = dict.fromkeys(SIDES, 0)

    @contextmanager
    def time(self, seconds=1):
        self.now += timedelta(seconds=seconds)
        with time_machine.travel(self.now, tick=True) as clock:
            type(self).clock = clock
            yield
            self.now = max(self.now, timezone.now())  # the clock never goes back

    def bucket(self, row):
        """Its own folder shows the sid, once the first slice is there."""
        task = self.provider.tasks.get(row.resource_id)
        return StartAnswer(timezone.now(), task.sid) if task and not row.sid else None

    def pick(self, number):
        session = self.sessions[number % len(self.sessions)]
        session.refresh_from_db()
        return session

    # What people and programs do

    @precondition(lambda self: len(self.sessions) < 4)
    @rule(room=st.integers(1, 3), statement=crashes, minutes=st.sampled_from([None, 2]))
    def start(self, room, statement, minutes):
        request = start_request(
            self.project, self.storage, f"room {room}", "7", max_minutes=minutes
        )
        with self.time():
            try:
                session, _ = request_start(request, by=self.user, form_key=None)
            except RecorderError:
                return
            self.wished["session.start"] += 1
            self.sessions.append(session)
            with dying_at(statement):
                send_start(session)

    @precondition(lambda self: self.sessions)
    @rule(number=st.integers(0, 3), statement=crashes)
    def stop(self, number, statement):
        with self.time():
            session = self.pick(number)
            try:
                self.wished["session.stop"] += request_stop(session, by=self.user)
            except RecorderError:
                return
            with dying_at(statement):
                send_stop(session)

    @precondition(lambda self: self.sessions)
    @rule(number=st.integers(0, 3))
    def layout(self, number):
        with self.time():
            before = self.provider.count("updateLayout")
            try:
                apply_layout(self.pick(number), {"mixedVideoLayout": 1}, by=self.user)
            except RecorderError:
                return
            assert self.provider.count("updateLayout") == before + 1
            self.wished["session.layout"] += 1

    @precondition(lambda self: self.sessions)
    @rule(number=st.integers(0, 3), statement=crashes)
    def again(self, number, statement):
        with self.time():
            session = self.pick(number)
            try:
                try_again(session, by=self.user)
            except RecorderError:
                return
            self.wished["session.try_again"] += 1
            with dying_at(statement):
                send_again(session)

    # What the service does

    @rule(operation=st.sampled_from(OPERATIONS), fault=st.sampled_from(sorted(FAULTS)))
    def fault(self, operation, fault):
        self.provider.will(operation, FAULTS[fault])

    @rule(status=st.sampled_from([1, 4, 5, 7]))
    def status(self, status):
        self.provider.status = status

    @precondition(lambda self: self.provider.tasks)
    @rule(number=st.integers(0, 9))
    def end_by_itself(self, number):
        [*tasks] = self.provider.tasks.values()
        tasks[number % len(tasks)].stopped = True

    @precondition(lambda self: self.provider.tasks)
    @rule(
        number=st.integers(0, 9),
        story=st.permutations(range(len(notices.STORY))),
        kept=st.integers(1, len(notices.STORY)),
        times=st.integers(1, 3),
    )
    def notice(self, number, story, kept, times):
        """Some of a recording's notices: lost, late, doubled, in any order. What tells of its end
        comes only of what has ended."""
        [*tasks] = self.provider.tasks.values()
        task = tasks[number % len(tasks)]
        with self.time():
            for place in story[:kept]:
                type_, service, details = notices.STORY[place]
                if type_ in {41, 31, 11} and not task.stopped:
                    continue
                body = notices.body(
                    type_,
                    sid=task.sid,
                    cname=task.cname,
                    uid=task.uid,
                    sequence=place,
                    service=service,
                    details=details,
                    notice_id=f"{self.project.pk}-{task.sid}-{place}",
                )
                for _ in range(times):
                    intake.keep(notice_in(json.loads(json.dumps(body)), self.project.pk, self.now))
                self.acknowledged.add(body["noticeId"])

    # What the worker does

    @rule(seconds=st.sampled_from([1, 5, 15, 60, 100, 400]), statement=crashes)
    def tick(self, seconds, statement):
        with self.time(seconds), dying_at(statement):
            self.work()

    def work(self):
        hear_due()
        limits.stop_overdue(timezone.now())
        reconcile.sweep(bucket=self.bucket)

    # What must hold, always

    @invariant()
    def at_most_one_recording_runs_for_an_intent(self):
        places = [(task.cname, task.uid) for task in self.provider.live]
        assert len(places) == len(set(places))

    @invariant()
    def what_runs_is_known_or_known_to_be_unconfirmed(self):
        rows = RecordingSession.objects.filter(project=self.project)
        known = set(rows.exclude(sid="").values_list("sid", flat=True))
        open_starts = rows.filter(
            sid="", status__in=[Status.STARTING, Status.UNCONFIRMED]
        ).values_list("cname", flat=True)
        for task in self.provider.live:
            assert task.sid in known or task.cname in set(open_starts)

    @invariant()
    def no_second_sees_more_calls_than_the_account_may_send(self):
        assert all(last - first >= 1_000_000 for first, last in pairwise_at(PACE, self.turns))

    @invariant()
    def terminal_is_final(self):
        for session in RecordingSession.objects.filter(project=self.project):
            if self.final.get(session.pk):
                assert session.status in FINAL
                assert (self.final[session.pk], session.status) != ("failed", "stopped")
            if session.status in FINAL:
                self.final[session.pk] = session.status

    @invariant()
    def what_was_acknowledged_is_stored_once(self):
        kept = Notice.objects.filter(project=self.project).values_list("notice_id", flat=True)
        assert sorted(kept) == sorted(self.acknowledged)

    @invariant()
    def every_side_effect_has_its_entry(self):
        entries = AuditEntry.objects.filter(session__project=self.project)
        for action, count in self.wished.items():
            assert entries.filter(action=action).count() == count

    def teardown(self):
        """The provider is well again and the worker has an hour: everything comes to rest."""
        if not getattr(self, "sessions", None):
            return
        self.provider.scripts.clear()
        self.provider.status = 5
        for _ in range(60):
            with self.time(60):
                self.work()
        self.what_runs_is_known_or_known_to_be_unconfirmed()
        self.no_second_sees_more_calls_than_the_account_may_send()
        self.terminal_is_final()
        running = {task.sid for task in self.provider.live}
        for session in RecordingSession.objects.filter(project=self.project):
            lost_for_good = session.status == Status.UNCONFIRMED and not session.sid
            if session.status in FINAL:
                assert session.sid not in running
            elif lost_for_good:
                assert session.attention
            elif session.status in LIVE:
                assert session.sid in running
                assert not session.stop_requested_at


@pytest.mark.django_db
def test_no_history_loses_a_recording_or_starts_it_twice(monkeypatch):
    for module in (change, reconcile, resolve, stop):  # who died gives nothing back: do not wait
        monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(Pacer, "__call__", paced(Pacer.__call__))
    waits = Pacer.__init__.__kwdefaults__
    monkeypatch.setitem(waits, "sleep", lambda seconds: History.clock.shift(seconds))
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    with scripted_provider() as provider:
        History.provider = provider
        run_state_machine_as_test(
            History,
            settings=settings(
                max_examples=HISTORIES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=checks,
            ),
        )
