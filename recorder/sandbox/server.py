"""The sandbox as one WSGI application: the recording API, the buckets, the control API."""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from recorder.contract.states import Operation
from recorder.sandbox.answers import Answer, unavailable
from recorder.sandbox.bucket import BucketApi
from recorder.sandbox.buckets import Buckets
from recorder.sandbox.callbacks import Sender
from recorder.sandbox.clock import NO_PICTURES, Clock
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.control import Control
from recorder.sandbox.deck import Deck
from recorder.sandbox.faulty import Faulty
from recorder.sandbox.gateway import (
    BAD_APP_ID,
    NO_ROUTE,
    TOO_MANY,
    RateLimit,
    credentials_fault,
    read_object,
)
from recorder.sandbox.mishaps import Mishaps
from recorder.sandbox.player import Player
from recorder.sandbox.service import Call, Service
from recorder.sandbox.store import Store
from recorder.sandbox.wake import Bell, Wake
from recorder.sandbox.wire import (
    BadRequest,
    HangUp,
    Request,
    Response,
    WSGIEnviron,
    decoded,
    json_response,
)

log = logging.getLogger("sandbox")

_PART = r"[^/]+"
_AREA = r"(?:/(?:na|eu|ap|cn))?"
_APP = rf"{_AREA}/v1/apps/(?P<app_id>{_PART})/cloud_recording"
_STARTED = (
    rf"{_APP}/resourceid/(?P<resource_id>{_PART})/sid/(?P<sid>{_PART})/mode/(?P<mode>{_PART})"
)
ROUTES: tuple[tuple[str, str, Operation], ...] = (
    ("POST", rf"{_APP}/acquire", Operation.ACQUIRE),
    (
        "POST",
        rf"{_APP}/resourceid/(?P<resource_id>{_PART})/mode/(?P<mode>{_PART})/start",
        Operation.START,
    ),
    ("GET", rf"{_STARTED}/query", Operation.QUERY),
    ("POST", rf"{_STARTED}/update", Operation.UPDATE),
    ("POST", rf"{_STARTED}/updateLayout", Operation.UPDATE_LAYOUT),
    ("POST", rf"{_STARTED}/stop", Operation.STOP),
)
_COMPILED = tuple((method, re.compile(pattern), operation) for method, pattern, operation in ROUTES)
_HOSTS = re.compile(rf"{_AREA}/v[12]/ncs/ip")

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
# What may happen around a call of the API: given the operation, the request, and how to answer it.
Around = Callable[[Operation, Request, Callable[[], Response]], Response]
REASONS = {status.value: status.phrase for status in HTTPStatus}


class Sandbox:
    """The WSGI application and its parts, except the recorder worker: see `recorder.py`."""

    def __init__(self, config: SandboxConfig, store: Store, wake: Wake):
        self.config, self.store, self.wake = config, store, wake
        self.clock = Clock(store)
        self.buckets = Buckets(config.data, store.objects)
        self.service = Service(config, store, self.clock, wake)
        self._bucket_api = BucketApi(config, self.buckets)
        self.sender = Sender(store, self.clock, config.provider)
        self.deck = Deck(store, self.clock)
        self.sender.mishap = Mishaps(self.deck).of
        self.player = Player(store, self.clock, wake, self.service, self.deck.arm)
        self._control = Control(
            config, store, self.clock, wake, self.buckets, self.sender, self.player
        )
        self.around: Around = Faulty(self.deck, self._response).around
        self._rate = RateLimit(config.rate_limit)
        self._operations: dict[Operation, Callable[[Call], Answer]] = {
            Operation.ACQUIRE: self.service.acquire,
            Operation.START: self.service.start,
            Operation.QUERY: self.service.query,
            Operation.UPDATE: self.service.update,
            Operation.UPDATE_LAYOUT: self.service.update_layout,
            Operation.STOP: self.service.stop,
        }

    def start(self) -> None:
        """Begin what goes on beside the calls: callbacks and scenarios."""
        self.sender.start()
        self.player.start()

    def close(self) -> None:
        self.player.close()
        self.sender.close()
        self.store.close()

    def __call__(self, environ: WSGIEnviron, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            response = self.respond(request)
        except BadRequest as error:
            response = json_response(error.status, {"message": str(error)})
        except HangUp:
            raise  # for the HTTP server, which can
        except Exception:
            # The path only: a query may carry a signature, a body carries keys.
            log.exception("%s %s failed", request.method, request.raw_path)
            response = json_response(500, {"message": "An unexpected error occurred"})
        start_response(f"{response.status} {REASONS[response.status]}", response.header_list())
        if request.method == "HEAD":
            return []
        return [response.body] if isinstance(response.body, bytes) else response.body

    def respond(self, request: Request) -> Response:
        path = request.raw_path
        if path == "/s3" or path.startswith("/s3/"):
            return self._bucket_api.respond(request)
        if path == "/_sandbox" or path.startswith("/_sandbox/"):
            return self._control.respond(request)
        if path == "/" and request.method in ("GET", "HEAD"):
            return Response(302, content_type="", headers={"Location": "/_sandbox/"})
        return self._record(request)

    def _response(self, answer: Answer) -> Response:
        body = answer.body
        if self.config.envelope and "message" not in body:  # the gateway knows no envelope
            body = {"Code": answer.status, "Body": body}
        return json_response(answer.status, body)

    def _record(self, request: Request) -> Response:
        """Steps 1 to 5 of the documented order; the service does the others."""
        if fault := credentials_fault(request, self.config):
            return self._response(fault)
        if request.method == "GET" and _HOSTS.fullmatch(request.raw_path):
            hosts = [{"primaryIP": "127.0.0.1"}]
            return self._response(Answer(200, {"data": {"service": {"hosts": hosts}}}))
        operation, parts = _match(request)
        if operation is None:
            return self._response(NO_ROUTE)
        if parts["app_id"] not in self.config.app_ids:
            return self._response(BAD_APP_ID)
        if not self._rate.allows(parts["app_id"]):
            return self._response(TOO_MANY)
        return self.around(operation, request, lambda: self._call(operation, request, parts))

    def _call(self, operation: Operation, request: Request, parts: dict[str, str]) -> Response:
        body, fault = ({}, None) if operation is Operation.QUERY else read_object(request)
        try:
            answer = fault or self._operations[operation](Call(body=body, **parts))
        except (sqlite3.OperationalError, OSError) as error:  # a full disk, say
            log.error("%s failed: %s", operation, error)
            answer = unavailable(operation)
        return self._response(answer)


def _match(request: Request) -> tuple[Operation | None, dict[str, str]]:
    for method, pattern, operation in _COMPILED:
        if method == request.method and (found := pattern.fullmatch(request.raw_path)):
            return operation, {name: decoded(text) for name, text in found.groupdict().items()}
    return None, {}


def make_app(config: SandboxConfig, wake: Wake | None = None) -> Sandbox:
    """The WSGI application over the data directory of `config`. Raises SandboxError when that
    cannot be used.

    It records only while a recorder worker runs on the same data directory; `wake` is how it is
    told. Callbacks are sent and scenarios played from `start()` until `close()`.
    """
    store = Store(config.database)
    app = Sandbox(config, store, wake or Bell())
    with store.transaction():
        store.machine.set_setting(NO_PICTURES, "1" if config.media == "none" else "0")
        store.tasks.answer_open_stops()
        app.clock.resume(config.speed)
        store.callbacks.begin(config.callback_url, config.callback_secret)
    app.buckets.sweep()
    return app
