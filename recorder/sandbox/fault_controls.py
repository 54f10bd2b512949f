"""What the control API says and does about faults."""

from collections.abc import Callable, Mapping
from typing import Any

from recorder.sandbox.clock import Clock
from recorder.sandbox.controls import Refusal
from recorder.sandbox.deck import CannotArm, Deck
from recorder.sandbox.failover import LONGEST_S, CannotMove, fail_over
from recorder.sandbox.faults import FAULTS, Fault
from recorder.sandbox.pages import LIMITS
from recorder.sandbox.store import Armed, State, Store
from recorder.sandbox.wake import Wake

PAGE_EVENTS = ("unreachable", "never_ready", "silent", *LIMITS)


class FaultControls:
    def __init__(self, store: Store, clock: Clock, wake: Wake):
        self._store, self._clock, self._wake = store, clock, wake
        self._deck = Deck(store, clock)
        self.of_session: Mapping[str, Callable[[str, dict[str, Any]], dict[str, Any]]] = {
            "failover": self.fail_over,
            "page": self.befall_page,
        }

    def told(self) -> dict[str, Any]:
        """{cards, armed, log}: what there is, what is armed, and what has been befallen."""
        return {
            "cards": [_card(fault) for fault in FAULTS.values()],
            "armed": [_armed(armed) for armed in self._store.faults.armed()],
            "log": [
                {"at_ms": line.at_ms, "fault": line.fault, "what": line.what}
                for line in self._store.faults.log()
            ],
        }

    def arm(self, values: dict[str, Any]) -> dict[str, Any]:
        """{fault, operation?, calls? | share?, and the settings of its card}"""
        try:
            made = self._deck.arm(values)
        except CannotArm as error:
            raise Refusal(str(error)) from None
        return {"id": made, "armed": [_armed(armed) for armed in self._store.faults.armed()]}

    def clear(self, values: dict[str, Any]) -> dict[str, Any]:
        """{id?}: one, or all that are armed."""
        wanted = values.get("id")
        if wanted is not None and (not isinstance(wanted, int) or isinstance(wanted, bool)):
            raise Refusal("id must be a whole number.")
        if not self._store.faults.disarm(wanted) and wanted is not None:
            raise Refusal("No such fault is armed.", 404)
        return {"armed": [_armed(armed) for armed in self._store.faults.armed()]}

    def fail_over(self, sid: str, values: dict[str, Any]) -> dict[str, Any]:
        """{seconds?}: the recording's server fails; it is back after so long."""
        seconds = values.get("seconds", 30)
        if not isinstance(seconds, int) or isinstance(seconds, bool):
            raise Refusal("seconds must be a whole number.")
        if not 1 <= seconds <= LONGEST_S:
            raise Refusal(f"seconds must be from 1 to {LONGEST_S}.")
        try:
            moved = fail_over(self._store, sid, self._clock.now_ms(), seconds)
        except CannotMove as error:
            raise Refusal(str(error), 409) from None
        self._wake.ring()
        return {"back_ms": moved.away_until_ms, "recorder_uid": moved.recorder_uid}

    def befall_page(self, sid: str, values: dict[str, Any]) -> dict[str, Any]:
        """{event}: what happens to the page of a web recording."""
        event = values.get("event")
        if event not in PAGE_EVENTS:
            raise Refusal(f"event must be one of {', '.join(PAGE_EVENTS)}.")
        with self._store.transaction():
            session = self._store.tasks.get(sid)
            if session is None or session.mode != "web" or session.state != State.LIVE:
                raise Refusal("This is no web recording that goes on.", 409)
            now = self._clock.now_ms()
            self._store.channels.add(session.channel, now, "page", sid=sid, event=event)
        self._wake.ring()
        return {"event": event, "now_ms": now}


def _card(fault: Fault) -> dict[str, Any]:
    return {
        "fault": fault.name,
        "title": fault.title,
        "stands_for": fault.stands_for,
        "where": fault.where,
        "operations": list(fault.operations),
        "settings": [
            {
                "name": name,
                "default": setting.default,
                "least": setting.least,
                "most": setting.most,
                "meaning": setting.meaning,
            }
            for name, setting in fault.settings.items()
        ],
    }


def _armed(armed: Armed) -> dict[str, Any]:
    return {
        "id": armed.id,
        "fault": armed.fault,
        "operation": armed.operation,
        "calls": armed.calls,
        "share": armed.share,
        "until_ms": armed.until_ms,
        "settings": armed.settings,
    }
