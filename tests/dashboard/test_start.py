"""The start page: what it shows, what it refuses, and starting once."""

import html
import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from recorder.contract.layouts import Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.contract.states import Status
from recorder.models import Layout, RecordingSession
from recorder.providers.redact import MASK
from tests.support.provider import lost, says
from tests.support.rows import STORAGE_SECRET, make_project

pytestmark = pytest.mark.django_db(transaction=True)
RECORDING = "clientRequest.recordingConfig"
PICTURE = f"{RECORDING}.transcodingConfig"
CERTIFICATE = "5" * 32
FILES = "clientRequest.recordingFileConfig.avFileType"


@pytest.fixture
def ready(project, storage_config):
    """What a start needs; a provider that answers."""


@pytest.fixture
def layout_version(person):
    regions = (Region(0, 0, 500_000, 1_000_000), Region(500_000, 0, 500_000, 1_000_000))
    return Layout.create("Halves", Canvas(640, 360), Picture(3, regions), by=person).latest


@pytest.fixture
def fields(signed_in, ready):
    """The form as a browser sends it after opening the page, with a channel typed in."""
    page = signed_in.get(reverse("start")).content.decode()
    return sent(page) | {"cname": "room1"}


def sent(page: str) -> dict:
    """What a browser would send of the form on a page."""
    form = page[
        page.index('id="start-form"') : page.index("</form>", page.index('id="start-form"'))
    ]
    values = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = {
            name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)
        }
        ticked = given.get("type") not in {"radio", "checkbox"} or re.search(r"\schecked", tag)
        if given["name"] == "csrfmiddlewaretoken" or not ticked:
            continue
        name, value = given["name"], given.get("value", "")
        values[name] = [*values.get(name, []), value] if name == FILES else value
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected>', options)
        first = re.findall(r'<option value="([^"]*)"', options)
        values[name] = (chosen or first)[0]
    return values


# Opening the page.


def test_without_project_and_storage_the_page_says_what_comes_first(signed_in, db):
    page = signed_in.get(reverse("start")).content.decode()

    assert reverse("project_new") in page
    assert reverse("storage_new") in page
    assert "start-form" not in page


def test_without_a_storage_only_that_is_asked_for(signed_in, project):
    page = signed_in.get(reverse("start")).content.decode()

    assert reverse("storage_new") in page
    assert reverse("project_new") not in page


def test_nothing_is_started_before_there_is_anything_to_start_with(signed_in, db):
    answer = signed_in.post(reverse("start_send"), {"cname": "room1"})

    assert answer.status_code == 302
    assert answer["Location"] == reverse("start")


def test_the_page_is_for_people_who_signed_in(client, ready):
    for name in ("start", "start_send", "start_review"):
        assert client.post(reverse(name))["Location"].startswith("/accounts/login/")


def test_a_storage_is_named_with_vendor_and_bucket(signed_in, ready, storage_config):
    page = signed_in.get(reverse("start")).content.decode()

    assert f"{storage_config.name} · Amazon S3 · recordings" in page


def test_a_free_uid_is_proposed(fields):
    assert re.fullmatch(r"[1-9][0-9]{8}", fields["uid"])


def test_each_page_has_a_key_of_its_own(signed_in, ready):
    keys = {sent(signed_in.get(reverse("start")).content.decode())["key"] for _ in range(3)}

    assert len(keys) == 3


def test_the_page_may_come_back_from_the_browsers_cache(signed_in, ready):
    assert signed_in.get(reverse("start"))["Cache-Control"] == "private, max-age=0"


def test_few_fields_are_seen_at_first(signed_in, ready):
    page = signed_in.get(reverse("start")).content.decode()

    seldom = "".join(re.findall(r'<details class="more-settings".*?</details>', page, re.DOTALL))
    assert f'name="{RECORDING}.subscribeAudioUids"' in seldom
    assert f'name="{RECORDING}.secret"' in seldom
    assert f'name="{RECORDING}.maxIdleTime"' not in seldom
    assert "changed" not in seldom


