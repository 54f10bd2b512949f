"""What notices do to sessions, whatever the order, the repeats and the losses."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.models.signals import post_init, post_save
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recorder.contract.files import FileEntry
from recorder.contract.states import Status, Upload
from recorder.lifecycle import reconcile
from recorder.lifecycle.attention import Attention
from recorder.lifecycle.fold import fold
from recorder.lifecycle.hear import TRIES, hear, hear_due
from recorder.lifecycle.leases import LEASE
from recorder.lifecycle.observe import Facts, QueryAnswer, StartAnswer, StopAnswer
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.words import explain_attention
from recorder.models import Notice, RecordedFile, RecordingSession
from recorder.notices.intake import intake
from recorder.notices.wire import notice_in
from tests.support.notices import about, body, deliver, story_of
from tests.support.provider import says
from tests.support.rows import make_project

pytestmark = pytest.mark.django_db(transaction=True)


def told(project, *messages):
    for message in messages:
        assert deliver(project, message).status_code == 200


def after(seconds):
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True)


# Which order ------------------------------------------------------------------------------------


def outcome(session):
    """All the fold knows, without what the arrival itself decides."""
    known = Facts.of(RecordingSession.objects.get(pk=session.pk)).columns()
    names = set(session.files.values_list("name", flat=True))
    del known["heard_at"], known["sid"]
    return known, names


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repetition_give_the_same_session(project, make_session, data):
    begun = timezone.now() - timedelta(minutes=5)
    first, second = (
        make_session(Status.STARTING, sid=f"sid-{n}", recording_at=None, start_sent_at=begun)
        for n in range(2)
    )
    Notice.objects.all().delete()
    told(project, *story_of(first))
    notices = Notice.objects.filter(session=first).in_order()
    moments = {notice.sequence: notice.at for notice in notices}

    story = story_of(second)
    for message in story:
        number = message["payload"]["sequence"]
        message["payload"]["sendts"] = round(moments[number].timestamp() * 1000)
    doubled = [one | {"noticeId": f"{one['noticeId']}-again"} for one in story]
    order = data.draw(st.permutations(story + doubled[: data.draw(st.integers(0, 9))]))
    told(project, *order)

    assert outcome(second) == outcome(first)
    RecordingSession.objects.filter(pk__in=[first.pk, second.pk]).delete()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.sets(st.integers(0, 8)), data=st.data())
def test_losses_are_made_up_by_what_is_asked_and_seen_later(project, make_session, kept, data):
    session = make_session(Status.STARTING, sid="sid-lossy", recording_at=None)
    Notice.objects.all().delete()
    story = story_of(session)
    told(project, *data.draw(st.permutations([story[number] for number in kept])))

    now = timezone.now()
    files = (FileEntry("p/sid_room.m3u8"),)
    fold(session, QueryAnswer(now, 5, files, 1_700_000_002_000))
    fold(session, StopAnswer(now, Upload.UPLOADED, files))

    session.refresh_from_db()
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UPLOADED)
    assert session.playlist == "p/sid_room.m3u8"
    session.delete()


def test_a_start_that_is_told_after_the_exit_revives_nothing(project, make_session):
    session = make_session(Status.STARTING, sid="s", recording_at=None)
    story = story_of(session)

    told(project, story[8], story[1], story[2])

    session.refresh_from_db()
    assert session.status == Status.STOPPED
    assert session.ended_at


# Whose notice -----------------------------------------------------------------------------------


def test_what_comes_before_the_commit_of_the_sid_is_folded_with_it(project, make_session):
    session = make_session(Status.STARTING)
    early = body(40, sid="early", cname=session.cname, uid=session.uid, sequence=1)

    told(project, early)
    waiting = Notice.objects.get()
    fold(session, StartAnswer(timezone.now(), "early"))

    session.refresh_from_db()
    assert waiting.session is None
    assert waiting.due_at
    assert session.status == Status.RECORDING
    assert Notice.objects.get().session == session


def test_a_notice_that_raced_with_the_commit_of_the_sid_is_found_by_the_worker(
    project, make_session
):
    session = make_session(Status.STARTING)
    told(project, body(40, sid="raced", cname=session.cname, uid=session.uid))
    RecordingSession.objects.filter(pk=session.pk).update(sid="raced")  # unseen by the other

    with after(3):
        hear_due()

    session.refresh_from_db()
    assert session.status == Status.RECORDING


def test_a_sid_that_stays_unknown_is_looked_for_some_minutes_and_then_listed(project):
    told(project, body(40, sid="foreign"))

    for minutes in range(10):
        with after(60 * minutes):
            hear_due()

    kept = Notice.objects.get()
    assert (kept.session, kept.due_at, kept.folded_at) == (None, None, None)


@pytest.fixture
def unconfirmed(make_session):
    sent = timezone.now() - timedelta(seconds=20)
    return make_session(Status.UNCONFIRMED, start_sent_at=sent)


def test_an_unconfirmed_start_learns_its_sid_from_the_first_notice(project, unconfirmed):
    told(project, body(40, sid="found", cname=unconfirmed.cname, uid=unconfirmed.uid, sequence=1))

    unconfirmed.refresh_from_db()
    assert (unconfirmed.sid, unconfirmed.status) == ("found", Status.RECORDING)
    assert unconfirmed.attention == ""


def test_a_stop_that_waits_for_the_sid_goes_when_a_notice_without_a_state_tells_it(
    project, unconfirmed
):
    now = timezone.now()
    RecordingSession.objects.filter(pk=unconfirmed.pk).update(
        stop_requested_at=now, proven_at=now, next_check_at=None
    )

    told(project, body(33, sid="found", cname=unconfirmed.cname, uid=unconfirmed.uid, sequence=9))

    due = RecordingSession.objects.due(timezone.now())
    assert [row.sid for row in due] == ["found"]


def test_what_was_told_while_a_dead_process_held_the_start_counts_when_its_lease_is_over(
    project, make_session
):
    sent = timezone.now() - timedelta(seconds=1)
    leased = {"lease_token": "dead", "lease_until": sent + LEASE, "next_check_at": sent}
    session = make_session(Status.STARTING, start_sent_at=sent, **leased)
    told(project, body(40, sid="found", cname=session.cname, uid=session.uid, sequence=1))
    for seconds in (3, 14, 75):  # no longer than it takes is it looked for often
        with time_machine.travel(sent + timedelta(seconds=seconds), tick=True):
            hear_due()

    with time_machine.travel(sent + LEASE + timedelta(seconds=1), tick=True):
        reconcile.sweep()
        hear_due()

    session.refresh_from_db()
    assert (session.sid, session.status) == ("found", Status.RECORDING)


@pytest.mark.parametrize("other", ["cname", "uid"])
def test_another_channel_or_uid_proves_nothing(project, unconfirmed, other):
    place = {"cname": unconfirmed.cname, "uid": unconfirmed.uid} | {other: "77777"}

    told(project, body(40, sid="not-ours", **place))

    unconfirmed.refresh_from_db()
    assert (unconfirmed.sid, unconfirmed.status) == ("", Status.UNCONFIRMED)


def test_a_recording_that_was_heard_of_before_our_start_is_not_ours(project, make_session):
    place = {"sid": "older", "cname": "shared", "uid": "7"}
    with time_machine.travel(timezone.now() - timedelta(minutes=9), tick=True):
        told(project, body(40, sequence=1, **place))
    session = make_session(Status.UNCONFIRMED, cname="shared", uid="7")

    told(project, body(33, sequence=9, **place))

    session.refresh_from_db()
    assert session.sid == ""


def test_two_starts_with_the_same_claim_leave_the_sid_to_a_person(project, make_session):
    place = {"cname": "shared", "uid": "7"}
    make_session(
        Status.FAILED,
        **place,
        sid="",
        failure={"operation": "start", "code": None, "http_status": None, "text": "Given up"},
    )
    session = make_session(Status.UNCONFIRMED, **place)

    told(project, body(40, sid="whose", sequence=0, **place))

    session.refresh_from_db()
    assert session.sid == ""
    assert Notice.objects.get().session is None


def test_a_session_of_another_project_is_never_meant(project, make_session, provider):
    session = make_session(Status.RECORDING, project=make_project(provider.url))

    told(project, about(session, 11, 8, exitStatus=1))

    session.refresh_from_db()
    assert session.status == Status.RECORDING


def test_nor_when_notices_of_both_projects_share_a_commit(project, make_session, provider):
    other, now = make_project(provider.url), timezone.now()
    session = make_session(Status.RECORDING, project=other)
    foreign = notice_in(about(session, 11, 8, exitStatus=1), project.pk, now)
    own = notice_in(about(session, 43, 3, state=0), other.pk, now)

    with transaction.atomic():
        hear([foreign, own], now)

    session.refresh_from_db()
    assert session.status == Status.RECORDING
    assert (foreign.session, own.session) == (None, session)


# What it leads to -------------------------------------------------------------------------------


def test_a_gap_asks_the_service_once(project, request_for, user, provider):
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    reconcile.check(session)
    before = provider.count("query")
    RecordingSession.objects.update(observed_at=timezone.now() - timedelta(minutes=10), checks=9)
    story = story_of(session)

    told(project, story[0], story[1], story[3])  # 2 is lost
    session.refresh_from_db()
    planned = session.next_check_at - timezone.now()
    with after(5):
        reconcile.sweep()
        told(project, story[4], story[5])
        reconcile.sweep()
    with after(30):
        reconcile.sweep()

    assert planned < timedelta(seconds=4)
    assert provider.count("query") == before + 1


def test_a_gap_right_after_an_answer_asks_nobody(project, make_session):
    """Where some types are not subscribed to, numbers are always missing."""
    session = make_session(Status.RECORDING, observed_at=timezone.now(), checks=9)
    story = story_of(session)

    told(project, story[0], story[2])

    session.refresh_from_db()
    assert session.ask_at is None


def test_a_notice_that_was_only_late_asks_nobody(project, make_session):
    session = make_session(
        Status.RECORDING, observed_at=timezone.now() - timedelta(minutes=10), checks=9
    )
    story = story_of(session)

    told(project, story[0], story[2])
    session.refresh_from_db()
    missing = session.ask_at
    told(project, story[1])

    session.refresh_from_db()
    assert missing
    assert session.ask_at is None
    assert Notice.objects.get(sequence=1).late
    assert not Notice.objects.get(sequence=2).late


def test_storage_that_refuses_its_keys_is_named_at_once_and_nothing_is_started_again(
    project, make_session, provider
):
    session = make_session(Status.RECORDING)

    told(
        project,
        about(session, 1, 5, module=1, errorLevel=5, errorCode=32, stat=1, errorMsg="denied"),
    )

    session.refresh_from_db()
    why = explain_attention(session)
    assert session.attention == Attention.STORAGE
    assert "storage settings are wrong" in why.what
    assert "denied" in why.what
    assert session.ask_at <= timezone.now()
    provider.will("query", says(404, code=404))
    reconcile.sweep()
    assert provider.count("start") == 0
    assert RecordingSession.objects.count() == 1


def test_a_fail_over_is_one_session_with_all_its_playlists_in_order(project, make_session):
    session = make_session(Status.STARTING, sid="s", cname="room", recording_at=None)
    tape = [about(session, 40, 0, status=0), about(session, 4, 1, fileList="p/s_room.m3u8")]
    for move in range(3):
        moved = about(session, 12, 2 + 3 * move, newUid=100 + move)
        back = about(session, 42, 3 + 3 * move)
        back["payload"]["uid"] = str(100 + move)
        first = about(session, 4, 4 + 3 * move, fileList=f"p/bak{move}_s_room.m3u8")
        tape += [moved, back, first]

    states = []
    for number, message in enumerate(tape):
        with after(10 * number):
            message["payload"]["sendts"] = round(timezone.now().timestamp() * 1000)
            told(project, message)
        session.refresh_from_db()
        states.append(session.status)

    assert states.count(Status.RECOVERING) == 3
    assert (session.status, session.recorder_uid) == (Status.RECORDING, "102")
    assert session.playlist == "p/s_room.m3u8"
    assert RecordingSession.objects.count() == 1
    lists = RecordedFile.objects.filter(session=session, kind="playlist")
    assert [file.name for file in sorted(lists, key=RecordedFile.in_story)] == [
        "p/s_room.m3u8",
        "p/bak0_s_room.m3u8",
        "p/bak1_s_room.m3u8",
        "p/bak2_s_room.m3u8",
    ]


def test_a_session_that_recorded_nothing_has_no_files(project, make_session, provider):
    session = make_session(Status.STARTING, sid="s", recording_at=None)
    story = story_of(session)

    told(project, story[0], story[1], about(session, 41, 2, leaveCode=4), story[8])

    session.refresh_from_db()
    assert (session.status, session.upload) == (Status.STOPPED, Upload.NO_FILES)


def test_a_fold_that_fails_keeps_the_notice_and_is_tried_again(project, make_session, monkeypatch):
    session, well = make_session(Status.RECORDING), make_session(Status.RECORDING)
    RecordingSession.objects.filter(pk=session.pk).update(missing=["no time at all"])

    told(project, about(session, 11, 8, exitStatus=0), about(well, 11, 8, exitStatus=0))
    broken = Notice.objects.get(sid=session.sid)
    assert (broken.session, broken.error) == (None, "ValueError")
    assert broken.due_at
    well.refresh_from_db()
    assert well.status == Status.STOPPED

    RecordingSession.objects.filter(pk=session.pk).update(missing=[])
    with after(10):
        hear_due()
    session.refresh_from_db()
    assert session.status == Status.STOPPED


def test_a_notice_that_never_folds_is_put_aside_and_holds_up_no_other(project, make_session):
    session = make_session(Status.RECORDING)
    RecordingSession.objects.filter(pk=session.pk).update(missing=["no time at all"])
    told(project, about(session, 11, 8, exitStatus=0))

    for number in range(1, TRIES + 2):
        with after(number * 600):
            hear_due()

    kept = Notice.objects.get()
    assert (kept.tries, kept.due_at, kept.error) == (TRIES, None, "ValueError")


def test_a_notice_that_is_kept_at_the_second_try_still_asks_the_service(project, make_session):
    """Another process kept one of the same commit meanwhile, so all of it was done again."""
    session, now = make_session(Status.RECORDING), timezone.now()
    error = notice_in(about(session, 1, 0, errorLevel=5, errorCode=3), project.pk, now)

    def keep_the_same(**_):
        post_save.disconnect(keep_the_same, sender=RecordingSession)
        notice_in(body(30, notice_id=error.notice_id), project.pk, now).save()

    post_save.connect(keep_the_same, sender=RecordingSession, weak=False)
    intake.keep(error)

    session.refresh_from_db()
    assert session.ask_at
    assert Notice.objects.get().event_type == 1


def test_a_notice_of_an_unknown_sid_touches_only_the_lost_starts_of_its_channel(
    project, make_session
):
    """A thousand others may be lost at the same time, and are being worked on."""
    for number in range(4):
        make_session(Status.UNCONFIRMED, sid="", cname=f"room {number}", uid="1")
    read = []

    def note(instance, **_):
        read.append(instance.cname)

    post_init.connect(note, sender=RecordingSession)
    try:
        told(project, body(40, sid="new", cname="room 2", uid="1", sequence=0))
    finally:
        post_init.disconnect(note, sender=RecordingSession)

    assert read == ["room 2"]
    assert RecordingSession.objects.get(sid="new").cname == "room 2"
