import json

import pytest

from recorder.models import Secret, StorageConfig
from recorder.storage.access import bucket_for
from recorder.storage.check import LABELS, check
from tests.recorder.storage.stores import server_answering
from tests.support.sandbox_rows import storage_for


def outcomes(steps):
    return {step.key: step.outcome for step in steps}


def test_a_good_storage_passes_every_step_and_keeps_nothing_of_the_test(sandbox):
    config = storage_for(sandbox, file_name_prefix=["rooms", "{session}"])

    steps = list(check(config, origin="http://127.0.0.1:8000"))

    assert outcomes(steps) == dict.fromkeys(LABELS, "done")
    assert all(step.sentence and step.label for step in steps)
    assert list(bucket_for(config).list("")) == []


def test_a_wrong_key_fails_where_it_is_first_used_and_skips_the_rest(sandbox):
    config = storage_for(sandbox, secret_key=Secret.of("not-the-secret-of-this-key"))

    steps = list(check(config))

    assert outcomes(steps) == {
        "resolve": "done",
        "reach": "done",
        "sign": "failed",
        "write": "skipped",
        "read": "skipped",
        "delete": "skipped",
    }
    assert "does not accept the access key" in steps[2].sentence
    assert "not-the-secret" not in repr(steps)


def test_an_unknown_host_fails_the_first_step_with_its_name(sandbox):
    config = storage_for(sandbox, endpoint_url="https://bucket.invalid")

    first, *others = check(config)

    assert first.outcome == "failed"
    assert "bucket.invalid" in first.sentence
    assert {step.outcome for step in others} == {"skipped"}


def test_a_closed_port_fails_the_second_step(sandbox, free_port):
    config = storage_for(sandbox, endpoint_url=f"http://127.0.0.1:{free_port()}")

    steps = list(check(config))

    assert (steps[0].outcome, steps[1].outcome) == ("done", "failed")


def test_settings_that_make_no_bucket_fail_the_first_step(sandbox):
    steps = list(check(storage_for(sandbox, bucket="no spaces")))

    assert steps[0].outcome == "failed"
    assert "nothing was sent" in steps[0].sentence


def test_a_key_that_cannot_write_fails_the_write_although_reading_works(sandbox):
    config = storage_for(
        sandbox,
        access_key="PROVIDERS",
        read_access_key=sandbox.access_key,
        read_secret_key=Secret.of(sandbox.secret_key),
    )

    assert outcomes(check(config))["sign"] == "done"
    assert outcomes(check(config))["write"] == "failed"


def test_a_bucket_without_a_cors_rule_is_readable_but_not_by_browsers():
    with server_answering() as store:
        config = StorageConfig(
            name="Plain",
            vendor=11,
            bucket="b1",
            access_key="k",
            secret_key=Secret.of("s"),
            endpoint_url=store.url,
        )

        read = next(s for s in check(config, origin="https://rooms.example") if s.key == "read")

    assert (read.outcome, read.cors) == ("done", True)
    assert "CORS" in read.sentence


def test_the_probe_is_deleted_also_when_nobody_waits_for_the_end(sandbox):
    config = storage_for(sandbox)
    steps = check(config)
    while next(steps).key != "write":
        pass
    assert len(list(bucket_for(config).list(""))) == 1

    steps.close()

    assert list(bucket_for(config).list("")) == []


def test_what_is_left_behind_is_named_when_the_key_may_not_delete():
    with server_answering(deleting=403) as store:
        config = StorageConfig(
            name="Plain",
            vendor=11,
            bucket="b1",
            access_key="k",
            secret_key=Secret.of("s"),
            endpoint_url=store.url,
        )

        last = list(check(config))[-1]

    assert last.outcome == "done"
    assert "Left behind: reelroomcheck" in last.sentence


@pytest.mark.parametrize("key", LABELS)
def test_every_step_has_a_label_fit_for_json(key):
    assert json.dumps(str(LABELS[key]))
