"""Real processes that are killed under load, and a PostgreSQL that is restarted. More of it:
python -m tests.crashes."""

from pathlib import Path

import pytest

from tests.crashes import crashes
from tests.engines import missing
from tests.support.houses import Apart, OneMachine
from tests.support.servers import own_postgres

pytestmark = pytest.mark.xdist_group("up")


def test_nothing_is_lost_when_web_and_worker_are_killed_under_load(tmp_path):
    outcome = crashes(OneMachine(tmp_path / "data"), kills=2, seed=5, outage=True)

    assert outcome.problems() == []
    assert outcome.kills == {"web": 1, "worker": 1}


@pytest.mark.postgres
def test_the_same_holds_for_processes_by_themselves_on_postgresql(tmp_path, database_url, require):
    house = Apart(tmp_path / "data", database_url, require("redis"))

    outcome = crashes(house, kills=2, seed=6, outage=True)

    assert outcome.problems() == []
    assert outcome.kills == {"web": 1, "worker": 1}


@pytest.mark.postgres
def test_a_restart_of_postgresql_under_load_loses_nothing_and_leaks_nothing(tmp_path, require):
    require("initdb")
    queue_url = require("redis")
    if not Path("/proc/self/fd").exists():
        missing("no /proc, where open files could be counted")
    with own_postgres() as cluster:
        house = Apart(tmp_path / "data", cluster.url, queue_url)

        outcome = crashes(house, kills=0, restarts=2, seed=7, cluster=cluster, outage=True)

    assert outcome.problems() == []
    assert len(outcome.restarts.back) == 2
