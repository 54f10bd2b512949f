"""A recording whose token was refused, started again with one click."""

import json

import pytest

from recorder.contract.states import Operation, Status
from recorder.lifecycle.again import start_again
from recorder.lifecycle.sealed import restored
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.words import explain_failure, legal_actions
from recorder.models import AuditEntry, InvalidTransition, RecordingSession
from tests.support.notices import SECRET, about, deliver
from tests.support.provider import says

pytestmark = pytest.mark.django_db(transaction=True)

CERTIFICATE = "0123456789abcdef" * 2


@pytest.fixture
def kept_out(request_for, project, user, provider, layout_version):
    """A recording as a person asked for it, refused by its channel."""
    project.app_certificate, project.callback_secret = CERTIFICATE, SECRET
    project.save()

    def kept_out(code: int = 109, **more) -> RecordingSession:
        provider.will("start", says(400, code=code, reason="token"))
        wish = request_for("lecture", "42", layout_version=layout_version, max_minutes=90, **more)
        session, _ = request_start(wish, by=user, form_key="clicked")
        send_start(session)
        session.refresh_from_db()
        assert session.status == Status.FAILED
        return session

    return kept_out


@pytest.mark.parametrize("code", [109, 110])
def test_the_new_one_has_the_same_settings_and_a_token_of_its_own(kept_out, user, code):
    old = kept_out(code)

    new, created = start_again(old, by=user)
    send_start(new)

    new.refresh_from_db()
    before, after = restored(old), restored(new)
    assert created
    assert new.status == Status.STARTING or new.sid
    assert before.pop("token") != after.pop("token")
    folders = [sent.pop("storageConfig").pop("fileNamePrefix") for sent in (before, after)]
    assert folders == [[old.reference], [new.reference]]
    assert before == after
    for name in ("project", "storage_config", "mode", "cname", "uid", "layout_version"):
        assert getattr(new, name) == getattr(old, name)
    assert (new.layout, new.max_minutes) == (old.layout, 90)
    assert AuditEntry.objects.filter(action="session.start_again", session=old).exists()


def test_ten_clicks_start_one(kept_out, user, provider):
    old = kept_out()
    before = provider.count("start")

    clicks = [start_again(old, by=user) for _ in range(10)]
    for new, _created in clicks:
        send_start(new)

    assert [created for _new, created in clicks] == [True] + [False] * 9
    assert len({new.pk for new, _created in clicks}) == 1
    assert provider.count("start") == before + 1


def test_a_storage_that_was_changed_between_two_clicks_makes_no_second(
    kept_out, user, storage_config
):
    old = kept_out()
    new, _created = start_again(old, by=user)
    storage_config.file_name_prefix = ["elsewhere"]
    storage_config.save()

    again = start_again(RecordingSession.objects.get(pk=old.pk), by=user)

    assert again == (new, False)


def test_keys_that_were_changed_since_are_used_and_a_folder_of_its_own_is_kept(
    kept_out, user, storage_config
):
    own = {"storageConfig": {"fileNamePrefix": ["own"]}, "recordingConfig": {"maxIdleTime": 77}}
    old = kept_out(client_request=own)
    storage_config.secret_key = "another-key"
    storage_config.save()
    old = RecordingSession.objects.get(pk=old.pk)

    new, _created = start_again(old, by=user)

    sent = restored(new)
    assert sent["storageConfig"]["fileNamePrefix"] == ["own"]
    assert sent["storageConfig"]["secretKey"] == "another-key"
    assert sent["recordingConfig"]["maxIdleTime"] == 77
    assert "another-key" not in json.dumps(new.request)


def test_a_token_that_the_channel_refused_is_named_and_may_be_started_again(
    request_for, project, user, provider
):
    """The start was taken; the recorder meets the refusal when it joins, and is gone."""
    project.callback_secret = SECRET
    project.save()
    session, _ = request_start(request_for("lecture"), by=user, form_key=None)
    send_start(session)
    session.refresh_from_db()
    deliver(project, about(session, 1, 0, module=0, errorLevel=5, errorCode=109, stat=0))
    session.refresh_from_db()
    assert legal_actions(session)["start_again"] == "The session has not ended."
    deliver(project, about(session, 11, 1, exitStatus=1))
    session.refresh_from_db()

    assert session.status == Status.FAILED
    assert "token has expired" in explain_failure(session).what
    assert start_again(session, by=user)[1]


def test_only_a_refused_token_is_answered_so(make_session, user):
    failure = {"at": "", "operation": Operation.START, "http_status": 400, "code": 2, "text": ""}

    with pytest.raises(InvalidTransition, match="token was not refused"):
        start_again(make_session(Status.FAILED, failure=failure), by=user)
    assert RecordingSession.objects.count() == 1
