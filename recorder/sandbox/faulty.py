"""What an armed fault makes of a call: before it takes effect, instead of it, or of its answer."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from recorder.contract.errors import Certainty
from recorder.contract.states import Operation
from recorder.sandbox.answers import Answer, gateway, refused
from recorder.sandbox.deck import Deck
from recorder.sandbox.faults import FAULTS, REASONS
from recorder.sandbox.store import Armed
from recorder.sandbox.wire import HangUp, Request, Response

Proceed = Callable[[], Response]
DRIPS = 40  # pieces of a dripping answer
BLANKS = b" " * 65_536
GATE = "http://gate.invalid/sign-in"  # a host that cannot be
PAGE = b"<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>"
_STATUS_WORDS = {
    500: "An unexpected error occurred",
    502: "An invalid response was received from the upstream server",
    503: "The service is temporarily unavailable",
    504: "The upstream server is timing out",
}


class Faulty:
    """`as_response` is how the sandbox sends an answer of its own."""

    def __init__(self, deck: Deck, as_response: Callable[[Answer], Response]):
        self._deck, self._as_response = deck, as_response

    def around(self, operation: Operation, _request: Request, proceed: Proceed) -> Response:
        """Answer a call as all faults that befall it would have it, the first one outermost."""
        for armed in reversed(self._deck.on_call(operation)):
            proceed = partial(self._befall, armed, operation, proceed)
        return proceed()

    def _befall(self, armed: Armed, operation: Operation, proceed: Proceed) -> Response:
        if spoil := _SPOILED.get(armed.fault):
            return spoil(proceed, armed.settings)
        if armed.fault.startswith("http_"):
            status = int(armed.fault.removeprefix("http_"))
            return self._as_response(gateway(status, _STATUS_WORDS[status]))
        if armed.fault == "gone_for_a_while":
            return self._as_response(refused(404, 404, REASONS[404, 404]))
        if armed.fault == "already_started_sid":
            return self._started_twice(proceed)
        return self._documented(armed, operation, proceed)

    def _documented(self, armed: Armed, operation: Operation, proceed: Proceed) -> Response:
        """An answer of the contract's table, with the effect that it says the call has had."""
        row = FAULTS[armed.fault].answers[operation]
        done = row.certainty in (Certainty.DONE, Certainty.ALREADY)
        if done or armed.settings.get("effect", 0) >= 1:
            proceed()
        status = row.http or 400
        reason = REASONS.get((row.http, row.code)) or row.text or row.name.replace("_", " ")
        if row.code is None:
            return self._as_response(gateway(status, reason))
        return self._as_response(refused(status, row.code, reason))

    def _started_twice(self, proceed: Proceed) -> Response:
        """The answer to a second start, with the sid of the first."""
        first = proceed()
        if first.status != 200:
            return first
        answer = json.loads(_content(first))
        sid = (answer.get("Body") or answer)["sid"]
        body = {"code": 7, "reason": REASONS[201, 7], "sid": sid}
        return self._as_response(Answer(201, body))


def _late(proceed: Proceed, settings: Mapping[str, float]) -> Response:
    time.sleep(settings["seconds"])
    return proceed()


def _lost(proceed: Proceed, _settings: Mapping[str, float]) -> Response:
    proceed()
    raise HangUp


def _reset(_proceed: Proceed, _settings: Mapping[str, float]) -> Response:
    raise HangUp


def _dripping(proceed: Proceed, settings: Mapping[str, float]) -> Response:
    response = proceed()
    content = _content(response)

    def drips() -> Iterator[bytes]:
        size = max(1, len(content) // DRIPS)
        for at in range(0, len(content), size):
            yield content[at : at + size]
            time.sleep(settings["seconds"] / DRIPS)

    return _again(response, drips(), len(content))


def _halved(proceed: Proceed, _settings: Mapping[str, float]) -> Response:
    response = proceed()
    content = _content(response)

    def half() -> Iterator[bytes]:
        yield content[: len(content) // 2]
        raise HangUp

    return _again(response, half(), len(content))


def _not_json(proceed: Proceed, _settings: Mapping[str, float]) -> Response:
    response = proceed()
    return Response(response.status, PAGE, "text/html")


def _endless(proceed: Proceed, settings: Mapping[str, float]) -> Response:
    response = proceed()
    content, blocks = _content(response), int(settings["megabytes"] * 16)

    def all_of_it() -> Iterator[bytes]:
        yield content
        for _ in range(blocks):
            yield BLANKS

    return _again(response, all_of_it(), len(content) + blocks * len(BLANKS))


def _led_away(_proceed: Proceed, _settings: Mapping[str, float]) -> Response:
    return Response(302, b"", "text/html", {"Location": GATE})


_SPOILED: Mapping[str, Callable[[Proceed, Mapping[str, float]], Response]] = {
    "latency": _late,
    "lost_answer": _lost,
    "reset": _reset,
    "slow_drip": _dripping,
    "truncated": _halved,
    "malformed": _not_json,
    "huge": _endless,
    "redirect": _led_away,
}


def _content(response: Response) -> bytes:
    body = response.body
    return body if isinstance(body, bytes) else b"".join(body)


def _again(response: Response, body: Iterator[bytes], length: int) -> Response:
    """The same head with another body."""
    return Response(response.status, body, response.content_type, response.headers, length)
