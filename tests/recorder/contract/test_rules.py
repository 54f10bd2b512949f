import copy

import pytest

from recorder.contract.parameters import fields_of
from recorder.contract.parameters.bodies import StartMixBody
from recorder.contract.rules import (
    RULES,
    check,
    cname_problem,
    deferred_failure,
    errors,
    refusal,
    uid_problem,
)
from recorder.contract.states import Mode, Operation, ProviderName
from tests.recorder.contract.bodies import (
    ABSENT,
    ACQUIRE,
    CLIENT_REQUESTS,
    INDIVIDUAL,
    MIX,
    REGION,
    RTMP_SERVICE,
    START,
    STOP,
    UPDATE,
    UPDATE_LAYOUT,
    VOD_SERVICE,
    WEB,
    WEB_SERVICE,
    edited,
)
from tests.recorder.contract.examples import EXAMPLES, Example


def body_of(example: Example, value: object) -> dict:
    return edited(example.operation, example.mode, {**example.edits, example.path: value})


def place_of(example: Example) -> str:
    if example.at:
        return example.at
    return example.path[1:] if example.path[0] == "/" else f"clientRequest.{example.path}"


def name_of(example: Example) -> str:
    return (
        f"{example.rule}-{example.bad!r:.20}"
        if example.bad is not ABSENT
        else f"{example.rule}-absent"
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_a_broken_rule_is_found_at_its_place(example):
    found = check(example.operation, example.mode, body_of(example, example.bad), **example.facts)

    broken = [problem for problem in found if problem.rule == example.rule]
    assert broken, [problem.rule for problem in found]
    assert any(problem.path.startswith(place_of(example)) for problem in broken), broken
    rule = RULES[example.rule]
    assert (broken[0].severity, broken[0].http, broken[0].code) == (
        rule.severity,
        rule.http,
        rule.code,
    )


# A rule about facts has no neighbour inside the body.
BY_FACTS = {"anyrtc.mode.web", "acquire.scene.matches_mode", "updateLayout.mode.mix_only"}


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.rule not in BY_FACTS], ids=name_of)
def test_the_neighbour_of_a_broken_rule_is_accepted(example):
    found = check(example.operation, example.mode, body_of(example, example.good), **example.facts)

    assert example.rule not in {problem.rule for problem in found}
    if RULES[example.rule].severity == "error":
        assert not errors(found)


def test_every_rule_that_can_be_checked_has_an_example():
    shown = {example.rule for example in EXAMPLES}

    checked = {rule.id for rule in RULES.values() if rule.checked}
    assert checked - shown == set()


def test_every_rule_names_its_source_and_what_the_service_answers():
    for rule in RULES.values():
        assert rule.sentence.endswith((".", ",")), rule.id  # the comma is a permitted character
        assert rule.source, rule.id
        assert all(rule.source), rule.id
        assert rule.paths, rule.id
        assert (rule.http is not None) == (rule.severity == "error"), rule.id


@pytest.mark.parametrize(("operation", "mode"), [*CLIENT_REQUESTS, (ACQUIRE, MIX), (STOP, WEB)])
def test_a_plain_request_has_no_problem(operation, mode):
    assert check(operation, mode, edited(operation, mode, {})) == ()


def test_a_query_has_no_body_to_check():
    assert check(Operation.QUERY, MIX, {}) == ()


def test_picture_and_storage_faults_of_a_start_are_found_only_after_its_answer():
    body = edited(
        START,
        MIX,
        {"recordingConfig.transcodingConfig.width": 5000, "storageConfig.region": 99},
    )

    found = check(START, MIX, body)

    assert refusal(found) is None
    assert deferred_failure(found).path == "clientRequest.recordingConfig.transcodingConfig.width"
    assert all(problem.deferred and problem.code == 2 for problem in found)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("storageConfig", None),
        ("storageConfig", "s3"),
        ("recordingConfig.transcodingConfig", [1]),
    ],
)
def test_structural_faults_of_a_start_are_refused_at_once(path, value):
    found = check(START, MIX, edited(START, MIX, {path: value}))

    assert refusal(found).path == f"clientRequest.{path}"


