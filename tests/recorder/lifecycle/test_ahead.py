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
