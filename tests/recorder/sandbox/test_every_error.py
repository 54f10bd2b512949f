"""Every row of the contract's error table is met at the sandbox; or it is said why it cannot be."""

import contextlib

import pytest
import requests

from recorder.contract.errors import ROWS, explain
from recorder.contract.states import Operation
from recorder.providers.tokens import rtc_token
from recorder.sandbox.faults import FAULTS
from tests.support.sandbox import (
    APP_ID,
    OTHER_APP_ID,
    Client,
    RunningSandbox,
    Task,
    running_sandbox,
    start_request,
)

POSTS = [operation for operation in Operation if operation is not Operation.QUERY]
OF_TASK = [Operation.QUERY, Operation.UPDATE, Operation.UPDATE_LAYOUT, Operation.STOP]
CERTIFICATE = "0123456789abcdef" * 2

# Failures of the service's own machinery and of an account: no request brings them about. Each can
# be armed on the fault deck.
ARMED = {
    "not_completed", "backend_timeout", "allocate_failed", "no_capacity", "internal_error",
    "allocate_timeout", "account_suspended", "not_enabled",
}  # fmt: skip
# What the table knows for all operations alike and these cannot meet.
CANNOT = {
    (Operation.ACQUIRE, "mismatch"): "there is nothing yet that its names could differ from",
    (Operation.QUERY, "mismatch"): "it carries no names",
    (Operation.ACQUIRE, "resource_unreadable"): "it carries no resource id",
    (Operation.ACQUIRE, "wrong_resource"): "it carries no resource id",
    (Operation.QUERY, "malformed_request"): "it has no body, and another address is no route",
}
Met = set[tuple[Operation, str]]


class Calls:
    """Sends raw calls of any operation and notes which row each answer is."""

    def __init__(self, sandbox: RunningSandbox, met: Met):
        self.sandbox, self.met = sandbox, met

    def note(self, operation: Operation, answer: requests.Response) -> requests.Response:
        body = answer.json()
        text = str(body.get("reason") or body.get("message") or "")
        if answer.status_code != 200:
            row = explain(operation, answer.status_code, body.get("code"), text)
            self.met.add((operation, row.name))
        return answer

    def send(
        self,
        operation: Operation,
        task: Task,
        *,
        mode: str = "mix",
        request: object = None,
        client: Client | None = None,
        **options,
    ) -> requests.Response:
        client = client or self.sandbox
        path = "acquire" if operation is Operation.ACQUIRE else task.path(str(operation), mode)
        body = {"cname": task.cname, "uid": task.uid, "clientRequest": request or {}}
        options = {"json": body, "auth": client.auth, "timeout": 30, **options}
        method = options.pop("method", "GET" if operation is Operation.QUERY else "POST")
        return self.note(operation, requests.request(method, f"{client.base}/{path}", **options))


@pytest.fixture(scope="module")
def met(tmp_path_factory) -> Met:
    """(operation, name of the row) of everything that the calls below are answered."""
    met: Met = set()
    with contextlib.ExitStack() as stack:

        def calls(name: str, **settings) -> Calls:
            data = tmp_path_factory.mktemp(name)
            sandbox = stack.enter_context(running_sandbox(data, media="none", **settings))
            return Calls(sandbox, met)

        plain = calls("plain")
        at_the_gateway(plain, calls("busy", rate_limit=1))
        in_the_body(plain)
        by_ids(plain, calls("full", max_tasks=1))
        with running_sandbox(tmp_path_factory.mktemp("held"), stop_wait_ms=50) as held:
            at_the_end(Calls(held, met))
        of_tokens(calls("tokens", app_certificate=CERTIFICATE))
    return met


def at_the_gateway(plain: Calls, busy: Calls) -> None:
    task = plain.sandbox.started()
    unknown = Client(plain.sandbox.url, app_id="f" * 32)
    for operation in Operation:
        plain.send(operation, task, auth=("customer", "wrong"))
        plain.send(operation, task, method="DELETE")
        plain.send(operation, task, client=unknown)
        anything = Task(busy.sandbox, "room", "1", "r")
        anything.sid = "s"
        while busy.send(operation, anything).status_code != 429:
            pass  # two calls in one second, on any machine


