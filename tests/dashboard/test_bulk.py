"""The pages of many starts and stops, without scripts and with."""

import secrets

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from recorder.contract.layouts import Canvas
from recorder.contract.layouts import Layout as Picture
from recorder.contract.states import Status
from recorder.lifecycle import reconcile
from recorder.lifecycle.bulk import feed
from recorder.models import Bulk, BulkItem, Heartbeat, Layout, RecordingSession

pytestmark = pytest.mark.django_db(transaction=True)
START, STOP = "/sessions/lists/start/", "/sessions/lists/stop/"
PARAM = "clientRequest.extensionServiceConfig.extensionServices.0.serviceParam"


@pytest.fixture
def wish(project, storage_config):
    def wish(channels="", **more):
        return {
            "key": secrets.token_urlsafe(24),
            "project": project.pk,
            "storage_config": storage_config.pk,
            "mode": "mix",
            "channels": channels,
        } | more

    return wish


def test_a_list_is_queued_once_and_its_page_tells_row_by_row(signed_in, wish, provider, asking):
    data = wish("room a\nroom b,77")

    first = signed_in.post(START, data)
    second = signed_in.post(START, data)
    feed()
    reconcile.sweep()
    html = signed_in.get(first["Location"]).content.decode()

    assert (first.status_code, first["Location"]) == (303, second["Location"])
    assert {(task.cname) for task in provider.live} == {"room a", "room b"}
    assert "2 of 2" in html
    assert "77" in html
    assert signed_in.get(first["Location"], headers=asking).status_code == 200
    assert "2 starts" in signed_in.get("/sessions/lists/").content.decode()


def test_the_page_of_a_settled_list_follows_its_recordings_until_they_have_ended(
    signed_in, wish, provider
):
    page = signed_in.post(START, wish("room"))["Location"]
    feed()
    reconcile.sweep()
    Bulk.objects.update(finished_at=timezone.now())

    running = signed_in.get(page).content.decode()
    RecordingSession.objects.update(status=Status.STOPPED)
    ended = signed_in.get(page).content.decode()

    assert "every 10s" in running
    assert "/cancel/" not in running
    assert "every " not in ended


def test_the_page_of_a_list_tells_also_when_the_worker_dies(signed_in, wish, asking):
    page = signed_in.post(START, wish("room"))["Location"]
    Heartbeat.beat("w")
    before = signed_in.get(page, headers=asking)
    Heartbeat.objects.all().delete()

    after = signed_in.get(page, headers=asking | {"HX-PTag": before["HX-PTag"]})

    assert "No worker has been seen" not in before.content.decode()
    assert "No worker has been seen" in after.content.decode()
    assert 'id="heartbeat" hx-swap-oob' in after.content.decode()


def test_a_csv_file_with_a_mark_and_a_header_is_read(signed_in, wish):
    file = SimpleUploadedFile("rooms.csv", "\ufeffcname,uid\r\nroom a,5\r\n".encode())

    signed_in.post(START, wish(file=file))

    item = BulkItem.objects.get()
    assert (item.cname, item.uid) == ("room a", "5")


@pytest.mark.parametrize(
    ("channels", "sentence"),
    [
        ("room a\na/b", "Line 2 (“a/b”), cname"),
        ("room a\nroom a", "It repeats line 1."),
        ('say "hi"', "Line 1 (“say &quot;hi&quot;”), cname"),
        ('"', "Its quotes do not close"),
        ("room a,=1+1", "Line 1 (“room a”), uid"),
        ("cname,uid\nroom a,5\n<svg onload=alert(1)>,0", "Line 3 (“&lt;svg onload=alert(1)&gt;”)"),
        ("x\n" * 1001, "more than 1,000 rows"),
        ("", "Name at least one channel."),
    ],
)
def test_a_hostile_list_is_refused_by_row_and_field_and_nothing_is_queued(
    signed_in, wish, channels, sentence, asking
):
    answer = signed_in.post(START, wish(channels), headers=asking)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Nothing was started. Please look at:" in answer.content.decode()
    assert Bulk.objects.count() == RecordingSession.objects.count() == 0


def test_a_layout_of_another_mode_and_a_length_out_of_range_are_refused(signed_in, wish, person):
    layout = Layout.create("Halves", Canvas(640, 360), Picture(0, ()), by=person)

    of_mode = signed_in.post(START, wish("a", mode="individual", layout=layout.pk))
    of_length = signed_in.post(START, wish("a", max_minutes="0"))

    assert (of_mode.status_code, of_length.status_code) == (422, 422)
    assert "Only a mix recording has a layout." in of_mode.content.decode()
    html = of_length.content.decode()
    assert "Maximum length in minutes</a>: The maximum length is 1 to 43200 minutes" in html
    assert "max_minutes:" not in html


def web(**more):
    """The fields for web pages as the form shows them first."""
    given = {"audioProfile": "0", "videoWidth": "1280", "videoHeight": "720"}
    given |= {"maxRecordingHour": "3", "url": ""} | more
    return {f"{PARAM}.{name}": value for name, value in given.items()}


