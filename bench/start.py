"""A start of ours (commit, acquire, commit, start, commit) against the two calls in it.

The provider answers after 50 ms. The account's pace is set high: at the default of 10 calls a
second a `start` also waits for the slot after its `acquire`, which is the service's limit.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import requests

from bench._provider import provider
from bench._rows import make_project, make_storage
from bench._site import site

BAR = 1.10
ROUND_TRIP = 0.05
_state: dict[str, Any] = {}


@contextmanager
def prepare(smallest: bool) -> Iterator[None]:
    with site(), provider(ROUND_TRIP) as address, requests.Session() as http:
        from recorder.models import User

        _state.update(
            starts=1 if smallest else 10,
            address=address,
            http=http,
            user=User.objects.create(username="bench"),
            project=make_project(address),
            storage=make_storage(),
        )
        yield


def baseline() -> float:
    """Two warm POSTs with requests and nothing else, seconds."""
    http, root = _state["http"], f"{_state['address']}/v1/apps/a/cloud_recording"
    times = []
    for _ in range(_state["starts"]):
        begun = time.perf_counter()
        ticket = http.post(f"{root}/acquire", json={}, timeout=5).json()
        path = f"resourceid/{ticket['resourceId']}/mode/mix/start"
        http.post(f"{root}/{path}", json={}, timeout=5).json()
        times.append(time.perf_counter() - begun)
    return median(times)


def ours() -> float:
    """From the wish to the committed sid, seconds."""
    from recorder.contract.states import Mode
    from recorder.lifecycle import leases
    from recorder.lifecycle.requests import StartRequest
    from recorder.lifecycle.start import request_start, send_start

    times = []
    for number in range(_state["starts"]):
        request = StartRequest(
            project=_state["project"],
            storage_config=_state["storage"],
            mode=Mode.MIX,
            cname=f"room-{time.monotonic_ns()}-{number}",
            uid="527841",
        )
        begun = time.perf_counter()
        lease = leases.token()
        session, _ = request_start(request, by=_state["user"], form_key=None, lease=lease)
        send_start(session, lease=lease)
        times.append(time.perf_counter() - begun)
        session.refresh_from_db()
        assert session.sid, session.status
    return median(times)
