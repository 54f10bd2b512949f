"""The address the notification service delivers to, from the wire to the committed row."""

import json
import sqlite3
import threading

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.utils import timezone

from recorder.contract.states import Status, Upload
from recorder.models import Notice, RefusedNotices
from recorder.notices import intake as intake_module
from recorder.notices import refusals as refusals_module
from recorder.notices.signatures import signature
from recorder.notices.wire import notice_in
from tests.support.disk import full_disk  # noqa: F401
from tests.support.notices import SECRET, about, body, deliver, story_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _every_refusal_is_written(monkeypatch):
    monkeypatch.setattr(refusals_module, "EVERY", 0.0)


def made(project, message) -> Notice:
    return notice_in(message, project.pk, timezone.now())


def test_a_signed_notice_is_kept_and_folded_before_it_is_answered(project, make_session):
    session = make_session(Status.STARTING, sid="s-1", recording_at=None)

    answer = deliver(project, about(session, 40, 0, status=0))

    session.refresh_from_db()
    kept = Notice.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"status": "kept"})
    assert answer["Content-Type"] == "application/json"
    assert session.status == Status.RECORDING
    assert (kept.session, kept.due_at, kept.sequence) == (session, None, 0)


def test_a_whole_story_ends_the_session_with_its_files(project, make_session):
    session = make_session(Status.STARTING, sid="s-1", recording_at=None)

    answers = [deliver(project, message).status_code for message in story_of(session)]

    session.refresh_from_db()
    assert set(answers) == {200}
    assert (session.status, session.upload) == (Status.STOPPED, Upload.UPLOADED)
    assert session.playlist == "p/sid_room.m3u8"
    assert session.slice_start_ms == 1_700_000_002_000


def test_a_resend_changes_its_send_time_and_is_one_row_with_one_effect(project, make_session):
    session = make_session(Status.RECORDING)
    message = about(session, 33, 4, progress=5000)
    answers = [deliver(project, message | {"notifyMs": n}).json()["status"] for n in range(1, 6)]

    kept = Notice.objects.get()
    session.refresh_from_db()
    assert answers == ["kept", "known", "known", "known", "known"]
    assert kept.deliveries == 5
    assert session.version == 1


def test_a_resend_without_a_number_is_known_by_its_id(project):
    """Only a notice of a recording carries what its other id could be recognised by."""
    message = body(40)
    answers = [deliver(project, message | {"notifyMs": n}).json()["status"] for n in range(3)]

    assert answers == ["kept", "known", "known"]
    assert Notice.objects.get().deliveries == 3


def test_the_redundant_service_sends_two_ids_for_one_event(project, make_session):
    session = make_session(Status.RECORDING)
    first = about(session, 42, 3)

    deliver(project, first)
    deliver(project, first | {"noticeId": "another"})

    assert Notice.objects.get().deliveries == 2


def test_the_same_number_from_a_recorder_that_took_over_is_another_event(project, make_session):
    session = make_session(Status.RECORDING)
    first = about(session, 40, 1, status=0)
    moved = first | {"noticeId": "moved", "payload": first["payload"] | {"uid": "999"}}

    deliver(project, first)
    deliver(project, moved)

    assert Notice.objects.count() == 2


def test_the_test_of_the_console_is_answered_with_200(project):
    for event_type in (1, 40, 11, 31, 4242):
        message = body(event_type, sid="nobody", cname="test_webhook", uid="12121212")
        assert deliver(project, message).status_code == 200

    assert Notice.objects.filter(session=None).count() == 5


def test_types_nobody_documented_are_kept_with_their_session(project, make_session):
    session = make_session(Status.RECORDING)

    answer = deliver(project, about(session, 62, 9, new="field"))

    kept = Notice.objects.get()
    assert answer.status_code == 200
    assert (kept.session, kept.details) == (session, {"new": "field"})


def test_notices_of_other_products_touch_no_session(project, make_session):
    session = make_session(Status.RECORDING)

    deliver(project, about(session, 11, 9, exitStatus=1) | {"productId": 1})

    session.refresh_from_db()
    assert session.status == Status.RECORDING
    assert Notice.objects.get().session is None