# What is sent.


def test_a_start_goes_to_its_session(signed_in, fields, provider, person):
    answer = signed_in.post(reverse("start_send"), fields)

    session = RecordingSession.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == reverse("session", args=[session.pk])
    assert (session.sid, session.requested_by) == ("sid-1", person)
    assert provider.count("start") == 1


def test_htmx_is_sent_on_too(signed_in, fields, asking):
    answer = signed_in.post(reverse("start_send"), fields, headers=asking)

    session = RecordingSession.objects.get()
    assert answer.headers["HX-Redirect"] == reverse("session", args=[session.pk])


def test_the_service_gets_what_the_form_says(signed_in, fields, provider, storage_config):
    signed_in.post(reverse("start_send"), fields | {FILES: ["hls", "mp4"]})

    body = provider.last("start").body
    request = body["clientRequest"]
    assert (body["cname"], body["uid"]) == ("room1", fields["uid"])
    assert request["recordingFileConfig"] == {"avFileType": ["hls", "mp4"]}
    assert request["recordingConfig"] == {
        "channelType": 0,
        "streamTypes": 2,
        "maxIdleTime": 30,
        "transcodingConfig": {
            "width": 1280,
            "height": 720,
            "fps": 15,
            "bitrate": 1130,
            "mixedVideoLayout": 0,
        },
    }
    assert request["storageConfig"]["bucket"] == storage_config.bucket


@pytest.mark.parametrize(
    ("typed", "picture"),
    [
        ({"size": "1920x1080"}, {"width": 1920, "height": 1080, "bitrate": 2080}),
        ({"size": "360x640"}, {"width": 360, "height": 640, "bitrate": 400}),
        ({"size": "1280x720", f"{PICTURE}.fps": "30"}, {"fps": 30, "bitrate": 1710}),
        ({f"{RECORDING}.channelType": "1"}, {"width": 1280, "bitrate": 2260}),
        (
            {"size": "custom", f"{PICTURE}.width": "640", f"{PICTURE}.height": "640"},
            {"width": 640, "height": 640, "bitrate": 910},
        ),
        ({"size": "1280x720", f"{PICTURE}.width": "7"}, {"width": 1280}),
        ({f"{PICTURE}.bitrate": "800"}, {"bitrate": 800}),
        ({"size": "1920x1080", f"{PICTURE}.fps": "60"}, {"fps": 60, "bitrate": 4780}),
        ({"layout": "kind-1"}, {"mixedVideoLayout": 1}),
        (
            {"layout": "kind-2", f"{PICTURE}.maxResolutionUid": "17"},
            {"mixedVideoLayout": 2, "maxResolutionUid": "17"},
        ),
        ({f"{PICTURE}.backgroundColor": "#102030"}, {"backgroundColor": "#102030"}),
    ],
)
def test_the_picture_is_as_chosen(signed_in, fields, typed, picture):
    request = review(signed_in, fields | typed)

    config = request["clientRequest"]["recordingConfig"]["transcodingConfig"]
    assert picture.items() <= config.items()


def test_a_large_window_is_for_the_vertical_layout_only(signed_in, fields):
    typed = {"layout": "kind-1", f"{PICTURE}.maxResolutionUid": "not a uid"}
    answer = signed_in.post(reverse("start_send"), fields | typed)

    assert answer.status_code == 303
    assert "maxResolutionUid" not in str(RecordingSession.objects.get().request)


def test_a_saved_layout_brings_its_size_and_its_version_is_remembered(
    signed_in, fields, layout_version
):
    signed_in.post(reverse("start_send"), fields | {"layout": f"version-{layout_version.pk}"})

    session = RecordingSession.objects.get()
    assert session.layout_version == layout_version
    assert (session.canvas_width, session.canvas_height) == (640, 360)
    assert session.layout["layoutConfig"] == layout_version.picture["layoutConfig"]


