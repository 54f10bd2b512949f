"""Playlists of a recording that moved to another server, played as one."""

import m3u8
import pytest

from recorder.footage import delivery, ledger
from recorder.footage.parts import in_parts, joined
from recorder.models import RecordedFile
from recorder.storage.errors import NoSuchFile
from tests.recorder.footage.conftest import STARTS
from tests.recorder.footage.test_ledger import LIST, SLICES, upload

MOVED = [f"rooms/bak{n}_9f_room1.m3u8" for n in range(3)]


@pytest.fixture
def moved(make_recording, playlist_text):
    """Three moves to other servers, as the files they leave; none but the last list is ended."""
    session = make_recording()
    upload(session, SLICES[:1], playlist_text(STARTS[:1], ended=False))
    for n, name in enumerate(MOVED):
        stem = f"bak{n}_9f_room1"
        session.bucket.write(name, playlist_text(STARTS[1:2], stem=stem, ended=n == 2))
        session.bucket.write(f"rooms/{stem}_{STARTS[1]}.ts", b"x")
    ledger.refresh(session)
    return session


def played(session, name=LIST):
    file = session.files.get(name=name)
    return m3u8.loads(delivery.playable_playlist(file))


def names(playlist):
    return [segment.uri.partition("?")[0].rpartition("/")[2] for segment in playlist.segments]


def test_all_lists_play_in_order_as_one(moved):
    film = played(moved)

    assert names(film) == [
        SLICES[0].rpartition("/")[2],
        *(f"bak{n}_9f_room1_{STARTS[1]}.ts" for n in range(3)),
    ]
    assert [segment.discontinuity for segment in film.segments] == [False, True, True, True]
    assert (film.is_endlist, film.playlist_type, film.target_duration) == (True, "vod", 16)


def test_a_later_part_plays_alone(moved):
    assert names(played(moved, MOVED[1])) == [f"bak1_9f_room1_{STARTS[1]}.ts"]


def test_it_goes_on_while_the_last_list_does(moved, playlist_text):
    moved.bucket.write(MOVED[2], playlist_text(STARTS[1:2], stem="bak2_9f_room1", ended=False))

    film = played(moved)

    assert (film.is_endlist, film.playlist_type) == (False, "event")


@pytest.mark.parametrize("found", [False, True])
def test_a_list_that_cannot_be_read_holds_up_no_other(moved, found):
    if found:
        moved.bucket.write(MOVED[0], b"no playlist")
    else:
        moved.bucket.delete(MOVED[0])

    assert len(played(moved).segments) == 3


def test_without_its_first_list_it_begins_with_the_next(moved):
    moved.bucket.delete(LIST)
    ledger.refresh(moved)

    assert [each.name for each in in_parts(moved.files.filter(kind="playlist"))[0]] == MOVED
    assert len(played(moved, MOVED[0]).segments) == 3


def test_nothing_to_read_is_said(moved):
    for name in (LIST, *MOVED):
        moved.bucket.delete(name)

    with pytest.raises(NoSuchFile):
        played(moved)


def test_each_track_of_each_user_is_joined_with_its_own_parts():
    stems = ("s_room__uid_s_7__uid_e_audio", "s_room__uid_s_7__uid_e_video")
    lists = [RecordedFile(name=f"p/{mark}{s}.m3u8") for mark in ("bak0_", "") for s in stems]

    found = [[file.name for file in parts] for parts in in_parts(lists)]

    assert found == [[f"p/{stem}.m3u8", f"p/bak0_{stem}.m3u8"] for stem in stems]


def test_the_longest_target_counts_for_all():
    texts = [
        f"#EXTM3U\n#EXT-X-VERSION:{n}\n#EXT-X-TARGETDURATION:{n}\n#EXTINF:1,\nx{n}.ts\n"
        for n in (4, 9, 5)
    ]

    assert (m3u8.loads(joined(texts)).target_duration, m3u8.loads(joined(texts)).version) == (9, 9)
