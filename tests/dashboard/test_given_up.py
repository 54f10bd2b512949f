"""A start that was given up and runs after all: its callbacks are heard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from recorder.contract.states import Operation, Status
from recorder.lifecycle.observe import failure_of
from recorder.models import Notice
from tests.support.notices import SECRET, body, deliver

pytestmark = pytest.mark.django_db(transaction=True)
WARNING = "was given up, and it runs."


@pytest.fixture
def given_up(make_session, project):
    project.callback_secret = SECRET
    project.save()
    failure = failure_of(timezone.now(), Operation.START) | {"given_up": "Nobody was there."}
    return make_session(Status.FAILED, cname="night", uid="7", sid="", failure=failure)


def progress(event_type=33, **more):
    return body(event_type, **{"sid": "sid-of-night", "cname": "night", "uid": "7"} | more)


def warns(client, path):
    return WARNING in client.get(path).content.decode()


def test_the_board_and_its_page_say_that_it_runs_and_under_which_sid(signed_in, project, given_up):
    path = f"/sessions/{given_up.pk}/"
    before = warns(signed_in, "/"), warns(signed_in, path)

    deliver(project, progress())

    board = signed_in.get("/").content.decode()
    assert before == (False, False)
    assert f"“night” {WARNING}" in board
    assert "sid-of-night" in board
    assert path in board
    assert warns(signed_in, path)


def test_a_poll_of_an_unchanged_board_brings_it(signed_in, project, given_up, asking):
    seen = signed_in.get("/", headers=asking)
    deliver(project, progress())

    poll = signed_in.get("/", headers=asking | {"HX-PTag": seen["HX-PTag"]})

    assert WARNING in poll.content.decode()


@pytest.mark.parametrize(
    "heard",
    [
        [progress(cname="day")],
        [progress(uid="8")],
        [progress(11, exitStatus=0, sequence=9), progress(sequence=8)],  # it has ended
        [progress(41, leaveCode=16)],
        [],
    ],
)
def test_others_and_what_has_ended_are_no_reason_to_warn(signed_in, project, given_up, heard):
    for message in heard:
        deliver(project, message)

    assert not warns(signed_in, "/")


def test_what_is_not_heard_of_any_more_is_not_said_to_run(signed_in, project, given_up):
    deliver(project, progress())
    Notice.objects.update(received_at=timezone.now() - timedelta(minutes=5))

    assert not warns(signed_in, "/")


def test_only_one_that_was_given_up_is_said_to_run(signed_in, project, given_up):
    given_up.failure.pop("given_up")
    given_up.save()
    deliver(project, progress())

    assert not warns(signed_in, "/")