def test_layout_faults_are_refused_at_once_with_1028_in_update_layout():
    body = edited(
        UPDATE_LAYOUT, MIX, {"mixedVideoLayout": 3, "layoutConfig": [{**REGION, "x_axis": 2}]}
    )

    problem = refusal(check(UPDATE_LAYOUT, MIX, body))

    assert (problem.http, problem.code) == (400, 1028)
    assert problem.path == "clientRequest.layoutConfig.0.x_axis"


def test_the_envelope_of_update_layout_is_refused_with_2():
    body = edited(UPDATE_LAYOUT, MIX, {"/uid": 5, "mixedVideoLayout": 9})

    assert refusal(check(UPDATE_LAYOUT, MIX, body)).code == 2


def test_the_service_looks_at_the_envelope_before_the_channel_name_and_at_both_before_the_rest():
    body = edited(START, MIX, {"/cname": "a/b", "/uid": "0", "recordingConfig.maxIdleTime": 1})

    found = check(START, MIX, body)

    assert [problem.path for problem in found] == [
        "uid",
        "cname",
        "clientRequest.recordingConfig.maxIdleTime",
    ]


@pytest.mark.parametrize(
    "uid",
    ["0", "01", "+5", " 5", "5 ", "5\n", "٣", "1_000", "1e3", "5.0", "", "-1", "4294967296", "²"],
)
def test_only_the_plain_digits_of_1_to_4294967295_are_a_uid(uid):
    assert uid_problem(uid)
    assert refusal(check(ACQUIRE, MIX, edited(ACQUIRE, MIX, {"/uid": uid})))


@pytest.mark.parametrize("uid", [5, 5.0, True, None, ["5"], {"5": 5}])
def test_a_uid_is_a_text(uid):
    assert uid_problem(uid)
    assert refusal(check(ACQUIRE, MIX, edited(ACQUIRE, MIX, {"/uid": uid})))


@pytest.mark.parametrize("uid", ["1", "4294967295"])
def test_the_ends_of_the_range_are_uids(uid):
    assert uid_problem(uid) is None


def test_anyrtc_takes_names_as_uids_everywhere():
    body = edited(
        UPDATE,
        MIX,
        {"/uid": "recorder-a", "streamSubscribe.audioUidList.subscribeAudioUids": ["anna"]},
    )

    assert check(UPDATE, MIX, body, provider=ProviderName.ANYRTC) == ()
    assert len(errors(check(UPDATE, MIX, body))) == 2


def test_anyrtc_takes_an_acquire_without_client_request():
    body = edited(ACQUIRE, MIX, {"/clientRequest": ABSENT})

    assert check(ACQUIRE, MIX, body, provider=ProviderName.ANYRTC) == ()
    assert refusal(check(ACQUIRE, MIX, body)).rule == "common.client_request.required"


def test_exactly_the_89_documented_characters_may_stand_in_a_channel_name():
    taken = [chr(c) for c in range(0x250) if cname_problem(chr(c), MIX) is None]

    assert len(taken) == 89
    assert not set("/\\\"'`*\x00é") & set(taken)


@pytest.mark.parametrize(("length", "fine"), [(63, True), (64, True), (65, False), (0, False)])
def test_a_channel_name_has_1_to_64_bytes(length, fine):
    assert (cname_problem("a" * length, MIX) is None) is fine


def test_hostile_channel_names_are_judged_by_the_characters_alone():
    assert cname_problem("<svg onload=alert(1)>", MIX) is None
    assert cname_problem("../../etc", MIX)
    assert cname_problem("a\n", MIX)
    assert cname_problem("\ud800", WEB) is None  # three bytes; a label is never a channel


