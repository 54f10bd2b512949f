"""Running a connection test beside the request that asked for it: each step is a commit."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from django.db import connections
from django.utils import timezone
from django.utils.translation import get_language, override

from recorder.models import StorageCheck, StorageConfig, User
from recorder.storage.check import Step, check

Outcome = StorageCheck.Outcome
log = logging.getLogger(__name__)

# Tests wait for stores that do not answer; more than two at once would only wait together.
_pool = ThreadPoolExecutor(2, thread_name_prefix="storage-check")


def begin(config: StorageConfig, *, by: User, origin: str) -> StorageCheck:
    """Start a test and return at once; the one that is running, if there is one.

    `origin`: the address of our pages, from which browsers will read.
    """
    newest = StorageCheck.objects.filter(storage_config=config).first()
    if newest and newest.running:
        return newest
    started = StorageCheck.objects.create(storage_config=config, started_by=by)
    _pool.submit(_run, started.pk, origin, get_language())
    return started


def cancel(started: StorageCheck) -> None:
    """Stop after the present step. What was written to the bucket is deleted all the same."""
    StorageCheck.objects.filter(pk=started.pk, outcome="").update(cancel_asked=True)
    started.refresh_from_db()


def _run(pk: int, origin: str, language: str | None) -> None:
    rows, outcome = StorageCheck.objects.filter(pk=pk), Outcome.BROKEN
    try:
        with override(language):
            outcome = _test(rows.select_related("storage_config").get(), origin)
    except StorageCheck.DoesNotExist:
        log.info("A storage was deleted before its test began.")
    except Exception:
        log.exception("Test %s of a storage broke off.", pk)
    finally:
        rows.update(finished_at=timezone.now(), outcome=outcome)
        connections.close_all()


def _test(started: StorageCheck, origin: str) -> Outcome:
    rows = StorageCheck.objects.filter(pk=started.pk)
    done: list[Step] = []
    steps = check(started.storage_config, origin=origin)
    try:
        for step in steps:
            done.append(step)
            rows.update(steps=[asdict(each) for each in done])
            if rows.filter(cancel_asked=True).exists():
                return Outcome.CANCELLED
    finally:
        steps.close()  # deletes what the test has written
    return Outcome.PASSED if all(each.outcome == "done" for each in done) else Outcome.FAILED
