"""The callbacks page, the heartbeat at the foot of the menu, and the banner."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboard.arrivals import arrivals
from recorder.contract.states import Status
from recorder.models import AuditEntry, Notice, RecordingSession
from recorder.notices import pulse as pulses
from recorder.notices import refusals
from recorder.notices.pulse import State, per_minute
from tests.support.notices import SECRET, about, body, deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _every_refusal_is_written(monkeypatch):
    monkeypatch.setattr(refusals, "EVERY", 0.0)


@pytest.fixture
def secured(project):
    project.callback_secret = SECRET
    project.save()
    return project


def page(client, **query):
    answer = client.get(reverse("callbacks"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_the_first_one_the_page_says_how_to_register_the_address(
    signed_in, secured, settings
):
    settings.PUBLIC_URL = "https://reel.example"

    html = page(signed_in)

    assert f"https://reel.example/callbacks/{secured.pk}/" in html
    assert "No callback has arrived yet" in html
    assert "Nothing has come yet" in html
    assert SECRET not in html


def test_a_project_without_a_secret_is_pointed_out(signed_in, project):
    deliver(project, body(40))

    html = page(signed_in)

    assert "No secret: all are refused" in html
    assert "1 refused: no callback secret is set" in html


def test_one_that_was_too_long_is_counted_beside_the_others(signed_in, secured):
    deliver(secured, b" " * 65_537)

    assert "1 refused: longer than 64 kB" in page(signed_in)


def test_callbacks_stand_in_words_with_what_was_odd_about_them(signed_in, secured, make_session):
    session = make_session(Status.RECORDING)
    first, second = about(session, 33, 7, progress=5000), about(session, 41, 3, leaveCode=4)
    for message in (first, first, second, body(40, sid="nobody"), body(4242, sid=session.sid)):
        deliver(secured, message)

    html = page(signed_in)

    assert "Nobody was in the channel any more." in html
    assert "Came 2 times" in html
    assert "Out of order" in html
    assert "Unmatched" in html
    assert "Notice of type 4242" in html
    assert reverse("session", args=[session.pk]) in html
    assert "Signed and checked" in html


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"q": "sid-o"}, {"sid-one"}),
        ({"q": "room-b"}, {"sid-two"}),
        ({"show": "unmatched"}, {"sid-two"}),
        ({"show": "odd"}, {"sid-one"}),
        ({"show": "failed"}, set()),
        ({"project": "77777"}, {"sid-one", "sid-two"}),  # no such project: its error, no filter
    ],
)
def test_filters_leave_what_they_name(signed_in, secured, make_session, query, kept):
    session = make_session(Status.RECORDING, sid="sid-one")
    message = about(session, 40, 1)
    deliver(secured, message)
    deliver(secured, message)
    deliver(secured, body(40, sid="sid-two", cname="room-b"))

    html = page(signed_in, **query)

    assert {sid for sid in ("sid-one", "sid-two") if f'data-copy="{sid}"' in html} == kept


def test_older_pages_follow_and_stand_still(signed_in, secured):
    now = timezone.now()
    Notice.objects.bulk_create(
        Notice(
            project=secured,
            notice_id=str(n),
            event_type=40,
            sid=f"sid-{n:03}",
            at=now,
            received_at=now,
            delivered_at=now,
            body={},
        )
        for n in range(60)
    )
    last = Notice.objects.order_by("-id")[49].pk

    newest, older = page(signed_in), page(signed_in, before=last)

    assert f"before={last}" in newest
    assert newest.count("<tr id=") == 50
    assert older.count("<tr id=") == 10
    assert 'id="notices" class="region stack" data-poll' in newest
    assert 'id="notices" class="region stack">' in older
    assert signed_in.get(reverse("callbacks"), {"before": "x"}).status_code == 400


def test_an_unchanged_poll_is_304_and_a_new_callback_is_not(signed_in, secured, asking):
    deliver(secured, body(40))
    first = signed_in.get(reverse("callbacks"), headers=asking)
    again = asking | {"HX-PTag": first["HX-PTag"]}

    same = signed_in.get(reverse("callbacks"), headers=again)
    deliver(secured, body(41))
    new = signed_in.get(reverse("callbacks"), headers=again)

    assert (first.status_code, same.status_code, new.status_code) == (200, 304, 200)
    assert 'id="callbacks-now" hx-swap-oob' in new.content.decode()


def test_replaying_applies_what_was_unmatched(signed_in, person, secured, make_session, asking):
    deliver(secured, body(40, sid="found-later", cname="room"))
    session = make_session(Status.STARTING, sid="found-later", recording_at=None)
    kept = Notice.objects.get()

    answer = signed_in.post(reverse("callback_replay", args=[kept.pk]), headers=asking)

    session.refresh_from_db()
    assert answer.status_code == 200
    assert "Applied to the session" in answer.content.decode()
    assert session.status == Status.RECORDING
    assert AuditEntry.objects.get().user == person


def test_what_a_callback_says_is_shown_as_text(signed_in, secured):
    deliver(secured, body(40, sid="s", cname="<svg onload=alert(1)>", details={"x": "</script>"}))

    html = page(signed_in)

    assert "<svg onload" not in html
    assert "&lt;svg onload=alert(1)&gt;" in html


# The heartbeat ----------------------------------------------------------------------------------


def beat(client):
    html = client.get(reverse("projects")).content.decode()
    start = html.index('id="heartbeat"')
    return html[start : html.index("</p>", start)]


def test_the_menu_says_whether_callbacks_arrive(signed_in, project, make_session):
    assert "Callbacks not set up" in beat(signed_in)
    project.callback_secret = SECRET
    project.save()
    assert "No callback has come yet" in beat(signed_in)
    deliver(project, body(40))
    assert "Callbacks arriving, last" in beat(signed_in)
    Notice.objects.update(received_at=timezone.now() - timedelta(hours=3))
    assert "Last callback" in beat(signed_in)


@pytest.mark.parametrize(
    ("minutes", "heard", "stop", "silent"),
    [
        (1, None, None, False),  # it has only begun
        (5, None, None, True),
        (5, 4, None, False),
        (30, 14, None, True),
        (5, None, 1, False),  # it is being stopped
    ],
)
def test_silence_is_judged_by_the_recordings_that_should_be_heard(
    signed_in, person, secured, make_session, minutes, heard, stop, silent
):
    now = timezone.now()
    session = make_session(
        Status.RECORDING,
        recording_at=now - timedelta(minutes=minutes),
        stop_requested_at=now - timedelta(minutes=stop) if stop else None,
    )
    if heard:
        deliver(secured, about(session, 33, 1, progress=1))
        RecordingSession.objects.update(heard_at=now - timedelta(minutes=heard))

    assert (pulses.silent_since(person, now) is not None) is silent
    assert ("Callbacks are silent." in signed_in.get("/").content.decode()) is silent
    assert ("Callbacks silent since" in beat(signed_in)) is silent


def test_nobody_expects_callbacks_without_a_secret(person, make_session):
    now = timezone.now()
    make_session(Status.RECORDING, recording_at=now - timedelta(hours=2))

    assert pulses.silent_since(person, now) is None
    assert pulses.pulse(person).state == State.OFF


# The picture ------------------------------------------------------------------------------------


def test_arrivals_are_counted_by_the_minute(person, secured):
    for _ in range(3):
        deliver(secured, body(40))
    Notice.objects.filter(pk=Notice.objects.first().pk).update(
        received_at=timezone.now() - timedelta(minutes=30)
    )

    counted = per_minute(person, timezone.now())

    assert len(counted) == 60
    assert sum(number for _minute, number in counted) == 3
    assert counted[29][1] + counted[30][1] == 1


def test_the_picture_has_a_bar_for_each_minute_with_callbacks_and_words_for_all():
    begin = timezone.now()
    counts = [(begin + timedelta(minutes=n), n % 2 * 10) for n in range(4)]

    drawn = arrivals(counts)

    assert [(bar.x, bar.height) for bar in drawn.bars] == [(150, 48), (450, 48)]
    assert drawn.words == "20 callbacks in 4 minutes, at most 10 in one"
    assert arrivals([(begin, 0)]).bars == ()


# How soon it shows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "sid", "pace"), [(2, "s", 1), (60, "s", 3), (60, "", 1)], ids=str
)
def test_a_page_asks_every_second_while_a_start_is_about_to_be_confirmed(
    signed_in, make_session, seconds, sid, pace
):
    session = make_session(
        Status.STARTING,
        sid=sid,
        recording_at=None,
        start_sent_at=timezone.now() - timedelta(seconds=seconds),
    )

    board = signed_in.get("/").content.decode()
    story = signed_in.get(reverse("session", args=[session.pk])).content.decode()

    assert f'hx-trigger="every {pace}s, poll:now"' in board
    assert f'hx-trigger="every {pace}s, poll:now"' in story


def test_a_gap_in_the_sequence_is_told_on_the_sessions_page(signed_in, secured, make_session):
    session = make_session(Status.RECORDING)
    address = reverse("session", args=[session.pk])
    deliver(secured, about(session, 43, 0))
    whole = signed_in.get(address).content.decode()

    deliver(secured, about(session, 43, 3))
    gap = signed_in.get(address).content.decode()

    assert "missing from the sequence" not in whole
    assert "2 callbacks are missing from the sequence" in gap
