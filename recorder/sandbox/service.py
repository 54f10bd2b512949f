"""The state machine of a recording, as the service shows it.

Each call is checked in the documented order; steps 1 to 5 of it (who calls, route, App ID, rate,
JSON) lie in `server.py`. A call writes what must happen into the store and rings for the recorder
worker, which does it; only `stop` waits for that.
"""

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from recorder.contract.layouts import layout_from_wire, layout_to_wire
from recorder.contract.problems import Problem
from recorder.contract.rules import check, deferred_failure, refusal
from recorder.contract.states import Mode, Operation, ProviderName
from recorder.sandbox import answers, remarks
from recorder.sandbox.answers import Answer, of_task, refused
from recorder.sandbox.beginnings import Beginnings
from recorder.sandbox.channels import subscription_lists
from recorder.sandbox.clock import Clock
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.deck import Deck
from recorder.sandbox.images import FROZEN, Images
from recorder.sandbox.overlaps import Overlap, Overlaps
from recorder.sandbox.store import Fact, FileRow, Resource, Session, State, Store
from recorder.sandbox.wake import Wake

UNUSED_RESOURCE_KEPT_MS = 86_400_000
LOOK_EVERY_S = 0.02  # how often a waiting stop looks whether the worker is done

# Rules of a start that need its acquire: looked at only when the ids are known to fit.
OF_ACQUIRE = ("acquire.scene.matches_mode", "postponed.scene")


@dataclass(frozen=True, slots=True)
class Call:
    """One request after the gateway. `body` is the whole JSON object, empty for a GET."""

    app_id: str
    body: Mapping[str, Any]
    resource_id: str = ""
    sid: str = ""
    mode: str = ""

    @property
    def request(self) -> dict[str, Any]:
        """clientRequest without its nulls, which count as absent."""
        given = self.body.get("clientRequest") or {}  # anyRTC lets acquire leave it out
        return {k: v for k, v in given.items() if v is not None}


