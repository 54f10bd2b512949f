"""The recordings' pages: the list, one recording's files, and what a player is handed."""

import m3u8
import pytest
from cryptography.fernet import Fernet
from django.urls import reverse

from recorder.contract.states import Status, Upload
from recorder.footage import ledger
from recorder.models import StorageConfig
from tests.recorder.footage.conftest import make_recording, playlist_text  # noqa: F401
from tests.recorder.footage.test_ledger import LIST, SLICES, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def recording(make_recording, playlist_text):  # noqa: F811
    session = make_recording()
    upload(session, SLICES, playlist_text())
    ledger.refresh(session)
    return session


def address(name, session, file_name=LIST, **more):
    return reverse(name, args=[session.pk, session.files.get(name=file_name).pk], **more)


def deliver_through_us(session):
    session.storage_config.delivery = StorageConfig.Delivery.PROXY
    session.storage_config.save()


def lose_the_keys(settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]


def test_nobody_sees_recordings_without_signing_in(client, recording):
    for url in (
        reverse("recordings"),
        reverse("recording", args=[recording.pk]),
        address("recording_playlist", recording),
        address("recording_download", recording),
        reverse("recording_bytes", args=[recording.pk, SLICES[0]]),
    ):
        answer = client.get(url)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (
            302,
            "/accounts/login/",
        )


def test_the_list_shows_what_recorded_newest_first_and_nothing_else(signed_in, make_session):
    first, second = make_session(cname="first-one"), make_session(cname="second-one")
    make_session(Status.FAILED, cname="never-ran")

    html = signed_in.get(reverse("recordings")).content.decode()

    assert html.index(second.cname) < html.index(first.cname)
    assert "never-ran" not in html


def test_the_list_is_filtered_by_its_address(signed_in, make_session):
    wanted = make_session(Status.STOPPED, cname="choir", upload=Upload.UPLOADED.value)
    make_session(Status.STOPPED, cname="choir-practice", upload=Upload.UNKNOWN.value)
    make_session(Status.STOPPED, cname="board", upload=Upload.UPLOADED.value)

    answer = signed_in.get(reverse("recordings"), {"q": "choir", "upload": "uploaded"})

    assert [row.pk for row in answer.context["rows"]] == [wanted.pk]


@pytest.mark.parametrize("asked", ["q", "sid"])
def test_a_reference_or_a_sid_leads_to_its_recording(signed_in, make_session, asked):
    make_session()
    wanted = make_session()
    text = wanted.sid if asked == "sid" else wanted.reference

    answer = signed_in.get(reverse("recordings"), {"q": text})

    assert wanted.pk in [row.pk for row in answer.context["rows"]]


def test_a_part_of_the_list_begins_after_the_last_one(signed_in, make_session):
    old, new = make_session(), make_session()

    answer = signed_in.get(reverse("recordings"), {"before": new.pk})

    assert [row.pk for row in answer.context["rows"]] == [old.pk]
    assert signed_in.get(reverse("recordings"), {"before": "x"}).status_code == 400


def test_a_recording_shows_its_list_its_slices_and_may_read_its_bucket(
    signed_in, recording, sandbox
):
    answer = signed_in.get(reverse("recording", args=[recording.pk]))

    html, policy = answer.content.decode(), answer["Content-Security-Policy"]
    for name in (LIST, *SLICES):
        assert name in html
    assert f"media-src 'self' blob: {sandbox.url}" in policy
    assert f"connect-src 'self' {sandbox.url}" in policy


def test_a_list_of_everybody_has_all_slices_whatever_the_service_calls_it(signed_in, recording):
    """Slices are named by nobody but their own names, which tell of no user."""
    recording.files.filter(name=LIST).update(uid="0", track_type="audio_and_video")

    page = signed_in.get(reverse("recording", args=[recording.pk])).content.decode()

    assert "3 slices, " in page


def test_the_lists_of_a_recording_that_moved_are_one_film_and_can_be_seen_apart(
    signed_in,
    make_recording,  # noqa: F811
    playlist_text,  # noqa: F811
):
    session = make_recording()
    upload(session, SLICES, playlist_text())
    moved = LIST.replace("/", "/bak0_")
    session.bucket.write(moved, playlist_text(stem="bak0_9f_room1"))
    ledger.refresh(session)
    later = session.files.get(name=moved)

    page = signed_in.get(reverse("recording", args=[session.pk])).content.decode()
    film = signed_in.get(address("recording_playlist", session)).content.decode()
    part = signed_in.get(f"{reverse('recording', args=[session.pk])}?list={later.pk}")

    assert f'data-src="{address("recording_playlist", session)}"' in page
    assert "so there are 2 lists" in page
    assert f'href="?list={later.pk}">Part 2</a>' in page
    assert "Everybody" not in page
    assert len(m3u8.loads(film).segments) == 6
    assert f'data-src="{address("recording_playlist", session, moved)}"' in part.content.decode()


