import json
from dataclasses import replace

import pytest

from recorder.contract.states import Mode
from recorder.lifecycle.requests import (
    StartRequest,
    compose,
    deep_merge,
    fingerprint,
    preview,
    problems,
    propose_uid,
    scene_of,
)
from recorder.lifecycle.sealed import restored, sealed
from recorder.models import RecordingSession
from tests.support.rows import STORAGE_SECRET, make_storage_config

pytestmark = pytest.mark.django_db

CERTIFICATE = "fedcba9876543210" * 2


def paths(request) -> set[str]:
    return {problem.path for problem in problems(request) if problem.severity == "error"}


def test_a_plain_request_has_no_problems(request_for):
    assert paths(request_for()) == set()


def test_the_storage_brings_its_keys_and_a_folder_of_the_session(request_for):
    body = compose(request_for(), "abcdefghijkl")

    assert body["clientRequest"]["storageConfig"] == {
        "vendor": 1,
        "region": 0,
        "bucket": "recordings",
        "accessKey": "AKIATESTS",
        "secretKey": STORAGE_SECRET,
        "fileNamePrefix": ["abcdefghijkl"],
    }


def test_a_layout_brings_its_canvas_and_a_bitrate_that_suits_it(request_for, layout_version):
    body = compose(request_for(layout_version=layout_version))

    config = body["clientRequest"]["recordingConfig"]["transcodingConfig"]
    assert (config["width"], config["height"], config["fps"], config["bitrate"]) == (
        640,
        360,
        15,
        400,
    )
    assert len(config["layoutConfig"]) == 2


def test_a_live_channel_gets_twice_the_bitrate(request_for, layout_version):
    request = request_for(
        layout_version=layout_version, client_request={"recordingConfig": {"channelType": 1}}
    )

    config = compose(request)["clientRequest"]["recordingConfig"]["transcodingConfig"]
    assert config["bitrate"] == 800


def test_the_caller_s_own_words_come_last(request_for, layout_version):
    request = request_for(
        layout_version=layout_version,
        client_request={
            "recordingConfig": {"maxIdleTime": 60, "transcodingConfig": {"bitrate": 1000}},
            "recordingFileConfig": {"avFileType": ["hls", "mp4"]},
            "newerField": {"kept": True},
        },
    )

    sent = compose(request)["clientRequest"]
    assert sent["recordingConfig"]["transcodingConfig"]["bitrate"] == 1000
    assert sent["recordingConfig"]["transcodingConfig"]["width"] == 640
    assert sent["recordingFileConfig"] == {"avFileType": ["hls", "mp4"]}
    assert sent["newerField"] == {"kept": True}
    assert paths(request) == set()


def test_a_preview_shows_everything_but_secrets(request_for, project):
    project.app_certificate = CERTIFICATE
    project.save()

    shown = json.dumps(preview(request_for()))

    assert STORAGE_SECRET not in shown
    assert CERTIFICATE not in shown
    assert "secretKey" in shown
    assert '"token"' in shown


def test_a_project_with_a_certificate_sends_a_token_for_this_channel_and_uid(request_for, project):
    project.app_certificate = CERTIFICATE
    project.save()

    token = compose(request_for())["clientRequest"]["token"]

    assert token.startswith("007")
    assert paths(request_for()) == set()


def test_a_certificate_of_the_wrong_form_is_named_and_not_shown(request_for, project):
    project.app_certificate = "not hexadecimal at all"
    project.save()

    [problem] = [p for p in problems(request_for()) if p.path == "clientRequest.token"]
    assert "certificate" in problem.message.lower()
    assert "not hexadecimal" not in problem.message