def test_secrets_in_a_notice_are_not_kept(project, make_session):
    session = make_session(Status.RECORDING)
    address = "rtmp://live.example/app/stream-key-1234567"

    deliver(project, about(session, 100, 9, rtmpUrl=address, status="publishing", token="abc123"))

    stored = json.dumps(Notice.objects.get().body)
    assert "stream-key" not in stored
    assert "abc123" not in stored
    assert "live.example" in stored


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Agora-Signature-V2": "0" * 64},
        {"Agora-Signature": "0" * 40},
    ],
)
def test_a_bad_signature_is_401_and_a_number_and_no_row(project, headers):
    answers = [deliver(project, body(40), headers=headers).status_code for _ in range(3)]

    assert answers == [401, 401, 401]
    assert not Notice.objects.exists()
    assert RefusedNotices.objects.get().count == 3


def test_sha_1_alone_needs_the_projects_permission(project):
    raw = json.dumps(body(40)).encode()
    headers = {"Agora-Signature": signature(raw, SECRET, "sha1")}

    before = deliver(project, raw, headers=headers).status_code
    project.callback_sha1 = True
    project.save()
    after = deliver(project, raw, headers=headers).status_code

    assert (before, after) == (401, 200)
    assert RefusedNotices.objects.get().reason == "weak"


def test_without_a_secret_everything_is_refused(project):
    project.callback_secret = ""
    project.save()

    assert deliver(project, body(40), secret="").status_code == 401
    assert RefusedNotices.objects.get().reason == "no_secret"


def test_no_notice_is_refused_while_secrets_change_over(project):
    """The two sides never change in the same moment."""
    answers = [deliver(project, body(40), secret=SECRET).status_code]
    project.callback_secret_old, project.callback_secret = project.callback_secret, "new-secret-new"
    project.save()
    answers += [deliver(project, body(40), secret=SECRET).status_code]
    answers += [deliver(project, body(40), secret="new-secret-new").status_code]
    project.callback_secret_old = ""
    project.save()
    answers += [deliver(project, body(40), secret="new-secret-new").status_code]

    assert answers == [200, 200, 200, 200]
    assert deliver(project, body(40), secret=SECRET).status_code == 401


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 2_000 + b"]" * 2_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b'{"noticeId":"n","eventType":40,"payload":' + b'{"a":' * 40 + b"1" + b"}" * 41,
        b'{"noticeId":"n","eventType":40,"payload":[]}',
        b'{"noticeId":"n","eventType":"forty","payload":{}}',
        b'{"noticeId":"","eventType":40,"payload":{}}',
        b'{"eventType":40,"payload":{}}',
        b'{"noticeId":"n","eventType":40,"payload":{"x":NaN}}',
        b'{"noticeId":"n","eventType":1e400,"payload":{}}',
        b'{"noticeId":"' + b"n" * 129 + b'","eventType":40}',
    ],
)
def test_what_is_no_notice_is_400_and_never_a_crash(project, raw):
    answer = deliver(project, raw)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed")
    assert not Notice.objects.exists()


def test_a_body_of_more_than_64_kb_is_not_read(project):
    assert deliver(project, b" " * 65_537).status_code == 413
    assert deliver(project, b" " * 65_536).status_code == 400


def test_a_body_that_is_too_long_is_a_number_and_no_row(project):
    answers = [deliver(project, b" " * 65_537, headers={}).status_code for _ in range(2)]

    refused = RefusedNotices.objects.get()
    assert answers == [413, 413]
    assert (refused.reason, refused.count) == ("too_large", 2)
    assert not Notice.objects.exists()


def test_a_body_that_is_too_long_for_no_project_is_not_counted(project):
    project.pk = 0

    assert deliver(project, b" " * 65_537).status_code == 404
    assert not RefusedNotices.objects.exists()


