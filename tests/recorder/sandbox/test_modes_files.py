"""The files that individual and web recordings leave: names, playlists, pictures and sound."""

import io
import os
import re
import shutil
import subprocess

import av
import m3u8
import numpy as np
import pytest
import requests
from PIL import Image

from recorder.contract.files import parse_name
from recorder.sandbox import lists
from recorder.sandbox.failover import fail_over
from recorder.sandbox.media.palette import participant_colour, screen_colour, tone_hz
from tests.recorder.sandbox.media.recordings import Colour, decode
from tests.recorder.sandbox.test_lanes import recording
from tests.recorder.sandbox.test_modes_story import individual_task, web_request
from tests.support.sandbox import running_sandbox

SMALL = {"audio": True, "video": True, "source": "4:3"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("files")) as studio:
        yield studio


@pytest.fixture
def studio(shared):
    yield shared
    shared.control("reset", buckets=True)


def objects(studio) -> dict[str, bytes]:
    s3 = studio.s3()
    listed = s3.list_objects_v2(Bucket="recordings").get("Contents", [])
    return {
        item["Key"]: s3.get_object(Bucket="recordings", Key=item["Key"])["Body"].read()
        for item in listed
    }


def named(kept: dict[str, bytes], ending: str) -> str:
    (name,) = (name for name in kept if name.endswith(ending))
    return name


def played(kept: dict[str, bytes], name: str):
    """All that a playlist lists, decoded as one stream, and the playlist."""
    listed = m3u8.loads(kept[name].decode())
    return decode(b"".join(kept[segment.uri] for segment in listed.segments)), listed


def tones(samples, seconds: float = 1.0) -> set[int]:
    """The tones of the first second, in cycles per AAC frame."""
    part = samples[4800 : 4800 + int(48_000 * seconds)]
    strength = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    peaks = np.flatnonzero(strength > strength.max() / 4) * 48_000 / len(part)
    return {round(hz / 46.875) for hz in peaks}


def lesson(studio, people, **request):
    studio.control("channels", cname="lesson", participants=people)
    return individual_task(studio, **request)


def test_every_user_has_playlists_of_their_own_that_play_them_alone(studio):
    task = lesson(studio, [{"uid": "7", **SMALL}, {"uid": "8", **SMALL, "video": False}])
    studio.advance(3)
    answer = task.stop("individual").json()["serverResponse"]
    kept = objects(studio)

    seen, _listed = played(kept, named(kept, "__uid_s_7__uid_e_video.m3u8"))
    heard, _listed = played(kept, named(kept, "__uid_s_8__uid_e_audio.m3u8"))

    names = [entry["fileName"] for entry in answer["fileList"]]
    assert names == [
        f"{task.sid}_lesson__uid_s_{uid}__uid_e_{track}.m3u8"
        for uid, track in (("7", "audio"), ("7", "video"), ("8", "audio"))
    ]
    assert len(seen.pictures) == 45
    assert seen.colour(20, 320, 90) == participant_colour("7")
    assert seen.pictures[0][0].shape == (480, 640)
    assert tones(heard.samples) == {round(tone_hz("8") / 46.875)}
    assert not seen.complaints + heard.complaints
    assert all(parse_name(name).sid == task.sid for name in kept)


def test_who_leaves_and_comes_back_interrupts_their_own_lists_only(studio):
    task = lesson(studio, [{"uid": "7", **SMALL}, {"uid": "8", **SMALL}])
    studio.advance(3)
    studio.control("participants/leave", cname="lesson", uid="7")
    studio.advance(2)
    studio.control("participants/join", cname="lesson", uid="7", **SMALL)
    studio.advance(2)
    task.stop("individual")
    kept = objects(studio)

    seen, listed = played(kept, named(kept, "__uid_s_7__uid_e_video.m3u8"))
    _seen, other = played(kept, named(kept, "__uid_s_8__uid_e_video.m3u8"))

    assert [segment.discontinuity for segment in listed.segments] == [True, False, True]
    assert [segment.duration for segment in listed.segments] == [2.0, 1.0, 2.0]
    assert np.diff(seen.picture_pts).max() == 2 * 90_000 + 6000
    assert not seen.complaints
    assert [segment.discontinuity for segment in other.segments] == [True, False, False, False]
    text = kept[named(kept, "__uid_s_7__uid_e_video.m3u8")].decode()
    starts = re.findall(r"#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=(\d+)", text)
    turns = re.findall(r"#EXT-X-AGORA-ROTATE:WIDTH=640,HEIGHT=480,ROTATE=0,TIME=(\d+)", text)
    assert starts == turns
    assert len(starts) == 2
    assert starts[1] in listed.segments[2].uri