class Service:
    """The six operations. Every one returns an Answer; none raises for what a client sends."""

    def __init__(self, config: SandboxConfig, store: Store, clock: Clock, wake: Wake):
        self.config, self.store, self.clock, self.wake = config, store, clock, wake
        self.overlaps = Overlaps()
        self._beginnings = Beginnings(config, store, Deck(store, clock))
        self._images = Images(config.data)

    def acquire(self, call: Call) -> Answer:
        if fault := self._fault(Operation.ACQUIRE, call):
            return fault
        now = self.clock.now_ms()
        with self.store.transaction():
            tasks = self.store.tasks
            if 0 < self.config.max_tasks <= tasks.count_present(call.app_id):
                return answers.OVERLOAD
            tasks.drop_unused_resources(now - UNUSED_RESOURCE_KEPT_MS)
            resource = Resource(
                resource_id=secrets.token_urlsafe(186),  # 248 characters
                app_id=call.app_id,
                cname=call.body["cname"],
                uid=call.body["uid"],
                scene=int(call.request.get("scene", 0)),
                hours=int(call.request.get("resourceExpiredHour", 72)),
                made_ms=now,
                expires_ms=now + self.config.resource_ttl_ms,
                sid=None,
            )
            tasks.add_resource(resource)
        names = {"cname": resource.cname, "uid": resource.uid}
        return Answer(200, {"resourceId": resource.resource_id, **names})

    def start(self, call: Call) -> Answer:
        if fault := self._mode_fault(call):
            return fault
        known = self.store.tasks.resource(call.resource_id)
        acquired = {"scene": known.scene, "resourceExpiredHour": known.hours} if known else None
        found = self._check(Operation.START, call, acquired=acquired)
        if problem := refusal([p for p in found if p.rule not in OF_ACQUIRE]):
            return answers.problem(Operation.START, problem)
        recording = call.request.get("recordingConfig") or {}
        images = self._images.freeze(recording.get("transcodingConfig"))
        with self.store.transaction():
            now = self.clock.now_ms()
            resource = self.store.tasks.resource(call.resource_id)
            if fault := self._resource_fault(resource, call):
                return fault
            assert resource is not None  # noqa: S101 - the fault above
            if problem := refusal(found):
                return answers.problem(Operation.START, problem)
            if resource.sid is not None:
                return answers.ALREADY_STARTED
            if now > resource.expires_ms:
                return answers.EXPIRED
            if self.store.tasks.rival(call.app_id, resource.cname, resource.uid):
                return answers.TASK_CONFLICT
            late = deferred_failure(found)
            session = self._beginnings.begin(call.body, resource, call.mode, now, images, late)
        self.wake.ring()
        return Answer(200, of_task(session))

    def query(self, call: Call) -> Answer:
        """The state of a task. It may overlap with a stop, and both must know: see Overlaps."""
        with self.overlaps.query(call.sid):
            if fault := self._mode_fault(call):
                return fault
            session, fault = self._task(call)
            if fault or session is None:
                return fault or answers.NOT_FOUND
            if session.state == State.GONE:
                return answers.NOT_FOUND
            if session.state == State.LEAVING:
                return answers.EXITING
            rows, facts = self.store.files.uploaded(session.sid), self._page_facts(session)
            response = answers.query_response(session, rows, facts, self.clock.now_ms())
            return Answer(200, of_task(session, response))

    def update(self, call: Call) -> Answer:
        return self._change(Operation.UPDATE, call)

    def update_layout(self, call: Call) -> Answer:
        return self._change(Operation.UPDATE_LAYOUT, call)

    def stop(self, call: Call) -> Answer:
        if fault := self._mode_fault(call) or self._fault(Operation.STOP, call):
            return fault
        at_once = call.request.get("async_stop", False)
        with self.store.transaction():
            session, fault = self._task(call)
            if fault or session is None:
                return fault or answers.NOT_FOUND
            if session.state == State.GONE:
                return answers.NOT_FOUND
            if session.state == State.LEAVING:
                remarks.call_did_not_fit(self.store, session, self.clock.now_ms())
                return answers.INVALID_OPERATION
            self.store.tasks.move(
                session.sid, State.LIVE, State.LEAVING,
                end_ms=max(self.clock.now_ms(), session.started_ms), end_reason="stop",
                stop_answered=int(at_once),
            )  # fmt: skip
            # Inside the transaction, which a query must wait for: one that comes later finds the
            # task leaving.
            overlap = self.overlaps.begin_stop(session.sid)
        try:
            self.wake.ring()
            if at_once:
                return Answer(200, of_task(session, answers.stopped_at_once(session)))
            return self._stopped(self._wait(session), overlap)
        finally:
            self.overlaps.end_stop(session.sid, overlap)
            self.store.tasks.change(session.sid, stop_answered=1)

    def _wait(self, session: Session) -> Session:
        """Until the worker has uploaded the last file, or the limit for a stop has passed."""
        until = time.monotonic() + self.config.stop_wait_ms / 1000
        while session.state != State.GONE and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
            now = self.store.tasks.get(session.sid)  # None after a reset of the sandbox
            session = now or session
        return session

    def _stopped(self, session: Session, overlap: Overlap) -> Answer:
        """The answer of a stop that has waited."""
        gone, nothing = session.state == State.GONE, session.origin_ms is None
        if gone and nothing and session.mode != Mode.WEB:
            return answers.NO_DATA
        known = session.upload if gone and not overlap.happened else "unknown"
        if nothing and gone and not overlap.happened:
            known = "uploaded"  # a page that was never shown has no files to wait for
        if not gone:
            remarks.upload_is_late(self.store, session, self.clock.now_ms())
        if known not in ("uploaded", "backuped"):
            return Answer(206, of_task(session, self._stop_response(session, None, "unknown")))
        rows = self.store.files.uploaded(session.sid)
        return Answer(200, of_task(session, self._stop_response(session, rows, known)))

    def _stop_response(
        self, session: Session, rows: list[FileRow] | None, uploading: str
    ) -> dict[str, object]:
        return answers.stop_response(session, rows, self._page_facts(session), uploading)

    def _page_facts(self, session: Session) -> list[Fact]:
        """What happened to a page under recording; nothing in the other modes."""
        if session.mode != Mode.WEB:
            return []
        return self.store.channels.facts(session.channel, session.sid)

    def _change(self, operation: Operation, call: Call) -> Answer:
        """update and updateLayout: a new fact on the timeline, which replaces the one before."""
        if fault := self._mode_fault(call):
            return fault
        if operation is Operation.UPDATE_LAYOUT and call.mode != Mode.MIX:
            return refused(400, 2, "updateLayout: mode must be mix")
        known = self.store.tasks.get(call.sid)
        streams = known.stream_types if known and known.resource_id == call.resource_id else None
        if fault := self._fault(operation, call, stream_types=streams):
            return fault
        images = self._images.freeze(call.request)
        with self.store.transaction():
            session, fault = self._task(call)
            if fault or session is None:
                return fault or answers.NOT_FOUND
            if session.state != State.LIVE:
                if session.state == State.LEAVING:
                    remarks.call_did_not_fit(self.store, session, self.clock.now_ms())
                return answers.NOT_FOUND
            for kind, data in _facts_of(operation, call.request, images):
                self.store.channels.add(
                    session.channel, self.clock.now_ms(), kind, sid=session.sid, **data
                )
        self.wake.ring()
        return Answer(200, of_task(session))

    def _mode_fault(self, call: Call) -> Answer | None:
        modes = {Mode.INDIVIDUAL, Mode.MIX}
        if self.config.provider != ProviderName.ANYRTC:
            modes.add(Mode.WEB)
        if call.mode in modes:
            return None
        return refused(400, 2, f"mode must be {', '.join(sorted(modes))}")

    def _fault(
        self, operation: Operation, call: Call, *, stream_types: int | None = None
    ) -> Answer | None:
        """What is wrong with the body, in the documented order: envelope, name, clientRequest."""
        problem = refusal(self._check(operation, call, stream_types=stream_types))
        return answers.problem(operation, problem) if problem else None

    def _check(
        self,
        operation: Operation,
        call: Call,
        *,
        stream_types: int | None = None,
        acquired: Mapping[str, object] | None = None,
    ) -> tuple[Problem, ...]:
        return check(
            operation,
            Mode(call.mode) if call.mode else None,
            call.body,
            provider=ProviderName(self.config.provider),
            stream_types=stream_types,
            acquired=acquired,
            now=self.clock.now_ms() // 1000,
        )

    def _resource_fault(self, resource: Resource | None, call: Call) -> Answer | None:
        if resource is None:
            return answers.UNREADABLE_RESOURCE
        if resource.app_id != call.app_id:
            return answers.OTHER_RESOURCE
        if call.body and (call.body["cname"], call.body["uid"]) != (resource.cname, resource.uid):
            return answers.DIFFERS
        return None

    def _task(self, call: Call) -> tuple[Session | None, Answer | None]:
        """The task that the URL names, or the answer when the ids do not fit together."""
        resource = self.store.tasks.resource(call.resource_id)
        if fault := self._resource_fault(resource, call):
            return None, fault
        session = self.store.tasks.get(call.sid)
        if session is None:
            return None, answers.NOT_FOUND
        if session.resource_id != call.resource_id:
            return None, answers.OTHER_RESOURCE
        now = self.clock.now_ms()
        if session.mode != call.mode or now > session.expires_ms or now < session.away_until_ms:
            return None, answers.NOT_FOUND
        return session, None


def _facts_of(
    operation: Operation, request: Mapping[str, Any], images: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a change of a running recording leaves on its timeline: (kind, data) of each fact."""
    if operation is Operation.UPDATE_LAYOUT:
        yield "layout", {**layout_to_wire(layout_from_wire(request)), FROZEN: images}
        return
    if subscribe := request.get("streamSubscribe"):
        yield "subscribe", subscription_lists(subscribe)
    onhold = (request.get("webRecordingConfig") or {}).get("onhold")
    if onhold is not None:
        yield "hold", {"onhold": onhold}
    if push := request.get("rtmpPublishConfig"):
        yield "outputs", {"outputs": push["outputs"]}
