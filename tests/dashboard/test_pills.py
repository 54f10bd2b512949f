import pytest

from dashboard.pills import ICONS, STATUS, UPLOAD, pill_for
from recorder.contract.states import LIVE, Status, Upload


def test_every_state_has_a_look():
    assert set(STATUS) == set(Status)
    assert set(UPLOAD) == set(Upload)
    assert {pill.tone for pill in [*STATUS.values(), *UPLOAD.values()]} <= set(ICONS)


@pytest.mark.parametrize("upload", Upload)
@pytest.mark.parametrize("status", sorted(LIVE))
def test_a_live_session_shows_its_status_whatever_is_uploaded(status, upload):
    assert pill_for(status, upload) == STATUS[status]


@pytest.mark.parametrize("upload", Upload)
def test_failed_wins_over_any_upload(upload):
    assert pill_for("failed", upload) == STATUS[Status.FAILED]


def test_an_ended_session_shows_its_upload():
    assert pill_for("stopped", "uploaded") == UPLOAD[Upload.UPLOADED]
    assert pill_for("stopped", "unknown").tone == "warn"
    assert pill_for("stopped", "none") == STATUS[Status.STOPPED]
