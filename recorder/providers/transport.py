"""One HTTPS exchange, bounded in every direction, and sorted by the question that matters later:
was anything sent?

requests with three changes. A failure to connect (name, TCP, proxy, TLS and certificate) leaves as
NotSent, whatever the layer it came from. The read timeout covers the whole answer, so that one sent
drop by drop ends in time. And an idle connection is given up before a load balancer closes it,
since a start lost in that race would be a recording nobody knows about.
"""

import io
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from recorder.contract.words import _

LIMIT = 1024 * 1024  # bytes of an answer, unpacked
_IDLE = 20.0  # seconds; load balancers give an idle connection 30 or more
_POOL = 16  # connections kept per host: the threads of one web process
_EMPTY = _("The provider's answer is empty.")
_BROKEN_OFF = _("The provider's answer did not arrive whole.")
_TOO_LARGE = _("The provider's answer is larger than 1 MB.")
_TOO_DEEP = _("The provider's answer is nested too deeply.")
_NOT_JSON = _("The provider's answer is not JSON.")
_NO_OBJECT = _("The provider's answer is not a JSON object.")
_JSON = {
    "Content-Type": "application/json;charset=utf-8"
}  # exactly so: capitals were refused by some


class NotSent(Exception):
    """No connection came about, so the request was not sent. `resolved`: the name was found."""

    def __init__(self, error: Exception):
        super().__init__(type(error).__name__)
        self.resolved = not isinstance(error, NameResolutionError)


class Lost(Exception):
    """The request went out and no answer came back within the time allowed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Where the body is no JSON object, `answer` is None and `problem` says why."""

    status: int
    answer: dict[str, Any] | None
    problem: str = ""


class _WholeAnswer(io.RawIOBase):
    """A socket's bytes, where the socket's timeout is the time for all of them together."""

    def __init__(self, sock: Any):
        self._sock, self._bytes = sock, sock.makefile("rb", buffering=0)
        self._timeout = sock.gettimeout()
        self._ends = time.monotonic() + self._timeout

    def makefile(self, *_args: Any, **_options: Any) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")  # urllib3 looks for the type
        self._sock.settimeout(left)
        try:
            count: int | None = self._bytes.readinto(buffer)
        finally:
            self._sock.settimeout(self._timeout)  # the connection may be used again
        return count

    def close(self) -> None:
        self._bytes.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **options: Any):
        super().__init__(_WholeAnswer(sock), *args, **options)  # type: ignore[arg-type]


class _Careful:
    """What our plain and TLS connections share; stands before one of urllib3's."""

    response_class = _TimedResponse
    _used = 0.0

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]
        except Exception as error:
            raise NotSent(error) from error

    def getresponse(self) -> Any:
        self._used = time.monotonic()
        return super().getresponse()  # type: ignore[misc]

    @property
    def is_connected(self) -> bool:
        fresh = time.monotonic() - self._used < _IDLE
        return fresh and super().is_connected  # type: ignore[misc]


class _Plain(_Careful, HTTPConnection):  # type: ignore[misc]
    pass


class _Tls(_Careful, HTTPSConnection):  # type: ignore[misc]
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


_POOLS = {"http": _PlainPool, "https": _TlsPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):  # those bring connections of their own
            manager.pool_classes_by_scheme = _POOLS
        return manager


class Transport(requests.Session):
    """A keep-alive pool that signs each request with one account's credentials. Thread safe."""

    def __init__(self, customer_id: str, customer_secret: str, *, use_proxies: bool):
        super().__init__()
        self.auth = (customer_id.encode(), customer_secret.encode())  # type: ignore[assignment]
        self.trust_env = use_proxies
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # keeps none: no state
        self.mount("https://", _Adapter(pool_maxsize=_POOL))
        self.mount("http://", _Adapter(pool_maxsize=_POOL))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: not even prepared, since that alone would read the whole body of the redirect."""
        return

    def exchange(
        self, method: str, url: str, body: Mapping[str, object] | None, timeout: tuple[float, float]
    ) -> Reply:
        """Send one request and read its answer. `timeout` in seconds: to connect, to answer.

        Raises NotSent or Lost.
        """
        data = None if body is None else json.dumps(body, allow_nan=False).encode()
        headers = _JSON if data is not None else {}
        try:
            response = self.request(
                method,
                url,
                data=data,
                headers=headers,
                timeout=timeout,
                stream=True,
                allow_redirects=False,
            )
        except (requests.ConnectTimeout, *_MALFORMED) as error:
            raise NotSent(error) from error
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise Lost(type(error).__name__) from error
        with response:
            return _read(response)


_MALFORMED = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)


def _read(response: requests.Response) -> Reply:
    """The answer, or what is wrong with it; its status stands either way."""
    content = bytearray()
    try:
        for piece in response.iter_content(64 * 1024):
            content += piece
            if len(content) > LIMIT:
                return Reply(response.status_code, None, _TOO_LARGE)
    except (requests.RequestException, HTTPError, OSError):
        return Reply(response.status_code, None, _BROKEN_OFF)
    try:
        answer = json.loads(content, parse_constant=_finite, parse_float=_finite)
    except RecursionError:
        return Reply(response.status_code, None, _TOO_DEEP)
    except ValueError:
        problem = _NOT_JSON if content else _EMPTY
        return Reply(response.status_code, None, problem)
    if not isinstance(answer, dict):
        return Reply(response.status_code, None, _NO_OBJECT)
    return Reply(response.status_code, answer)


def _finite(number: str) -> float:
    """Numbers a database can store: neither NaN nor Infinity, however they are written."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value