def test_web_pages_are_started_from_a_csv_file_with_their_addresses(signed_in, wish, provider):
    file = SimpleUploadedFile("pages.csv", b"cname,url,uid\na,https://x.example/1,\nb,,7\n")

    place = signed_in.post(
        START, wish(file=file, mode="web", **web(url="https://y.example/all", videoWidth="640"))
    )
    feed()

    assert place.status_code == 303, place.content.decode()
    params = {
        session.cname: session.request["extensionServiceConfig"]["extensionServices"][0][
            "serviceParam"
        ]
        for session in RecordingSession.objects.filter(mode="web")
    }
    assert params["a"]["url"] == "https://x.example/1"
    assert params["b"]["url"] == "https://y.example/all"
    assert params["b"]["videoWidth"] == 640


@pytest.mark.parametrize(
    ("channels", "given", "sentence"),
    [
        ("a,nowhere", {}, "Line 1 (“a”), url: A web recording needs the http or https address"),
        ("a,https://x.example/1\nb", {}, "Line 2 (“b”), url: A web recording needs the http"),
        ("a", {}, "Page address</a>: A web recording needs the http or https address"),
        ("a,https://x.example/1", {"videoWidth": ""}, "A web recording needs a width"),
    ],
)
def test_a_web_list_without_what_it_needs_is_refused_at_its_row_or_field(
    signed_in, wish, channels, given, sentence
):
    answer = signed_in.post(START, wish(channels, mode="web", **web(**given)))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Bulk.objects.count() == 0


def test_what_stands_in_the_fields_for_pages_counts_in_web_mode_only(signed_in, wish):
    place = signed_in.post(START, wish("a", **web(url="https://y.example/all", videoWidth="x")))
    feed()

    assert place.status_code == 303
    assert "extensionServiceConfig" not in RecordingSession.objects.get().request


def test_one_start_is_not_counted_in_the_plural(signed_in, wish):
    place = signed_in.post(START, wish("a"))["Location"]

    assert "<h1>1 start</h1>" in " ".join(signed_in.get(place).content.decode().split())


def test_what_has_not_begun_can_be_cancelled_on_the_page(signed_in, wish):
    place = signed_in.post(START, wish("a\nb"))["Location"]

    signed_in.post(f"{place}cancel/")
    html = signed_in.get(place).content.decode()

    assert "Cancelled: <strong>2</strong>" in html
    assert "2 rows were cancelled." in html
    assert "Cancelled: <strong>2</strong>" in signed_in.get("/sessions/lists/").content.decode()


def test_many_stops_are_shown_before_they_are_sent(signed_in, make_session, project):
    session = make_session(Status.RECORDING, cname="town-hall")
    data = {"key": secrets.token_urlsafe(24), "project": project.pk, "everything": "on"}

    asked = signed_in.post(STOP, data).content.decode()
    before = Bulk.objects.count()
    done = signed_in.post(STOP, data | {"confirmed": "1"})
    feed()
    again = signed_in.post(STOP, data | {"confirmed": "1"})  # nothing of it runs any more

    session.refresh_from_db()
    assert (again.status_code, again["Location"]) == (303, done["Location"])
    assert Bulk.objects.count() == 1
    assert "1 recording would be stopped" in asked
    assert "town-hall" in asked
    assert (before, done.status_code) == (0, 303)
    assert session.stop_requested_at is not None


def test_a_channel_that_does_not_run_is_named(signed_in, make_session, project):
    make_session(Status.RECORDING, cname="town-hall")

    answer = signed_in.post(
        STOP, {"key": secrets.token_urlsafe(24), "project": project.pk, "channels": "nobody"}
    )

    assert answer.status_code == 422
    assert "Line 1 (“nobody”): It does not run in this project." in answer.content.decode()
    assert "Nothing was stopped. Please look at:" in answer.content.decode()


def test_of_many_channels_that_do_not_run_the_first_are_named(signed_in, make_session, project):
    make_session(Status.RECORDING, cname="town-hall")
    channels = "cname\n" + "\n".join(f"room {number}" for number in range(1, 41))

    answer = signed_in.post(
        STOP, {"key": secrets.token_urlsafe(24), "project": project.pk, "channels": channels}
    )

    html = answer.content.decode()
    assert "Line 21 (“room 20”): It does not run" in html
    assert "Line 22 " not in html
    assert "And 20 more." in html


def test_a_stop_from_a_file_keeps_its_rows_for_the_confirmation(signed_in, make_session, project):
    make_session(Status.RECORDING, cname="town-hall")
    file = SimpleUploadedFile("rooms.csv", b"town-hall")

    asked = signed_in.post(
        STOP, {"key": secrets.token_urlsafe(24), "project": project.pk, "file": file}
    )

    assert "town-hall</textarea>" in asked.content.decode()


def test_a_channel_is_found_among_more_recordings_than_a_list_holds(
    signed_in, make_session, project, monkeypatch
):
    monkeypatch.setattr("dashboard.forms.bulk.MOST", 1)
    make_session(Status.RECORDING, cname="town-hall")
    make_session(Status.RECORDING, cname="annex")
    data = {"key": secrets.token_urlsafe(24), "project": project.pk}

    named = signed_in.post(STOP, data | {"channels": "annex"})
    everything = signed_in.post(STOP, data | {"everything": "on"})

    assert "1 recording would be stopped" in named.content.decode()
    assert everything.status_code == 422
    assert "2 recordings run. A list stops 1,000 at most" in everything.content.decode()
