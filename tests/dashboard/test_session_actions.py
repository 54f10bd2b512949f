import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.lifecycle import sending
from recorder.lifecycle.start import request_start, send_start
from recorder.models import AuditEntry, RecordingSession
from tests.support.provider import held, lost, says

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recording(request_for, person, provider):
    """`recording(cname="a")`: a session that the provider records."""

    def recording(cname: str = "all-hands", **more) -> RecordingSession:
        session, _ = request_start(request_for(cname, **more), by=person, form_key=None)
        send_start(session)
        return session

    return recording


@pytest.fixture
def threads_are_free():
    """Wait until they are: nothing is on its way any more."""

    def threads_are_free() -> None:
        for _ in range(sending.THREADS):
            assert sending._free.acquire(timeout=20)
        for _ in range(sending.THREADS):
            sending._free.release()

    return threads_are_free


@pytest.fixture
def settled(threads_are_free):
    """`settled(session, "stopped")`: the row, once the thread that was not waited for is done."""

    def settled(session: RecordingSession, status: str) -> RecordingSession:
        threads_are_free()
        session.refresh_from_db()
        assert session.status == status
        return session

    return settled


def events(answer) -> set[str]:
    return set(json.loads(answer["HX-Trigger"]))


def test_a_recording_whose_token_expired_is_started_again_with_one_click(
    signed_in, make_session, request_for, person, provider, asking
):
    provider.will("start", says(400, code=109, reason="token"))
    old, _ = request_start(request_for("all-hands"), by=person, form_key=None)
    send_start(old)
    page = signed_in.get(f"/sessions/{old.pk}/").content.decode()
    before = provider.count("start")

    answers = [signed_in.post(f"/sessions/{old.pk}/start-again/", headers=asking) for _ in range(2)]

    new = RecordingSession.objects.exclude(pk=old.pk).get()
    assert "its token has expired" in page
    assert f'action="/sessions/{old.pk}/start-again/"' in page
    assert [answer["HX-Redirect"] for answer in answers] == [f"/sessions/{new.pk}/"] * 2
    assert (new.cname, new.uid, new.sid != "") == ("all-hands", old.uid, True)
    assert provider.count("start") == before + 1


def test_one_that_failed_otherwise_is_not(signed_in, make_session, asking):
    session = make_session(Status.FAILED)

    answer = signed_in.post(f"/sessions/{session.pk}/start-again/", headers=asking)

    assert answer.status_code == 409
    assert "start-again" not in signed_in.get(f"/sessions/{session.pk}/").content.decode()
    assert RecordingSession.objects.count() == 1


def test_stop_is_confirmed_once_and_names_the_recording(signed_in, make_session, asking):
    session = make_session(cname="all-hands")

    answer = signed_in.get(f"/sessions/{session.pk}/stop/", headers=asking)

    assert "dialog:open" in answer["HX-Trigger"]
    assert "Stop recording “all-hands”?" in answer.content.decode()
    assert "It cannot be resumed" in answer.content.decode()
    session.refresh_from_db()
    assert session.stop_requested_at is None


def test_stop_without_scripts_asks_on_a_page_and_goes_on_to_the_session(
    signed_in, recording, settled
):
    session = recording()
    assert "<html" in signed_in.get(f"/sessions/{session.pk}/stop/").content.decode()

    answer = signed_in.post(f"/sessions/{session.pk}/stop/")

    assert answer.status_code == 303
    assert answer["Location"] == f"/sessions/{session.pk}/"
    settled(session, "stopped")


def test_stop_answers_at_once_and_lets_the_page_look_again(
    signed_in, recording, settled, provider, asking, person
):
    session = recording()

    answer = signed_in.post(f"/sessions/{session.pk}/stop/", headers=asking)

    assert answer.status_code == 200
    assert events(answer) == {"dialog:close", "poll:now"}
    assert "Stopping all-hands." in answer.content.decode()
    assert settled(session, "stopped").stop_requested_by == person
    assert provider.count("stop") == 1


def test_a_second_click_on_stop_sends_nothing(signed_in, recording, settled, provider, asking):
    session = recording()
    signed_in.post(f"/sessions/{session.pk}/stop/", headers=asking)
    settled(session, "stopped")

    answer = signed_in.post(f"/sessions/{session.pk}/stop/", headers=asking)

    assert answer.status_code == 200
    assert provider.count("stop") == 1
    assert AuditEntry.objects.filter(action="session.stop").count() == 1


def test_stopping_what_has_ended_by_itself_is_refused_with_a_sentence(
    signed_in, make_session, asking
):
    session = make_session(Status.STOPPED)

    answer = signed_in.post(f"/sessions/{session.pk}/stop/", headers=asking)

    assert answer.status_code == 409
    assert "This session has ended already. Nothing was sent." in answer.content.decode()


