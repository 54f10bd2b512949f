import socket
import threading

import pytest

from recorder.management import addresses


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_an_occupied_port_is_named_with_the_option_that_changes_it(listener):
    port = listener.getsockname()[1]

    with pytest.raises(SystemExit, match=rf"Port {port} on 127\.0\.0\.1 is in use.*--sandbox-port"):
        addresses.need_free("127.0.0.1", port, "--sandbox-port")


def test_a_port_that_is_being_left_is_waited_for(listener):
    port = listener.getsockname()[1]
    threading.Timer(0.3, listener.close).start()

    addresses.need_free("127.0.0.1", port, "--port", patience=30)


def test_a_host_of_another_machine_is_refused():
    with pytest.raises(SystemExit, match=r"Nothing can listen on 192\.0\.2\.1"):
        addresses.need_free("192.0.2.1", 8000, "--port")


@pytest.mark.parametrize("text", ["0", "65536", "-1", "٣", "8_000", "+80", "", "eighty"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        addresses.port(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("reel.example", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, loopback):
    assert addresses.is_loopback(host) is loopback


def test_an_ipv6_address_is_written_in_brackets():
    assert addresses.origin("::1", 8000) == "http://[::1]:8000"


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1")])
def test_an_address_stands_for_itself(host, expected):
    assert addresses.numeric(host) == expected


def test_a_name_stands_for_an_address_of_this_machine():
    assert addresses.is_loopback(addresses.numeric("localhost"))


def test_a_name_without_an_address_is_refused():
    with pytest.raises(SystemExit, match=r"no address belongs to this name \(--host\)"):
        addresses.numeric("nowhere.invalid")
