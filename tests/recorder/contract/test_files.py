import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.contract.files import (
    FileEntry,
    backup_name,
    file_entries,
    mp4_name,
    parse_name,
    parse_stamp,
    playlist_name,
    prefix_path,
    slice_name,
    snapshot_name,
    time_ms,
    utc_stamp,
)
from recorder.contract.states import Mode

SID = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
MS = 1_704_164_645_006
CHARACTERS = "abcXYZ019 !#$%&()+-:;<=.>?@[]^_{}|~,"


def test_folders_are_joined_and_closed_with_slashes():
    assert prefix_path(["directory1", "directory2"]) == "directory1/directory2/"
    assert prefix_path([]) == ""


def test_a_stamp_is_utc_to_the_millisecond():
    assert utc_stamp(MS) == "20240102030405006"
    assert parse_stamp("20240102030405006") == MS
    assert parse_stamp(str(MS)) == MS


@pytest.mark.parametrize("text", ["", "2024", "20241302030405006", "٢٠٢٤٠١٠٢٠٣٠٤٠٥٠٠٦", " " * 17])
def test_what_is_no_stamp_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_stamp(text)


@given(st.integers(0, 4_000_000_000_000))
def test_stamps_come_back_exactly(ms):
    assert parse_stamp(utc_stamp(ms)) == ms


def test_names_of_mix_recordings():
    assert playlist_name(Mode.MIX, SID, "room1") == f"{SID}_room1.m3u8"
    assert slice_name(Mode.MIX, SID, "room1", MS) == f"{SID}_room1_20240102030405006.ts"
    assert mp4_name(Mode.MIX, SID, "room1", 0) == f"{SID}_room1_0.mp4"


def test_names_of_individual_recordings_carry_user_and_track():
    stem = f"{SID}_room1__uid_s_123__uid_e_"
    assert playlist_name(Mode.INDIVIDUAL, SID, "room1", "123", "audio") == f"{stem}audio.m3u8"
    assert slice_name(Mode.INDIVIDUAL, SID, "room1", MS, "123", "video", "webm") == (
        f"{stem}video_20240102030405006.webm"
    )
    assert snapshot_name(SID, "room1", "123", MS) == f"{stem}video_20240102030405006.jpg"


def test_a_name_of_individual_mode_without_user_is_refused():
    with pytest.raises(ValueError, match="uid and track"):
        playlist_name(Mode.INDIVIDUAL, SID, "room1")


def test_web_mode_writes_a_dash_for_each_special_character():
    special = "!@#$%^&*()+_.=[]{}~|,;:?<>"
    assert playlist_name(Mode.WEB, SID, f"a{special}b") == f"{SID}_a{'-' * len(special)}b.m3u8"
    assert playlist_name(Mode.MIX, SID, "a.b") == f"{SID}_a.b.m3u8"
    assert "/" not in playlist_name(Mode.WEB, SID, "../../x")


@given(
    cname=st.text(CHARACTERS, min_size=1, max_size=64),
    ms=st.integers(0, 4_000_000_000_000),
    index=st.integers(0, 999),
    failover=st.none() | st.integers(0, 3),
    prefix=st.sampled_from(["", "a/", "a/b/"]),
)
def test_names_are_read_back_for_every_channel_name(cname, ms, index, failover, prefix):
    written = {
        "playlist": playlist_name(Mode.MIX, SID, cname),
        "slice": slice_name(Mode.MIX, SID, cname, ms),
        "mp4": mp4_name(Mode.MIX, SID, cname, index),
        "image": snapshot_name(SID, cname, "42", ms),
    }
    for kind, name in written.items():
        key = prefix + (name if failover is None else backup_name(name, failover))

        read = parse_name(key, cname)

        assert read is not None
        assert (read.kind, read.sid, read.cname) == (kind, SID, cname)
        assert (read.prefix, read.failover) == (prefix, failover)
        assert read.started_ms == (ms if kind in {"slice", "image"} else None)
        assert read.index == (index if kind == "mp4" else None)
        assert read.uid == ("42" if kind == "image" else None)


