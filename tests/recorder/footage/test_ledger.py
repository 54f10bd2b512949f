import pytest

from recorder.contract.states import Mode
from recorder.footage import ledger
from recorder.footage.health import findings, sentences
from recorder.models import RecordedFile, Secret
from recorder.storage.errors import WrongKey
from tests.recorder.footage.conftest import STARTS

LIST = "rooms/9f_room1.m3u8"
SLICES = [f"rooms/9f_room1_{start}.ts" for start in STARTS]


def upload(session, names, playlist=None):
    for name in names:
        session.bucket.write(name, b"x" * 100)
    if playlist:
        session.bucket.write(LIST, playlist)


def test_a_complete_recording_is_all_present(make_recording, playlist_text):
    session = make_recording()
    upload(session, SLICES, playlist_text())

    found = ledger.refresh(session)

    assert found.all_present
    assert found.missing == ()
    assert found.duration_ms == 45_000
    assert found.size == 300 + len(playlist_text())
    assert findings(found, ended=True) == ()


def test_what_was_found_is_kept_as_rows(make_recording, playlist_text):
    session = make_recording()
    upload(session, SLICES, playlist_text())

    ledger.refresh(session)

    assert list(session.files.values_list("name", "kind", "size", "present")) == [
        (LIST, "playlist", len(playlist_text()), True),
        *((name, "slice", 100, True) for name in SLICES),
    ]
    first = session.files.get(name=SLICES[0])
    assert (first.slice_start_ms, first.duration_ms) == (1_704_164_645_006, 15_000)
    assert first.checked_at is not None


def test_looking_again_changes_nothing_but_the_time(
    make_recording, playlist_text, django_assert_max_num_queries
):
    session = make_recording()
    upload(session, SLICES, playlist_text())
    ledger.refresh(session)
    before = list(session.files.values_list("pk", "name", "size"))

    with django_assert_max_num_queries(2):
        ledger.refresh(session)

    assert list(session.files.values_list("pk", "name", "size")) == before


def test_a_listed_slice_that_is_not_in_the_bucket_is_missing(make_recording, playlist_text):
    session = make_recording()
    upload(session, [SLICES[0], SLICES[2]], playlist_text())

    found = ledger.refresh(session)

    assert found.missing == (SLICES[1],)
    assert not found.all_present
    assert session.files.get(name=SLICES[1]).present is False
    assert sentences(found, ended=True) == (
        "Slice 2 (03:04:20 UTC, 15.0 s long) is not in the bucket.",
    )


def test_a_slice_that_comes_late_is_no_longer_missing(make_recording, playlist_text):
    session = make_recording()
    upload(session, SLICES[:2], playlist_text())
    ledger.refresh(session)

    upload(session, SLICES[2:])

    assert ledger.refresh(session).all_present
    assert session.files.get(name=SLICES[2]).present is True


def test_a_list_without_its_end_is_playable_but_not_all_present(make_recording, playlist_text):
    session = make_recording()
    upload(session, SLICES, playlist_text(ended=False))

    found = ledger.refresh(session)

    assert found.lists[0].playable
    assert not found.all_present
    assert "has no end yet" in sentences(found, ended=True)[0]
    assert sentences(found, ended=False) == ()


def test_an_announced_playlist_that_never_came_is_missing(make_recording):
    session = make_recording()
    session.files.create(name=LIST, kind="playlist")

    found = ledger.refresh(session)

    assert found.missing == (LIST,)
    assert [each.kind for each in findings(found, ended=True)] == ["absent"]


def test_files_of_other_sessions_in_the_same_folder_are_not_ours(make_recording, playlist_text):
    session = make_recording()
    upload(session, SLICES, playlist_text())
    session.bucket.write("rooms/9fff_room1.m3u8", b"#EXTM3U\n")
    session.bucket.write("rooms/other_room1.m3u8", b"#EXTM3U\n")

    assert set(ledger.refresh(session).present) == {LIST, *SLICES}


def test_files_of_a_fail_over_belong_to_the_session_and_count_into_its_length(
    make_recording, playlist_text
):
    session = make_recording()
    upload(session, SLICES[:1], playlist_text(STARTS[:1]))
    session.bucket.write(
        "rooms/bak0_9f_room1.m3u8", playlist_text(STARTS[1:2], stem="bak0_9f_room1")
    )
    session.bucket.write(f"rooms/bak0_9f_room1_{STARTS[1]}.ts", b"x")

    found = ledger.refresh(session)

    assert found.all_present
    assert found.duration_ms == 30_000


