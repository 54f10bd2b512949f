"""A fleet that starts while recordings are stopped, against the limit of ten requests a second.

The list goes the way of the API: request_bulk_start here, then the real worker process, on SQLite,
against the real sandbox, which refuses the eleventh request of any second with 429. A start is two
calls (acquire, start); at a random moment of every few seconds one of the recordings is stopped as
the API does it. The baseline is what the limit allows at best: all these calls, ten in each second.

Ours is infinite where a call was answered 429, a start failed, or a stop was more than 0.2 s from
the wish to its arrival at the provider. The sandbox makes no pictures and no files here, and counts
no recordings.

`python -m bench.fleet --starts 1000` runs one list of any length and tells how the stops fared.
With `--scripted` the provider is one that only answers, after 50 ms, under the same limit: with a
thousand live recordings the sandbox itself notes a call up to 0.2 s after it has arrived, where two
cores do all of this, and would be what is measured.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Any

from bench._provider import limited_provider
from bench._recordings import Recorder
from bench._sandbox import APP_ID, NAMES, PROJECT, sandbox
from bench._site import site

BAR = 1.05
RATE = 10  # requests in a second: the service's limit, and the sandbox's
CALLS = 2  # of a start
ROUND_TRIP = 0.05  # seconds, of the scripted provider
STOP_WITHIN = 0.2  # seconds
PAUSES = (0.5, 3.5)  # seconds between two stops, at least and at most
PATIENCE = 3.0  # times the ideal time
_state: dict[str, Any] = {}


@dataclass
class Run:
    """What came of one list. Times in seconds."""

    starts: int
    took: float = 0.0
    stops: list[float] = field(default_factory=list)  # from the wish to the arrival
    refused: int = 0  # calls that were answered 429
    queries: int = 0
    failed: int = 0  # starts without a sid

    @property
    def ideal(self) -> float:
        return (CALLS * self.starts + len(self.stops)) / RATE

    @property
    def whole(self) -> bool:
        return not self.refused and not self.failed and max(self.stops, default=0) <= STOP_WITHIN

    def __str__(self) -> str:
        stops = sorted(self.stops) or [0.0]
        return (
            f"{self.starts} starts and {len(self.stops)} stops: {self.took:.2f} s, ideal"
            f" {self.ideal:.2f} s, ratio {self.took / self.ideal:.3f}; {self.refused} answered 429,"
            f" {self.failed} starts failed, {self.queries} queries; stops waited"
            f" {stops[len(stops) // 2]:.3f} s (median), {stops[-1]:.3f} s (longest)"
        )


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with house(scripted=False):
        _state.update(starts=20 if smallest else 200)
        yield


def baseline() -> float:
    """Seconds that the limit asks for: as many calls as the run before has made."""
    ran = _state.get("ran") or Run(_state["starts"])
    return float(ran.ideal)


def ours() -> float:
    """Seconds from the wish to the answer of the last start."""
    ran = _state["ran"] = run(_state["starts"])
    if not ran.whole:
        print(ran, flush=True)  # why it is infinite
    return ran.took if ran.whole else float("inf")


@contextmanager
def house(*, scripted: bool) -> Iterator[None]:
    """Provider, database and worker."""
    with ExitStack() as stack:
        if scripted:
            provider = stack.enter_context(limited_provider(ROUND_TRIP, RATE))
            port, stopped_at = int(provider.address.rpartition(":")[2]), provider.stops.get
        else:
            port = stack.enter_context(sandbox("--media", "none", rate_limit=RATE))
            stopped_at = partial(_told_by_sandbox, Recorder(port))
        stack.enter_context(site())
        from recorder.contract.states import Mode
        from recorder.lifecycle.requests import StartRequest
        from recorder.management.starters import provide_sandbox
        from recorder.models import StorageConfig, User

        names = {**NAMES, "APP_ID": APP_ID, "CALLBACK_SECRET": "bench"}
        values = {f"SANDBOX_{name}": value for name, value in names.items()}
        project = provide_sandbox(values, port, "")
        _state.update(
            shared=StartRequest(project, StorageConfig.objects.get(), Mode.MIX, cname=""),
            user=User.objects.create(username="bench"),
            stopped_at=stopped_at,
            chance=random.Random(1),  # noqa: S311  (no secret)
        )
        stack.enter_context(_worker())
        yield


def _told_by_sandbox(recorder: Recorder, sid: str) -> float | None:
    """When it was told to stop it, by its own clock, which is this machine's."""
    end_ms = recorder.session(sid)["end_ms"]
    return end_ms / 1000 if end_ms else None


