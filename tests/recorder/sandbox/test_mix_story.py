"""The whole story of a mix recording, over HTTP, as a program for the real service tells it."""

import io
import threading
from itertools import pairwise

import av
import m3u8
import numpy as np
import pytest
import requests

from tests.support.sandbox import running_sandbox, start_request

RIGHT_HALF = [{"x_axis": 0.5, "y_axis": 0.0, "width": 0.5, "height": 1.0}]
TOP_LEVEL = {"resourceId", "sid", "cname", "uid"}


def read_playlist(sandbox, key: str) -> m3u8.M3U8:
    body = sandbox.s3().get_object(Bucket="recordings", Key=key)["Body"].read()
    return m3u8.loads(body.decode())


def slices_of(sandbox, key: str) -> list[bytes]:
    folder = key.rpartition("/")[0]
    return [
        sandbox.s3()
        .get_object(Bucket="recordings", Key=f"{folder}/{segment.uri}" if folder else segment.uri)[
            "Body"
        ]
        .read()
        for segment in read_playlist(sandbox, key).segments
    ]


def pictures(data: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_recording_is_started_watched_laid_out_anew_and_stopped(sandbox):
    task = sandbox.task("the whole story")

    started = task.start(storage={"fileNamePrefix": ["year", "month"]})
    first = task.query()
    sandbox.advance(4)
    later = task.query()
    changed = task.update_layout(mixedVideoLayout=3, layoutConfig=RIGHT_HALF)
    sandbox.advance(3)
    stopped = task.stop()
    playlist = stopped.json()["serverResponse"]["fileList"]
    shown = [
        picture for data in [b"".join(slices_of(sandbox, playlist))] for picture in pictures(data)
    ]

    assert started.status_code == 200
    assert started.json() == {
        "resourceId": task.resource_id,
        "sid": task.sid,
        "cname": task.cname,
        "uid": task.uid,
    }
    assert len(task.resource_id) > 200
    assert len(task.sid) == 32
    assert first.json()["serverResponse"] == {
        "status": 1,
        "fileListMode": "string",
        "fileList": "",
        "sliceStartTime": 0,
    }
    assert later.json()["serverResponse"]["status"] == 5
    assert later.json()["serverResponse"]["fileList"] == playlist
    assert (changed.status_code, set(changed.json())) == (200, TOP_LEVEL)
    assert stopped.status_code == 200
    assert stopped.json()["serverResponse"] == {
        "fileListMode": "string",
        "fileList": f"year/month/{task.sid}_the whole story.m3u8",
        "uploadingStatus": "uploaded",
    }
    assert set(stopped.json()) == TOP_LEVEL | {"serverResponse"}
    assert len(shown) == 7 * 15
    jumps = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(shown)]
    assert int(np.argmax(jumps)) == 4 * 15 - 1, "the new layout shows on the exact picture"
    assert shown[-1][:, :70].max() < 40, "the left half is empty in the second layout"


def test_the_playlist_grows_while_recording_and_ends_with_the_stop(sandbox):
    task = sandbox.started()
    sandbox.advance(4.5)

    playlist = task.query().json()["serverResponse"]["fileList"]
    running = read_playlist(sandbox, playlist)
    task.stop()
    ended = read_playlist(sandbox, playlist)

    assert [segment.duration for segment in running.segments] == [2.0, 2.0]
    assert not running.is_endlist
    assert len(ended.segments) == 3
    assert ended.is_endlist
    # Whole pictures: 0.5 s at 15 a second are 8 of them.
    assert ended.segments[2].duration == pytest.approx(8 / 15, abs=1e-6)


