from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.figures import Figures, counted, figures
from recorder.models import Heartbeat, RecordingSession

pytestmark = pytest.mark.django_db


def test_the_figures_count_what_they_say(make_session, user, time_machine):
    time_machine.move_to(datetime(2026, 5, 4, 12, tzinfo=UTC))  # not just past midnight
    make_session(Status.RECORDING)
    make_session(Status.RECOVERING, attention=Attention.MISSING)
    make_session(Status.STARTING, recording_at=None)
    make_session(Status.STOPPED, upload=Upload.UPLOADING, attention=Attention.BACKED_UP)
    make_session(Status.STOPPED, upload=Upload.UPLOADED)
    make_session(Status.STOPPED, recording_at=timezone.now() - timedelta(days=2))
    Heartbeat.beat("a")

    assert figures(user) == Figures(
        recording_now=2,
        needs_attention=2,
        waiting_for_upload=1,
        recorded_today=4,
        live=3,
        workers=1,
    )


def test_nobody_sees_figures_without_signing_in(make_session):
    make_session()

    assert figures(AnonymousUser()) == Figures()


@pytest.fixture
def use_indexes(db):
    """PostgreSQL reads a small table whole unless it is told not to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")


@pytest.mark.parametrize(
    ("figure", "index"),
    [
        ("live", "session_live"),
        ("recording_now", "session_live"),
        ("needs_attention", "session_attention"),
        ("waiting_for_upload", "session_upload_open"),
        ("recorded_today", "session_recorded"),
    ],
)
def test_each_figure_is_read_from_its_partial_index(user, use_indexes, figure, index):
    plan = counted(user)[figure].order_by().explain()

    assert index in plan


def test_due_rows_are_found_in_their_index(use_indexes):
    assert "session_due" in RecordingSession.objects.due(timezone.now()).explain()


def test_all_figures_come_from_one_query(make_session, user, django_assert_num_queries):
    make_session(Status.RECORDING)

    with django_assert_num_queries(1):
        assert figures(user).live == 1


def test_workers_count_while_they_are_seen(user, time_machine):
    Heartbeat.beat("worker-1")
    assert figures(user).workers == 1

    time_machine.move_to(timezone.now() + timedelta(seconds=31))

    assert figures(user).workers == 0
