"""Notices over the API."""

import pytest

from recorder.contract.states import Status
from recorder.models import AuditEntry, Notice, RecordingSession
from tests.support.notices import SECRET, about, body, deliver
from tests.support.rows import session_row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(project, storage):
    project.callback_secret = SECRET
    project.save()
    return session_row(project, storage, Status.RECORDING)


def test_notices_are_listed_newest_first_with_their_meaning_and_found_by_sid(api, session):
    deliver(session.project, about(session, 40, 1, status=0))
    deliver(session.project, about(session, 41, 2, leaveCode=4))
    deliver(session.project, body(40, sid="somebody-elses"))

    everything = api.get("/api/v1/notices/").json()["results"]
    ours = api.get("/api/v1/notices/", {"sid": session.sid}).json()["results"]
    unmatched = api.get("/api/v1/notices/", {"matched": "false"}).json()["results"]

    assert [row["sid"] for row in everything] == ["somebody-elses", session.sid, session.sid]
    assert [row["event_type"] for row in ours] == [41, 40]
    assert ours[0]["meaning"] == (
        "The recorder has left the channel. Nobody was in the channel any more."
    )
    assert ours[0]["body"]["payload"]["details"] == {"leaveCode": 4}
    assert [(row["sid"], row["session"]) for row in unmatched] == [("somebody-elses", None)]


def test_a_session_lists_its_own_and_its_timeline_tells_them(api, session):
    deliver(session.project, about(session, 40, 1, status=0))
    deliver(session.project, body(40, sid="somebody-elses"))

    rows = api.get(f"/api/v1/sessions/{session.pk}/notices/").json()["results"]
    timeline = api.get(f"/api/v1/sessions/{session.pk}/timeline/").json()["results"]

    assert [row["session"] for row in rows] == [session.pk]
    told = [entry for entry in timeline if entry["kind"] == "notice"]
    assert [(entry["title"], entry["tone"]) for entry in told] == [
        ("The recorder is in the channel.", "live")
    ]


def test_a_notice_is_replayed_and_the_audit_says_by_whom(api, user, session):
    deliver(session.project, about(session, 11, 9, exitStatus=0) | {"noticeId": "exit"})
    kept = Notice.objects.get()
    Notice.objects.update(session=None, folded_at=None, due_at=None)
    RecordingSession.objects.update(status="recording", ended_at=None)

    answer = api.post(f"/api/v1/notices/{kept.pk}/replay/")

    session.refresh_from_db()
    assert (answer.status_code, answer.json()["session"]) == (200, session.pk)
    assert session.status == Status.STOPPED
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user, entry.session) == ("notice.replay", user, session)


def test_what_sign_in_hides_stays_hidden(client, session):
    deliver(session.project, about(session, 40, 1))

    assert client.get("/api/v1/notices/").status_code == 401
    assert client.get(f"/api/v1/sessions/{session.pk}/notices/").status_code == 401
