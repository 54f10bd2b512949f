from itertools import permutations, product

import pytest

from recorder.contract.states import (
    FINAL,
    LIVE,
    NEXT,
    QUERY_STATUS,
    Operation,
    Status,
    Upload,
    climbs,
    status_of_query,
    upload_climbs,
)

# Going back is for starts that were certainly refused.
BACK = {
    (Status.ACQUIRED, Status.REQUESTED),
    (Status.STARTING, Status.REQUESTED),
    (Status.STARTING, Status.ACQUIRED),
}


def test_every_status_is_either_live_or_final():
    assert set(Status) == LIVE | FINAL
    assert set() == LIVE & FINAL
    assert set(NEXT) == set(Status)


def test_a_final_session_never_lives_again():
    for status in FINAL:
        assert not NEXT[status] & LIVE
        assert not any(climbs(status, live) for live in LIVE)


def test_every_move_climbs_except_back_to_the_queue():
    down = {(old, new) for old in NEXT for new in NEXT[old] if not climbs(old, new)}

    assert down == BACK


def test_nothing_climbs_to_where_it_is():
    assert not any(climbs(status, status) for status in Status)
    assert not any(upload_climbs(upload, upload) for upload in Upload)


def test_recording_and_recovering_follow_the_newest_observation():
    assert climbs(Status.RECORDING, Status.RECOVERING)
    assert climbs(Status.RECOVERING, Status.RECORDING)


def test_failed_stands_above_stopped():
    assert climbs(Status.STOPPED, Status.FAILED)
    assert not climbs(Status.FAILED, Status.STOPPED)


def test_the_order_of_arrival_cannot_matter():
    seen = (Status.RECORDING, Status.STOPPING, Status.STOPPED, Status.FAILED)
    ends = set()
    for order in permutations(seen):
        status = Status.STARTING
        for observed in order:
            status = observed if climbs(status, observed) else status
        ends.add(status)

    assert ends == {Status.FAILED}


def test_one_of_two_different_uploads_is_higher():
    for one, other in product(Upload, Upload):
        assert one == other or upload_climbs(one, other) != upload_climbs(other, one)


@pytest.mark.parametrize(
    ("wire", "upload"),
    [
        ("uploaded", Upload.UPLOADED),
        ("backuped", Upload.BACKED_UP),
        ("unknown", Upload.UNKNOWN),
        (None, Upload.UNKNOWN),
        ("", Upload.UNKNOWN),
        ("Uploaded", Upload.UNKNOWN),
    ],
)
def test_the_service_words_for_an_upload(wire, upload):
    assert Upload.of(wire) is upload


def test_query_numbers_become_our_words():
    assert set(QUERY_STATUS) == {*range(9), 20}
    assert status_of_query(3) is Status.STARTING
    assert status_of_query(4) is Status.RECORDING
    assert status_of_query(5) is Status.RECORDING
    assert status_of_query(6) is Status.STOPPING
    assert status_of_query(20) is Status.FAILED
    assert status_of_query(9) is None


def test_operations_are_the_last_part_of_their_path():
    assert Operation.UPDATE_LAYOUT == "updateLayout"
