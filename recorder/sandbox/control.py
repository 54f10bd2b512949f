"""The control API `/_sandbox/`: what the real service does not have. JSON in and out, and one page
for people.

It answers this machine only (unless SANDBOX_CONTROL=any), and no page of another site can use it:
what changes something wants a JSON content type, and the Host header must name this sandbox.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from recorder.sandbox import page, report
from recorder.sandbox.buckets import Buckets
from recorder.sandbox.callback_controls import CallbackControls
from recorder.sandbox.callbacks import Sender
from recorder.sandbox.clock import Clock
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.controls import Controls, Refusal
from recorder.sandbox.fault_controls import FaultControls
from recorder.sandbox.images import MOST_BYTES
from recorder.sandbox.objects import blocks
from recorder.sandbox.player import Player
from recorder.sandbox.scenario_controls import ScenarioControls
from recorder.sandbox.store import Store
from recorder.sandbox.wake import Wake
from recorder.sandbox.wire import BadRequest, Request, Response, decoded, json_response, parse_json

STATIC = Path(__file__).parent / "static"
FILES = {"sandbox.css": "text/css; charset=utf-8", "sandbox.js": "text/javascript; charset=utf-8"}
MOST_JSON = 200_000
OF_PARTICIPANTS = ("join", "leave", "mute", "share")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
SAFE = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'self';"
    " script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Handler = Callable[[Request, Mapping[str, str]], Response]


class Control:
    def __init__(
        self,
        config: SandboxConfig,
        store: Store,
        clock: Clock,
        wake: Wake,
        buckets: Buckets,
        sender: Sender,
        player: Player,
    ):
        self._config, self._store, self._clock = config, store, clock
        self._files = buckets
        self._controls = Controls(config, store, clock, wake, buckets)
        self._callbacks = CallbackControls(store, sender)
        self._faults = FaultControls(store, clock, wake)
        self._scenarios = ScenarioControls(config, store, clock, player)
        self._routes: tuple[tuple[str, re.Pattern[str], Handler], ...] = tuple(
            (method, re.compile("/_sandbox" + pattern), handler)
            for method, pattern, handler in (
                ("GET", "/", self._page),
                ("GET", "/static/(?P<name>[a-z.]+)", self._static),
                ("GET", "/state", self._state),
                ("GET", "/events", self._events),
                ("GET", "/callbacks", self._callback_log),
                ("GET", "/faults", self._fault_cards),
                ("POST", "/faults(?P<clear>(?:/clear)?)", self._change_faults),
                (
                    "POST",
                    "/sessions/(?P<sid>[0-9a-f]{32})/(?P<action>failover|page)",
                    self._befall,
                ),
                ("GET", "/buckets", self._buckets),
                ("GET", "/buckets/(?P<bucket>[^/]+)", self._object),
                ("GET", "/scenarios", self._scenario_list),
                ("POST", "/scenarios/(?P<action>play|stop)", self._change_scenarios),
                ("POST", "/callbacks/(?P<action>add|remove|test|settle)", self._change_callbacks),
                ("GET", "/sessions/(?P<sid>[0-9a-f]{32})", self._session),
                ("GET", "/sessions/(?P<sid>[0-9a-f]{32})/picture.jpg", self._picture),
                ("GET", "/images/(?P<name>[^/]+)", self._image),
                ("PUT", "/images/(?P<name>[^/]+)", self._put_image),
                (
                    "POST",
                    "/(?P<action>clock|channels|uploads|reset|participants/[a-z]+)",
                    self._act,
                ),
            )
        )

    def respond(self, request: Request) -> Response:
        try:
            response = self._respond(request)
        except Refusal as error:
            response = json_response(error.status, {"message": str(error)})
        except BadRequest as error:
            response = json_response(error.status, {"message": str(error)})
        response.headers = {**SAFE, **response.headers}
        return response

    def _respond(self, request: Request) -> Response:
        self._check_caller(request)
        if request.raw_path == "/_sandbox":
            return Response(302, content_type="", headers={"Location": "/_sandbox/"})
        method = "GET" if request.method == "HEAD" else request.method
        found = [
            (m, match, h) for m, p, h in self._routes if (match := p.fullmatch(request.raw_path))
        ]
        for wanted, match, handler in found:
            if wanted == method:
                return handler(request, {k: decoded(v) for k, v in match.groupdict().items()})
        if found:
            raise Refusal("This address does not have that method.", 405)
        raise Refusal("There is nothing at this address.", 404)

    def _check_caller(self, request: Request) -> None:
        """Refuse other machines, and pages of other sites that were led here by a name of their
        own.
        """
        if self._config.control_open:
            return
        try:
            local = ipaddress.ip_address(request.remote.split("%")[0]).is_loopback
        except ValueError:
            local = False
        host = re.sub(r":\d+$", "", request.header("Host").lower())
        if not local or host not in (*_LOCAL_NAMES, self._config.host.lower()):
            raise Refusal(
                "The control API answers this machine only (SANDBOX_CONTROL=any opens it).",
                403,
            )

    def _page(self, request: Request, _parts: Mapping[str, str]) -> Response:
        told = {
            "state": report.state(self._config, self._store, self._clock),
            "faults": self._faults.told(),
            "callbacks": self._callbacks.log(limit=page.MOST_SENT),
            "scenarios": self._scenarios.state(),
            "buckets": report.buckets(self._store),
        }
        body = page.render(told).encode()
        return Response(200, body, "text/html; charset=utf-8")

    def _static(self, _request: Request, parts: Mapping[str, str]) -> Response:
        if parts["name"] not in FILES:
            raise Refusal("There is no such file.", 404)
        return Response(200, (STATIC / parts["name"]).read_bytes(), FILES[parts["name"]])

    def _state(self, _request: Request, _parts: Mapping[str, str]) -> Response:
        return json_response(200, report.state(self._config, self._store, self._clock))

    def _events(self, request: Request, _parts: Mapping[str, str]) -> Response:
        return json_response(200, {"events": report.events(self._store, request.query.get("sid"))})

    def _callback_log(self, request: Request, _parts: Mapping[str, str]) -> Response:
        return json_response(200, self._callbacks.log(request.query.get("sid")))

    def _buckets(self, _request: Request, _parts: Mapping[str, str]) -> Response:
        return json_response(200, {"buckets": report.buckets(self._store)})

    def _object(self, request: Request, parts: Mapping[str, str]) -> Response:
        """`?key=`: a file as it lies in a bucket, without a signature; to be saved, not shown."""
        found = self._files.open(parts["bucket"], request.query.get("key") or "")
        if found is None:
            raise Refusal("There is no such file.", 404)
        row, file = found
        name = re.sub(r"[^0-9A-Za-z._-]", "_", row.key.rpartition("/")[2]) or "file"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        body = blocks(file, row.size)
        return Response(200, body, "application/octet-stream", headers=headers, length=row.size)

    def _scenario_list(self, _request: Request, _parts: Mapping[str, str]) -> Response:
        return json_response(200, self._scenarios.state())

    def _change_scenarios(self, request: Request, parts: Mapping[str, str]) -> Response:
        return json_response(200, self._scenarios.actions[parts["action"]](_object(request)))

    def _change_callbacks(self, request: Request, parts: Mapping[str, str]) -> Response:
        return json_response(200, self._callbacks.actions[parts["action"]](_object(request)))

    def _fault_cards(self, _request: Request, _parts: Mapping[str, str]) -> Response:
        return json_response(200, self._faults.told())

    def _change_faults(self, request: Request, parts: Mapping[str, str]) -> Response:
        change = self._faults.clear if parts.get("clear") else self._faults.arm
        return json_response(200, change(_object(request)))

    def _befall(self, request: Request, parts: Mapping[str, str]) -> Response:
        act = self._faults.of_session[parts["action"]]
        return json_response(200, act(parts["sid"], _object(request)))

    def _session(self, _request: Request, parts: Mapping[str, str]) -> Response:
        session = self._store.tasks.get(parts["sid"])
        if session is None:
            raise Refusal("There is no such recording.", 404)
        return json_response(200, report.session(self._store, session))

    def _picture(self, request: Request, parts: Mapping[str, str]) -> Response:
        session = self._store.tasks.get(parts["sid"])
        picture = (
            report.picture(self._config, self._store, self._clock, session) if session else None
        )
        if picture is None:
            raise Refusal("This recording shows no picture now.", 404)
        return Response(200, picture, "image/jpeg")

    def _image(self, _request: Request, parts: Mapping[str, str]) -> Response:
        data, content_type = self._controls.image(parts["name"])
        return Response(200, data, content_type)

    def _put_image(self, request: Request, parts: Mapping[str, str]) -> Response:
        return json_response(200, self._controls.put_image(parts["name"], request.body(MOST_BYTES)))

    def _act(self, request: Request, parts: Mapping[str, str]) -> Response:
        """One of the actions of Controls, with the JSON object that was sent as its argument."""
        values = _object(request)
        action = parts["action"].removeprefix("participants/")
        actions = self._controls.actions
        if action not in actions or (action in OF_PARTICIPANTS) != ("/" in parts["action"]):
            raise Refusal("There is nothing at this address.", 404)
        return json_response(200, actions[action](values))


def _object(request: Request) -> dict[str, Any]:
    """The JSON object that was sent."""
    # A page of another site cannot send this type without asking first, and it is never allowed.
    if request.header("Content-Type").split(";")[0].strip().lower() != "application/json":
        raise Refusal("Send application/json.", 415)
    try:
        values: Any = parse_json(request.body(MOST_JSON) or b"{}")
    except ValueError:
        raise Refusal("The body is not valid JSON.", 400) from None
    if not isinstance(values, dict):
        raise Refusal("Send a JSON object.", 400)
    return values