@pytest.mark.parametrize("action", ["query", "acknowledge"])
def test_actions_are_posts(signed_in, make_session, action):
    assert signed_in.get(f"/sessions/{make_session().pk}/{action}/").status_code == 405


@pytest.mark.parametrize("action", ["stop", "query", "give-up", "acknowledge", "layout"])
def test_nothing_is_done_for_people_who_are_not_signed_in(client, make_session, action, provider):
    session = make_session()

    answer = client.post(f"/sessions/{session.pk}/{action}/")

    assert answer.status_code == 302
    assert provider.calls == []


def test_query_now_asks_the_service_and_says_how_it_stands(signed_in, recording, provider, asking):
    session = recording()

    answer = signed_in.post(f"/sessions/{session.pk}/query/", headers=asking)

    assert "all-hands: Recording." in answer.content.decode()
    assert provider.count("query") == 1


def test_a_query_that_no_thread_is_free_for_is_refused(
    signed_in, recording, provider, asking, monkeypatch
):
    session = recording()
    monkeypatch.setattr(sending, "_free_thread", lambda: False)

    answer = signed_in.post(f"/sessions/{session.pk}/query/", headers=asking)

    assert answer.status_code == 409
    assert "The server is busy with other calls. Nothing was sent" in answer.content.decode()


@pytest.mark.parametrize("recordings", [1, sending.THREADS])
def test_slow_stops_keep_nobody_from_asking_about_another_recording(
    signed_in, recording, provider, asking, threads_are_free, recordings
):
    """One stop that many press, and many stops, each of which the service answers late."""
    may_answer = threading.Event()
    provider.will("stop", *[held(may_answer)] * recordings)
    other, slow = recording(), [recording(f"room {number}") for number in range(recordings)]

    for number in range(sending.THREADS):
        signed_in.post(f"/sessions/{slow[number % recordings].pk}/stop/", headers=asking)
    answer = signed_in.post(f"/sessions/{other.pk}/query/", headers=asking)
    may_answer.set()
    threads_are_free()

    assert answer.status_code == 200


def test_a_session_without_a_sid_cannot_be_queried(signed_in, recording, provider, asking):
    provider.will("start", lost)
    session = recording()

    answer = signed_in.post(f"/sessions/{session.pk}/query/", headers=asking)

    assert answer.status_code == 409
    assert "The answer to the start was lost" in answer.content.decode()
    assert provider.count("query") == 0


def test_giving_up_is_confirmed_and_ends_a_lost_session(signed_in, recording, provider, asking):
    provider.will("start", lost)
    session = recording()
    assert (
        "Give up “all-hands”?"
        in signed_in.get(f"/sessions/{session.pk}/give-up/", headers=asking).content.decode()
    )

    path = f"/sessions/{session.pk}/give-up/"
    nameless = signed_in.post(path, {"reason": " "}, headers=asking)
    answer = signed_in.post(path, {"reason": "Not in the console."}, headers=asking)

    assert nameless.status_code == 422
    assert "Say how you know." in nameless.content.decode()
    assert events(answer) == {"dialog:close", "poll:now"}
    session.refresh_from_db()
    assert session.status == Status.FAILED


def test_giving_up_without_scripts_asks_on_a_page(signed_in, make_session):
    session = make_session(Status.UNCONFIRMED)

    page = signed_in.get(f"/sessions/{session.pk}/give-up/")
    answer = signed_in.post(f"/sessions/{session.pk}/give-up/", {"reason": "Seen elsewhere."})

    assert 'name="reason"' in page.content.decode()
    assert answer.status_code == 303
    session.refresh_from_db()
    assert session.status == Status.FAILED


def test_trying_again_is_confirmed_and_says_what_came_of_it(
    signed_in, make_session, asking, provider
):
    old = timezone.now() - timedelta(minutes=6)
    session = make_session(Status.UNCONFIRMED, acquired_at=old, start_sent_at=old)
    path = f"/sessions/{session.pk}/try-again/"

    question = signed_in.get(path, headers=asking).content.decode()
    answer = signed_in.post(path, headers=asking)

    assert "never a second recording" in question
    assert answer.status_code == 200
    session.refresh_from_db()
    assert session.sid == "sid-1"


def test_trying_again_what_runs_says_so(signed_in, make_session, asking, provider):
    old = timezone.now() - timedelta(minutes=6)
    session = make_session(Status.UNCONFIRMED, acquired_at=old, start_sent_at=old)
    provider.will("start", says(400, code=53, reason="task conflict"))

    answer = signed_in.post(f"/sessions/{session.pk}/try-again/", headers=asking)

    assert "the service refused another start there: it was recording" in answer.content.decode()