def test_in_stream_mode_standard_one_more_list_plays_both(studio, tmp_path):
    task = lesson(
        studio,
        [{"uid": "7", **SMALL}, {"uid": "8", **SMALL, "video": False}],
        recordingConfig={"streamMode": "standard", "subscribeUidGroup": 0},
    )
    studio.advance(2)
    task.stop("individual")
    kept = objects(studio)
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)

    merged = [name for name in kept if name.endswith("_av.m3u8")]
    with av.open(str(tmp_path / merged[0])) as player:
        kinds = {stream.type for stream in player.streams}
        pictures = sum(1 for _ in player.decode(video=0))

    assert merged == [f"{task.sid}_lesson__uid_s_7__uid_e_av.m3u8"]
    assert kinds == {"audio", "video"}
    assert pictures == 30


@pytest.mark.skipif(
    not shutil.which("ffmpeg") and os.environ.get("TEST_REQUIRE_ALL") != "1",
    reason="ffmpeg is not installed",
)
def test_ffmpeg_has_nothing_to_say_about_any_list_of_a_user_who_came_and_went(studio, tmp_path):
    standard = {"streamMode": "standard", "subscribeUidGroup": 0}
    task = lesson(studio, [{"uid": "7", **SMALL}], recordingConfig=standard)
    for off in (True, False, False):
        studio.advance(1.5)
        studio.control("participants/mute", cname="lesson", uid="7", video=off)
    task.stop("individual")
    for name, content in objects(studio).items():
        (tmp_path / name).write_bytes(content)

    said = {}
    for path in tmp_path.glob("*.m3u8"):
        command = ["ffmpeg", "-nostdin", "-v", "warning", "-i", path.name, "-f", "null", "-"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)
        said[path.stem.rpartition("_")[2]] = (done.returncode, done.stderr)

    assert said == {"audio": (0, b""), "video": (0, b""), "av": (0, b"")}


def test_a_shared_screen_is_seen_in_its_size(studio):
    task = lesson(
        studio, [{"uid": "7", **SMALL}], recordingConfig={"streamTypes": 1, "subscribeUidGroup": 0}
    )
    studio.advance(2)
    studio.control("participants/share", cname="lesson", uid="7")
    studio.advance(1)
    task.stop("individual")
    kept = objects(studio)

    listed = m3u8.loads(kept[named(kept, "_video.m3u8")].decode())
    camera, screen = (decode(kept[segment.uri]) for segment in listed.segments)

    assert camera.colour(0, 320, 90) == participant_colour("7")
    assert screen.pictures[0][0].shape == (1080, 1920)
    assert screen.colour(0, 960, 200) == screen_colour("7")


def test_an_update_changes_who_is_recorded(studio):
    task = lesson(
        studio,
        [{"uid": "7", **SMALL}, {"uid": "8", **SMALL}],
        recordingConfig={"streamTypes": 0, "subscribeAudioUids": ["7"], "subscribeUidGroup": 0},
    )
    studio.advance(2)
    update = {"audioUidList": {"subscribeAudioUids": ["8"]}}
    assert task.update("individual", streamSubscribe=update).status_code == 200
    studio.advance(2)
    task.stop("individual")
    kept = objects(studio)

    seconds = {
        name[-9]: sum(s.duration for s in m3u8.loads(text.decode()).segments)
        for name, text in kept.items()
        if name.endswith("m3u8")
        for name in [name.replace("__uid_e_audio.m3u8", "********")]
    }

    assert seconds == pytest.approx({"7": 2, "8": 2}, abs=0.03)