@contextmanager
def _worker() -> Iterator[None]:
    from recorder.models import Heartbeat

    process = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=PROJECT)
    try:
        _wait(Heartbeat.objects.exists, 60)
        yield
    finally:
        process.terminate()
        process.wait(20)


def run(starts: int) -> Run:
    """One list from the wish to the end, with stops meanwhile."""
    from recorder.lifecycle.bulk import request_bulk_start
    from recorder.lifecycle.bulk_list import Row
    from recorder.models import ProviderCall

    ran, over = Run(starts), Event()
    before = ProviderCall.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    rows = [Row(number, f"room-{time.time_ns()}-{number}") for number in range(1, starts + 1)]
    begun = time.time()
    bulk, _ = request_bulk_start(_state["shared"], rows, by=_state["user"], form_key=None)
    wishes: dict[str, float] = {}
    stopper = Thread(target=_stop_some, args=(bulk, wishes, over))
    stopper.start()
    try:
        _wait(lambda: _finished(bulk), PATIENCE * ran.ideal + 10)
    finally:
        over.set()
        stopper.join()
    calls = ProviderCall.objects.filter(pk__gt=before)
    answered = calls.filter(operation="start").values_list("started_at", "duration_ms")
    ends = [(at + timedelta(milliseconds=lasted)).timestamp() for at, lasted in answered]
    ran.took = max(ends, default=float("inf")) - begun
    ran.stops = [_arrived(sid) - wished for sid, wished in wishes.items()]
    ran.refused = calls.filter(http_status=429).count()
    ran.queries = calls.filter(operation="query").count()
    ran.failed = starts - bulk.items.exclude(session__sid="").filter(session__isnull=False).count()
    return ran


def _finished(bulk: Any) -> bool:
    bulk.refresh_from_db(fields=["finished_at"])
    return bulk.finished_at is not None


def _stop_some(bulk: Any, wishes: dict[str, float], over: Event) -> None:
    """Stop recordings of this list one after the other, as the API does; when each was wished."""
    from django.db import connection

    from recorder.lifecycle.sending import stop_session
    from recorder.models import RecordingSession

    while not over.wait(_state["chance"].uniform(*PAUSES)):
        recording = RecordingSession.objects.filter(bulk_items__bulk=bulk, stop_requested_at=None)
        # Their keys alone: to read a thousand rows would keep the scripted provider, which is in
        # this process, from noting calls when they arrive.
        known = list(recording.exclude(sid="").values_list("pk", flat=True))
        if known:
            session = recording.select_related("project").get(pk=_state["chance"].choice(known))
            wishes[session.sid] = time.time()
            stop_session(session, by=_state["user"])
    connection.close()


def _arrived(sid: str) -> float:
    """When the provider was told to stop it, in seconds since 1970."""
    _wait(lambda: _state["stopped_at"](sid), 30)
    return float(_state["stopped_at"](sid))


def _wait(until: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise RuntimeError("the fleet did not come to an end")
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fleet")
    parser.add_argument("--starts", type=int, default=1000, help="1 to 1,000")
    parser.add_argument("--scripted", action="store_true", help="a provider that only answers")
    options = parser.parse_args()
    with house(scripted=options.scripted):
        ran = run(options.starts)
    print(f"{ran}; load {os.getloadavg()[0]:.1f}")
    return 0 if ran.whole and ran.took <= BAR * ran.ideal else 1


if __name__ == "__main__":
    sys.exit(main())
