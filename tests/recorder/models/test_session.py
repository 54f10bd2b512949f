from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from recorder.contract.states import FINAL, LIVE, NEXT, Status
from recorder.models import InvalidTransition, RecordingSession
from recorder.models.session import new_reference

pytestmark = pytest.mark.django_db


def test_a_reference_is_twelve_small_letters_and_digits_and_never_the_same():
    references = {new_reference() for _ in range(200)}

    assert len(references) == 200
    assert all(
        len(r) == 12 and r.isascii() and r.isalnum() and r.islower() | r.isdigit()
        for r in references
    )


@pytest.mark.parametrize("status", list(Status))
def test_only_the_moves_of_the_contract_are_made(make_session, status):
    for target in Status:
        session = make_session(status)
        if target in NEXT[status]:
            session.move_to(target)
            assert session.status == target
        else:
            with pytest.raises(InvalidTransition):
                session.move_to(target)
            assert session.status == status


def test_one_channel_and_uid_has_one_live_session_per_project(make_session):
    first = make_session(Status.RECORDING, cname="room", uid="1")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_session(Status.REQUESTED, cname="room", uid="1")

    RecordingSession.objects.filter(pk=first.pk).update(status=Status.STOPPED)
    make_session(Status.REQUESTED, cname="room", uid="1")
    make_session(Status.REQUESTED, cname="room", uid="2")
    make_session(Status.REQUESTED, cname="Room", uid="1")


def test_live_and_final_divide_the_sessions(make_session):
    sessions = {status: make_session(status) for status in Status}

    live = set(RecordingSession.objects.live())

    assert live == {sessions[status] for status in LIVE}
    assert all(sessions[status].is_live for status in LIVE)
    assert all(sessions[status].is_final for status in FINAL)


def test_what_is_due_comes_stops_first_and_leaves_out_what_is_claimed(make_session):
    now = timezone.now()
    soon = make_session(next_check_at=now - timedelta(seconds=1))
    long_due = make_session(next_check_at=now - timedelta(seconds=9))
    wished = make_session(next_check_at=now, stop_requested_at=now)
    make_session(next_check_at=now, lease_until=now + timedelta(seconds=5), lease_token="x")
    freed = make_session(next_check_at=now, lease_until=now - timedelta(seconds=5), lease_token="x")
    make_session(next_check_at=now + timedelta(seconds=5))
    make_session(next_check_at=None)

    assert list(RecordingSession.objects.due(now)) == [wished, long_due, soon, freed]


def test_the_length_counts_from_the_answer_to_start_to_the_end(make_session):
    now = timezone.now()
    session = make_session(
        Status.STOPPED,
        started_at=now - timedelta(seconds=62),
        recording_at=now - timedelta(seconds=57),
        ended_at=now - timedelta(seconds=2),
    )

    assert session.length == timedelta(seconds=60)


def test_a_session_that_never_recorded_has_no_length(make_session):
    assert make_session(Status.STARTING).length is None


def test_nobody_sees_anything_without_signing_in(make_session, user):
    session = make_session()

    assert list(RecordingSession.objects.visible_to(user)) == [session]
    assert not RecordingSession.objects.visible_to(AnonymousUser()).exists()
