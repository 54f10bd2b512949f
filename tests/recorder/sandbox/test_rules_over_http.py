"""Every rule of the contract over HTTP: a request that breaks it gets the documented answer, its
neighbour is accepted. The requests are the contract's own examples.
"""

import math
import secrets
from contextlib import ExitStack

import pytest
import requests

from recorder.contract.rules import RULES
from recorder.contract.states import Mode, Operation, ProviderName
from recorder.sandbox.clock import wall_ms
from recorder.sandbox.store import Resource
from recorder.sandbox.store.machine import ClockRow
from tests.recorder.contract.bodies import (
    ACQUIRE,
    INDIVIDUAL,
    MIX,
    START,
    STORAGE,
    WEB,
    edited,
)
from tests.recorder.contract.examples import EXAMPLES, Example
from tests.recorder.contract.test_rules import body_of, name_of
from tests.support.sandbox import APP_ID, CUSTOMER_ID, CUSTOMER_SECRET, running_sandbox


def is_json(value: object) -> bool:
    """NaN and infinities cannot be sent at all."""
    return not isinstance(value, float) or math.isfinite(value)


REFUSED = [e for e in EXAMPLES if RULES[e.rule].severity == "error" and is_json(e.bad)]
# The sandbox as anyRTC has no web mode; the contract, which cannot know, only advises.
NO_WEB = [e for e in EXAMPLES if e.rule == "anyrtc.mode.web"]
ADVISED = [e for e in EXAMPLES if RULES[e.rule].severity != "error" and e not in NO_WEB]
# Broken by the provider, the mode or the acquire: there is no neighbour in the body.
BY_FACTS = {"anyrtc.mode.web", "acquire.scene.matches_mode", "updateLayout.mode.mix_only"}
NEIGHBOURS = [e for e in REFUSED if e.rule not in BY_FACTS]
OTHER_KEYS = {"storageConfig.accessKey", "storageConfig.secretKey"}  # right in form, not ours
SCENES = {WEB: 1, MIX: 0, INDIVIDUAL: 0}
POSTPONED_SCENE = 2


@pytest.fixture(scope="module")
def sandboxes(tmp_path_factory):
    """By provider. Their keys are those of the examples, and they make no files."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                running_sandbox(
                    tmp_path_factory.mktemp(name),
                    provider=name,
                    media="none",
                    access_key=STORAGE["accessKey"],
                    secret_key=STORAGE["secretKey"],
                )
            )
            for name in ("agora", "anyrtc")
        }


@pytest.fixture(scope="module")
def http():
    with requests.Session() as session:
        session.auth = (CUSTOMER_ID, CUSTOMER_SECRET)
        yield session


class Caller:
    """Makes the calls of one example."""

    def __init__(self, sandboxes, http, example: Example):
        provider = example.facts.get("provider", ProviderName.AGORA)
        self.sandbox, self.http, self.example = sandboxes[provider.value], http, example
        if now := example.facts.get("now"):
            clock = ClockRow(now * 1000, wall_ms(), 0)
            self.sandbox.app.store.machine.set_clock(clock)

    def call(self, value: object) -> tuple[requests.Response, str]:
        """The answer to the example's request with this value, and the sid of its task."""
        example, body = self.example, body_of(self.example, value)
        operation, mode = example.operation, example.mode
        if operation is ACQUIRE:
            return self._post("acquire", body), ""
        if operation is START:
            resource = self._resource(body, mode, example.facts.get("acquired"))
            answer = self._post(f"resourceid/{resource}/mode/{mode}/start", body)
            return answer, answer.json().get("sid", "")
        started = mode if operation is not Operation.UPDATE_LAYOUT else MIX
        resource, sid = self._running(body, started)
        path = f"resourceid/{resource}/sid/{sid}/mode/{mode}/{operation}"
        return self._post(path, body), sid

    def _post(self, path: str, body: dict) -> requests.Response:
        return self.http.post(f"{self.sandbox.base}/{path}", json=body, timeout=30)

    def _resource(self, body: dict, mode: Mode, acquired: dict | None = None) -> str:
        """A resource id as an acquire with these names would give it."""
        now, name = self.sandbox.app.clock.now_ms(), secrets.token_urlsafe(30)
        cname, uid = str(body.get("cname") or "room"), str(body.get("uid") or "1")
        postponed = "postpone_transcoding" in str(body.get("clientRequest"))
        usual = POSTPONED_SCENE if postponed else SCENES[mode]
        scene = usual if acquired is None else acquired.get("scene", 0)
        made = Resource(name, APP_ID, cname, uid, scene, 72, now, now + 300_000, None)
        self.sandbox.app.store.tasks.add_resource(made)
        return name

    def _running(self, body: dict, mode: Mode) -> tuple[str, str]:
        start = edited(START, mode, {})
        streams = self.example.facts.get("stream_types")
        if streams is not None:
            start["clientRequest"]["recordingConfig"]["streamTypes"] = streams
        resource = self._resource(body, mode)
        start |= {"cname": str(body.get("cname") or "room"), "uid": str(body.get("uid") or "1")}
        if mode is not WEB and len(start["cname"].encode()) > 64:
            start["cname"] = "room"
        answer = self._post(f"resourceid/{resource}/mode/{mode}/start", start)
        sid = answer.json().get("sid", "0" * 32)  # a body's names may be what is wrong
        return resource, sid


@pytest.fixture
def caller(sandboxes, http, request):
    made = Caller(sandboxes, http, request.param)
    yield made
    made.sandbox.control("reset")


@pytest.mark.parametrize("caller", REFUSED, ids=name_of, indirect=True)
def test_a_broken_rule_gets_its_documented_answer(caller):
    rule = RULES[caller.example.rule]

    answer, sid = caller.call(caller.example.bad)

    if not rule.deferred:
        assert (answer.status_code, answer.json().get("code")) == (rule.http, rule.code)
        assert set(answer.json()) == {"code", "reason"}
        return
    assert answer.status_code == 200, "such values are looked at only after the answer"
    caller.sandbox.advance(2)
    told = caller.sandbox.app.store.tasks.events(sid)
    error = next(event for event in told if event.type == 1)
    in_storage = "storage" in caller.example.path
    assert (error.details["module"], error.details["errorCode"]) == (
        (1, 32) if in_storage else (0, 2)
    )
    assert told[-1].details["exitStatus"] == 1


@pytest.mark.parametrize("caller", NEIGHBOURS, ids=name_of, indirect=True)
def test_the_neighbour_of_a_broken_rule_is_accepted(caller):
    example = caller.example

    answer, sid = caller.call(example.good)

    ends_at_once = example.operation is Operation.STOP and answer.status_code == 206
    assert answer.status_code == 200 or ends_at_once, answer.text
    if example.operation is START:
        session = caller.sandbox.app.store.tasks.get(sid)
        assert not session.doom or example.path in OTHER_KEYS, session.doom["text"]


@pytest.mark.parametrize("caller", ADVISED, ids=name_of, indirect=True)
def test_what_is_only_advised_against_is_accepted(caller):
    answer, _sid = caller.call(caller.example.bad)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("caller", NO_WEB, ids=name_of, indirect=True)
def test_as_anyrtc_it_has_no_web_mode(caller):
    answer, _sid = caller.call(caller.example.bad)

    assert (answer.status_code, answer.json()["code"]) == (400, 2)