def test_an_acquire_without_a_known_mode_is_judged_by_its_scene():
    body = edited(ACQUIRE, WEB, {"/cname": "Übertragung", "scene": 1})

    assert check(ACQUIRE, None, body) == ()
    assert refusal(check(ACQUIRE, None, edited(ACQUIRE, WEB, {"/cname": "Übertragung"})))


def test_null_counts_as_absent():
    body = edited(
        START,
        MIX,
        {"token": None, "recordingConfig.maxIdleTime": None, "recordingFileConfig": None},
    )

    assert check(START, MIX, body) == ()


def test_a_null_in_a_list_is_no_value():
    body = edited(START, MIX, {"storageConfig.fileNamePrefix": ["a", None]})

    assert errors(check(START, MIX, body))[0].path == "clientRequest.storageConfig.fileNamePrefix.1"


def test_an_empty_token_counts_as_none():
    assert check(START, MIX, edited(START, MIX, {"token": ""})) == ()


@pytest.mark.parametrize(
    "value", [True, "30", 30.0, 30.5, float("nan"), float("inf"), 1e309, 10**400, [30], {"v": 30}]
)
def test_a_whole_number_is_nothing_else(value):
    found = check(START, MIX, edited(START, MIX, {"recordingConfig.maxIdleTime": value}))

    assert [problem.path for problem in errors(found)] == [
        "clientRequest.recordingConfig.maxIdleTime"
    ]


def test_a_whole_number_is_fine_where_a_fraction_is_asked():
    layout = {
        "mixedVideoLayout": 3,
        "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}],
    }

    assert check(UPDATE_LAYOUT, MIX, edited(UPDATE_LAYOUT, MIX, layout)) == ()


def test_both_spellings_of_the_block_lists_reach_the_same_field():
    for spelling in ("unSubscribeVideoUids", "unsubscribeVideoUids"):
        body = edited(
            START,
            MIX,
            {f"recordingConfig.{spelling}": ["1"], "recordingConfig.subscribeAudioUids": ["1"]},
        )
        assert check(START, MIX, body) == ()
        model = StartMixBody.model_validate(body)
        recording = model.to_wire()["clientRequest"]["recordingConfig"]
        assert recording["unSubscribeVideoUids"] == ["1"]


def test_unknown_fields_are_reported_where_they_stand_and_change_nothing():
    body = edited(
        START,
        WEB,
        {
            "/trace": 1,
            "storageConfig.extensionParams": {"future": {"a": 1}},
            "extensionServiceConfig.extensionServices.0.serviceParam.zoom": 2,
        },
    )

    found = check(START, WEB, body)

    assert {problem.path for problem in found} == {
        "trace",
        "clientRequest.storageConfig.extensionParams.future",
        "clientRequest.extensionServiceConfig.extensionServices.0.serviceParam.zoom",
    }
    assert {problem.severity for problem in found} == {"warning"}


def test_names_are_case_sensitive():
    body = edited(START, MIX, {"storageConfig.Bucket": "b", "storageConfig.bucket": ABSENT})

    rules = {problem.rule for problem in check(START, MIX, body)}

    assert rules == {"start.storage.bucket", "common.unknown_field"}


def test_alibaba_vod_replaces_the_storage_in_individual_mode():
    edits = {"storageConfig": None, "extensionServiceConfig": {"extensionServices": [VOD_SERVICE]}}

    assert check(START, INDIVIDUAL, edited(START, INDIVIDUAL, edits)) == ()
    assert refusal(check(START, MIX, edited(START, MIX, edits)))


def test_screenshots_alone_need_no_group_of_users():
    edits = {"recordingConfig.subscribeUidGroup": ABSENT, "snapshotConfig.fileType": ["jpg"]}

    assert check(START, INDIVIDUAL, edited(START, INDIVIDUAL, edits)) == ()