def test_screenshots_are_taken_of_who_is_seen_at_the_asked_interval(studio):
    shots = {"captureInterval": 5, "fileType": ["jpg"]}
    task = lesson(studio, [{"uid": "7", **SMALL}], snapshotConfig=shots)
    studio.advance(11)
    running = task.query("individual").json()["serverResponse"]
    studio.control("participants/mute", cname="lesson", uid="7", video=True)
    studio.advance(10)
    stopped = task.stop("individual")
    kept = objects(studio)

    taken = sorted(kept)
    told = [e["details"]["fileName"] for e in studio.session(task.sid)["events"] if e["type"] == 45]

    assert running["status"] == 5
    assert set(running) == {"status", "sliceStartTime"}
    assert stopped.json()["serverResponse"] == {"uploadingStatus": "uploaded"}
    assert sorted(told) == taken
    origin = running["sliceStartTime"]
    assert [parse_name(name).started_ms - origin for name in taken] == [0, 5000, 10_000]
    picture = Image.open(io.BytesIO(kept[taken[1]]))
    assert (picture.format, picture.size) == ("JPEG", (640, 480))
    assert Colour(*picture.convert("RGB").getpixel((320, 90))) == participant_colour("7")


def page(studio, **request):
    task = studio.task("page:1", "11", scene=1)
    answer = task.start(mode="web", client_request=web_request() | request)
    assert answer.status_code == 200, answer.text
    return task


def test_a_page_is_drawn_with_its_address_and_not_while_it_is_on_hold(studio):
    task = page(studio, recordingFileConfig={"avFileType": ["hls", "mp4"]})
    studio.advance(8)
    task.update("web", webRecordingConfig={"onhold": True})
    studio.advance(20)
    task.update("web", webRecordingConfig={"onhold": False})
    studio.advance(4)
    answer = task.stop("web").json()["serverResponse"]
    kept = objects(studio)

    seen, listed = played(kept, f"{task.sid}_page-1.m3u8")
    with av.open(io.BytesIO(kept[f"{task.sid}_page-1_0.mp4"])) as mp4:
        mp4_seconds = mp4.duration / av.time_base
        mp4_pictures = sum(1 for _ in mp4.decode(video=0))

    files = [file["filename"] for file in answer["extensionServiceState"][1]["payload"]["fileList"]]
    assert files == [f"{task.sid}_page-1.m3u8", f"{task.sid}_page-1_0.mp4"]
    assert [s.discontinuity for s in listed.segments] == [True, False, True, False]
    assert len(seen.pictures) == mp4_pictures == 7 * 15
    assert mp4_seconds == pytest.approx(7, abs=0.1)
    assert seen.colour(0, 4, 4) == (232, 234, 237)
    assert seen.colour(0, 300, 80) == seen.colour(100, 300, 80)
    assert not seen.complaints


