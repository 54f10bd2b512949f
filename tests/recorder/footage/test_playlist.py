import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.footage import playlist
from recorder.footage.playlist import BadPlaylist

SERVICE = """\
#EXTM3U
#EXT-X-VERSION:3
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-ALLOW-CACHE:YES
#EXT-X-TARGETDURATION:17
#EXT-X-DISCONTINUITY
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=20240102030405006
#EXT-X-AGORA-ROTATE:WIDTH=640,HEIGHT=360,ROTATE=0,TIME=1704164645006
#EXTINF:15.019000
9f_room1_20240102030405006.ts
#EXTINF:14.981,
9f_room1_20240102030420025.ts
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=1704164675006
#EXT-X-DISCONTINUITY
#EXTINF:4
9f_room1_last.ts
#EXT-X-ENDLIST
"""
START_MS = 1_704_164_645_006


def test_durations_and_starts_come_out_in_milliseconds():
    result = playlist.parse(SERVICE)

    assert [segment.duration_ms for segment in result.segments] == [15_019, 14_981, 4_000]
    assert [segment.start_ms for segment in result.segments] == [
        START_MS,
        START_MS + 15_019,
        START_MS + 30_000,  # from the 13 digits of the tag: the name of the third tells nothing
    ]
    assert result.duration_ms == 34_000


def test_interruptions_tracks_and_rotations_are_kept_with_the_segment_they_precede():
    result = playlist.parse(SERVICE)

    assert [segment.discontinuity for segment in result.segments] == [True, False, True]
    assert [(t.segment, t.track_type, t.time_ms) for t in result.tracks] == [
        (0, "VIDEO", START_MS),
        (2, "AUDIO", START_MS + 30_000),
    ]
    assert (result.rotations[0].width, result.rotations[0].time_ms) == (640, START_MS)


@pytest.mark.parametrize("ended", [True, False])
def test_a_list_is_ended_only_by_its_end_tag(ended):
    text = SERVICE if ended else SERVICE.replace("#EXT-X-ENDLIST\n", "")

    assert playlist.parse(text).ended is ended


@pytest.mark.parametrize("text", [SERVICE, SERVICE.replace("\n", "\r\n"), "\ufeff" + SERVICE])
def test_the_reference_reader_sees_the_same_list(text):
    ours = playlist.parse(text)
    theirs = m3u8.loads(text.lstrip("\ufeff"))

    assert [s.uri for s in ours.segments] == [s.uri for s in theirs.segments]
    assert [s.duration for s in ours.segments] == [s.duration for s in theirs.segments]
    assert [s.discontinuity for s in ours.segments] == [s.discontinuity for s in theirs.segments]
    assert ours.ended == theirs.is_endlist
    assert ours.target_duration == theirs.target_duration


@given(
    st.lists(
        st.tuples(st.integers(0, 600_000), st.booleans(), st.booleans()),
        max_size=20,
    ),
    st.booleans(),
)
def test_any_list_of_slices_reads_as_the_reference_reader_does(slices, ended):
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:600"]
    for index, (duration_ms, comma, discontinuity) in enumerate(slices):
        lines += ["#EXT-X-DISCONTINUITY"] if discontinuity else []
        lines += [f"#EXTINF:{duration_ms / 1000:.6f}{',' if comma else ''}", f"s_{index}.ts"]
    text = "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else [])])

    ours, theirs = playlist.parse(text), m3u8.loads(text)

    assert [s.duration_ms for s in ours.segments] == [d for d, _comma, _disc in slices]
    assert [s.uri for s in ours.segments] == [s.uri for s in theirs.segments]
    assert [s.discontinuity for s in ours.segments] == [s.discontinuity for s in theirs.segments]
    assert ours.ended == theirs.is_endlist


