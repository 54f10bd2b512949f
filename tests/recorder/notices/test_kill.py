"""A web process that is killed under callbacks. 20 kills: python -m bench._kill_web."""

import pytest

from bench._kill_web import campaign


def test_what_was_acknowledged_is_stored_when_the_web_process_is_killed():
    result = campaign(kills=2, seed=7, sessions=12)

    assert result.kills == 2
    assert result.problems() == []
    assert len(result.acknowledged) == result.sent


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(database_url):
    result = campaign(kills=1, seed=8, sessions=12, database_url=database_url)

    assert result.problems() == []
    assert len(result.acknowledged) == result.sent
