import os

import pytest

from tests.support.notices import SECRET
from tests.support.rows import make_project as new_project
from tests.support.rows import (  # noqa: F401
    make_session,
    provider,
    request_for,
    storage_config,
    user,
)


@pytest.fixture
def project(db, provider):  # noqa: F811
    return new_project(provider.url, callback_secret=SECRET)


@pytest.fixture
def database_url(require):
    """An empty PostgreSQL database for processes of ours, dropped afterwards."""
    import psycopg

    url = require("postgres")
    name = f"notices_{os.getpid()}"
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{url.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
