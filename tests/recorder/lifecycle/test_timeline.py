import json

import pytest

from recorder.lifecycle import reconcile
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.lifecycle.timeline import timeline
from tests.support.provider import lost, says
from tests.support.rows import CUSTOMER_SECRET, STORAGE_SECRET

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_story_of_a_session_is_told_newest_first_with_who_did_what(request_for, user):
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)
    reconcile.check(session)
    request_stop(session, by=user)
    send_stop(session)

    entries = timeline(session)

    assert [entry.at for entry in entries] == sorted((e.at for e in entries), reverse=True)
    told = [(entry.kind, entry.title) for entry in reversed(entries)]
    assert told == [
        ("action", "Start requested"),
        ("call", "acquire answered 200"),
        ("call", "start answered 200"),
        ("state", "Started"),
        ("call", "query answered 200"),
        ("state", "Recording confirmed"),
        ("file", "sid-1_room.m3u8 appeared"),
        ("action", "Stop requested"),
        ("call", "stop answered 200"),
        ("state", "Ended"),
    ]
    assert {entry.by for entry in entries if entry.kind == "action"} == {"ada"}


def test_nothing_secret_is_told(request_for, user):
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)

    told = json.dumps([entry.detail for entry in timeline(session)])

    assert STORAGE_SECRET not in told
    assert CUSTOMER_SECRET not in told


@pytest.mark.parametrize(
    ("script", "title", "tone"),
    [
        (lost, "start was not answered", "warn"),
        (says(400, code=53, reason="task conflict"), "start answered 400, code 53", "failed"),
    ],
)
def test_a_call_shows_by_title_and_tone_how_it_went(
    request_for, user, provider, script, title, tone
):
    provider.will("start", script)
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)

    [entry] = [e for e in timeline(session) if e.detail.get("operation") == "start"]

    assert (entry.title, entry.tone) == (title, tone)


def test_a_failure_is_told_with_its_explanation(request_for, user, provider):
    provider.will("start", says(400, code=53, reason="task conflict"))
    session, _ = request_start(request_for(), by=user, form_key=None)
    send_start(session)

    newest = timeline(session)[0]

    assert (newest.title, newest.tone) == ("Failed", "failed")
    assert newest.detail["explanation"]