def test_mp4_is_made_beside_hls_when_asked(sandbox):
    task = sandbox.started(recordingFileConfig={"avFileType": ["hls", "mp4"]})
    sandbox.advance(3)

    watched = task.query().json()["serverResponse"]
    stopped = task.stop().json()["serverResponse"]
    mp4 = sandbox.s3().get_object(Bucket="recordings", Key=f"{task.sid}_{task.cname}_0.mp4")

    assert watched["fileListMode"] == stopped["fileListMode"] == "json"
    assert [entry["fileName"] for entry in watched["fileList"]] == [f"{task.sid}_{task.cname}.m3u8"]
    assert [entry["fileName"] for entry in stopped["fileList"]] == [
        f"{task.sid}_{task.cname}.m3u8",
        f"{task.sid}_{task.cname}_0.mp4",
    ]
    assert stopped["fileList"][1] == {
        "fileName": f"{task.sid}_{task.cname}_0.mp4",
        "trackType": "audio_and_video",
        "uid": "0",
        "mixedAllUser": True,
        "isPlayable": True,
        "sliceStartTime": watched["sliceStartTime"],
    }
    assert len(pictures(mp4["Body"].read())) == 3 * 15


def test_status_climbs_from_1_to_4_and_is_5_once_a_file_is_uploaded(sandbox):
    task = sandbox.started()

    seen = [task.query().json()["serverResponse"]["status"]]
    for _ in range(4):
        sandbox.advance(0.3)
        seen.append(task.query().json()["serverResponse"]["status"])
    sandbox.advance(0.8)

    assert seen == [1, 2, 3, 4, 4]
    assert task.query().json()["serverResponse"]["status"] == 5


def test_a_channel_nobody_prepared_has_three_hosts_and_those_the_start_names_come_first(sandbox):
    regions = [{**region, "uid": "123"} for region in RIGHT_HALF]
    layout = {"width": 160, "height": 90, "fps": 15, "bitrate": 100, "mixedVideoLayout": 3}
    task = sandbox.started(
        uid="1001", recording={"transcodingConfig": {**layout, "layoutConfig": regions}}
    )

    channel = next(c for c in sandbox.state()["channels"] if c["cname"] == task.cname)

    assert [person["uid"] for person in channel["participants"]] == ["123", "1002", "1003"]
    assert task.stop().status_code in {200, 206}


def test_the_documented_examples_are_recorded_and_update_changes_who_is_shown(sandbox):
    task = sandbox.started(
        recording={"subscribeVideoUids": ["123", "456"], "subscribeAudioUids": ["#allstream#"]}
    )
    sandbox.advance(2)

    lists = {"videoUidList": {"subscribeVideoUids": ["456"]}}
    lists |= {"audioUidList": {"subscribeAudioUids": ["#allstream#"]}}
    answer = task.update(streamSubscribe=lists)
    sandbox.advance(2)
    stopped = task.stop()

    assert (answer.status_code, set(answer.json())) == (200, TOP_LEVEL)
    shown = pictures(b"".join(slices_of(sandbox, stopped.json()["serverResponse"]["fileList"])))
    corner = [picture[:45, :80].astype(int) for picture in shown]  # of user 123
    moves = [np.abs(a - b).max() for a, b in pairwise(corner)]
    assert min(moves[:29]) > 20, "the camera of 123 is live before the update"
    assert max(moves[31:]) < 20, "and stands still after it"


def test_updates_are_checked_against_what_is_recorded(sandbox):
    task = sandbox.started(recording={"streamTypes": 1})

    lists = {"audioUidList": {"subscribeAudioUids": ["1"]}}
    wrong = task.update(streamSubscribe=lists)
    web = task.update(webRecordingConfig={"onhold": True})
    storage = task.update(storageConfig=start_request()["storageConfig"])

    assert (wrong.status_code, wrong.json()["code"]) == (400, 2)
    assert (web.status_code, web.json()["code"]) == (400, 2)
    assert storage.status_code == 200


def test_faults_of_a_layout_are_refused_at_once_with_1028(sandbox):
    task = sandbox.started()

    outside = task.update_layout(
        mixedVideoLayout=3, layoutConfig=[{**RIGHT_HALF[0], "x_axis": 0.6}]
    )
    eighteen = task.update_layout(mixedVideoLayout=3, layoutConfig=RIGHT_HALF * 18)
    other_mode = task.update_layout(mode="individual", mixedVideoLayout=1)
    envelope = sandbox.post(task.path("updateLayout"), {"cname": task.cname, "uid": task.uid})

    assert (outside.status_code, outside.json()["code"]) == (400, 1028)
    assert (eighteen.status_code, eighteen.json()["code"]) == (400, 1028)
    assert (other_mode.status_code, other_mode.json()["code"]) == (400, 2)
    assert (envelope.status_code, envelope.json()["code"]) == (400, 2)