def in_the_body(plain: Calls) -> None:
    task = plain.sandbox.started()
    for operation in POSTS:
        fresh = plain.sandbox.task() if operation is Operation.START else task
        plain.send(operation, fresh, json=None, data="{", headers={"Content-Type": "text/plain"})
        plain.send(operation, fresh, json={"cname": fresh.cname, "uid": "no number"})
        odd = Task(plain.sandbox, "a/b", fresh.uid, fresh.resource_id)
        odd.sid = task.sid
        good = start_request() if operation is Operation.START else {}
        plain.send(operation, odd, request=good)
    plain.send(Operation.QUERY, task, mode="mixed")
    plain.send(Operation.UPDATE_LAYOUT, task, request={"mixedVideoLayout": 9})


def by_ids(plain: Calls, full: Calls) -> None:
    sandbox, request = plain.sandbox, start_request()
    first, second = sandbox.started("one", "1"), sandbox.started("two", "2")
    stranger = Task(sandbox, "one", "1", "never-issued")
    stranger.sid = first.sid
    other_sid = Task(sandbox, "one", "1", first.resource_id)
    other_sid.sid = second.sid
    renamed = Task(sandbox, "other", "1", first.resource_id)
    renamed.sid = first.sid
    unknown = Task(sandbox, "one", "1", first.resource_id)
    unknown.sid = "0" * 32
    for operation in OF_TASK:
        for task in (stranger, other_sid, renamed, unknown):
            plain.send(operation, task)
    plain.send(Operation.START, stranger, request=request)
    plain.send(Operation.START, renamed, request=request)
    plain.send(Operation.START, first, request=request)
    plain.send(Operation.START, sandbox.task("one", "1"), request=request)
    other = Client(sandbox.url, app_id=OTHER_APP_ID)
    plain.send(Operation.START, sandbox.task("three", "3"), request=request, client=other)
    late = sandbox.task("late", "4")
    sandbox.advance(301)
    plain.send(Operation.START, late, request=request)
    full.sandbox.started()
    full.send(Operation.ACQUIRE, Task(full.sandbox, "over", "5", ""))


def at_the_end(held: Calls) -> None:
    sandbox = held.sandbox
    sandbox.control("channels", cname="empty", participants=[])
    nobody, somebody = sandbox.started("empty", "1"), sandbox.started("full", "1")
    sandbox.advance(2)
    held.send(Operation.STOP, nobody)
    sandbox.control("uploads", held=True)
    held.send(Operation.STOP, somebody)
    held.send(Operation.QUERY, somebody)
    held.send(Operation.STOP, somebody)
    note_events(held, somebody, Operation.STOP)
    sandbox.control("uploads", held=False)


def of_tokens(tokens: Calls) -> None:
    sandbox = tokens.sandbox
    expired = rtc_token(APP_ID, CERTIFICATE, "secret", "1", expires_in=1)
    sandbox.advance(10)
    for uid, token in (("1", expired), ("2", "wrong")):
        task = sandbox.task("secret", uid)
        assert task.start(token=token).status_code == 200
        sandbox.advance(5)
        note_events(tokens, task, Operation.START)


def note_events(calls: Calls, task: Task, operation: Operation) -> None:
    """Errors that only a callback tells."""
    for event in calls.sandbox.session(task.sid)["events"]:
        if event["type"] == 1:
            row = explain(operation, None, event["details"]["errorCode"])
            calls.met.add((operation, row.name))


def test_what_no_request_brings_about_can_be_armed():
    assert set(FAULTS) >= ARMED


@pytest.mark.parametrize(
    ("operation", "name"), sorted({(row.operation, row.name) for row in ROWS}), ids=str
)
def test_a_row_of_the_error_table_is_met_or_its_absence_explained(met, operation, name):
    known = name in ARMED or (operation, name) in CANNOT

    assert ((operation, name) in met) is not known
