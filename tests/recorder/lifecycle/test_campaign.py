"""Starts through real processes while answers get lost. 200 of them: python -m tests.campaign."""

import pytest

from tests.campaign import campaign


@pytest.mark.xdist_group("up")
def test_starts_whose_answers_get_lost_leave_no_orphan_and_no_double(tmp_path):
    outcome = campaign(tmp_path / "data", 20, callbacks=True, seed=20)

    assert outcome.problems() == []
    assert (outcome.lost["start"], outcome.lost["acquire"]) >= (2, 1)