def test_the_sandboxs_page_shows_a_page_and_an_overview_of_single_users(studio):
    web = page(studio)
    people = [{"uid": "7", **SMALL}, {"uid": "8", **SMALL}]
    single = lesson(studio, people)
    studio.advance(7)

    pictures = []
    for task in (web, single):
        address = f"{studio.url}/_sandbox/sessions/{task.sid}/picture.jpg"
        told, answer = studio.session(task.sid), requests.get(address, timeout=10)
        pictures.append(Image.open(io.BytesIO(answer.content)))
        assert (told["width"], told["height"]) == (640, 360)

    assert Colour(*pictures[0].getpixel((4, 4))) == (232, 234, 237)
    wide = pictures[1].width
    seen = [Colour(*pictures[1].getpixel((wide * part // 4, wide // 9))) for part in (1, 3)]
    assert seen == [participant_colour("7"), participant_colour("8")]


def test_mp4s_roll_over_by_the_sessions_clock(studio, monkeypatch):
    monkeypatch.setattr(lists, "MP4_MS", 6000)
    task = studio.started("long", recordingFileConfig={"avFileType": ["hls", "mp4"]})
    studio.advance(7)
    early = sorted(name for name in objects(studio) if name.endswith("mp4"))
    studio.advance(4)
    queried = task.query().json()["serverResponse"]["fileList"]
    studio.advance(4)
    stopped = task.stop().json()["serverResponse"]["fileList"]
    kept = objects(studio)

    lengths = []
    for number in range(3):
        with av.open(io.BytesIO(kept[f"{task.sid}_long_{number}.mp4"])) as mp4:
            lengths.append(sum(1 for _ in mp4.decode(video=0)) / 15)

    assert early == []
    assert [file["fileName"] for file in queried] == [
        f"{task.sid}_long.m3u8",
        f"{task.sid}_long_0.mp4",
    ]
    assert [file["fileName"] for file in stopped][1:] == [
        f"{task.sid}_long_{number}.mp4" for number in range(3)
    ]
    assert lengths == [6.0, 6.0, 3.0]


@pytest.mark.parametrize(("minutes", "slices"), [(30, 900), (None, 3600)])
def test_a_pages_mp4_is_as_long_as_asked(minutes, slices):
    asked = {"url": "https://example.com/"} | ({"maxVideoDuration": minutes} if minutes else {})
    service = {"serviceName": "web_recorder_service", "serviceParam": asked}
    request = {"extensionServiceConfig": {"extensionServices": [service]}}

    assert lists.mp4_ms(recording("web", request=request)) == slices * 2000


def test_after_a_fail_over_the_files_are_named_so(studio):
    task = studio.started("moved")
    studio.advance(3)
    fail_over(studio.app.store, task.sid, studio.app.clock.now_ms(), 10)
    studio.advance(12)
    task.stop()
    kept = objects(studio)

    before, _listed = played(kept, f"{task.sid}_moved.m3u8")
    after, listed = played(kept, f"bak0_{task.sid}_moved.m3u8")

    assert (len(before.pictures), len(after.pictures)) == (45, 30)
    assert all(segment.uri.startswith("bak0_") for segment in listed.segments)
    assert after.picture_pts[0] - before.picture_pts[0] == 13 * 90_000


def put_off(studio, mode, container, **recording):
    studio.control("channels", cname="later", participants=[{"uid": "7", **SMALL}])
    task = studio.task("later", "11", scene=2)
    config = {"streamTypes": 0, "streamMode": "original", "subscribeUidGroup": 0} | recording
    request = {
        "storageConfig": web_request()["storageConfig"],
        "appsCollection": {"combinationPolicy": "postpone_transcoding"},
        "recordingConfig": config,
        "transcodeOptions": {
            "transConfig": {"transMode": mode},
            "container": {"format": container},
            "audio": {"sampleRate": "32000", "bitrate": "48000", "channels": "1"},
        },
    }
    answer = task.start(mode="individual", client_request=request)
    assert answer.status_code == 200, answer.text
    return task


def told_later(studio, task):
    return [
        (event["type"], event["details"].get("result"))
        for event in studio.session(task.sid)["events"]
        if event["type"] in {80, 81, 1001}
    ]


@pytest.mark.parametrize("container", ["mp3", "m4a", "aac"])
def test_everybodys_sound_comes_later_as_one_file(studio, container):
    task = put_off(studio, "audioMix", container)
    studio.control("participants/join", cname="later", uid="8", **SMALL)
    studio.advance(3)
    task.stop("individual")
    studio.advance(50)
    early = told_later(studio, task), [n for n in objects(studio) if n.endswith(container)]
    studio.advance(20)
    kept = objects(studio)

    with av.open(io.BytesIO(kept[f"{task.sid}_later.{container}"])) as player:
        stream = player.streams.audio[0]
        form = (stream.rate, stream.channels)
        sound = np.concatenate([frame.to_ndarray()[0] for frame in player.decode(audio=0)])

    spectrum = np.abs(np.fft.rfft(sound[16_000:48_000]))
    loudest = set(np.argsort(spectrum)[-2:])
    assert early == ([], [])
    assert told_later(studio, task) == [(80, None), (81, "all_success"), (1001, "total_success")]
    assert form == (32_000, 1)
    assert len(sound) / 32_000 == pytest.approx(3, abs=0.2)
    assert loudest == {round(tone_hz(uid)) for uid in ("7", "8")}
    assert list((studio.config.data / "sessions").iterdir()) == []


def test_each_users_sound_and_picture_come_later_as_one_mp4(studio):
    task = put_off(studio, "postponeTranscoding", "mp4", streamTypes=2, streamMode="default")
    studio.advance(4)
    task.stop("individual")
    studio.advance(70)
    kept = objects(studio)

    with av.open(io.BytesIO(kept[f"{task.sid}_later__uid_s_7__uid_e_av.mp4"])) as player:
        kinds = sorted(stream.type for stream in player.streams)
        pictures = sum(1 for _ in player.decode(video=0))

    assert kinds == ["audio", "video"]
    assert pictures == 60
    assert told_later(studio, task)[-1] == (1001, "total_success")
