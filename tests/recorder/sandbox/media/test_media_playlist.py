"""The playlist text, in the service's own form."""

from itertools import pairwise

import m3u8
import pytest

from recorder.sandbox.media.timeline import Ended
from tests.recorder.sandbox.media.recordings import make_timeline, playlist


def test_the_text_is_the_services_own():
    timeline = make_timeline(Ended(20_000), slice_ms=15_000, started_ms=1_704_164_645_006)

    text = playlist(timeline, [0, 1], ended=True)

    assert text == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:3\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-ALLOW-CACHE:YES\n"
        "#EXT-X-TARGETDURATION:15\n"
        "#EXT-X-DISCONTINUITY\n"
        "#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=20240102030405006\n"
        "#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=20240102030405006\n"
        "#EXTINF:15.000000\n"
        "sid_room_0.ts\n"
        "#EXTINF:5.000000\n"
        "sid_room_1.ts\n"
        "#EXT-X-ENDLIST\n"
    )


def test_it_only_grows_while_the_recording_goes_on():
    timeline = make_timeline(slice_ms=2500, fps=7)

    texts = [playlist(timeline, range(n), ended=False) for n in range(5)]

    for shorter, longer in pairwise(texts):
        assert longer.startswith(shorter)
    assert "#EXT-X-ENDLIST" not in texts[-1]


@pytest.mark.parametrize("fps", [1, 7, 15, 60])
@pytest.mark.parametrize("stream_types", [0, 1, 2])
def test_a_player_reads_the_real_durations(fps, stream_types):
    timeline = make_timeline(slice_ms=2500, fps=fps, stream_types=stream_types)

    read = m3u8.loads(playlist(timeline, [0, 1, 2, 3], ended=True))

    durations = [segment.duration for segment in read.segments]
    expected = [float(timeline.span(k).seconds) for k in range(4)]
    assert durations == pytest.approx(expected, abs=1e-6)
    assert read.target_duration >= max(durations)
    assert read.is_endlist


def test_a_missing_slice_is_an_interruption():
    read = m3u8.loads(playlist(make_timeline(), [0, 1, 4], ended=False))

    assert [segment.discontinuity for segment in read.segments] == [True, False, True]


def test_one_medium_has_one_start_and_a_comma_comes_on_request():
    text = playlist(make_timeline(stream_types=0), [0], ended=False, comma=True)

    assert text.count("TRACK-EVENT:EVENT=START") == text.count("TRACK_TYPE=AUDIO") == 1
    assert "#EXTINF:2.005333,\n" in text
