"""A web process that is killed under callbacks. 20 kills: python -m bench._kill_web."""

import os

import pytest

from bench._kill_web import campaign


def test_what_was_acknowledged_is_stored_when_the_web_process_is_killed():
    result = campaign(kills=2, seed=7, sessions=12)

    assert result.kills == 2
    assert result.problems() == []
    assert len(result.acknowledged) == result.sent


@pytest.fixture
def database_url(require):
    """An empty PostgreSQL database, dropped afterwards."""
    import psycopg

    url = require("postgres")
    name = f"kill_{os.getpid()}"
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{url.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(database_url):
    result = campaign(kills=1, seed=8, sessions=12, database_url=database_url)

    assert result.problems() == []
    assert len(result.acknowledged) == result.sent
