from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.views.sessions import PAGE
from recorder.contract.states import Status, Upload
from recorder.models import Heartbeat, RecordingSession
from tests.support.rows import make_project

pytestmark = pytest.mark.django_db


def names(html: str, sessions) -> list[str]:
    """The channels on a page, in its order."""
    places = {session.cname: html.find(f'id="session-{session.pk}"') for session in sessions}
    return sorted((name for name, at in places.items() if at >= 0), key=places.__getitem__)


@pytest.fixture
def board(signed_in):
    return lambda query="": signed_in.get(f"/{query}").content.decode()


def test_the_board_needs_a_signed_in_person(client):
    assert client.get("/").status_code == 302


def test_what_needs_a_person_comes_first_then_the_newest(board, make_session):
    old = make_session(cname="old", attention="silent")
    middle, new = make_session(cname="middle"), make_session(cname="new")

    assert names(board(), [old, middle, new]) == ["old", "new", "middle"]


def test_an_attention_row_explains_itself_in_three_parts_with_what_can_be_done(board, make_session):
    sent = timezone.now() - timedelta(minutes=6)
    make_session(Status.UNCONFIRMED, attention="unconfirmed", acquired_at=sent, start_sent_at=sent)

    html = board()

    assert "The answer to the start was lost." in html
    assert "It may be recording. The provider then charges for it until" in html
    assert "give it up" in html
    assert "/try-again/" in html
    assert "/give-up/" in html
    assert "/acknowledge/" in html


def test_a_live_row_can_be_stopped_and_an_ended_one_cannot(board, make_session):
    live, ended = make_session(), make_session(Status.STOPPED)

    html = board()

    assert f"/sessions/{live.pk}/stop/" in html
    assert f"/sessions/{ended.pk}/stop/" not in html


@pytest.mark.parametrize(
    ("status", "promised"), [(Status.REQUESTED, True), (Status.STOPPED, False)]
)
def test_only_what_may_still_start_promises_a_sid(board, make_session, status, promised):
    make_session(status, sid="", start_sent_at=None)

    html = board()

    assert "no sid" in html
    assert ("no sid yet" in html) is promised


def test_a_session_that_is_being_stopped_says_who_stopped_it(board, make_session, person):
    make_session(stop_requested_at=timezone.now(), stop_requested_by=person)

    html = board()

    assert "Stopping…" in html
    assert "The stop that maria asked for is on its way." in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"live", "lost", "done", "odd", "early"}),
        ("?status=live", {"live", "lost", "early"}),
        ("?status=recording", {"live"}),
        ("?status=attention", {"lost"}),
        ("?status=waiting", {"odd"}),
        ("?status=today", {"live", "odd", "done"}),
        ("?status=starting", {"early"}),
        ("?status=unconfirmed", {"lost"}),
        ("?status=ended", {"done", "odd"}),
        ("?status=failed", set()),
        ("?mode=web", {"done"}),
        ("?q=IV", {"live"}),
        ("?q=row-sid-", {"live", "done", "odd"}),
        ("?q=4294967295", {"odd"}),
        ("?q=nothing&status=live", set()),
        ("?status=no-such-state", {"live", "lost", "done", "odd", "early"}),
    ],
)
def test_the_address_filters_the_list(board, make_session, time_machine, query, shown):
    time_machine.move_to(timezone.now().replace(hour=12))
    rows = [
        make_session(cname="live"),
        make_session(Status.UNCONFIRMED, cname="lost", attention="unconfirmed"),
        make_session(Status.STOPPED, cname="done", upload=Upload.UPLOADED, mode="web"),
        make_session(Status.STOPPED, cname="odd", upload=Upload.UPLOADING, uid="4294967295"),
        make_session(Status.REQUESTED, cname="early"),
    ]

    assert set(names(board(query), rows)) == shown


