"""A start whose answer is lost: what is tried by itself, what proves what, what a person can do."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from recorder.contract.states import Mode, Status
from recorder.errors import RecorderError
from recorder.lifecycle import reconcile
from recorder.lifecycle.ahead import ahead
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.observe import BucketListing, StartAnswer
from recorder.lifecycle.resolve import send_again, try_again
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop
from recorder.lifecycle.unconfirmed import SEEK_PATIENCE
from recorder.lifecycle.unconfirmed_words import _looks
from recorder.lifecycle.words import explain_attention, legal_actions, standing
from recorder.models import AuditEntry, InvalidTransition, RecordingSession
from tests.support.provider import says
from tests.support.rows import wait_of

pytestmark = pytest.mark.django_db(transaction=True)


def unheard(provider, call):
    """The request never reached the service, and nobody says so."""
    return


def lost(provider, call):
    provider.usual(call)
    return


ALREADY = says(201, code=7, reason="already started")


@pytest.fixture
def start(request_for, user, provider):
    """`start(script)`: a session whose start is answered so."""

    def start(*scripts, **more) -> RecordingSession:
        provider.will("start", *scripts)
        session, _ = request_start(request_for(**more), by=user, form_key=None)
        send_start(session)
        return session

    return start


def until_due(session, bucket=None):
    with time_machine.travel(session.next_check_at + timedelta(milliseconds=1), tick=True):
        reconcile.sweep(bucket=bucket)
    session.refresh_from_db()
    return session


def test_a_start_that_never_ran_runs_at_its_first_repeat_and_nobody_has_to_look(start, provider):
    session = start(unheard)

    until_due(session)

    assert (session.sid, session.attention, len(provider.tasks)) == ("sid-1", "", 1)
    assert standing(session).key == "starting"
    assert len({call.resource_id for call in provider.calls if call.operation == "start"}) == 1


def test_a_start_that_ran_is_proven_by_its_repeat_and_never_sent_again(start, provider):
    session = start(lost)

    until_due(session)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=True):
        reconcile.sweep()

    session.refresh_from_db()
    assert session.proven_at is not None
    assert (session.status, session.attention) == (Status.UNCONFIRMED, Attention.UNCONFIRMED)
    assert (provider.count("start"), len(provider.live)) == (2, 1)


def test_the_sid_is_taken_from_a_refusal_that_names_it(start, provider):
    session = start(lost, says(201, code=7, reason="already started", sid="sid-1"))

    until_due(session)
    until_due(session)

    assert (session.sid, session.status) == ("sid-1", Status.RECORDING)


def test_a_start_is_repeated_after_3_6_and_9_seconds_with_one_resource_id(start, provider):
    session = start(*[unheard] * 9)

    waits = []
    for _ in range(3):
        waits.append(wait_of(session))
        until_due(session)

    assert waits == [3, 6, 9]
    assert provider.count("start") == 4
    assert provider.count("acquire") == 1
    assert legal_actions(session)["try_again"] is None


def test_an_old_resource_id_is_not_used_for_a_repeat(make_session, provider):
    old = timezone.now() - timedelta(minutes=5)
    session = make_session(Status.UNCONFIRMED, acquired_at=old, start_sent_at=old)

    reconcile.sweep()

    session.refresh_from_db()
    assert provider.count("start") == 0
    assert session.attention == Attention.UNCONFIRMED


def test_a_start_that_a_dead_process_sent_long_ago_is_not_sent_again(make_session, provider):
    """Its resource id would be refused, and another one might start a second recording."""
    old = timezone.now() - timedelta(minutes=5)
    session = make_session(Status.STARTING, acquired_at=old, start_sent_at=old)

    reconcile.sweep()

    session.refresh_from_db()
    assert (session.status, session.attention) == (Status.UNCONFIRMED, Attention.UNCONFIRMED)
    assert provider.calls == []


def test_a_repeat_that_could_not_be_sent_does_not_count(start, provider):
    session = start(unheard, says(429, message="slow down"), unheard)

    until_due(session)
    limited = session.repeats
    until_due(session)

    assert (limited, session.repeats) == (0, 1)


def test_the_sid_is_found_in_the_names_of_its_files(start, provider):
    session = start(lost)
    looks = []

    def bucket(row):
        looks.append(row.sid)
        if not row.sid:
            return StartAnswer(timezone.now(), "sid-1") if len(looks) > 2 else None
        return BucketListing(timezone.now(), complete=False, playlist="sid-1_room.m3u8")

    until_due(session)
    for _ in range(3):
        until_due(session, bucket)
    until_due(session, bucket)

    assert (session.sid, session.status) == ("sid-1", Status.RECORDING)
    assert session.playlist == "sid-1_room.m3u8"


def test_a_folder_that_others_record_into_too_proves_nothing(start, storage_config, provider):
    type(storage_config).objects.update(file_name_prefix=["shared"])
    storage_config.refresh_from_db()
    session = start(lost)

    until_due(session, lambda row: pytest.fail("nobody may look there"))

    assert session.proven_at
    assert session.next_check_at is None
    assert "cannot turn up by itself" in explain_attention(session).remedy


def test_a_bucket_that_cannot_be_read_only_means_looking_again(start, provider):
    session = start(lost)

    def bucket(row):
        raise RecorderError("The storage refused the key.")

    until_due(session)
    until_due(session, bucket)

    assert session.status == Status.UNCONFIRMED
    assert session.next_check_at is not None


def test_the_row_names_the_start_says_what_it_may_cost_and_what_is_tried(start, provider):
    session = start(lost, cname="town-hall", uid="77")

    why, next_step = explain_attention(session), ahead(session)
    until_due(session)
    proven = explain_attention(session)

    assert "town-hall" in why.what
    assert "77" in why.what
    assert f"sent at {timezone.localtime(session.start_sent_at):%H:%M:%S}" in why.what
    assert "empty for 30 seconds" in why.meaning
    assert "3, 6 and 9 seconds" in why.remedy
    assert next_step.sentence == "The same start is repeated"
    assert "has started this recording" in proven.what
    assert "try again with the same channel and uid" in proven.remedy


def test_after_a_day_nobody_is_told_that_the_storage_is_still_searched(make_session):
    session = make_session(
        Status.UNCONFIRMED,
        sid="",
        attention="unconfirmed",
        proven_at=timezone.now(),
        start_sent_at=timezone.now(),
        storage={"file_name_prefix": ["{session}"]},
    )
    today = explain_attention(session).remedy
    session.start_sent_at -= SEEK_PATIENCE

    assert "looked for in the storage" in today
    assert "did not turn up in the storage" in explain_attention(session).remedy


def test_a_web_recording_may_cost_until_its_own_limit(make_session):
    session = make_session(Status.UNCONFIRMED, attention="unconfirmed", mode=Mode.WEB.value)

    assert "72 hours" in explain_attention(session).meaning


def test_trying_again_proves_that_the_first_one_runs_and_keeps_its_resource_id(
    start, user, provider
):
    session = start(lost, *[unheard] * 3)
    for _ in range(3):
        until_due(session)

    try_again(session, by=user)
    send_again(session)

    assert session.proven_at is not None
    assert (session.resource_id, session.former_resource_id) == ("resource-1", "")
    assert (session.status, len(provider.tasks)) == (Status.UNCONFIRMED, 1)
    assert provider.last("start").body["uid"] == "1"
    assert AuditEntry.objects.filter(action="session.try_again", user=user).exists()


def test_a_try_that_was_refused_says_when_it_ran_and_that_it_costs(start, user):
    session = start(lost, *[unheard] * 3)
    for _ in range(3):
        until_due(session)
    before = explain_attention(session)

    try_again(session, by=user)
    send_again(session)

    refused = session.calls.filter(operation="start", code=53).get().started_at
    why = explain_attention(session)
    assert f"at {timezone.localtime(refused):%H:%M:%S} the service refused" in why.what
    assert "It may be recording" in before.meaning
    assert "While it runs the provider charges for it, until the channel has been" in why.meaning
    assert "give it up" in before.remedy
    assert "give it up" not in why.remedy
    assert "cannot be stopped without its sid" in why.remedy


def test_trying_again_records_when_the_first_one_does_not_run(start, user, provider):
    session = start(*[unheard] * 4)
    for _ in range(3):
        until_due(session)

    try_again(session, by=user)
    send_again(session)

    assert (session.sid, session.resource_id) == ("sid-1", "resource-2")
    assert session.former_resource_id == ""
    assert len(provider.live) == 1


def test_trying_again_goes_on_while_the_account_is_full_and_ends_where_it_is_refused(
    start, user, provider
):
    session = start(*[unheard] * 4)
    for _ in range(3):
        until_due(session)
    full, refused = says(400, code=406, reason="vendor_over_load"), says(401, reason="no")
    provider.will("acquire", *[full] * 9, refused)

    try_again(session, by=user)
    send_again(session)
    wished = []
    for _ in range(9):
        wished.append(session.again_at is not None)
        until_due(session)

    assert wished == [True] * 9
    assert session.again_at is None
    assert (session.status, len(provider.live)) == (Status.UNCONFIRMED, 0)


def test_nobody_can_try_again_while_the_start_is_being_repeated(start, user):
    session = start(lost)

    with pytest.raises(InvalidTransition):
        try_again(session, by=user)


def test_a_sid_that_belongs_to_the_earlier_resource_id_is_asked_for_with_that_one(
    start, user, provider
):
    session = start(lost, *[unheard] * 8)
    for _ in range(3):
        until_due(session)
    try_again(session, by=user)
    send_again(session)
    between = session.resource_id

    for _ in range(3):  # the second one's repeats are lost too
        until_due(session)
    provider.will("query", says(400, code=1003, reason="sid does not match the resourceId"))
    until_due(session, lambda row: None if row.sid else StartAnswer(timezone.now(), "sid-1"))
    until_due(session)
    until_due(session)

    assert between == "resource-2"
    assert (session.resource_id, session.status) == ("resource-1", Status.RECORDING)


def test_a_stop_that_is_wished_while_it_is_unconfirmed_goes_when_the_sid_is_known(
    start, user, provider
):
    session = start(unheard)
    request_stop(session, by=user)
    said = standing(session).key

    for _ in range(3):
        if session.next_check_at:
            until_due(session)

    assert said == "unconfirmed"
    assert session.status == Status.STOPPED
    assert provider.live == []


def test_two_hundred_starts_with_lost_answers_leave_no_orphan_and_no_double(
    request_for, user, provider
):
    sessions = []
    for number in range(200):
        if number % 10 == 0:
            provider.will("start", lost)
        if number % 20 == 7:
            provider.will("acquire", lost)
        session, _ = request_start(request_for(f"room {number}"), by=user, form_key=None)
        send_start(session)
        sessions.append(session)
    names = {task.cname: task.sid for task in provider.tasks.values()}

    def bucket(row):
        return None if row.sid else StartAnswer(timezone.now(), names[row.cname])

    now = timezone.now()
    for seconds in (5, 15, 40, 90):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=True):
            reconcile.sweep(1000, bucket)

    rows = RecordingSession.objects.all()
    assert {row.sid for row in rows} == {task.sid for task in provider.live}
    assert len(provider.live) == len(provider.tasks) == 200
    assert {row.status for row in rows} == {Status.RECORDING}


@pytest.mark.parametrize(
    ("heard", "own_folder", "says_so"),
    [
        (True, True, "waited for in callbacks, and looked for in the storage"),
        (True, False, "waited for in callbacks."),
        (False, True, "The project takes no callbacks."),
        (False, False, "cannot turn up by itself"),
    ],
)
def test_only_ways_that_are_open_are_named_for_its_sid(heard, own_folder, says_so):
    assert says_so in _looks(heard=heard, own_folder=own_folder, sought=own_folder)