@pytest.mark.parametrize(
    "line",
    [
        "https://evil.example/a.ts",
        "//evil.example/a.ts",
        "../other/a.ts",
        "..\\a.ts",
        "..",
        "folder/a.ts",
        "/a.ts",
        "a\x00.ts",
        "a\x1b[2J.ts",
        "a\u2028.ts",
        "x" * 2000,
    ],
)
def test_a_segment_that_is_no_file_name_of_this_folder_refuses_the_list(line):
    text = f"#EXTM3U\n#EXTINF:5,\n{line}\n"

    with pytest.raises(BadPlaylist, match="Line 3"):
        playlist.parse(text)
    with pytest.raises(BadPlaylist):
        playlist.rewrite(text, lambda name: name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "EXTM3U"),
        ("<html>", "EXTM3U"),
        ("#EXTM3U\na.ts", "no duration"),
        ("#EXTM3U\n#EXTINF:abc,\na.ts", "Line 2"),
        ("#EXTM3U\n#EXTINF:-5,\na.ts", "Line 2"),
        ("#EXTM3U\n#EXTINF:٣,\na.ts", "Line 2"),
        ("#EXTM3U\n#EXTINF:999999999,\na.ts", "longer than a day"),
        ("#EXTM3U\n#EXT-X-TARGETDURATION:1_0", "Line 2"),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nb.m3u8", "other playlists"),
        ("#EXTM3U\n" + "#EXTINF:1,\na.ts\n" * 50_001, "more than 50000"),
        ("#EXTM3U\n" + "#" * 5_000_000, "longer than any"),
    ],
    ids=range(11),
)
def test_a_broken_list_is_refused_with_the_place_and_the_reason(text, words):
    with pytest.raises(BadPlaylist, match=words):
        playlist.parse(text)


def test_rewriting_replaces_segment_lines_and_gives_each_duration_its_comma():
    text = playlist.rewrite(SERVICE, lambda name: f"https://bucket.example/{name}?signature=1")

    theirs = m3u8.loads(text)
    assert theirs.segments[0].uri == (
        "https://bucket.example/9f_room1_20240102030405006.ts?signature=1"
    )
    assert "#EXTINF:15.019000,\n" in text
    assert [s.duration for s in theirs.segments] == [15.019, 14.981, 4.0]
    assert theirs.is_endlist


def test_rewriting_drops_tags_that_could_name_an_address():
    text = '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="https://evil.example/k"\n#EXTINF:5,\na.ts\n'

    assert "evil" not in playlist.rewrite(text, lambda name: name)


def test_rewriting_refuses_an_address_that_would_break_the_list():
    with pytest.raises(ValueError, match="one line"):
        playlist.rewrite("#EXTM3U\n#EXTINF:5,\na.ts\n", lambda name: "a\nb")


@pytest.mark.parametrize(
    "name", ["9f_a?b#c%d_20240102030405006.ts", "9f_a:b c_20240102030405006.ts", "9f_房间_1.ts"]
)
def test_letters_of_channel_names_are_letters_of_file_names(name):
    (segment,) = playlist.parse(f"#EXTM3U\n#EXTINF:5,\n{name}\n").segments

    assert segment.uri == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240102030405006", START_MS),
        ("1704164645006", START_MS),
        ("20241302030405006", None),
        ("170416464500", None),
        ("٣" * 13, None),
        ("", None),
    ],
)
def test_both_documented_forms_of_a_time_are_read(text, expected):
    assert playlist.parse_time(text) == expected


@pytest.mark.parametrize(("text", "kind"), [(SERVICE, "vod"), (SERVICE[:-16], "event")])
def test_a_list_that_goes_on_may_be_played_from_its_beginning(text, kind):
    assert m3u8.loads(playlist.rewrite(text, str)).playlist_type == kind


def test_missing_segments_are_marked_as_gaps():
    text = playlist.rewrite(SERVICE, str, missing=lambda name: name.endswith("last.ts"))

    assert [bool(s.gap_tag) for s in m3u8.loads(text).segments] == [False, False, True]