def test_a_filtered_address_names_only_what_filters(signed_in, make_session, asking):
    answer = signed_in.get("/?q=&status=live&project=&mode=", headers=asking)

    assert answer["HX-Push-Url"] == "/?status=live"
    assert 'hx-get="/?status=live"' in answer.content.decode()
    assert 'hx-get="/?status=live"' in signed_in.get("/?status=live").content.decode()
    assert "HX-Push-Url" not in signed_in.get("/?status=live", headers=asking)


@pytest.mark.parametrize(
    "query", ["?q=%00", "?q=" + "x" * 300, "?project=x", "?project=" + "9" * 30, "?mode=%ff"]
)
def test_a_malformed_filter_filters_nothing(signed_in, make_session, query):
    session = make_session()

    answer = signed_in.get(f"/{query}")

    assert answer.status_code == 200
    assert f'id="session-{session.pk}"' in answer.content.decode()


def test_the_project_filter_shows_that_projects_sessions(board, make_session):
    other = make_project("http://127.0.0.1:9")
    mine, theirs = make_session(cname="mine"), make_session(cname="theirs", project=other)

    assert names(board(f"?project={other.pk}"), [mine, theirs]) == ["theirs"]


def test_filters_that_match_nothing_say_so_and_can_be_cleared(board, make_session):
    make_session()

    html = board("?q=nobody")

    assert "No session matches these filters" in html
    assert "Clear filters" in html


def test_an_empty_house_shows_the_first_steps(board):
    assert "Add a project" in board()


def test_an_empty_board_says_what_will_be_there(board, signed_in):
    signed_in.post("/preferences/first-run/")

    assert "No sessions yet" in board()


@pytest.mark.parametrize(
    "query",
    [
        "?rows=x",
        "?rows=٣",
        "?after=x",
        "?after=silent.",
        "?after=-1",
        "?after=%00.5",
        "?after=" + "9" * 30,
    ],
)
def test_a_malformed_place_in_the_list_is_refused(signed_in, query):
    assert signed_in.get(f"/{query}").status_code == 400


@pytest.fixture
def many(make_session) -> list[RecordingSession]:
    """More than one page: three that need a person, then ended ones, newest last."""
    first = make_session(Status.STOPPED, cname="ended-000")
    rows = []
    for number in range(1, 2 * PAGE + 10):
        first.pk, first._state.adding = None, True
        first.reference, first.cname = f"{number:012}", f"ended-{number:03}"
        first.attention = "silent" if number in {3, 4} else "backed_up" if number == 5 else ""
        rows.append(RecordingSession(**values_of(first)))
    RecordingSession.objects.bulk_create(rows)
    return list(RecordingSession.objects.all())


def values_of(session: RecordingSession) -> dict:
    return {
        field.attname: getattr(session, field.attname)
        for field in session._meta.concrete_fields
        if field.attname != "id"
    }


def test_every_session_is_on_exactly_one_page(board, many):
    seen, after = [], ""
    while True:
        html = board(f"?after={after}" if after else "")
        seen += names(html, many)
        if "after=" not in html.split('id="more"')[1]:
            break
        after = html.split('id="more"')[1].split("after=")[1].split('"')[0]

    assert seen[:3] == ["ended-004", "ended-003", "ended-005"]
    assert len(seen) == len(set(seen)) == len(many)


def test_a_page_can_begin_among_the_rows_that_need_a_person(board, many):
    second = RecordingSession.objects.get(cname="ended-003")

    assert names(board(f"?after=silent.{second.pk}"), many)[:2] == ["ended-005", "ended-109"]


def test_load_more_keeps_the_page_and_its_filters(board, many):
    html = board("?status=ended")

    assert 'hx-get="/?status=ended&amp;rows=100"' in html
    assert len(names(board("?status=ended&rows=100"), many)) == 2 * PAGE


def test_a_page_takes_seven_queries_beside_those_of_signing_in(
    signed_in, many, make_session, django_assert_max_num_queries
):
    make_session(attention="silent")

    with django_assert_max_num_queries(2 + 7):  # up to three for the heartbeat
        answer = signed_in.get("/")

    assert answer.status_code == 200


