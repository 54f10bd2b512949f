"""The service's endpoints: one method each, and one place where every failure gets its name."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

from recorder.contract.states import Mode, Operation
from recorder.contract.words import _
from recorder.providers import answers, errors
from recorder.providers.redact import redact, redact_text, secrets_in
from recorder.providers.transport import Lost, NotSent, Reply, Transport
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

log = logging.getLogger(__name__)

Body = Mapping[str, object]
Result = TypeVar("Result")
_CONNECT, _ANSWER, _STOP_ANSWER = 3.0, 10.0, 30.0  # seconds; a stop waits for the upload
_INCOMPLETE = _("The provider's answer lacks a part that it must have.")
_REASON_LENGTH = 300  # characters of the service's own words worth showing


@dataclass(frozen=True, slots=True)
class Call(Generic[Result]):
    """One request, whichever host it goes to, and how to read the answer to it."""

    operation: Operation
    path: str
    body: Body | None = field(repr=False)
    secrets: frozenset[str] = field(repr=False)  # must not come back out of an answer
    read: Callable[[int, Mapping[str, Any]], Result]

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def timeout(self) -> tuple[float, float]:
        stops = self.operation is Operation.STOP
        return _CONNECT, _STOP_ANSWER if stops else _ANSWER


class Endpoints:
    """A client of the recording service. Each method sends one request and returns what it learned.

    All raise ProviderError or one of its subclasses. `pace` is called before each request and may
    wait or raise; `on_call` is handed a record of each request sent, failed ones too.
    """

    def __init__(
        self,
        credentials: Credentials,
        transport: Transport,
        *,
        on_call: Callable[[CallRecord], None] | None = None,
        pace: Callable[[Operation], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.credentials = credentials
        self._transport, self._on_call, self._pace, self._sleep = transport, on_call, pace, sleep

    def acquire(self, cname: str, uid: str, client_request: Body) -> Acquired:
        """Ask for a resource id. Costs nothing and may be repeated."""
        body = {"cname": cname, "uid": uid, "clientRequest": client_request}
        return self._send(Operation.ACQUIRE, "acquire", body, answers.acquired)

    def start(
        self, resource_id: str, mode: Mode, cname: str, uid: str, client_request: Body
    ) -> Started:
        """Start recording. Sent once, to one host: a lost answer may be a running recording."""
        path = f"resourceid/{_part(resource_id)}/mode/{_part(mode)}/start"
        body = {"cname": cname, "uid": uid, "clientRequest": client_request}
        return self._send(Operation.START, path, body, answers.started)

    def query(self, handle: Handle) -> QueryResult:
        """How the session is doing. Not while a stop is on its way: that spoils its answer."""
        return self._send(Operation.QUERY, _path(handle, Operation.QUERY), None, answers.queried)

    def update(self, handle: Handle, client_request: Body) -> None:
        """Replace the settings named in `client_request` as a whole."""
        self._change(Operation.UPDATE, handle, client_request)

    def update_layout(self, handle: Handle, client_request: Body) -> None:
        """Replace the layout. What `client_request` leaves out returns to its default."""
        self._change(Operation.UPDATE_LAYOUT, handle, client_request)

    def stop(self, handle: Handle) -> StopResult:
        """Stop recording and wait for the upload, up to 30 seconds."""
        path = _path(handle, Operation.STOP)
        body = {"cname": handle.cname, "uid": handle.uid, "clientRequest": {}}
        return self._send(Operation.STOP, path, body, answers.stopped)

    def _change(self, operation: Operation, handle: Handle, client_request: Body) -> None:
        body = {"cname": handle.cname, "uid": handle.uid, "clientRequest": client_request}
        self._send(operation, _path(handle, operation), body, answers.updated)

    def _send(
        self,
        operation: Operation,
        path: str,
        body: Body | None,
        read: Callable[[int, Mapping[str, Any]], Result],
    ) -> Result:
        secrets = secrets_in(body) | {self.credentials.customer_secret}
        return self._call(Call(operation, path, body, secrets, read))

    def _call(self, call: Call[Result]) -> Result:
        """One request to the preferred host. A provider with a fail-over does more."""
        return self._attempt(self.credentials.base_urls[0], call)

    def _unwrap(self, status: int, answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer without the provider's envelope, if it has one."""
        return status, answer

    def _attempt(self, base_url: str, call: Call[Result]) -> Result:
        """One request to one host, on the record."""
        if self._pace:
            self._pace(call.operation)
        began = datetime.now(UTC), time.monotonic()
        reply: Reply | None = None
        try:
            reply = self._exchange(base_url, call)
            result = self._read(call, reply)
        except errors.ProviderError as error:
            self._record(call, base_url, began, reply, error)
            raise
        self._record(call, base_url, began, reply, None)
        return result

    def _exchange(self, base_url: str, call: Call[Result]) -> Reply:
        url = f"{base_url}/v1/apps/{_part(self.credentials.app_id)}/cloud_recording/{call.path}"
        provider = self.credentials.provider
        try:
            return self._transport.exchange(call.method, url, call.body, call.timeout)
        except NotSent as error:
            raise errors.unreachable(provider, call.operation) from error
        except Lost as error:
            raise errors.lost(provider, call.operation) from error

    def _read(self, call: Call[Result], reply: Reply) -> Result:
        """What the answer says; every answer that is no success leaves here as an error."""
        provider = self.credentials.provider
        status, answer = self._unwrap(reply.status, reply.answer or {})
        code = answers.code_in(answer)
        if status not in {200, 206} or code is not None:  # with a code, even these two are errors
            reason = redact_text(answers.reason_in(answer), call.secrets)[:_REASON_LENGTH]
            error = errors.error_for(provider, call.operation, status, code, reason)
            if isinstance(error, errors.AlreadyStarted):
                error.sid = answers.sid_in(answer)
            raise error
        if reply.answer is None:
            raise errors.unreadable(provider, call.operation, status, reply.problem)
        try:
            return call.read(status, answer)
        except ValueError as missing:
            raise errors.unreadable(provider, call.operation, status, _INCOMPLETE) from missing

    def _record(
        self,
        call: Call[Result],
        base_url: str,
        began: tuple[datetime, float],
        reply: Reply | None,
        failure: errors.ProviderError | None,
    ) -> None:
        """Hand the call to whoever keeps records. Their trouble must not cost the answer."""
        if not self._on_call:
            return
        answer = reply.answer if reply else None
        try:
            _http, inner = self._unwrap(reply.status if reply else 0, answer or {})
            record = CallRecord(
                operation=call.operation,
                method=call.method,
                host=urlsplit(base_url).netloc,
                path=call.path,
                request=redact(call.body, call.secrets),
                http_status=reply.status if reply else None,
                code=answers.code_in(inner),
                response=redact(answer, call.secrets),
                started_at=began[0],
                duration_ms=round((time.monotonic() - began[1]) * 1000),
                outcome=_outcome(failure),
                error=str(failure or ""),
            )
            self._on_call(record)
        except Exception:
            log.exception("A call to the provider could not be recorded (%s).", call.operation)


def _outcome(failure: errors.ProviderError | None) -> Outcome:
    if failure is None:
        return Outcome.DONE
    if isinstance(failure, errors.ProviderUnreachable):
        return Outcome.UNREACHABLE
    return Outcome(failure.explanation.certainty)


def _path(handle: Handle, operation: Operation) -> str:
    resource_id, sid, mode = _part(handle.resource_id), _part(handle.sid), _part(handle.mode)
    return f"resourceid/{resource_id}/sid/{sid}/mode/{mode}/{operation}"


def _part(text: str) -> str:
    return quote(text, safe="")