def test_a_saved_layout_can_be_drawn_larger(signed_in, fields, layout_version):
    typed = {"layout": f"version-{layout_version.pk}", "size": "1280x720"}
    signed_in.post(reverse("start_send"), fields | typed)

    session = RecordingSession.objects.get()
    assert (session.canvas_width, session.canvas_height) == (1280, 720)
    assert session.layout["layoutConfig"] == layout_version.picture["layoutConfig"]


def test_colours_of_a_predefined_layout_do_not_paint_over_a_saved_one(
    signed_in, fields, layout_version
):
    typed = {"layout": f"version-{layout_version.pk}", f"{PICTURE}.backgroundColor": "nonsense"}
    answer = signed_in.post(reverse("start_send"), fields | typed)

    assert answer.status_code == 303
    assert RecordingSession.objects.get().layout_version == layout_version


def test_the_version_that_was_seen_is_started_although_a_newer_one_was_saved(
    signed_in, fields, layout_version
):
    typed = fields | {"layout": f"version-{layout_version.pk}"}
    layout_version.layout.add_version(Canvas(640, 360), Picture(1), by=None, seen=1)

    signed_in.post(reverse("start_send"), typed)

    assert RecordingSession.objects.get().layout_version == layout_version


def test_sound_alone_has_no_picture_to_be_wrong(signed_in, fields, provider):
    typed = {
        f"{RECORDING}.streamTypes": "0",
        "layout": "gone",
        "size": "custom",
        f"{PICTURE}.width": "x",
        f"{PICTURE}.bitrate": "x",
    }
    answer = signed_in.post(reverse("start_send"), fields | typed)

    assert answer.status_code == 303
    recording = provider.last("start").body["clientRequest"]["recordingConfig"]
    assert "transcodingConfig" not in recording


def test_spaces_around_a_channels_name_are_kept(signed_in, fields, provider):
    signed_in.post(reverse("start_send"), fields | {"cname": " room "})

    assert provider.last("start").body["cname"] == " room "


# What is refused.


def refused(signed_in, fields, **typed):
    answer = signed_in.post(reverse("start_send"), fields | typed)
    assert answer.status_code == 422
    assert not RecordingSession.objects.exists()
    return answer.content.decode()


def test_everything_typed_is_kept_and_each_error_stands_at_its_field(
    signed_in, fields, layout_version
):
    idle = f"{RECORDING}.maxIdleTime"
    page = refused(
        signed_in,
        fields,
        **{"cname": "r/oom", idle: "3", "layout": f"version-{layout_version.pk}", FILES: ["mp4"]},
    )

    kept = sent(page)
    assert (kept["cname"], kept[idle], kept["key"]) == ("r/oom", "3", fields["key"])
    assert kept["layout"] == f"version-{layout_version.pk}"
    for name in ("cname", idle, FILES):
        assert f'id="id_{name}_error"' in page
        assert f'href="#id_{name}"' in page
        assert f'id="id_{name}"' in page
    assert "data-focus" in page


@pytest.mark.parametrize(
    "cname",
    [
        "räum",
        "a/b",
        'say "hi"',
        "x" * 65,
        "x" * 70_000,
        "a\tb",
        "房间",
        "a\\b",
        "a'b",
        "\u202eroom",
    ],
)
@pytest.mark.parametrize("certificate", ["", "5" * 32])
def test_a_channel_name_outside_the_documented_letters_is_refused_with_the_rule(
    signed_in, fields, project, cname, certificate
):
    project.app_certificate = certificate
    project.save()

    page = refused(signed_in, fields, cname=cname)

    assert "A channel name has 1 to 64 of these characters" in page
    assert "App Certificate" not in page


def test_no_channel_is_asked_for(signed_in, fields):
    assert "The name of the channel is needed." in refused(signed_in, fields, cname="")


def test_a_name_with_a_null_character_is_refused(signed_in, fields):
    assert "id_cname_error" in refused(signed_in, fields, cname="a\0b")