def test_names_of_our_own_in_a_layout_request_are_just_unknown_fields(sandbox):
    task = sandbox.started()

    answer = task.update_layout(mixedVideoLayout=1, sid="x", kind="x", at_ms=1, channel="x")

    assert answer.status_code == 200
    assert sandbox.session(task.sid)["facts"][-1]["kind"] == "layout"


def test_the_quick_start_program_of_the_service_runs_to_its_end(sandbox):
    regions = [
        {"x_axis": 0.0, "y_axis": 0.0, "width": 0.3, "height": 0.3, "alpha": 0.9, "render_mode": 1},
        {
            "x_axis": 0.3,
            "y_axis": 0.0,
            "width": 0.3,
            "height": 0.3,
            "alpha": 0.77,
            "render_mode": 0,
        },
    ]
    picture = {"width": 640, "height": 360, "fps": 15, "bitrate": 600, "mixedVideoLayout": 3}
    picture |= {"backgroundColor": "#fff000", "layoutConfig": regions}
    storage = {
        "secretKey": sandbox.secret_key,
        "region": 0,
        "accessKey": sandbox.access_key,
        "bucket": "BUCKET_of-any.vendor",
        "vendor": 0,
    }
    recording = {"audioProfile": 0, "channelType": 0, "maxIdleTime": 30}
    recording["transcodingConfig"] = picture
    task = sandbox.task("quick start", "123")

    started = task.start(client_request={"storageConfig": storage, "recordingConfig": recording})
    sandbox.advance(5)
    queried = task.query()
    updated = task.update_layout(
        mixedVideoLayout=3, backgroundColor="#ff00cc", layoutConfig=regions
    )
    sandbox.advance(2)
    stopped = task.stop()

    answers = (started, queried, updated, stopped)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert stopped.json()["serverResponse"]["uploadingStatus"] == "uploaded"
    listed = sandbox.s3().list_objects_v2(Bucket="BUCKET_of-any.vendor")
    assert listed["KeyCount"] == 5


def test_a_stop_shortly_after_the_start_names_its_playlist(sandbox):
    task = sandbox.started()
    sandbox.advance(0.4)

    stopped = task.stop()

    assert stopped.status_code == 200
    assert len(read_playlist(sandbox, stopped.json()["serverResponse"]["fileList"]).segments) == 1


def test_sixteen_recordings_run_side_by_side(sandbox):
    tasks = [sandbox.task(uid=str(n + 1)) for n in range(16)]

    starters = [threading.Thread(target=task.start) for task in tasks]
    for thread in starters:
        thread.start()
    for thread in starters:
        thread.join()
    sandbox.advance(2)
    answers = [task.stop() for task in tasks]

    assert {answer.status_code for answer in answers} == {200}
    assert len({task.sid for task in tasks}) == 16


def test_without_media_everything_but_files_is_recorded(tmp_path):
    with running_sandbox(tmp_path, media="none") as sandbox:
        task = sandbox.started()
        sandbox.advance(600)
        watched = task.query()
        stopped = task.stop()
        after = task.query()

        page = requests.get(f"{sandbox.url}/_sandbox/", timeout=10).text
        buckets = sandbox.s3().list_objects_v2(Bucket="recordings")

    assert watched.json()["serverResponse"]["status"] == 4
    assert stopped.status_code == 206
    assert stopped.json()["serverResponse"]["uploadingStatus"] == "unknown"
    assert after.status_code == 404
    assert buckets["KeyCount"] == 0
    assert "No pictures and no files" in page


def test_the_answers_of_the_anyrtc_host_come_in_an_envelope_when_asked(tmp_path):
    with running_sandbox(tmp_path, provider="anyrtc", envelope=True) as sandbox:
        answer = sandbox.acquire("room")
        wrong = sandbox.acquire("房")

    assert answer.json()["Code"] == 200
    assert answer.json()["Body"]["cname"] == "room"
    assert wrong.status_code == 400