def test_no_more_than_the_limit_is_taken_into_memory(project, monkeypatch):
    sizes = []
    read = WSGIRequest.read
    monkeypatch.setattr(
        WSGIRequest, "read", lambda self, *size: (sizes.append(size), read(self, *size))[1]
    )

    assert deliver(project, b" " * 1_000_000).status_code == 413
    assert sizes == [(65_537,)]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"sid": None, "cname": 5, "uid": 12, "sequence": "3", "sendts": "never"},
        {"sid": "a b", "sequence": -1, "sendts": 10**17, "details": []},
        {"sid": "x" * 5_000, "cname": "y" * 5_000, "uid": "z" * 500, "sequence": 2**70},
    ],
)
def test_odd_fields_are_kept_as_far_as_they_can_be(project, payload):
    message = {"noticeId": 17, "eventType": "40", "payload": payload}

    assert deliver(project, message).status_code == 200
    assert Notice.objects.get().notice_id == "17"


def test_a_project_that_does_not_exist_is_404(project):
    project.pk = 0
    assert deliver(project, body(40)).status_code == 404


def test_only_posts_are_taken_and_nobody_is_sent_to_sign_in(project, client):
    answer = client.get(f"/callbacks/{project.pk}/")

    assert answer.status_code == 405


def test_a_locked_database_asks_the_service_to_send_again(project, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    monkeypatch.setattr(intake_module, "PATIENCE", 0.05)
    writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")

    refused = deliver(project, body(40))
    writer.execute("ROLLBACK")
    writer.close()
    kept = deliver(project, body(40))

    assert refused.status_code == 503
    assert refused["Retry-After"] == "10"
    assert kept.status_code == 200
    usual = settings.DATABASES["default"]["OPTIONS"]["timeout"] * 1000
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == usual


def test_a_lock_is_awaited_for_less_time_than_the_service_waits(project, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    waits = []
    write = intake_module._keep_and_tell

    def watched(batch):
        with connection.cursor() as cursor:
            waits.extend(cursor.execute("PRAGMA busy_timeout").fetchone())
        write(batch)

    monkeypatch.setattr(intake_module, "_keep_and_tell", watched)

    deliver(project, body(40))

    assert waits == [intake_module.PATIENCE * 1000]
    assert intake_module.PATIENCE < 10


def test_a_full_disk_asks_the_service_to_send_again_and_recovers_by_itself(
    project,
    full_disk,  # noqa: F811
):
    deliver(project, body(40))  # connected
    with full_disk():
        big = {"msgName": "x" * 1_000}
        answers = [deliver(project, body(40, details=big)).status_code for _ in range(20)]

    assert 503 in answers
    assert set(answers) <= {200, 503}
    assert Notice.objects.count() == 1 + answers.count(200)
    assert deliver(project, body(40)).status_code == 200


def test_those_that_wait_for_the_database_share_the_next_commit(project, monkeypatch):
    commits = []
    keep = intake_module._keep
    monkeypatch.setattr(intake_module, "_keep", lambda batch: (commits.append(batch), keep(batch)))
    intake = intake_module.Intake()
    intake._queue = [intake_module._Waiting(made(project, body(40))) for _ in range(10)]

    assert intake.keep(made(project, body(40)))
    assert [len(batch) for batch in commits] == [11]
    assert Notice.objects.count() == 11


def test_what_another_process_keeps_at_the_same_moment_is_kept_once(project, monkeypatch):
    """It commits after we looked and before we write. The rest of the commit is counted once."""
    theirs, ours = body(40, sequence=1), body(40, sequence=2)
    deliver(project, theirs)
    looks = iter([lambda rows: {}])
    known = intake_module._known
    monkeypatch.setattr(intake_module, "_known", lambda rows: next(looks, known)(rows))
    batch = [
        intake_module._Waiting(made(project, message))
        for message in (theirs, ours, ours | {"noticeId": "the other of two"})
    ]

    intake_module._keep(batch)

    assert [waiting.is_new for waiting in batch] == [False, True, False]
    assert {row.sequence: row.deliveries for row in Notice.objects.all()} == {1: 2, 2: 2}


def test_many_at_once_are_all_kept_and_share_their_commits(project, make_session):
    sessions = [make_session(Status.RECORDING) for _ in range(3)]
    messages = [about(sessions[n % 3], 43, n, state=0) for n in range(60)]
    answers: list[int] = []

    def post(part):
        answers.extend(deliver(project, message).status_code for message in part)
        connection.close()

    threads = [threading.Thread(target=post, args=(messages[n::6],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 60
    assert Notice.objects.exclude(folded_at=None).count() == 60