def test_a_recording_of_a_channel_of_blanks_has_a_link_and_a_heading(signed_in, make_session):
    session = make_session(cname="  ")
    page = reverse("recording", args=[session.pk])

    assert f'<a href="{page}"><bdi class="break">␣␣</bdi></a>' in (
        signed_in.get(reverse("recordings")).content.decode()
    )
    assert '<bdi class="break">␣␣</bdi>' in signed_in.get(page).content.decode()


def test_a_recording_that_comes_through_us_opens_the_policy_to_nobody(
    signed_in, recording, sandbox
):
    deliver_through_us(recording)

    answer = signed_in.get(reverse("recording", args=[recording.pk]))

    assert sandbox.url not in answer["Content-Security-Policy"]


def test_comparing_finds_the_slice_that_is_gone(signed_in, recording, asking):
    recording.bucket.delete(SLICES[1])

    answer = signed_in.post(reverse("recording_refresh", args=[recording.pk]), headers=asking)

    html = answer.content.decode()
    assert "Slice 2 (03:04:20 UTC, 15.0 s long) is not in the bucket." in html
    assert recording.files.get(name=SLICES[1]).present is False


def test_the_player_gets_signed_addresses_that_nobody_may_keep(signed_in, recording, sandbox):
    answer = signed_in.get(address("recording_playlist", recording))

    lines = [segment.uri for segment in m3u8.loads(answer.content.decode()).segments]
    assert len(lines) == 3
    assert all(line.startswith(f"{sandbox.url}/") and "X-Amz-Signature=" in line for line in lines)
    assert answer["Cache-Control"] == "no-store"


def test_through_us_the_player_gets_our_addresses_and_each_gives_the_bytes(signed_in, recording):
    deliver_through_us(recording)

    text = signed_in.get(address("recording_playlist", recording)).content.decode()

    for segment in m3u8.loads(text).segments:
        answer = signed_in.get(segment.uri, headers={"Range": "bytes=90-"})
        assert (answer.status_code, answer.getvalue()) == (206, b"x" * 10)
        assert answer["Content-Range"] == "bytes 90-99/100"


def test_bytes_are_passed_on_uncompressed_with_their_length(signed_in, recording):
    deliver_through_us(recording)
    url = reverse("recording_bytes", args=[recording.pk, SLICES[0]])

    answer = signed_in.get(url, headers={"Accept-Encoding": "gzip"})

    assert (answer.getvalue(), answer["Content-Length"]) == (b"x" * 100, "100")
    assert signed_in.get(url, headers={"Range": "bytes=100-"}).status_code == 416


def test_bytes_of_a_bucket_that_browsers_read_themselves_are_not_passed_on(signed_in, recording):
    url = reverse("recording_bytes", args=[recording.pk, SLICES[0]])

    assert signed_in.get(url).status_code == 404


def test_only_files_of_the_recording_itself_are_passed_on(signed_in, recording, make_session):
    deliver_through_us(recording)
    recording.bucket.write("rooms/somebody-elses.ts", b"x")

    for pk, key in ((recording.pk, "rooms/somebody-elses.ts"), (make_session().pk, SLICES[0])):
        assert signed_in.get(reverse("recording_bytes", args=[pk, key])).status_code == 404


def test_a_download_is_a_file_either_way(signed_in, recording):
    url = address("recording_download", recording, SLICES[0])

    signed = signed_in.get(url)
    deliver_through_us(recording)
    passed_on = signed_in.get(url)

    assert signed.status_code == 302
    assert "response-content-disposition=attachment" in signed["Location"]
    assert passed_on["Content-Disposition"].startswith("attachment; ")
    assert passed_on.getvalue() == b"x" * 100


def test_an_address_is_made_when_somebody_asks(signed_in, recording, asking, sandbox):
    answer = signed_in.post(address("recording_address", recording, SLICES[0]), headers=asking)

    assert f"{sandbox.url}/" in answer.content.decode()


def test_a_lost_key_is_a_sentence_on_every_page_and_never_a_crash(
    signed_in, recording, asking, settings
):
    lose_the_keys(settings)

    page = signed_in.get(reverse("recording", args=[recording.pk]))
    looked = signed_in.post(reverse("recording_refresh", args=[recording.pk]), headers=asking)
    asked = signed_in.post(address("recording_address", recording), headers=asking)

    assert page.status_code == 200
    for answer in (looked, asked):
        assert "FIELD_ENCRYPTION_KEYS" in answer.content.decode()
    for name in ("recording_playlist", "recording_download"):
        answer = signed_in.get(address(name, recording))
        assert (answer.status_code, "enter the secret again" in answer.content.decode()) == (
            502,
            True,
        )