def test_a_playlist_moved_from_the_backup_carries_its_number():
    assert parse_name(f"{SID}_room_1700000000_3.m3u8").index == 3
    assert parse_name(f"{SID}_room_1_2.m3u8", "room_1_2").index is None
    assert parse_name(f"{SID}_room_1_2_1700000000_3.m3u8", "room_1_2").index == 3


@pytest.mark.parametrize(
    "key", ["", "readme.txt", "a/", "x.m3u8", f"{SID}_room.ts", f"{SID}_room_99999999999999999.ts"]
)
def test_other_objects_are_not_taken_for_recordings(key):
    assert parse_name(key) is None


def test_a_file_list_given_as_text_is_one_file():
    assert file_entries({"fileListMode": "string", "fileList": "p/a.m3u8"}) == (
        FileEntry("p/a.m3u8"),
    )
    assert file_entries({"fileListMode": "string", "fileList": ""}) == ()


def test_a_file_list_of_objects_is_read_with_real_types():
    entry = {
        "fileName": "a_0.mp4",
        "trackType": "audio_and_video",
        "uid": "0",
        "mixedAllUser": True,
        "isPlayable": False,
        "sliceStartTime": 1_700_000_000_123,
    }

    assert file_entries({"fileListMode": "json", "fileList": [entry]}) == (
        FileEntry("a_0.mp4", "audio_and_video", "0", True, False, 1_700_000_000_123),
    )


def test_older_lists_with_everything_as_text_read_the_same():
    entry = {
        "filename": "a.m3u8",
        "uid": 123,
        "mixedAllUser": "true",
        "isPlayable": "False",
        "sliceStartTime": "1562724971626",
    }

    assert file_entries({"fileList": [entry]}) == (
        FileEntry("a.m3u8", None, "123", True, False, 1_562_724_971_626),
    )


def test_files_of_web_services_are_found_in_their_payload():
    answer = {
        "status": 5,
        "extensionServiceState": [
            {"serviceName": "upload_service", "payload": {"uploadingStatus": "uploaded"}},
            {
                "serviceName": "web_recorder_service",
                "payload": {"fileList": [{"filename": "w.m3u8", "sliceStartTime": 1_700_000_000}]},
            },
        ],
    }

    assert file_entries(answer) == (FileEntry("w.m3u8", slice_start_ms=1_700_000_000_000),)


def test_a_misspelt_start_time_is_read_too():
    entry = {"fileName": "a.m3u8", "liceStartTime": "1700000000123"}

    assert file_entries({"fileList": [entry]})[0].slice_start_ms == 1_700_000_000_123


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"fileList": None},
        {"fileList": 5},
        {"fileList": [None, 5, [], {}, {"fileName": 5}, {"fileName": ""}, ""]},
        {"extensionServiceState": {"a": 1}},
        {"extensionServiceState": [None, {"payload": 5}, {"payload": {"fileList": 7}}]},
    ],
)
def test_odd_answers_name_no_files_and_break_nothing(answer):
    assert file_entries(answer) == ()


def test_a_list_of_plain_names_is_read():
    assert file_entries({"fileList": ["a.m3u8", "b.mp4"]}) == (
        FileEntry("a.m3u8"),
        FileEntry("b.mp4"),
    )


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        (1_700_000_000, 1_700_000_000_000),
        (1_700_000_000_123, 1_700_000_000_123),
        ("1700000000", 1_700_000_000_000),
        (1_700_000_000.5, 1_700_000_000_500),
        (0, None),
        (-1, None),
        (True, None),
        ("x", None),
        ("٣", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
    ],
)
def test_times_are_milliseconds_whatever_unit_they_came_in(value, ms):
    assert time_ms(value) == ms
