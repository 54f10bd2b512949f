import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from recorder.contract.layouts import Layout, layout_to_wire
from recorder.contract.states import Mode, Status, Upload
from recorder.lifecycle import reconcile
from recorder.lifecycle.start import request_start, send_start
from recorder.lifecycle.stop import request_stop, send_stop
from recorder.models import ProviderCall, RecordedFile
from tests.support.provider import lost, says
from tests.support.rows import CUSTOMER_SECRET, STORAGE_SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(signed_in):
    def show(session, **headers) -> str:
        return signed_in.get(f"/sessions/{session.pk}/", headers=headers).content.decode()

    return show


@pytest.fixture
def started(request_for, person):
    """A session that the provider was asked to start."""

    def started(**more):
        session, _ = request_start(request_for(**more), by=person, form_key=None)
        send_start(session)
        return session

    return started


def test_nobody_sees_a_session_without_signing_in(client, make_session):
    assert client.get(f"/sessions/{make_session().pk}/").status_code == 302


def test_an_unknown_session_is_not_found(signed_in):
    assert signed_in.get("/sessions/4711/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_page_tells_what_was_asked_for_sent_and_answered(show, started, person):
    session = started(cname="all-hands")
    reconcile.check(session)
    request_stop(session, by=person)
    send_stop(session)

    html = show(session)

    for told in ("Start requested", "by maria", "acquire answered 200", "stop answered 200"):
        assert told in html
    assert session.sid in html
    assert session.resource_id in html
    assert f"{session.sid}_all-hands.m3u8" in html
    assert f"/recordings/{session.pk}/?list=" in html


@pytest.mark.django_db(transaction=True)
def test_no_secret_is_on_the_page(show, started):
    html = show(started())

    assert STORAGE_SECRET not in html
    assert CUSTOMER_SECRET not in html


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_explained_with_the_providers_own_answer_behind_details(
    show, started, provider
):
    provider.will("start", says(400, code=53, reason="task conflict here"))
    session = started()

    html = show(session)

    assert "The provider said: “task conflict here”." in html
    assert 'id="trouble-raw"' in html
    assert "Give up" not in html


@pytest.mark.django_db(transaction=True)
def test_a_lost_answer_is_unmistakable_and_leaves_the_word_to_a_person(show, started, provider):
    provider.will("start", lost)
    session = started()

    html = show(session)

    assert '<section class="trouble tone-warn"' in html
    assert "The answer to the start was lost." in html
    assert "The same start is repeated" in html
    assert f"/sessions/{session.pk}/give-up/" in html


@pytest.mark.parametrize("status", Status)
def test_every_state_has_a_page(show, make_session, status):
    assert 'id="session"' in show(make_session(status, attention="silent"))


def test_after_the_end_nothing_can_be_queried_or_stopped(show, make_session):
    html = show(make_session(Status.STOPPED, upload=Upload.UPLOADED))

    assert "/query/" not in html
    assert "Stop" not in html
    assert "Play the recording" in html


def test_an_ended_recording_can_be_made_again(show, make_session):
    live, ended, failed = make_session(), make_session(Status.STOPPED), make_session(Status.FAILED)

    for session, offered in ((live, False), (ended, True), (failed, True)):
        assert (f'href="/start/?like={session.pk}"' in show(session)) is offered


def test_what_is_not_possible_now_says_why(show, make_session):
    html = show(make_session(Status.RECOVERING))

    assert 'aria-disabled="true"' in html
    assert "The service is moving the recording to another server." in html


def test_only_a_mix_recording_has_a_layout(show, make_session):
    assert "Change layout" in show(make_session())
    assert "Change layout" not in show(make_session(mode="web"))


def test_the_layout_in_force_is_drawn(show, make_session):
    wire = layout_to_wire(Layout(1))

    html = show(make_session(layout=wire, canvas_width=640, canvas_height=360))

    assert 'class="thumbnail" viewBox="0 0 640 360"' in html


def test_a_layout_that_cannot_be_read_breaks_nothing(show, make_session):
    html = show(make_session(layout={"mixedVideoLayout": 9}, canvas_width=640, canvas_height=360))

    assert 'id="layout"' in html


def test_the_resource_id_counts_down_until_the_start_is_sent(show, make_session):
    assert "expires in" in show(make_session(Status.ACQUIRED))
    assert "expires in" not in show(make_session())


def test_the_page_says_what_happens_next_and_when(show, make_session):
    later = timezone.now() + timedelta(minutes=2)

    html = show(make_session(next_check_at=later))

    assert "The service is asked again" in html
    assert 'data-tick="until"' in html


def test_the_storage_is_shown_as_it_was_at_the_start(show, make_session, storage_config):
    session = make_session()
    storage_config.bucket = "another"
    storage_config.save()

    html = show(session)

    assert "recordings" in html
    assert "another" not in html


def calls(session, count: int, **fields) -> None:
    begun = timezone.now() - timedelta(hours=1)
    values = {"operation": "query", "method": "GET", "path": "query", "http_status": 200}
    values |= {"response": {"serverResponse": {"status": 5}}, "outcome": "done", "duration_ms": 4}
    ProviderCall.objects.bulk_create(
        ProviderCall(
            session=session,
            project=session.project,
            started_at=begun + timedelta(seconds=number),
            **values | fields,
        )
        for number in range(count)
    )


def test_queries_that_all_went_well_are_told_as_one(show, make_session):
    session = make_session(recording_at=None, started_at=None)
    calls(session, 200)

    html = show(session)

    assert "query answered 200, 200 times" in html
    assert html.count("timeline__entry") == 1


def test_a_long_story_shows_its_newest_part_and_the_rest_on_demand(signed_in, show, make_session):
    session = make_session(recording_at=None, started_at=None)
    calls(session, 50, operation="updateLayout")

    assert "Show 10 earlier entries" in show(session)
    whole = signed_in.get(f"/sessions/{session.pk}/?all").content.decode()
    assert whole.count('class="timeline__entry"') == 50


def test_an_unchanged_session_answers_a_poll_with_304(signed_in, make_session, asking):
    session = make_session(Status.STOPPED)
    url = f"/sessions/{session.pk}/"
    tag = signed_in.get(url, headers=asking)["HX-PTag"]

    assert signed_in.get(url, headers=asking | {"HX-PTag": tag}).status_code == 304

    session.version += 1
    session.save()
    assert signed_in.get(url, headers=asking | {"HX-PTag": tag}).status_code == 200


def test_a_poll_brings_tab_title_and_counts(show, make_session, asking):
    html = show(make_session(cname="all-hands", attention="silent"), **asking)

    assert "<title>(1 needs attention) all-hands · Reelroom</title>" in html
    assert "<html" not in html


def test_the_polled_region_holds_nothing_to_type_into(show, make_session):
    html = show(make_session(attention="silent"))
    region = html[html.index('<div id="session"') :].split('<footer class="page-foot"')[0]

    assert "<textarea" not in region
    assert "<select" not in region
    assert region.count("<input") == region.count('<input type="hidden"')


def test_every_name_on_the_page_is_given_once(show, make_session):
    """A morph matches by id: of two with the same one, neither keeps what a person opened."""
    session = make_session(attention="silent", request={"a": 1})
    calls(session, 2)

    region = show(session).split('<div id="session"')[1].split('<footer class="page-foot"')[0]
    ids = re.findall(r'\bid="([^"]*)"', region)

    assert sorted(ids) == sorted(set(ids))
    assert sum(name.endswith("-raw") for name in ids) > 2


def test_slices_that_are_missing_are_counted(show, make_session):
    session = make_session(Status.STOPPED)
    for number, present in enumerate([True, False]):
        RecordedFile.objects.create(
            session=session, name=f"{number}.ts", kind="slice", present=present, size=1000
        )
    RecordedFile.objects.create(session=session, name="a.m3u8", kind="playlist", present=True)

    html = show(session)

    assert "2 slices" in html
    assert "1 missing" in html


def test_a_hostile_name_is_only_text_everywhere(show, make_session):
    name = '"><img src=x onerror=alert(1)>'
    session = make_session(cname=name, failure=None, request={"x": name})

    html = show(session)

    assert "<img src=x" not in html
    assert json.dumps(name)[1:4] not in html


@pytest.mark.parametrize("mode", Mode)
def test_what_has_ended_can_be_recorded_again_in_every_mode(signed_in, make_session, mode):
    session = make_session(Status.STOPPED, mode=mode.value)
    again = f"/start/?like={session.pk}"

    assert again in signed_in.get(f"/sessions/{session.pk}/").content.decode()
    assert f'value="{session.cname}"' in signed_in.get(again).content.decode()
