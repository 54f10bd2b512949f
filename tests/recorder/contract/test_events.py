import pytest

from recorder.contract.events import EVENTS, SERVICE_TYPES, Effect, effect_of, leave_reasons
from recorder.contract.states import Status, Upload


def test_every_documented_type_is_known():
    assert set(EVENTS) == {
        1, 2, 3, 4, 11, 12, 13, 30, 31, 32, 33, 40, 41, 42, 43, 44, 45,
        60, 61, 70, 71, 72, 73, 80, 81, 90, 100, 1001,
    }  # fmt: skip


def test_rows_have_names_sentences_and_known_services():
    assert len({event.name for event in EVENTS.values()}) == len(EVENTS)
    for event in EVENTS.values():
        assert event.meaning.endswith(".")
        assert event.service_type in {None, *SERVICE_TYPES}


@pytest.mark.parametrize("event_type", [20, 62, 0, -1, 9999])
def test_unknown_types_change_nothing(event_type):
    assert effect_of(event_type, {"status": 5}) == Effect()


@pytest.mark.parametrize(
    ("event_type", "details", "status", "upload"),
    [
        (3, {"status": 5}, Status.RECORDING, None),
        (3, {"status": "20"}, Status.FAILED, None),
        (3, {"status": 99}, None, None),
        (4, {"fileList": "a.m3u8"}, Status.RECORDING, Upload.UPLOADING),
        (11, {"exitStatus": 0}, Status.STOPPED, None),
        (11, {"exitStatus": 1}, Status.FAILED, None),
        (11, {}, Status.STOPPED, None),
        (12, {"newUid": 5}, Status.RECOVERING, None),
        (31, {"status": 0}, None, Upload.UPLOADED),
        (31, {"fileList": []}, None, Upload.UPLOADED),
        (31, {"status": 1}, None, None),
        (32, {"status": 0}, None, Upload.BACKED_UP),
        (33, {"progress": 10000}, None, Upload.UPLOADING),
        (40, {"status": 0}, Status.RECORDING, None),
        (40, {"status": 1}, None, None),
        (41, {"leaveCode": 4}, Status.STOPPING, None),
        (42, {}, Status.RECORDING, None),
        (43, {"streamUid": 5, "state": 0}, None, None),
        (70, {}, Status.RECORDING, None),
        (71, {"code": 0}, Status.STOPPING, None),
        (72, {"limitType": "WebGL"}, Status.STOPPING, None),
        (100, {"status": "publishing"}, None, None),
    ],
)
def test_a_notice_says_what_it_documents(event_type, details, status, upload):
    effect = effect_of(event_type, details)

    assert (effect.status, effect.upload) == (status, upload)


def test_a_storage_error_is_named_and_asks_for_a_query_when_fatal():
    effect = effect_of(1, {"module": 1, "errorCode": 32, "errorLevel": 5, "stat": 0})

    assert effect.notes == ("The storage settings are wrong: bucket, region or keys.",)
    assert effect.attention
    assert effect.query
    assert not effect_of(1, {"module": 1, "errorCode": 47, "errorLevel": 3}).query


@pytest.mark.parametrize(("level", "attention"), [(1, False), (2, False), (3, True), (5, True)])
def test_small_errors_ask_for_nobody(level, attention):
    assert effect_of(1, {"module": 1, "errorCode": 47, "errorLevel": level}).attention is attention


@pytest.mark.parametrize(
    ("event_type", "details", "names"),
    [
        (4, {"fileList": "p/s_r.m3u8"}, ["p/s_r.m3u8"]),
        (31, {"status": 0, "fileList": [{"fileName": "a.mp4"}]}, ["a.mp4"]),
        (71, {"code": 0, "fileList": [{"filename": "w.m3u8"}]}, ["w.m3u8"]),
        (45, {"fileName": "p/shot.jpg"}, ["p/shot.jpg"]),
        (81, {"result": "all_success", "uids": [{"fileList": [{"fileName": "u.mp4"}]}]}, ["u.mp4"]),
        (1001, {"result": "failed", "fileList": [{"fileName": "m.mp4"}]}, ["m.mp4"]),
        (90, {"fileName": "a.ts;b.ts"}, []),
        (3, {"status": 5, "fileList": "p/s_r.m3u8"}, []),
    ],
)
def test_files_are_taken_from_the_types_that_announce_them(event_type, details, names):
    assert [entry.file_name for entry in effect_of(event_type, details).files] == names


def test_details_tell_the_first_slice_and_the_recorder_after_a_fail_over():
    assert effect_of(42, {"startUtcMs": 1_700_000_000_000}).slice_start_ms == 1_700_000_000_000
    assert effect_of(12, {"newUid": 41}).new_uid == "41"
    assert effect_of(12, {"newUid": "x"}).new_uid == ""


def test_leave_codes_are_read_bit_by_bit():
    assert len(leave_reasons(6)) == 2
    assert leave_reasons(4) == ("Nobody was in the channel any more.",)
    assert leave_reasons(0) == ("The recorder could not be initialised.",)
    assert leave_reasons(1) == ()


@pytest.mark.parametrize(
    ("event_type", "details", "attention"),
    [
        (11, {"exitStatus": 1}, True),
        (11, {"exitStatus": 0}, False),
        (41, {"leaveCode": 0}, True),
        (41, {"leaveCode": 16}, False),
        (71, {"code": 1}, False),
        (71, {"code": 4}, True),
        (81, {"result": "all_success"}, False),
        (81, {"result": "partial_success"}, True),
        (90, {}, True),
        (100, {"status": "disconnected"}, True),
        (1001, {"result": "total_success"}, False),
        (1001, {"result": "failed"}, True),
    ],
)
def test_only_what_went_wrong_asks_for_attention(event_type, details, attention):
    assert effect_of(event_type, details).attention is attention


@pytest.mark.parametrize("event_type", sorted(EVENTS))
@pytest.mark.parametrize("value", [None, "x", [], {}, -1, 10**40, True, float("nan")])
def test_odd_details_break_nothing(event_type, value):
    keys = (*EVENTS[event_type].details, "status", "code", "module", "errorCode")

    assert isinstance(effect_of(event_type, dict.fromkeys(keys, value)), Effect)
