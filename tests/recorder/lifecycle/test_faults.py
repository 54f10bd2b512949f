"""Whatever goes wrong, in whatever order: what runs is known, or known to be unknown."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recorder.contract.states import FINAL, Status
from recorder.lifecycle import reconcile
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop
from recorder.models import InvalidTransition, RecordingSession
from tests.support.provider import lost, says
from tests.support.rows import make_project, start_request

pytestmark = pytest.mark.django_db

FAULTS = {
    "lost": lost,
    "broken": says(500, code=500),
    "limited": says(429, message="API rate limit exceeded"),
    "missing": says(404, code=404, reason="failed to find worker"),
    "half": says(206, code=65, reason="request not completed"),
    "expired": says(400, code=433),
}
OPERATIONS = ("acquire", "start", "query", "stop")
faults = st.tuples(st.just("fault"), st.sampled_from(OPERATIONS), st.sampled_from(list(FAULTS)))
steps = st.one_of(
    faults,
    st.tuples(st.just("sweep"), st.integers(0, 130)),
    st.tuples(st.just("crash"), st.integers(1, 25)),
    st.tuples(st.just("stop")),
    st.tuples(st.just("status"), st.sampled_from([1, 4, 5, 7, 20])),
)


class Crash(BaseException):
    pass


class World:
    """One session at a provider that misbehaves, and a clock."""

    def __init__(self, provider, storage, user):
        self.provider, self.user, self.now = provider, user, timezone.now()
        provider.calls.clear()
        provider.tasks.clear()
        provider.scripts.clear()
        provider.status = 5
        with self.time():
            self.session, _ = request_start(
                start_request(make_project(provider.url), storage, "room"), by=user, form_key=None
            )
        self.statuses = [self.session.status]

    def time(self):
        return time_machine.travel(self.now, tick=True)

    def do(self, name, *values):
        self.now += timedelta(seconds=values[0] if name == "sweep" else 1)
        with self.time():
            getattr(self, f"_{name}")(*values)
        self.session.refresh_from_db()
        self.statuses.append(self.session.status)

    def _fault(self, operation, name):
        self.provider.will(operation, FAULTS[name])

    def _sweep(self, _seconds):
        reconcile.sweep()

    def _crash(self, statement):
        left = iter(range(statement))

        def crash(execute, sql, params, many, context):
            if next(left, None) is None:
                raise Crash
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(crash):
                send_start(self.session)
                reconcile.sweep()
        except Crash:
            pass

    def _stop(self):
        try:
            request_stop(self.session, by=self.user)
        except InvalidTransition:
            assert self.session.status in FINAL

    def _status(self, number):
        self.provider.status = number

    def settle(self):
        """The provider is well again, and the worker has ten minutes."""
        self.provider.scripts.clear()
        for _ in range(20):
            self.do("sweep", 30)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(steps, max_size=12))
def test_nothing_is_lost_or_done_twice(provider, storage_config, user, events):
    world = World(provider, storage_config, user)

    for name, *values in events:
        world.do(name, *values)
    world.settle()

    session = RecordingSession.objects.get(pk=world.session.pk)
    running = [task.sid for task in provider.live]
    assert len(provider.tasks) <= 1
    if session.status == Status.UNCONFIRMED:
        assert session.attention
    else:
        assert running in ([], [session.sid])
        assert running == [] or session.status not in FINAL
    if session.stop_requested_at and session.status != Status.UNCONFIRMED:
        assert running == []
        assert session.status in FINAL
    first_end = next((i for i, s in enumerate(world.statuses) if s in FINAL), None)
    assert first_end is None or set(world.statuses[first_end:]) <= FINAL
    assert session.lease_until is None or session.lease_until <= world.now + timedelta(seconds=90)
