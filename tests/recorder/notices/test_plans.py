"""What a notice, or the answer to a start, reads of all that was ever recorded and heard."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recorder.contract.states import Status
from recorder.lifecycle import attention
from recorder.lifecycle.fold import fold
from recorder.lifecycle.observe import StartAnswer
from recorder.models import Notice
from recorder.notices.intake import intake
from recorder.notices.wire import notice_in
from tests.support.notices import body

pytestmark = pytest.mark.django_db(transaction=True)

# Of every table that grows, the index of a column of which a value may stand in half of the rows.
WIDE = re.compile(r"USING INDEX \w+_(project_id|session_id|status)_\w+|SCAN recorder_\w+$")


@pytest.fixture
def wide_reads():
    """`wide_reads(job)`: the plans by which it read more than it needed, without statistics."""
    if connection.vendor != "sqlite":
        pytest.skip("plans are compared on SQLite; PostgreSQL has statistics to go by")

    def wide_reads(job) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            job()
        plans = []
        with connection.cursor() as cursor:
            for query in queries.captured_queries:
                if re.match("SELECT|UPDATE", query["sql"]):
                    cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                    plans += [f"{row[3]} for {query['sql']}" for row in cursor.fetchall()]
        assert plans
        return [plan for plan in plans if WIDE.search(plan.split(" for ")[0])]

    return wide_reads


def keep(project, sid, cname):
    message = body(40, sid=sid, cname=cname, uid="1", sequence=0)
    intake.keep(notice_in(message, project.pk, timezone.now()))


@pytest.mark.parametrize("sid", ["known", "unknown", "lost"])
def test_a_notice_reads_its_session_and_not_all_of_its_project(
    project, make_session, wide_reads, sid
):
    make_session(Status.RECORDING, sid="known")
    make_session(Status.UNCONFIRMED, sid="", cname="lost", uid="1")

    found = wide_reads(lambda: keep(project, sid, "lost" if sid == "lost" else "room"))

    assert found == []
    assert Notice.objects.filter(sid=sid).exists()


def test_a_sid_that_is_learned_reads_its_own_notices_only(project, make_session, wide_reads):
    session = make_session(Status.STARTING, sid="")
    keep(project, "early", session.cname)

    found = wide_reads(lambda: fold(session, StartAnswer(timezone.now(), "early")))

    assert found == []
    assert Notice.objects.get().session == session


def test_late_stops_are_looked_for_among_those_that_live(project, make_session, wide_reads):
    assert wide_reads(lambda: attention.tell_late_stops(project.pk, timezone.now())) == []