@pytest.mark.parametrize("cname", ["<img src=x:x onerror=alert(1)>", "{{7}}{% now %}", "a=1&b=<b>"])
def test_a_hostile_but_legal_name_is_started_and_stays_text(signed_in, fields, provider, cname):
    page = signed_in.post(reverse("start_send"), fields | {"cname": cname, "check": "1"})
    signed_in.post(reverse("start_send"), fields | {"cname": cname})

    assert provider.last("start").body["cname"] == cname
    assert html.escape(cname) in page.content.decode()
    assert "<img src=x:x" not in page.content.decode()
    again = signed_in.get(reverse("start") + f"?like={RecordingSession.objects.get().pk}")
    assert sent(again.content.decode())["cname"] == cname


@pytest.mark.parametrize("uid", ["0", "٣", "1_000", "+5", "4294967296", "abc", "1.0", "9" * 400])
def test_a_uid_is_plain_digits(signed_in, fields, uid):
    page = refused(signed_in, fields, uid=uid)

    assert 'id="id_uid_error"' in page


def test_what_was_chosen_and_is_gone_is_said(signed_in, fields):
    page = refused(signed_in, fields, project="999", storage="999", layout="version-999")

    assert "This project is gone" in page
    assert "This storage is gone" in page
    assert "This layout is gone" in page


def test_a_mistake_behind_more_settings_opens_them(signed_in, fields):
    page = refused(signed_in, fields, **{f"{PICTURE}.bitrate": "9000"})

    assert '<details class="more-settings" id="more-picture-wrong" open>' in page


def test_changed_settings_are_counted(signed_in, fields):
    page = signed_in.post(
        reverse("start_send"),
        fields | {"check": "1", f"{PICTURE}.fps": "30", f"{PICTURE}.bitrate": "2000"},
    ).content.decode()

    assert "2 changed" in page


def test_a_malformed_certificate_is_said_at_the_project(signed_in, fields, project):
    project.app_certificate = "not a certificate"
    project.save()

    page = refused(signed_in, fields)

    assert 'id="id_project_error"' in page
    assert "App Certificate" in page


def test_checking_sends_nothing(signed_in, fields, provider):
    answer = signed_in.post(reverse("start_send"), fields | {"check": "1"})

    assert answer.status_code == 200
    assert "Nothing stands in the way." in answer.content.decode()
    assert not RecordingSession.objects.exists()
    assert not provider.calls


# Once.


def test_the_same_form_again_leads_to_the_first_session(signed_in, fields, provider):
    first = signed_in.post(reverse("start_send"), fields)
    again = signed_in.post(reverse("start_send"), fields, follow=True)

    assert again.redirect_chain == [(first["Location"], 303)]
    assert "This form started room1 before. Nothing was started again." in again.content.decode()
    assert RecordingSession.objects.count() == provider.count("start") == 1


def test_the_same_form_changed_is_refused_and_can_then_be_started(signed_in, fields, provider):
    signed_in.post(reverse("start_send"), fields)
    other = fields | {"cname": "room2", f"{RECORDING}.maxIdleTime": "60"}

    page = signed_in.post(reverse("start_send"), other)

    text = page.content.decode()
    kept = sent(text)
    assert page.status_code == 422
    assert reverse("session", args=[RecordingSession.objects.get().pk]) in text
    assert kept["key"] != fields["key"]
    assert {k: v for k, v in kept.items() if k != "key"} == {
        k: v for k, v in other.items() if k != "key"
    }

    assert signed_in.post(reverse("start_send"), kept).status_code == 303
    assert provider.count("start") == 2


def test_a_channel_that_is_recorded_by_this_uid_is_refused_with_its_session(
    signed_in, fields, make_session, provider
):
    running = make_session(Status.RECORDING, cname="room1", uid=fields["uid"])

    answer = signed_in.post(reverse("start_send"), fields)

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "is being recorded by uid" in text
    assert f'href="{reverse("session", args=[running.pk])}"' in text
    assert sent(text)["key"] == fields["key"]
    assert not provider.calls


