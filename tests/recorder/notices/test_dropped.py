"""A database server that was restarted, or a connection that something on the way has cut."""

import json

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from recorder.models import Notice
from recorder.notices.signatures import signature
from tests.support.notices import SECRET, body

pytestmark = pytest.mark.django_db(transaction=True)


def post(project) -> int:
    """Status of a callback as the server handles it: the test client keeps connections alive."""
    raw = json.dumps(body(40)).encode()
    request = RequestFactory().post(
        f"/callbacks/{project.pk}/",
        raw,
        content_type="application/json",
        headers={"Agora-Signature-V2": signature(raw, SECRET)},
    )
    statuses: list[str] = []
    answer = WSGIHandler()(request.environ, lambda status, _headers: statuses.append(status))
    answer.close()
    return int(statuses[0][:3])


def test_a_connection_that_was_cut_is_replaced_before_a_callback_meets_it(project):
    if connection.vendor != "postgresql":
        pytest.skip("a file has no connections")
    import psycopg

    settings = connection.get_connection_params()
    first = post(project)
    with psycopg.connect(
        **{name: settings[name] for name in ("dbname", "user", "host", "port") if name in settings}
    ) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert (first, post(project)) == (200, 200)
    assert Notice.objects.count() == 2