def test_a_stop_that_has_to_wait_for_the_sid_does_not_say_that_it_stops(
    signed_in, make_session, asking
):
    session = make_session(Status.UNCONFIRMED)

    answer = signed_in.post(f"/sessions/{session.pk}/stop/", headers=asking).content.decode()
    board = signed_in.get("/").content.decode()

    assert f"The stop of {session.cname} goes out as soon as its sid is known." in answer
    assert "Stopping" not in answer
    assert "Stop waits" in board
    assert "Stopping…" not in board


def test_giving_up_what_runs_is_refused(signed_in, make_session, asking):
    session = make_session()

    answer = signed_in.post(
        f"/sessions/{session.pk}/give-up/", {"reason": "Not in the console."}, headers=asking
    )

    assert answer.status_code == 409
    session.refresh_from_db()
    assert session.status == Status.RECORDING


def test_a_reason_that_was_seen_is_put_aside(signed_in, make_session, asking):
    session = make_session(Status.FAILED, attention="failed", sid="s", failure=None)

    signed_in.post(f"/sessions/{session.pk}/acknowledge/", headers=asking)

    session.refresh_from_db()
    assert (session.attention, session.acknowledged) == ("", "failed")


def test_the_selected_are_stopped_after_one_question_that_names_them(
    signed_in, recording, make_session, settled, provider, asking
):
    chosen = [recording("a"), recording("b", uid="2"), make_session(Status.STOPPED, cname="ended")]
    ids = {"action": "stop", "session": [session.pk for session in chosen]}

    question = signed_in.get("/sessions/bulk/", ids, headers=asking).content.decode()
    answer = signed_in.post("/sessions/bulk/", ids, headers=asking).content.decode()

    assert "Stop 2 recordings?" in question
    assert "have ended or are being stopped" in question
    assert "2 are stopping." in answer
    assert "1 refused." in answer
    assert f"ended ({chosen[2].reference}): The session has ended." in answer
    settled(chosen[0], "stopped")
    settled(chosen[1], "stopped")
    assert provider.count("stop") == 2


def test_the_selected_are_asked_by_the_worker(signed_in, make_session, asking):
    from huey.contrib.djhuey import HUEY

    running, ended = make_session(), make_session(Status.STOPPED, upload=Upload.UPLOADED, sid="")
    ids = {"action": "query", "session": [running.pk, ended.pk]}
    before = HUEY.pending_count()

    answer = signed_in.post("/sessions/bulk/", ids, headers=asking).content.decode()

    assert HUEY.pending_count() == before + 1
    assert "1 is being asked." in answer
    assert "1 refused." in answer


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "stop"},
        {"action": "stop", "session": "x"},
        {"action": "stop", "session": "٣"},
        {"action": "stop", "session": "9" * 30},
        {"action": "delete", "session": "1"},
        {"action": "query", "session": [str(number) for number in range(1, 300)]},
    ],
)
def test_a_malformed_selection_is_refused(signed_in, asked):
    assert signed_in.post("/sessions/bulk/", asked).status_code == 400


def test_too_many_to_stop_at_once_are_sent_to_the_list_that_takes_them(signed_in, asking):
    ids = {"action": "stop", "session": [str(number) for number in range(1, 202)]}

    as_toast = signed_in.get("/sessions/bulk/", ids, headers=asking)
    as_page = signed_in.post("/sessions/bulk/", ids)

    link = '<a href="/sessions/lists/stop/">Stop many recordings</a>.'
    assert (as_toast.status_code, as_page.status_code) == (409, 400)
    for answer in (as_toast, as_page):
        html = answer.content.decode()
        assert "At most 200 sessions can be selected at once. A list of stops takes" in html
        assert link in html


def test_too_many_to_ask_at_once_are_told_the_number_only(signed_in, asking):
    ids = {"action": "query", "session": [str(number) for number in range(1, 202)]}

    html = signed_in.post("/sessions/bulk/", ids, headers=asking).content.decode()

    assert "At most 200 sessions can be selected at once." in html
    assert "Stop many" not in html


def test_the_selected_can_be_taken_along_as_json(signed_in, make_session):
    session = make_session(cname="all-hands")

    answer = signed_in.get("/sessions/export/", {"session": [session.pk]})

    assert answer["Content-Disposition"] == 'attachment; filename="sessions.json"'
    [row] = answer.json()["results"]
    assert (row["cname"], row["reference"]) == ("all-hands", session.reference)


def test_a_file_of_many_sessions_takes_no_more_queries_than_one_of_two(
    signed_in, make_session, person, django_assert_num_queries
):
    many = [make_session(requested_by=person, stop_requested_by=person).pk for _ in range(6)]
    with CaptureQueriesContext(connection) as few:
        signed_in.get("/sessions/export/", {"session": many[:2]})

    with django_assert_num_queries(len(few)):
        signed_in.get("/sessions/export/", {"session": many})
