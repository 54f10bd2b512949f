"""What is made of a fleet's figures; that it runs, `manage.py bench --smallest` shows."""

import pytest

from bench.fleet import STOP_WITHIN, Run


def test_the_ideal_is_all_calls_at_ten_in_a_second():
    assert Run(1000, stops=[0.1] * 50).ideal == 205


@pytest.mark.parametrize(
    "trouble", [{"refused": 1}, {"failed": 1}, {"stops": [0.1, STOP_WITHIN + 0.01]}]
)
def test_a_fleet_that_was_refused_or_held_up_a_stop_does_not_count(trouble):
    assert Run(20, stops=[0.1, STOP_WITHIN]).whole
    assert not Run(20, **trouble).whole
