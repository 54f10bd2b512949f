"""Many starts and stops at once."""

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.utils import timezone

from recorder.contract.states import Mode, ProviderName, Status
from recorder.lifecycle import bulk, reconcile
from recorder.lifecycle.bulk import (
    AT_ONCE,
    ListReused,
    cancel,
    feed,
    request_bulk_start,
    request_bulk_stop,
)
from recorder.lifecycle.bulk_list import BadList, Row, decoded, refuse_bad, rows_of_text, told
from recorder.lifecycle.bulk_words import progress, result
from recorder.lifecycle.requests import InvalidRequest
from recorder.lifecycle.sealed import restored
from recorder.models import AuditEntry, BulkItem, RecordingSession
from tests.support.provider import says

pytestmark = pytest.mark.django_db(transaction=True)


def rows(count):
    return [Row(number, f"room {number}") for number in range(1, count + 1)]


@pytest.fixture
def start(request_for, user):
    def start(wanted, key=None, **more):
        return request_bulk_start(request_for("", uid="", **more), wanted, by=user, form_key=key)[0]

    return start


def work(turns=1, seconds=1):
    """What a worker does in so many turns."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _ in range(turns):
            feed()
            reconcile.sweep(1000)
            clock.shift(seconds)  # from here, however long that took: a turn is due a second later


def test_each_row_becomes_a_session_of_its_own_and_says_what_it_came_to(start, provider, user):
    many = start(rows(3))

    work(2)

    many.refresh_from_db()
    assert many.finished_at is not None
    assert {task.cname for task in provider.live} == {"room 1", "room 2", "room 3"}
    assert (progress(many).done, progress(many).queued) == (3, 0)
    assert {result(item).key for item in many.items.all()} <= {"starting", "recording"}
    assert AuditEntry.objects.filter(action="bulk.start", user=user).count() == 1
    assert AuditEntry.objects.filter(action="session.start", user=user).count() == 3


def test_only_some_wait_at_once_so_that_nobody_stands_behind_a_thousand(start):
    many = start(rows(AT_ONCE + 5))

    feed()
    feed()

    assert RecordingSession.objects.count() == AT_ONCE
    assert progress(many).queued == 5


def test_a_full_account_holds_the_rest_back_and_says_so(start, provider):
    many = start(rows(4))
    provider.will("acquire", *[says(400, code=406)] * 40)

    work(3)

    told_of = progress(many)
    assert (told_of.waiting, told_of.full) == (4, 4)
    assert "The account is full" in result(many.items.first()).text


def test_a_row_that_runs_already_is_refused_alone(start, provider, make_session):
    make_session(Status.RECORDING, cname="room 2", uid="7")
    many = start([Row(1, "room 1"), Row(2, "room 2", "7"), Row(3, "room 3")])

    work(2)

    refused = many.items.get(number=2)
    assert (refused.state, refused.field) == (BulkItem.State.REFUSED, "cname")
    assert "is being recorded by uid 7 already" in refused.problem
    assert progress(many).done == 2


def test_cancelling_lets_nothing_more_begin_and_what_was_sent_goes_on(start, provider, user):
    many = start(rows(AT_ONCE + 10))
    work(1)
    sent = len(provider.live)

    left = cancel(many, by=user)
    again = cancel(many, by=user)
    work(3)

    assert (left, again) == (10, 0)
    assert len(provider.live) == sent == AT_ONCE
    assert progress(many).cancelled == 10
    assert AuditEntry.objects.get(action="bulk.cancel").details == {"left": 10}


def test_cancelling_also_takes_back_what_was_not_sent_yet(start, provider, user):
    many = start(rows(3))
    feed()

    cancel(many, by=user)
    work(2)

    assert provider.count("start") == 0
    assert progress(many).cancelled == 3


def test_one_that_ends_by_itself_does_not_keep_the_rest_from_being_cancelled(
    start, provider, user, monkeypatch
):
    many = start(rows(3))
    feed()
    stop, ended = bulk.request_stop, []

    def late(session, **more):
        if not ended:  # another worker was refused meanwhile
            RecordingSession.objects.filter(pk=session.pk).update(status=Status.FAILED.value)
            ended.append(session.pk)
        return stop(session, **more)

    monkeypatch.setattr(bulk, "request_stop", late)
    left = cancel(many, by=user)
    work(2)

    assert left == 2
    assert provider.count("start") == 0


def test_a_cancel_whose_process_died_over_it_is_finished_by_the_feeder(
    start, provider, user, monkeypatch
):
    many = start(rows(3))
    feed()

    def dies(*args, **more):
        raise Crash

    with monkeypatch.context() as dying:
        dying.setattr(bulk, "request_stop", dies)
        with pytest.raises(Crash):
            cancel(many, by=user)
    work(2)

    assert provider.count("start") == 0
    assert progress(many).cancelled == 3
    stops = AuditEntry.objects.filter(action="session.stop")
    assert {entry.user for entry in stops} == {user}


def test_cancelling_also_takes_back_what_a_worker_asked_for_and_died_before_its_row_said_so(
    start, provider, user
):
    many = start(rows(2))

    def dies(execute, sql, params, many_, context):
        if sql.startswith('UPDATE "recorder_bulkitem"'):
            raise Crash
        return execute(sql, params, many_, context)

    with connection.execute_wrapper(dies), pytest.raises(Crash):
        feed()
    asked_for = RecordingSession.objects.get()
    cancel(many, by=user)
    work(2)

    assert provider.count("start") == 0
    assert many.items.get(number=1).session == asked_for
    assert progress(many).cancelled == 2


def test_a_mistake_of_ours_costs_one_row_of_many(start, make_session, provider, user, monkeypatch):
    broken, sound = make_session(cname="room 1"), make_session(cname="room 2")

    def but_for_one(real):
        def ask(wish, **more):
            if wish.cname == "room 1":
                raise ZeroDivisionError
            return real(wish, **more)

        return ask

    for name in ("request_start", "request_stop"):
        monkeypatch.setattr(bulk, name, but_for_one(getattr(bulk, name)))
    stops, _ = request_bulk_stop([broken, sound], by=user)
    starts = start(rows(2))
    feed()

    for many in (starts, stops):
        first, second = many.items.all()
        assert (first.state, second.state) == (BulkItem.State.REFUSED, BulkItem.State.TAKEN)
        assert "A mistake of ours" in first.problem
    sound.refresh_from_db()
    assert sound.stop_requested_at is not None


def test_a_list_whose_storage_was_deleted_ends_and_says_why(start, storage_config):
    many = start(rows(2))
    storage_config.delete()

    work(2)

    many.refresh_from_db()
    assert many.finished_at is not None
    assert {item.problem for item in many.items.all()} == {
        "The storage of this list was deleted. Nothing was started."
    }


class Crash(BaseException):
    pass


def test_a_worker_that_dies_anywhere_is_resumed_without_a_second_start(start, provider):
    many = start(rows(3))
    crashes = 0
    for number in range(2, 60, 3):
        left = iter(range(number))

        def crash(execute, sql, params, many_, context, left=left):
            if next(left, None) is None:
                raise Crash
            return execute(sql, params, many_, context)

        bulk.Bulk.objects.filter(finished_at=None).update(next_at=timezone.now())
        try:
            with connection.execute_wrapper(crash):
                feed()
        except Crash:
            crashes += 1
    work(3, seconds=60)

    assert crashes > 1
    assert RecordingSession.objects.count() == 3
    assert len(provider.tasks) == 3
    assert progress(many).done == 3


def test_two_workers_never_feed_the_same_bulk(start):
    start(rows(3))

    assert (feed(), feed()) == (1, 0)


def test_the_same_key_gives_the_first_one_and_refuses_another_list(start):
    first = start(rows(2), key="k")

    assert start(rows(2), key="k").pk == first.pk
    with pytest.raises(ListReused):
        start(rows(3), key="k")


def test_what_is_wrong_for_all_is_refused_before_anything_is_queued(start, layout_version):
    with pytest.raises(InvalidRequest):
        start(rows(2), layout_version=layout_version, mode=Mode.INDIVIDUAL)

    assert BulkItem.objects.count() == 0


def test_a_bulk_stop_stops_each_and_refuses_what_has_ended(make_session, provider, user):
    provider.will("stop", *[says(200, serverResponse={"uploadingStatus": "uploaded"})] * 2)
    live = [make_session(Status.RECORDING) for _ in range(2)]
    ended = make_session(Status.STOPPED)

    many, _ = request_bulk_stop([*live, ended], by=user)
    work(2)

    many.refresh_from_db()
    assert [BulkItem.objects.get(session=s).state for s in live] == ["taken", "taken"]
    assert "has ended already" in BulkItem.objects.get(session=ended).problem
    assert (progress(many).done, progress(many).failed) == (2, 1)
    assert many.finished_at is not None


def test_a_thousand_rows_are_queued_and_one_more_is_refused():
    refuse_bad(rows(1000), Mode.MIX, ProviderName.AGORA)

    with pytest.raises(BadList, match="more than 1,000"):
        refuse_bad(rows(1001), Mode.MIX, ProviderName.AGORA)
    with pytest.raises(BadList, match="more than 1,000"):
        rows_of_text("room\n" * 1001)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a\nb\n", [("a", ""), ("b", "")]),
        ("\ufeffcname,uid\r\na,1\r\n", [("a", "1")]),
        ("uid,channel\n7,a", [("a", "7")]),
        ('"a,b",2', [("a,b", "2")]),
        ("a, 12", [("a", "12")]),
        ("\n\na\n\n", [("a", "")]),
        ("=1+1\n@SUM(A1)", [("=1+1", ""), ("@SUM(A1)", "")]),  # both are legal channels
        (" a ", [(" a ", "")]),  # so are spaces at the ends
        ("uid", [("uid", "")]),
        ("\ufeffcname;uid\r\na;1\r\nb;\r\n", [("a", "1"), ("b", "")]),  # as many spreadsheets save
        ('"uid";"cname"\n"7";"a"', [("a", "7")]),
        ("a\t1\nb\t\n", [("a", "1"), ("b", "")]),  # as they are pasted
        ("cname\na;1\nb;2", [("a;1", ""), ("b;2", "")]),  # a semicolon is legal in a name
        ("a;1\nb;2\nroom", [("a;1", ""), ("b;2", ""), ("room", "")]),
        ("a;1,5", [("a;1", "5")]),
    ],
)
def test_a_list_is_read_as_lines_or_csv(text, read):
    assert [(row.cname, row.uid) for row in rows_of_text(text)] == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a,https://x.example/1\nb", [("a", "", "https://x.example/1"), ("b", "", "")]),
        ("a,https://x.example/1,7", [("a", "7", "https://x.example/1")]),
        ("cname,uid,url\na,7,https://x.example/1", [("a", "7", "https://x.example/1")]),
        ("cname,uid\na,7", [("a", "7", "")]),
    ],
)
def test_a_list_of_web_pages_is_read_with_their_addresses(text, read):
    assert [(row.cname, row.uid, row.url) for row in rows_of_text(text, Mode.WEB)] == read


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('a\n"b', "Line 2: Its quotes do not close"),
        ('cname,uid\na,\n"b,\nc,\n', "Line 3: Its quotes do not close"),  # where they begin
        ('a\n"b"c', "Line 2: Its quotes do not close"),
        ("cname,uid\n\na\nb,1,x", "Line 4: It has more cells than columns."),
        ("a;1\nb;2", "Every line ends with a semicolon and a number."),
        ("name;uid\na;1\nb;", "Every line ends with a semicolon and a number."),
        ("cname,password\na,b", "“password” is not a column here. Columns are: cname, uid."),
        ("cname,url\na,b", "“url” is not a column here. Columns are: cname, uid."),
    ],
)
def test_a_list_that_cannot_be_read_names_row_and_field(text, sentence):
    with pytest.raises(BadList) as refusal:
        rows_of_text(text)

    assert sentence in told(refusal.value.problems[0])


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ("a\nb/c", ["Line 2 (“b/c”), cname"]),
        ("cname,uid\nb/c", ["Line 2 (“b/c”), cname"]),
        ("\ufeffuid,cname\r\n\r\n1,a\r\nx,b\r\n", ["Line 4 (“b”), uid"]),
        ('cname,uid\n"two\nlines",\nb,0', ["Line 2 (“two lines”), cname", "Line 4 (“b”), uid"]),
        ("cname\na\n\na", ["Line 4 (“a”), cname: It repeats line 2."]),
        ("cname,uid\n,5", ["Line 2, cname"]),
        ("x" * 500 + "/", [f"Line 1 (“{'x' * 64}”), cname"]),
    ],
)
def test_a_bad_row_is_told_by_the_line_that_an_editor_shows_and_its_channel(text, told_of):
    with pytest.raises(BadList) as refusal:
        refuse_bad(rows_of_text(text), Mode.MIX, ProviderName.AGORA)

    told_lines = [told(problem) for problem in refusal.value.problems]
    assert len(told_lines) == len(told_of)
    assert all(line.startswith(place) for line, place in zip(told_lines, told_of, strict=True))


@pytest.mark.parametrize(
    ("given", "number", "field"),
    [
        ([Row(1, "ok"), Row(2, "a/b")], 2, "cname"),
        ([Row(1, "ok"), Row(2, 'say "hi"')], 2, "cname"),
        ([Row(1, "ok"), Row(2, "")], 2, "cname"),
        ([Row(1, "ok", "0")], 1, "uid"),
        ([Row(1, "ok", "=1+1")], 1, "uid"),
        ([Row(1, "ok"), Row(2, "other"), Row(3, "ok")], 3, "cname"),
        ([], 0, "channels"),
    ],
)
def test_a_bad_row_is_refused_by_row_and_field(given, number, field):
    with pytest.raises(BadList) as refusal:
        refuse_bad(given, Mode.MIX, ProviderName.AGORA)

    [problem] = refusal.value.problems
    assert (problem.number, problem.field) == (number, field)


@pytest.mark.parametrize(
    ("rows", "mode", "page", "wrong"),
    [
        ([Row(1, "a", url="https://x.example/"), Row(2, "b")], Mode.WEB, "https://y.example/", []),
        ([Row(1, "a", url="https://x.example/"), Row(2, "b")], Mode.WEB, "", [2]),
        ([Row(1, "a", url="ftp://x.example/"), Row(2, "b", url="x y")], Mode.WEB, "", [1, 2]),
        ([Row(1, "a", url="https://x.example/" + "p" * 1024)], Mode.WEB, "", [1]),
        ([Row(1, "a", url="https://x.example/")], Mode.MIX, "", [1]),
    ],
)
def test_each_row_of_a_web_list_needs_the_address_of_a_page(rows, mode, page, wrong):
    found = []
    try:
        refuse_bad(rows, mode, ProviderName.AGORA, page)
    except BadList as error:
        found = [problem.number for problem in error.problems if problem.field == "url"]

    assert found == wrong


def web_recorder(**param):
    values = {"audioProfile": 0, "videoWidth": 1280, "videoHeight": 720, "maxRecordingHour": 3}
    service = {"serviceName": "web_recorder_service", "serviceParam": values | param}
    return {"extensionServiceConfig": {"extensionServices": [service]}}


def test_each_web_recording_shows_the_page_of_its_row_or_that_of_all(start, provider):
    own = "https://x.example/1?token=very-secret-of-the-page"
    shared = web_recorder(url="https://y.example/all")

    many = start([Row(1, "a", url=own), Row(2, "b")], mode=Mode.WEB, client_request=shared, key="k")
    same = start([Row(1, "a", url=own), Row(2, "b")], mode=Mode.WEB, client_request=shared, key="k")
    kept = str(many.recipe)
    work(2)

    sent = {
        session.cname: restored(session)["extensionServiceConfig"]["extensionServices"][0]
        for session in RecordingSession.objects.all()
    }
    many.refresh_from_db()
    assert same == many
    assert "very-secret" not in kept
    assert sent["a"]["serviceParam"]["url"] == own
    assert sent["b"]["serviceParam"]["url"] == "https://y.example/all"
    assert {task.cname for task in provider.live} == {"a", "b"}
    assert many.finished_at is not None
    assert not many.secrets


def test_another_page_under_the_same_key_is_another_list(start):
    shared = {"mode": Mode.WEB, "client_request": web_recorder(), "key": "k"}
    start([Row(1, "a", url="https://x.example/1")], **shared)

    with pytest.raises(ListReused):
        start([Row(1, "a", url="https://x.example/2")], **shared)


def test_without_any_page_the_shared_request_is_refused_at_its_place(start):
    with pytest.raises(InvalidRequest) as refusal:
        start(rows(2), mode=Mode.WEB, client_request=web_recorder())

    assert [path.rpartition(".")[2] for path in refusal.value.fields] == ["url"]


@pytest.mark.parametrize("content", [b"\xff\xfea", b"a" * 300_000])
def test_a_file_that_is_no_text_or_too_large_is_refused(content):
    with pytest.raises(BadList):
        decoded(content)


def test_a_list_of_stops_that_is_cancelled_leaves_also_what_was_not_sent_yet(make_session, user):
    waiting = make_session(Status.REQUESTED, sid="")
    many, _fresh = request_bulk_stop([waiting], by=user)

    count = bulk.cancel(many, by=user)

    waiting.refresh_from_db()
    assert count == 1
    assert waiting.stop_requested_at is None
    assert waiting.status == Status.REQUESTED


def test_a_list_of_stops_that_is_cancelled_while_it_is_fed_leaves_the_rest_alone(
    make_session, user
):
    sessions = [make_session(Status.RECORDING) for _ in range(3)]
    many, _ = request_bulk_stop(sessions, by=user)

    def cancel_once(**_):
        post_save.disconnect(cancel_once, sender=RecordingSession)
        transaction.on_commit(lambda: cancel(many, by=user))

    post_save.connect(cancel_once, sender=RecordingSession, weak=False)
    feed()

    wished = [RecordingSession.objects.get(pk=one.pk).stop_requested_at for one in sessions]
    assert [bool(at) for at in wished] == [True, False, False]
    assert [item.state for item in many.items.all()] == ["taken", "cancelled", "cancelled"]