@pytest.mark.parametrize("key", ["", "short", "<script>alert(1)</script>aaaaaaaa", "x" * 65])
def test_a_form_without_its_key_is_refused(signed_in, fields, key):
    page = refused(signed_in, fields, key=key)

    assert "This form is damaged" in page
    assert "<script>alert" not in page


def test_the_session_is_shown_whatever_the_provider_said(signed_in, fields, provider):
    provider.will("start", says(400, code=53, reason="task conflict"))

    answer = signed_in.post(reverse("start_send"), fields)

    session = RecordingSession.objects.get()
    assert session.status == Status.FAILED
    assert answer["Location"] == reverse("session", args=[session.pk])


def test_a_lost_answer_leaves_the_session_and_no_second_start(signed_in, fields, provider):
    provider.will("start", lost)

    first = signed_in.post(reverse("start_send"), fields)
    again = signed_in.post(reverse("start_send"), fields)

    assert first["Location"] == again["Location"]
    assert RecordingSession.objects.get().status == Status.UNCONFIRMED
    assert provider.count("start") == 1


# The rail.


def review(signed_in, fields) -> dict:
    """The request that the rail shows."""
    answer = signed_in.post(reverse("start_review"), fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    shown = re.search(r'id="start-json"[^>]*>(.*?)</pre>', answer.content.decode(), re.DOTALL)
    return json.loads(html.unescape(re.sub(r"<[^>]+>", "", shown[1])))


def test_the_rail_shows_the_request_with_its_secrets_masked(signed_in, fields, project):
    project.app_certificate = CERTIFICATE
    project.save()
    typed = {f"{RECORDING}.decryptionMode": "1", f"{RECORDING}.secret": "key-of-the-channel"}

    request = review(signed_in, fields | typed)["clientRequest"]

    assert request["token"] == request["recordingConfig"]["secret"] == MASK
    assert request["storageConfig"]["secretKey"] == MASK
    text = json.dumps(request)
    for secret in (CERTIFICATE, STORAGE_SECRET, "key-of-the-channel", "AKIATESTS"):
        assert secret not in text


def test_the_rail_judges_nothing_and_starts_nothing(signed_in, fields, provider):
    answer = signed_in.post(reverse("start_review"), {"cname": "r/oom"})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "A channel name has" in text
    assert 'id="start-form"' not in text
    assert not provider.calls
    assert signed_in.get(reverse("start_review")).status_code == 405


def test_the_rail_says_in_plain_words_what_would_happen(signed_in, fields):
    def said(**typed) -> str:
        text = signed_in.post(reverse("start_review"), fields | typed).content.decode()
        return html.unescape(re.search(r'start-summary">(.*?)</p>', text)[1])

    idle = f"{RECORDING}.maxIdleTime"
    assert said() == (
        "Records room1 as one 1280 × 720 picture at 15 pictures a second into the bucket"
        " recordings. Stops by itself 30 seconds after the last person left. An hour of it is about"
        " 505.5\xa0MB."
    )
    assert "3 minutes after the last host left" in said(
        **{idle: "180", f"{RECORDING}.channelType": "1"}
    )
    assert "2 hours after" in said(**{idle: "7200"})
    assert "1 day after" in said(**{idle: "86400"})
    assert "Makes MP4 files as well." in said(**{FILES: ["hls", "mp4"]})
    assert "without sound" in said(**{f"{RECORDING}.streamTypes": "1"})
    assert "the sound of room1, without a picture" in said(**{f"{RECORDING}.streamTypes": "0"})


def test_the_advice_follows_the_size(signed_in, fields):
    def advice(**typed) -> str:
        text = signed_in.post(reverse("start_review"), fields | typed).content.decode()
        return re.search(r'id="start-advice"[^>]*>(.*?)</span>', text)[1]

    assert advice(size="1920x1080") == "Empty: the advised 2080 for 1920 × 1080 at 15 a second."
    assert advice(**{f"{PICTURE}.bitrate": "9"}).startswith("Advised for 1280 × 720 at 15 a second")
    assert advice(size="nonsense") == ""


@pytest.mark.parametrize("fields_sent", [{}, {"cname": ["a", "b"], "layout": "kind-9"}])
def test_the_rail_answers_to_anything(signed_in, ready, fields_sent):
    assert signed_in.post(reverse("start_review"), fields_sent).status_code == 200


# What the form begins with.


def begun(signed_in, query: str) -> dict:
    return sent(signed_in.get(f"{reverse('start')}?{query}").content.decode())


def test_an_address_can_fill_the_form_in(signed_in, ready, layout_version, project):
    other = make_project(project.base_url)
    idle = f"{RECORDING}.maxIdleTime"

    form = begun(
        signed_in,
        f"cname=lesson%204&layout={layout_version.layout.pk}&project={other.pk}&{idle}=300",
    )

    assert (form["cname"], form[idle]) == ("lesson 4", "300")
    assert form["layout"] == f"version-{layout_version.pk}"
    assert form["project"] == str(other.pk)


@pytest.mark.parametrize(
    "query",
    [
        "project=999&storage=x&layout=999&size=1x1",
        "layout=%3Cscript%3E&project=%D9%A3",
        "like=999&uid=%00",
        "like=99999999999999999999999",
        f"{PICTURE}.fps=99999999999&{PICTURE}.width=x",
        "clientRequest.layoutConfig.0.x_axis=1&key=mine&csrfmiddlewaretoken=x",
    ],
)
def test_what_an_address_asks_for_in_vain_gives_way(signed_in, ready, project, query):
    answer = signed_in.get(f"{reverse('start')}?{query}")

    form = sent(answer.content.decode())
    assert answer.status_code == 200
    assert (form["project"], form["layout"], form["size"]) == (str(project.pk), "kind-0", "layout")
    assert form["key"] != "mine"


def test_secrets_are_not_taken_from_an_address(signed_in, ready):
    assert (
        begun(signed_in, f"{RECORDING}.secret=typed-into-an-address")[f"{RECORDING}.secret"] == ""
    )


def test_the_same_as_last_time_is_offered_and_fills_the_form_in(signed_in, fields, person):
    typed = {
        "layout": "kind-2",
        "size": "640x360",
        f"{PICTURE}.fps": "24",
        f"{PICTURE}.bitrate": "777",
        f"{PICTURE}.maxResolutionUid": "17",
        f"{RECORDING}.maxIdleTime": "300",
        f"{RECORDING}.subscribeAudioUids": "1, 2",
        f"{RECORDING}.subscribeVideoUids": "1, 2",
        FILES: ["hls", "mp4"],
    }
    signed_in.post(reverse("start_send"), fields | typed)
    session = RecordingSession.objects.get()

    offered = signed_in.get(reverse("start")).content.decode()
    form = begun(signed_in, f"like={session.pk}")

    assert f'href="{reverse("start")}?like={session.pk}"' in offered
    assert {k: v for k, v in form.items() if k in typed} == typed
    assert form["cname"] == "room1"
    assert form["key"] != fields["key"]
    assert form["uid"] != fields["uid"]  # which is recording


def test_the_uid_of_last_time_is_used_again_when_it_is_free(signed_in, make_session):
    session = make_session(Status.STOPPED)

    assert begun(signed_in, f"like={session.pk}")["uid"] == session.uid


def test_an_advised_bitrate_is_advised_again(signed_in, fields):
    signed_in.post(reverse("start_send"), fields)

    form = begun(signed_in, f"like={RecordingSession.objects.get().pk}")

    assert form[f"{PICTURE}.bitrate"] == ""
    assert form["size"] == "layout"


def test_a_saved_layout_of_last_time_is_chosen_even_when_archived(
    signed_in, fields, layout_version
):
    signed_in.post(reverse("start_send"), fields | {"layout": f"version-{layout_version.pk}"})
    layout_version.layout.archived_at = timezone.now()
    layout_version.layout.save()

    form = begun(signed_in, f"like={RecordingSession.objects.get().pk}")

    assert (form["layout"], form["size"]) == (f"version-{layout_version.pk}", "layout")


def test_a_picture_that_was_never_saved_is_taken_from_its_session(
    signed_in, make_session, provider
):
    region = {"x_axis": 0.25, "y_axis": 0.0, "width": 0.5, "height": 1.0}
    config = {"width": 500, "height": 300, "fps": 20, "bitrate": 400, "mixedVideoLayout": 3}
    session = make_session(
        Status.STOPPED,
        request={"recordingConfig": {"transcodingConfig": {**config, "layoutConfig": [region]}}},
    )

    form = begun(signed_in, f"like={session.pk}")
    signed_in.post(reverse("start_send"), form)

    assert (form["layout"], form["size"]) == (f"session-{session.pk}", "layout")
    sent_config = provider.last("start").body["clientRequest"]["recordingConfig"][
        "transcodingConfig"
    ]
    assert config.items() <= sent_config.items()
    assert region.items() <= sent_config["layoutConfig"][0].items()


def test_secrets_are_not_taken_over_and_what_has_no_place_is_named(signed_in, make_session):
    session = make_session(
        Status.STOPPED,
        request={
            "token": {"secret": "clientRequest.token"},
            "recordingConfig": {
                "decryptionMode": 1,
                "secret": {"secret": "clientRequest.recordingConfig.secret"},
                "newThing": {"a": 1},
                "unsubscribeAudioUids": ["5"],
            },
        },
    )

    page = signed_in.get(f"{reverse('start')}?like={session.pk}").content.decode()

    form = sent(page)
    assert form[f"{RECORDING}.decryptionMode"] == "1"
    assert form[f"{RECORDING}.secret"] == ""
    assert form[f"{RECORDING}.unSubscribeAudioUids"] == "5"
    assert "type again: Decryption secret" in page
    assert f"no place for: {RECORDING}.newThing.a" in page
    assert "clientRequest.token" not in page


# The other modes.

WEB = "clientRequest.extensionServiceConfig.extensionServices.0.serviceParam"


@pytest.fixture
def open_form(signed_in, ready):
    """The form of a mode as a browser sends it after opening the page."""
    return lambda mode: sent(signed_in.get(reverse("start"), {"mode": mode}).content.decode())


def test_an_individual_recording_is_started_with_what_it_needs(signed_in, open_form):
    fields = open_form("individual") | {"cname": "room1"}

    signed_in.post(reverse("start_send"), fields)

    session = RecordingSession.objects.get()
    assert (session.mode, session.canvas_width, session.layout) == ("individual", None, None)
    assert session.request["recordingFileConfig"] == {"avFileType": ["hls"]}
    assert session.request["recordingConfig"]["subscribeUidGroup"] == 3
    assert "snapshotConfig" not in session.request


@pytest.mark.parametrize(("makes", "files"), [("both", True), ("screenshots", False)])
def test_screenshots_are_taken_beside_the_recordings_or_alone(signed_in, open_form, makes, files):
    fields = open_form("individual") | {
        "cname": "room1",
        "makes": makes,
        "clientRequest.snapshotConfig.captureInterval": "5",
    }

    signed_in.post(reverse("start_send"), fields)

    request = RecordingSession.objects.get().request
    assert request["snapshotConfig"] == {"captureInterval": 5, "fileType": ["jpg"]}
    assert ("recordingFileConfig" in request) is files


def test_a_wrong_interval_is_refused_only_where_screenshots_are_taken(signed_in, open_form):
    interval = {"clientRequest.snapshotConfig.captureInterval": "0"}
    fields = open_form("individual") | {"cname": "room1"} | interval

    refused = signed_in.post(reverse("start_send"), fields | {"makes": "both"})
    taken = signed_in.post(reverse("start_send"), fields)

    assert refused.status_code == 422
    assert "whole seconds from 1 to 3600" in refused.content.decode()
    assert taken.status_code == 303


def test_a_web_page_is_recorded_from_the_fields_of_the_form(signed_in, open_form):
    page = {f"{WEB}.url": "https://example.com/board", f"{WEB}.maxRecordingHour": "2"}
    fields = open_form("web") | {"cname": "the board"} | page

    signed_in.post(reverse("start_send"), fields)

    (service,) = RecordingSession.objects.get().request["extensionServiceConfig"][
        "extensionServices"
    ]
    assert service["serviceName"] == "web_recorder_service"
    assert service["serviceParam"] == {
        "url": "https://example.com/board",
        "audioProfile": 0,
        "videoWidth": 1280,
        "videoHeight": 720,
        "maxRecordingHour": 2,
    }
    assert RecordingSession.objects.get().acquire_request == {"scene": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "javascript:alert(1)"),
        ("url", ""),
        ("videoWidth", "٣٠٠"),
        ("videoHeight", "99999"),
        ("maxRecordingHour", "0"),
    ],
)
def test_a_wrong_field_of_a_web_page_is_named_and_kept(signed_in, open_form, field, value):
    fields = open_form("web") | {"cname": "board", f"{WEB}.url": "https://example.com/"}

    answer = signed_in.post(reverse("start_send"), fields | {f"{WEB}.{field}": value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{WEB}.{field}_error"' in page
    assert not value or f'value="{value}"' in page
    assert not RecordingSession.objects.exists()


def test_changing_the_mode_keeps_what_fits_and_names_what_does_not(signed_in, fields):
    typed = fields | {
        "cname": "room1",
        f"{RECORDING}.maxIdleTime": "300",
        f"{RECORDING}.audioProfile": "2",
    }

    page = signed_in.post(reverse("start_send"), typed | {"switch": "individual"}).content.decode()

    kept = sent(page)
    assert (kept["mode"], kept["cname"], kept["uid"]) == ("individual", "room1", fields["uid"])
    assert kept[f"{RECORDING}.maxIdleTime"] == "300"
    assert "left out: Audio quality" in page
    assert not RecordingSession.objects.exists()


@pytest.mark.parametrize("mode", ["individual", "web"])
def test_a_recording_of_each_mode_is_taken_over_as_last_time(signed_in, open_form, mode):
    more = {f"{WEB}.url": "https://example.com/"} if mode == "web" else {"makes": "both"}
    fields = open_form(mode) | {"cname": "room1"} | more
    signed_in.post(reverse("start_send"), fields)
    session = RecordingSession.objects.get()

    page = signed_in.get(reverse("start"), {"like": session.pk}).content.decode()

    again = sent(page)
    assert again | {"key": "", "uid": ""} == fields | {"key": "", "uid": ""}
    assert "has no place for" not in page


def test_a_recording_may_be_given_a_longest_time_that_we_keep(signed_in, fields):
    signed_in.post(reverse("start_send"), fields | {"max_minutes": "90"})

    session = RecordingSession.objects.get()
    assert session.max_minutes == 90
    again = signed_in.get(reverse("start"), {"like": session.pk}).content.decode()
    assert sent(again)["max_minutes"] == "90"


@pytest.mark.parametrize("minutes", ["0", "43201", "٣", "1.5", "-1"])
def test_a_longest_time_that_is_none_is_refused_at_its_field(signed_in, fields, minutes):
    answer = signed_in.post(reverse("start_send"), fields | {"max_minutes": minutes})

    assert answer.status_code == 422
    assert 'id="id_max_minutes_error"' in answer.content.decode()
    assert not RecordingSession.objects.exists()
