"""Fixtures for all tests. What one room needs alone is in the conftest.py of its folder."""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import engines

# No test may depend on how fast the machine is.
settings.register_profile("reelroom", deadline=None)
settings.load_profile("reelroom")


@pytest.fixture(scope="session")
def require():
    """`require("chromium")`: its path or address, else the test is skipped with a sentence."""
    return engines.require


@pytest.fixture
def database_url():
    """An empty PostgreSQL database for processes of ours, dropped afterwards."""
    import psycopg

    url, name = engines.require("postgres"), f"processes_{os.getpid()}"
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{url.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def is_this_machine(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host or ""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name in {"", "localhost", socket.gethostname()}
    return address.is_loopback or address.is_unspecified


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Tests talk to this machine only. Other names do not exist, other addresses refuse."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def check(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_this_machine(address[0]):
            raise ConnectionRefusedError(f"Tests may not reach {address[0]}")

    def guarded_connect(self, address):
        check(self, address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        check(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host, *args, **kwargs):
        if not is_this_machine(host):
            try:
                ipaddress.ip_address(host)
            except ValueError:
                raise socket.gaierror(socket.EAI_NONAME, f"Tests may not ask for {host}") from None
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def calls_have_ended(_django_db_helper: None) -> Iterator[None]:
    """A call that a test left on its way ends before the tables are emptied.

    It holds locks on them; PostgreSQL calls the two a deadlock and ends one.
    """
    yield
    sending = sys.modules.get("recorder.lifecycle.sending")
    if sending is None:
        return
    taken = [sending._free.acquire(timeout=60) for _ in range(sending.THREADS)]
    for _ in filter(None, taken):
        sending._free.release()
    assert all(taken), "a call to the provider does not end"


@pytest.fixture(scope="session")
def free_port():
    """`free_port()`: a TCP port of this machine that nothing listens on."""

    def find() -> int:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            return listener.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory):
    """A real sandbox recorder with slices of 2 s: see tests/support/sandbox.py for what it can do.

    Its clock stands until `sandbox.advance(seconds)`. Recordings end with the test.
    """
    from tests.support.sandbox import running_sandbox

    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(autouse=True)
def _forgetful_sandbox(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that used `sandbox` no recording goes on: time costs the next one nothing."""
    yield
    if "sandbox" in request.fixturenames:
        request.getfixturevalue("sandbox").control("reset")