def test_tracks_of_individual_mode_run_beside_each_other(make_recording, playlist_text):
    session = make_recording(mode=Mode.INDIVIDUAL.value)
    for track, count in (("audio", 3), ("video", 2)):
        stem = f"9f_room1__uid_s_7__uid_e_{track}"
        session.bucket.write(f"rooms/{stem}.m3u8", playlist_text(STARTS[:count], stem=stem))
        for start in STARTS[:count]:
            session.bucket.write(f"rooms/{stem}_{start}.ts", b"x")

    found = ledger.refresh(session)

    assert found.duration_ms == 45_000
    assert set(session.files.values_list("uid", "track_type")) == {("7", "audio"), ("7", "video")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"<html>", "EXTM3U"),
        (b"#EXTM3U\n#EXTINF:5,\n../../secrets.ts\n", "own folder"),
        (b"\xff\xfe\x00", "EXTM3U"),
    ],
)
def test_a_list_that_cannot_be_read_says_why_and_loses_nothing(make_recording, text, words):
    session = make_recording()
    upload(session, SLICES, text)

    found = ledger.refresh(session)

    assert not found.all_present
    assert words in sentences(found, ended=True)[0]
    assert session.files.count() == 4


def test_a_time_in_which_nothing_was_recorded_is_found(make_recording, playlist_text):
    session = make_recording()
    upload(session, [SLICES[0], SLICES[2]], playlist_text([STARTS[0], STARTS[2]]))

    (gap,) = findings(ledger.refresh(session), ended=True)

    assert (gap.kind, gap.duration_ms) == ("gap", 15_000)
    assert gap.sentence == "From 03:04:20 UTC nothing was recorded for 15 seconds."


def test_a_bucket_that_cannot_be_read_leaves_the_rows_as_they_were(make_recording, playlist_text):
    session = make_recording()
    upload(session, SLICES, playlist_text())
    ledger.refresh(session)
    session.storage_config.secret_key = Secret.of("not-the-secret-of-this-key")

    with pytest.raises(WrongKey):
        ledger.refresh(session)

    assert set(session.files.values_list("present", flat=True)) == {True}


def test_a_session_without_a_sid_has_no_files(make_recording):
    found = ledger.refresh(make_recording(sid=""))

    assert (found.all_present, dict(found.present)) == (False, {})


def test_what_the_service_says_of_a_file_is_kept_when_the_bucket_is_read(
    make_recording, playlist_text
):
    session = make_recording()
    said = {
        "track_type": "audio_and_video",
        "uid": "0",
        "mixed_all_user": True,
        "is_playable": True,
    }
    session.files.create(name=LIST, kind="playlist", **said)
    upload(session, SLICES, playlist_text())

    ledger.refresh(session)

    row = session.files.get(name=LIST)
    assert {field: getattr(row, field) for field in said} == said


@pytest.mark.parametrize(
    ("mode", "types", "names"),
    [
        (Mode.MIX, ["hls"], ["rooms/9f_room1.m3u8"]),
        (Mode.MIX, ["hls", "mp4"], ["rooms/9f_room1.m3u8", "rooms/9f_room1_0.mp4"]),
        (Mode.WEB, ["hls"], ["rooms/9f_room1.m3u8"]),
        (Mode.INDIVIDUAL, ["hls"], []),
    ],
)
def test_names_are_predicted_where_the_rules_allow(make_recording, mode, types, names):
    session = make_recording(
        mode=mode.value, request={"recordingFileConfig": {"avFileType": types}}
    )

    assert list(ledger.predicted_names(session)) == names


def test_a_recording_of_the_sandbox_is_seen_as_it_is(make_recording, sandbox):
    session = make_recording()
    task = sandbox.started(
        storage={"bucket": session.storage_config.bucket, "fileNamePrefix": ["rooms"]}
    )
    sandbox.advance(5)
    assert task.stop().status_code == 200
    session.sid, session.cname = task.sid, task.cname

    found = ledger.refresh(session)

    assert found.all_present
    assert len(found.lists[0].playlist.segments) == 3
    assert 4_500 <= found.duration_ms <= 5_500
    assert findings(found, ended=True) == ()
    kinds = session.files.values_list("kind", flat=True)
    assert sorted(kinds) == ["playlist", "slice", "slice", "slice"]
    assert not RecordedFile.objects.filter(session=session, duration_ms=None, kind="slice")
