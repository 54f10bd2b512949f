"""The door to the provider clients: who calls gets the right client on a warm connection."""

import os
import time
from collections.abc import Callable
from functools import lru_cache

from recorder.contract.states import Operation, ProviderName
from recorder.providers.agora import AgoraClient
from recorder.providers.anyrtc import AnyrtcClient
from recorder.providers.hosts import is_loopback
from recorder.providers.transport import Transport
from recorder.providers.values import (
    Acquired,
    CallRecord,
    Credentials,
    Handle,
    Outcome,
    QueryResult,
    Started,
    StopResult,
)

__all__ = [
    "Acquired",
    "AgoraClient",
    "AnyrtcClient",
    "CallRecord",
    "Credentials",
    "Handle",
    "Outcome",
    "QueryResult",
    "Started",
    "StopResult",
    "client_for",
]


def client_for(
    credentials: Credentials,
    *,
    on_call: Callable[[CallRecord], None] | None = None,
    pace: Callable[[Operation], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> AgoraClient | AnyrtcClient:
    """A client for these credentials. Cheap: equal credentials share their connections."""
    kind = AnyrtcClient if credentials.provider is ProviderName.ANYRTC else AgoraClient
    return kind(credentials, _transport(credentials), on_call=on_call, pace=pace, sleep=sleep)


@lru_cache(maxsize=64)
def _transport(credentials: Credentials) -> Transport:
    """The pool of these credentials; other ones, so a changed secret too, get another.

    A pool that drops out of the cache closes when its last call ends. Two threads that meet at the
    first call may both make one, and one of the two is then dropped.
    """
    # What runs on this machine is never behind the proxy that leads out of it.
    local = all(is_loopback(url) for url in credentials.base_urls)
    return Transport(credentials.customer_id, credentials.customer_secret, use_proxies=not local)


os.register_at_fork(
    after_in_child=_transport.cache_clear
)  # two processes on one socket mix answers