def test_a_start_says_the_same_as_the_copy_sent_with_acquire():
    body = edited(START, MIX, {})
    copied = copy.deepcopy(body["clientRequest"])

    assert check(START, MIX, body, acquired={"startParameter": copied}) == ()
    copied["storageConfig"]["bucket"] = "other"
    (problem,) = check(START, MIX, body, acquired={"startParameter": copied})
    assert problem.rule == "acquire.startParameter.same_as_start"


@pytest.mark.parametrize(
    "body", [{}, {"cname": [], "uid": {}, "clientRequest": "x"}, {5: 6}, {"\ud800": 1}]
)
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("operation", [op for op in Operation if op is not Operation.QUERY])
def test_a_body_that_is_nothing_like_a_request_is_refused_and_breaks_nothing(operation, mode, body):
    assert refusal(check(operation, mode, body)).http == 400


def test_a_message_never_repeats_what_was_sent():
    body = edited(START, MIX, {"storageConfig.secretKey": ["hunter2"], "token": ["hunter2"]})

    assert "hunter2" not in repr(check(START, MIX, body))


def test_secret_fields_are_marked():
    secret = {field.about.name for field in fields_of(StartMixBody) if field.about.secret}

    assert secret == {"token", "accessKey", "secretKey", "stsToken", "secret", "salt", "rtmpUrl"}


TWO_REGIONS = [
    {"x_axis": 0.0, "y_axis": 0.0, "width": 0.3, "height": 0.3, "alpha": 0.9, "render_mode": 1},
    {"x_axis": 0.3, "y_axis": 0.0, "width": 0.3, "height": 0.3, "alpha": 0.77, "render_mode": 0},
]
ORIGINAL = {
    "recordingConfig.streamTypes": 0,
    "recordingConfig.streamMode": "original",
    "recordingConfig.subscribeAudioUids": ["123", "456"],
}


@pytest.mark.parametrize(
    ("operation", "mode", "edits", "acquired"),
    [
        (
            START,
            MIX,
            {
                "token": "",
                "recordingConfig.audioProfile": 0,
                "recordingConfig.transcodingConfig.mixedVideoLayout": 3,
                "recordingConfig.transcodingConfig.layoutConfig": TWO_REGIONS,
                "storageConfig.fileNamePrefix": ["directory1", "directory2"],
            },
            {"scene": 0, "resourceExpiredHour": 24},
        ),
        (START, INDIVIDUAL, {"recordingConfig": None}, {}),
        (
            START,
            INDIVIDUAL,
            {
                "recordingConfig": {"maxIdleTime": 30, "streamTypes": 1, "channelType": 0},
                "snapshotConfig": {"captureInterval": 5, "fileType": ["jpg"]},
                "recordingFileConfig.avFileType": ["hls"],
            },
            {},
        ),
        (START, INDIVIDUAL, ORIGINAL, {}),
        (
            START,
            INDIVIDUAL,
            {
                **ORIGINAL,
                "appsCollection.combinationPolicy": "postpone_transcoding",
                "transcodeOptions.transConfig.transMode": "audioMix",
                "transcodeOptions.container.format": "m4a",
            },
            {"scene": 2},
        ),
        (
            START,
            WEB,
            {
                "extensionServiceConfig.extensionServices": [WEB_SERVICE, RTMP_SERVICE],
                "recordingFileConfig.avFileType": ["hls", "mp4"],
            },
            {"scene": 1},
        ),
        (UPDATE_LAYOUT, MIX, {"mixedVideoLayout": 3, "layoutConfig": TWO_REGIONS}, None),
        (
            UPDATE,
            MIX,
            {
                "streamSubscribe.audioUidList.subscribeAudioUids": ["#allstream#"],
                "streamSubscribe.videoUidList.unSubscribeVideoUids": ["444", "555"],
            },
            None,
        ),
        (STOP, MIX, {"async_stop": True}, None),
    ],
)
def test_requests_as_the_documents_show_them_are_accepted(operation, mode, edits, acquired):
    assert errors(check(operation, mode, edited(operation, mode, edits), acquired=acquired)) == ()
