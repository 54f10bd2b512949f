"""The addresses that `up` listens on: are they free, and how are they written?"""

import errno
import ipaddress
import socket
import time
from typing import Any

from recorder.management.refusal import refuse


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable_host(host: str) -> str:
    """Where a server that listens on `host` can be asked from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def origin(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def port(text: str) -> int:
    """For argparse: the number of a port."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValueError
    return int(text)


def numeric(host: str) -> str:
    """The address that a server given this name listens on: for `localhost`, the first of its."""
    try:
        return str(_resolve(host, 0)[1][0])
    except OSError:
        refuse(f"Nothing can listen on {host}: no address belongs to this name (--host).")


def need_free(host: str, port: int, option: str, *, patience: float = 0.0) -> None:
    """Refuse when nothing can listen there; wait `patience` seconds for an address in use."""
    deadline = time.monotonic() + patience
    while (error := _try_to_listen(host, port)) is not None:
        if error.errno == errno.EADDRINUSE:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            refuse(
                f"Port {port} on {host} is in use by another program;"
                f" stop that one, or choose another port with {option}."
            )
        if error.errno == errno.EACCES:
            refuse(f"This user may not listen on port {port}; choose one above 1023 with {option}.")
        refuse(f"Nothing can listen on {host}: it is no address of this machine (--host).")


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on; held together, so that they differ."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(listener.getsockname()[1]) for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _try_to_listen(host: str, port: int) -> OSError | None:
    try:
        family, address = _resolve(host, port)
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            # As servers do: a connection that has just ended does not block the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except OSError as error:
        return error
    return None


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return found[0][0], found[0][4]
