"""The sessions that the jump-to box finds."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.views import jump
from recorder.contract.states import Status

pytestmark = pytest.mark.django_db

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


@pytest.fixture
def answer(signed_in, asking):
    """`answer("room")`: the fragment for what was typed."""

    def answer(text: str) -> str:
        response = signed_in.get("/jump/", {"q": text}, headers=asking)
        assert response.status_code == 200
        return response.content.decode()

    return answer


@pytest.fixture
def found(answer):
    """`found("room")`: the sessions in it, as they stand."""
    return lambda text: [int(pk) for pk in re.findall(r'href="/sessions/(\d+)/"', answer(text))]


def test_nobody_finds_anything_without_signing_in(client, asking, make_session):
    make_session(cname="all-hands")

    assert client.get("/jump/?q=all-hands", headers=asking).status_code == 401
    assert client.get("/jump/?q=all-hands").status_code == 302


@pytest.mark.parametrize(
    "typed",
    ["all-hands", "HANDS", " all-hands ", "5f0e1d", "5f0e1d2c3b", "JyvK8nXH", "q7w8e9", "90210"],
)
def test_a_session_is_found_by_channel_sid_resource_id_reference_and_uid(
    found, make_session, typed
):
    wanted = make_session(
        cname="all-hands",
        sid="5f0e1d2c3b",
        resource_id="JyvK8nXHuV1BE64G",
        reference="q7w8e9r0t1y2",
        uid="9021055",
    )
    make_session(cname="another", sid="0000", resource_id="0000", reference="zzzz", uid="1")

    assert found(typed) == [wanted.pk]


def test_a_whole_id_comes_first_then_what_is_live_then_the_newest(found, make_session):
    exact = make_session(Status.STOPPED, cname="room")
    live = make_session(cname="room-live")
    old, new = (make_session(Status.STOPPED, cname=f"room-{age}") for age in ("old", "new"))

    assert found("room") == [exact.pk, live.pk, new.pk, old.pk]


def test_at_most_eight_lines_are_shown_and_no_session_twice(found, make_session):
    made = [make_session(cname="room").pk for _ in range(5)]
    made += [make_session(cname="room-b").pk for _ in range(5)]

    shown = found("room")

    assert len(shown) == len(set(shown)) == jump.SHOWN
    assert set(made[:5]) <= set(shown)


def test_an_old_session_is_found_by_its_whole_names_and_left_to_the_board_by_parts(
    found, answer, make_session, monkeypatch
):
    monkeypatch.setattr(jump, "RECENT", 2)
    old = make_session(
        Status.STOPPED, cname="all-hands", sid="5f0e1d2c3b", reference="q7w8e9r0t1y2"
    )
    for _ in range(3):
        make_session(Status.STOPPED)

    assert all(found(whole) == [old.pk] for whole in ("all-hands", "5f0e1d2c3b", "q7w8e9r0t1y2"))
    assert found("hands") == []
    assert 'href="/?q=hands"' in answer("hands")


def test_a_search_counts_nothing_and_asks_no_more_for_more_rows(answer, make_session):
    def asked() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer("room")
        return [query["sql"] for query in queries if '"recorder_recordingsession"' in query["sql"]]

    make_session(cname="room-a")
    few = asked()
    for _ in range(3):
        make_session(cname="room-a")

    assert len(asked()) == len(few)
    assert not any("COUNT(" in sql for sql in few if "cname" in sql)
    assert all(" LIMIT " in sql for sql in few if "cname" in sql)


def test_no_query_reads_the_whole_table(make_session, person):
    make_session(cname="room")
    with CaptureQueriesContext(connection) as queries:
        jump.find(person, "room")

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of one row it would be the best plan
        for sql in [query["sql"] for query in queries.captured_queries]:
            explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            cursor.execute(f"{explain} {sql}")
            plan = " ".join(str(row) for row in cursor.fetchall())
            assert re.search("SEARCH|USING (COVERING )?INDEX|Index", plan) or "LIMIT 1" in sql, plan


def test_a_hostile_channel_is_text(answer, make_session):
    make_session(cname=HOSTILE)

    html = answer(HOSTILE)

    assert "<img" not in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_channel_of_blanks_can_be_seen(answer, make_session):
    make_session(cname="  ", sid="5f0e1d2c3b")

    assert "␣␣" in answer("5f0e")


@pytest.mark.parametrize("typed", ["%", "_", "\0", "'", "\\", "x" * 3000, "０", "\ud800"])
def test_whatever_is_typed_finds_nothing_and_breaks_nothing(found, make_session, typed):
    make_session(cname="room", sid="", resource_id="", uid="1")

    assert found(typed.encode("utf-8", "replace").decode()) == []


def test_nothing_typed_lists_nothing(answer, make_session):
    make_session()

    html = answer("  ")

    assert "<a" not in html
    assert 'data-said=""' in html


def test_the_answer_says_how_much_was_found(answer, make_session):
    assert 'data-said="No recent session matches."' in answer("room")
    make_session(cname="room")
    assert 'data-said="1 session"' in answer("room")


def test_what_the_boards_search_refuses_is_not_sent_there(answer):
    assert 'id="jump-board"' in answer("x" * 200)
    assert 'id="jump-board"' not in answer("x" * 201)


def test_without_scripts_the_address_leads_to_the_boards_search(signed_in):
    answer = signed_in.get("/jump/", {"q": "a&b"})

    assert (answer.status_code, answer["Location"]) == (302, "/?q=a%26b")
