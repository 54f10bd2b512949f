"""A database server that was restarted, or connections that something on the way has cut."""

import http.client
import random
from contextlib import closing, contextmanager

import pytest

from bench._kill_web import deliver, house, messages, web
from recorder.management.addresses import free_ports

MORE_THAN_THREADS = 12  # so that each connection of the process is used before and after


@contextmanager
def web_process(environment):
    port = free_ports(1)[0]
    process = web(environment, port)
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            yield connection
    finally:
        process.kill()
        process.wait()


def cut_connections(database_url) -> int:
    """End what is connected to this database; how many there were."""
    import psycopg

    with psycopg.connect(database_url) as other:
        return other.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()[0]


@pytest.mark.postgres
def test_connections_that_were_cut_are_replaced_before_a_callback_meets_them(database_url):
    with house(database_url) as (environment, project), web_process(environment) as to:
        notices = iter(messages(8, random.Random(1)))
        before = [deliver(to, project, next(notices)) for _ in range(MORE_THAN_THREADS)]

        assert cut_connections(database_url)

        after = [deliver(to, project, next(notices)) for _ in range(MORE_THAN_THREADS)]

    assert all(before)
    assert all(after)
