from datetime import timedelta

import pytest
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.lifecycle.ahead import Ahead, ahead

pytestmark = pytest.mark.django_db


def test_a_running_session_is_asked_again_when_it_is_due(make_session):
    later = timezone.now() + timedelta(minutes=2)

    assert ahead(make_session(next_check_at=later)) == Ahead("The service is asked again", later)


@pytest.mark.parametrize(
    ("status", "fields", "sentence"),
    [
        (Status.REQUESTED, {}, "The start is sent"),
        (Status.RECORDING, {"stop_requested_at": timezone.now()}, "The stop is sent"),
        (Status.STOPPED, {"upload": Upload.UNKNOWN}, "Its files are looked for again"),
    ],
)
def test_what_waits_is_named(make_session, status, fields, sentence):
    assert ahead(make_session(status, **fields)).sentence == sentence


@pytest.mark.parametrize(
    ("status", "fields", "sentence"),
    [
        (Status.ACQUIRED, {}, "The start is being sent."),
        (Status.STARTING, {}, "The start is being sent."),
        (Status.RECORDING, {}, "The service is being asked."),
        (Status.RECORDING, {"stop_requested_at": timezone.now()}, "The stop is being sent."),
        (Status.STOPPED, {}, "Its files are being looked for."),
    ],
)
def test_what_somebody_is_at_has_no_time(make_session, status, fields, sentence):
    session = make_session(status, lease_until=timezone.now() + timedelta(minutes=1), **fields)

    assert ahead(session) == Ahead(sentence)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.STOPPED, "Nothing more happens by itself."),
        (
            Status.UNCONFIRMED,
            "Nothing happens by itself: its sid is not known. A person has to decide.",
        ),
    ],
)
def test_where_nothing_is_planned_it_says_so(make_session, status, sentence):
    assert ahead(make_session(status, next_check_at=None)) == Ahead(sentence)


@pytest.mark.parametrize(
    ("status", "fields", "sentence"),
    [
        (Status.REQUESTED, {}, "the start waits"),
        (Status.RECORDING, {"stop_requested_at": timezone.now()}, "the stop waits"),
        (Status.RECORDING, {}, "does not answer. It is tried again"),
    ],
)
def test_what_a_provider_in_trouble_holds_up_is_due_when_it_is_tried_next(
    make_session, status, fields, sentence
):
    due = timezone.now()
    session = make_session(status, next_check_at=due, **fields)
    session.project.paused_until = due + timedelta(seconds=20)

    shown = ahead(session)

    assert sentence in shown.sentence
    assert shown.at == due + timedelta(seconds=20)


def test_looking_for_files_does_not_wait_for_a_provider_in_trouble(make_session):
    due = timezone.now()
    session = make_session(Status.STOPPED, upload=Upload.UNKNOWN, next_check_at=due)
    session.project.paused_until = due + timedelta(seconds=20)

    assert ahead(session) == Ahead("Its files are looked for again", due)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Only a callback can name its sid now. Else a person has to decide."),
        (
            {"stop_requested_at": timezone.now()},
            "The stop goes out as soon as a callback names its sid.",
        ),
    ],
)
def test_a_lost_sid_is_waited_for_where_callbacks_are_let_in(make_session, fields, sentence):
    session = make_session(Status.UNCONFIRMED, sid="", next_check_at=None, **fields)
    session.project.callback_secret = "callback-secret-of-the-tests"

    assert ahead(session).sentence == sentence


def test_a_lease_alone_asks_nobody(make_session):
    until = timezone.now() + timedelta(minutes=1)
    fields = {"sid": "", "next_check_at": None, "acquired_at": None, "storage": {}}
    session = make_session(Status.UNCONFIRMED, lease_until=until, **fields)

    assert "A person has to decide" in ahead(session).sentence