def test_an_unchanged_poll_takes_two_queries_beside_those_of_signing_in(
    signed_in, many, asking, django_assert_max_num_queries
):
    tag = signed_in.get("/")["HX-PTag"]

    with django_assert_max_num_queries(2 + 2):
        answer = signed_in.get("/", headers=asking | {"HX-PTag": tag})

    assert answer.status_code == 304


@pytest.mark.parametrize("narrowed", ["the whole list", "a later page", "attention"])
def test_the_list_is_read_in_the_order_of_its_index(many, narrowed):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("plans are compared on SQLite; PostgreSQL reads a small table whole")
    rows = RecordingSession.objects.for_board()
    if narrowed == "a later page":
        rows = rows.below("", 40)
    elif narrowed == "attention":
        rows = rows.below("silent", 40)

    plan = rows[: PAGE + 1].explain()

    assert "session_board" in plan
    assert "TEMP B-TREE" not in plan


def test_no_query_of_the_board_counts_the_table(signed_in, many, django_assert_max_num_queries):
    with django_assert_max_num_queries(10) as queries:
        signed_in.get("/")

    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    for part in counts[0].split("UNION ALL"):
        assert "WHERE" in part


def test_a_change_of_any_row_shown_changes_the_tag(signed_in, make_session, asking):
    session = make_session(Status.STOPPED)
    tag = signed_in.get("/", headers=asking)["HX-PTag"]

    RecordingSession.objects.filter(pk=session.pk).update(version=session.version + 1)

    answer = signed_in.get("/", headers=asking | {"HX-PTag": tag})
    assert answer.status_code == 200
    assert answer["HX-PTag"] != tag


def test_the_strip_of_a_live_session_grows_without_any_change_of_its_row(
    signed_in, make_session, asking, time_machine
):
    make_session()
    time_machine.move_to(timezone.now(), tick=False)
    tag = signed_in.get("/", headers=asking)["HX-PTag"]

    time_machine.shift(timedelta(seconds=16))

    assert signed_in.get("/", headers=asking | {"HX-PTag": tag}).status_code == 200


@pytest.mark.parametrize(
    ("statuses", "pace"),
    [
        ([Status.STOPPED], 30),
        ([Status.STOPPED, Status.RECORDING], 10),
        ([Status.RECORDING, Status.STARTING], 1),
        ([Status.RECORDING, Status.REQUESTED], 3),
        ([Status.STOPPING], 3),
    ],
)
def test_the_pace_of_polling_follows_what_is_happening(board, make_session, statuses, pace):
    for status in statuses:
        make_session(status, next_check_at=timezone.now() + timedelta(minutes=2))

    assert f'hx-trigger="every {pace}s, poll:now"' in board()


def test_the_board_asks_often_while_something_is_about_to_be_learned(board, make_session):
    make_session(Status.STOPPED, next_check_at=timezone.now() + timedelta(seconds=2))

    assert 'hx-trigger="every 3s, poll:now"' in board()


def test_a_poll_brings_the_list_the_figures_and_the_frames_counts(signed_in, make_session, asking):
    make_session(attention="silent")

    html = signed_in.get("/", headers=asking).content.decode()

    assert "<html" not in html
    assert '<div id="figures" hx-swap-oob="outerMorph">' in html
    assert "<title>(1 needs attention) Sessions · Reelroom</title>" in html
    assert 'id="live-count"' in html
    assert "favicon-attention.svg" in html


def test_the_board_says_when_no_worker_is_there(signed_in, asking):
    tag = signed_in.get("/", headers=asking)["HX-PTag"]
    Heartbeat.beat("worker-1")

    answer = signed_in.get("/", headers=asking | {"HX-PTag": tag})

    assert answer.status_code == 200
    assert "No worker has been seen" not in answer.content.decode()


def test_a_hostile_channel_name_is_only_text(board, make_session):
    make_session(cname='"><script>alert(1)</script>')

    html = board()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_provider_that_does_not_answer_is_named_above_the_board(board, make_session, project):
    make_session()
    type(project).objects.update(
        failures=20, failing_since=timezone.now(), paused_until=timezone.now()
    )

    assert f"{project.name} has not answered since" in board()
