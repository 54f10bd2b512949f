"""A connection test beside the request: step by step, once at a time, cancellable."""

import threading

import pytest
from django.db import connection

from recorder.models import StorageCheck, StorageConfig, User
from recorder.storage import testing
from tests.support.sandbox import ACCESS_KEY, SECRET_KEY

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def user(db):
    return User.objects.create_user("ada")


@pytest.fixture
def config(sandbox):
    return StorageConfig.objects.create(
        name="Archive",
        vendor=11,
        bucket="recordings",
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        extension_params={"endpoint": "127.0.0.1"},
        endpoint_url=f"{sandbox.url}/s3",
    )


def ended(check):
    """The row once its test has ended; each look is a query, so no time is slept away."""
    while not check.outcome:
        check.refresh_from_db()
    return check


def test_every_step_is_kept_in_its_order(config, user):
    check = ended(testing.begin(config, by=user, origin=ORIGIN))

    assert check.outcome == "passed"
    assert [step["key"] for step in check.steps] == [
        "resolve",
        "reach",
        "sign",
        "write",
        "read",
        "delete",
    ]
    assert check.started_by == user
    assert check.finished_at >= check.started_at


def test_a_failed_step_fails_the_test(config, user):
    config.secret_key = "not-the-key-of-this-bucket"
    config.save()

    check = ended(testing.begin(config, by=user, origin=ORIGIN))

    assert check.outcome == "failed"
    assert check.failed_step["key"] == "sign"
    assert "not-the-key-of-this-bucket" not in str(check.steps)


def test_one_that_runs_is_not_begun_again(config, user):
    running = StorageCheck.objects.create(storage_config=config)

    assert testing.begin(config, by=user, origin=ORIGIN) == running


def test_a_cancelled_test_stops_after_its_step(config, user):
    check = StorageCheck.objects.create(storage_config=config)
    testing.cancel(check)

    runner = threading.Thread(target=testing._run, args=(check.pk, ORIGIN, "en"))
    runner.start()
    runner.join()

    check.refresh_from_db()
    assert check.outcome == "cancelled"
    assert [step["key"] for step in check.steps] == ["resolve"]


def test_an_ended_test_is_not_cancelled_any_more(config, user):
    check = StorageCheck.objects.create(storage_config=config, outcome="passed")

    testing.cancel(check)

    assert not check.cancel_asked


def test_the_newest_of_each_storage_is_found_in_one_query(config, django_assert_num_queries):
    other = StorageConfig.objects.create(
        name="Other", vendor=6, bucket="b", access_key="a", secret_key="s"
    )
    first, second, third = (
        StorageCheck.objects.create(storage_config=each) for each in (config, other, config)
    )
    connection.ensure_connection()

    with django_assert_num_queries(1):
        newest = set(StorageCheck.objects.newest())

    assert newest == {second, third}
    assert first not in newest