@pytest.mark.parametrize(
    ("client_request", "path"),
    [
        ({"token": "x"}, "clientRequest.token"),
        ({"storageConfig": {"secretKey": "x"}}, "clientRequest.storageConfig.secretKey"),
        ({"storageConfig": {"accessKey": "x"}}, "clientRequest.storageConfig.accessKey"),
        ({"storageConfig": {"stsToken": "x"}}, "clientRequest.storageConfig.stsToken"),
    ],
)
def test_a_secret_that_belongs_elsewhere_is_refused_with_a_pointer(
    request_for, client_request, path
):
    assert path in paths(request_for(client_request=client_request))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"cname": "a/b"}, "cname"),
        ({"cname": "x" * 65}, "cname"),
        ({"uid": "٣"}, "uid"),
        ({"uid": "1_000"}, "uid"),
        ({"uid": "+5"}, "uid"),
        ({"uid": "4294967296"}, "uid"),
        ({"storage_config": None}, "clientRequest.storageConfig"),
        (
            {"client_request": {"recordingConfig": {"maxIdleTime": True}}},
            "clientRequest.recordingConfig.maxIdleTime",
        ),
        ({"client_request": {"recordingConfig": 5}}, "clientRequest.recordingConfig"),
        ({"client_request": {"storageConfig": None}}, "clientRequest.storageConfig"),
    ],
)
def test_each_fault_is_named_on_its_wire_path(request_for, changes, path):
    assert path in paths(replace(request_for(), **changes))


def test_a_layout_is_for_mix_recordings_only(request_for, layout_version):
    request = request_for(mode=Mode.INDIVIDUAL, layout_version=layout_version)

    assert "layout" in paths(request)


def test_a_storage_whose_region_does_not_exist_is_named(request_for):
    request = request_for(storage_config=make_storage_config(region=99))

    assert "clientRequest.storageConfig.region" in paths(request)


def test_a_proposed_uid_is_free_in_its_channel(project, make_session):
    session = make_session(cname="room")

    proposed = propose_uid(project, "room")

    assert proposed != session.uid
    assert 100_000_000 <= int(proposed) <= 999_999_999


def test_scenes_follow_the_mode():
    postponed = {"clientRequest": {"appsCollection": {"combinationPolicy": "postpone_transcoding"}}}

    assert scene_of(Mode.MIX, {"clientRequest": {}}) == 0
    assert scene_of(Mode.WEB, {"clientRequest": {}}) == 1
    assert scene_of(Mode.INDIVIDUAL, postponed) == 2


def test_equal_requests_have_equal_fingerprints_that_give_nothing_away(request_for):
    request = request_for(client_request={"a": 1, "b": {"c": "2"}})
    same = request_for(client_request={"b": {"c": "2"}, "a": 1})
    other = request_for(client_request={"a": 2})

    assert fingerprint(request) == fingerprint(same)
    assert fingerprint(request) != fingerprint(other)
    assert len(fingerprint(request)) == 64


def test_merging_goes_into_objects_and_replaces_everything_else():
    under = {"a": {"x": 1, "y": [1, 2]}, "b": 1}

    assert deep_merge(under, {"a": {"y": [3]}, "b": {"z": 1}, "c": None}) == {
        "a": {"x": 1, "y": [3]},
        "b": {"z": 1},
        "c": None,
    }


def test_every_secret_of_a_request_is_put_apart_and_put_back():
    request = {
        "token": "007secret",
        "recordingConfig": {"secret": "passphrase", "salt": "c2FsdA==", "decryptionMode": 7},
        "storageConfig": {"secretKey": "k", "bucket": "b"},
        "extensionServiceConfig": {
            "extensionServices": [
                {"serviceParam": {"outputs": [{"rtmpUrl": "rtmp://host/app/streamkey"}]}},
                {"serviceParam": {"url": "https://host/page?token=abc"}},
            ]
        },
        "odd": {"secret": {"deeper": 1}},
        "nothing": None,
    }

    public, kept = sealed(request)
    session = RecordingSession(request=public, secrets=json.dumps(kept))
    session.secrets = session._meta.get_field("secrets").to_python(session.secrets)

    text = json.dumps(public)
    for secret in ("007secret", "passphrase", "c2FsdA", "streamkey", "token=abc", '"k"'):
        assert secret not in text
    assert restored(session) == request
    assert public["storageConfig"]["bucket"] == "b"


def test_a_request_is_composed_even_while_a_form_is_half_filled(project):
    request = StartRequest(project=project, storage_config=None, mode=Mode.MIX, cname="")

    assert preview(request)["cname"] == ""
    assert {"cname", "clientRequest.storageConfig"} <= paths(request)