def test_a_bucket_that_does_not_answer_is_a_sentence(signed_in, recording, asking, free_port):
    recording.storage_config.endpoint_url = f"http://127.0.0.1:{free_port()}/s3"
    recording.storage_config.save()

    looked = signed_in.post(reverse("recording_refresh", args=[recording.pk]), headers=asking)
    played = signed_in.get(address("recording_playlist", recording))

    assert "cannot be reached" in looked.content.decode()
    assert (played.status_code, "cannot be reached" in played.content.decode()) == (502, True)


def test_a_form_says_which_secret_has_to_be_entered_again(signed_in, recording, settings):
    lose_the_keys(settings)

    for name, row in (
        ("storage_edit", recording.storage_config),
        ("project_edit", recording.project),
    ):
        html = signed_in.get(reverse(name, args=[row.pk])).content.decode()
        assert "Unreadable: its key is gone. Enter it again." in html
    assert "Unreadable: enter it again" in signed_in.get(reverse("storage")).content.decode()


# Individual recordings.

STAMPS = {"7": ("20240102030405006", "20240102030420025"), "8": ("20240102030415006",)}


def track(uid, kind):
    return f"9f_room1__uid_s_{uid}__uid_e_{kind}"


@pytest.fixture
def individual(make_recording, playlist_text):  # noqa: F811
    session = make_recording(mode="individual")
    for uid, kind in (("7", "audio"), ("7", "video"), ("8", "audio")):
        stem, starts = track(uid, kind), STAMPS[uid]
        for start in starts:
            session.bucket.write(f"rooms/{stem}_{start}.ts", b"x")
        session.bucket.write(f"rooms/{stem}.m3u8", playlist_text(starts, stem=stem))
    ledger.refresh(session)
    return session


def test_each_user_of_an_individual_recording_has_a_lane_on_one_clock(signed_in, individual):
    answer = signed_in.get(reverse("recording", args=[individual.pk]))

    lanes = answer.context["lanes"]
    assert [(lane.uid, len(lane.tracks)) for lane in lanes] == [("7", 2), ("8", 1)]
    assert [round(lane.tracks[0].begins) for lane in lanes] == [0, 10]
    assert round(answer.context["axis"]) == 30
    assert answer.context["shown"].name == f"rooms/{track('7', 'video')}.m3u8"


def test_a_picture_is_played_with_the_sound_of_the_same_user(signed_in, individual):
    page = signed_in.get(reverse("recording", args=[individual.pk])).content.decode()

    sound = address("recording_playlist", individual, f"rooms/{track('7', 'audio')}.m3u8")
    assert f'data-sound="{sound}" data-later="0.000"' in page


def test_a_list_with_both_is_played_by_itself(signed_in, individual, playlist_text):  # noqa: F811
    stem = track("7", "av")
    individual.bucket.write(f"rooms/{stem}_{STAMPS['7'][0]}.ts", b"x")
    individual.bucket.write(f"rooms/{stem}.m3u8", playlist_text(STAMPS["7"][:1], stem=stem))
    ledger.refresh(individual)

    answer = signed_in.get(reverse("recording", args=[individual.pk]))

    assert answer.context["shown"].name == f"rooms/{stem}.m3u8"
    assert "data-sound" not in answer.content.decode()


def test_a_sound_alone_is_played_alone(signed_in, individual):
    row = individual.files.get(name=f"rooms/{track('8', 'audio')}.m3u8")

    page = signed_in.get(reverse("recording", args=[individual.pk]), {"list": row.pk})

    assert page.context["shown"] == row
    assert "data-sound" not in page.content.decode()
    assert [file.name for file in page.context["slices"]] == [
        f"rooms/{track('8', 'audio')}_{STAMPS['8'][0]}.ts"
    ]


def test_many_screenshots_are_shown_in_part_until_all_are_asked_for(signed_in, individual):
    individual.files.bulk_create(
        individual.files.model(session=individual, name=f"rooms/{number}.jpg", kind="image")
        for number in range(205)
    )
    address = reverse("recording", args=[individual.pk])

    some, every = signed_in.get(address), signed_in.get(address, {"all": ""})

    assert (len(some.context["others"]), len(every.context["others"])) == (200, 205)
    assert "Show all 207 files" in some.content.decode()
