"""The fault deck: arms faults, and says which of them befall a call, a recording or a file now.

Armed faults lie in the store, since calls are answered by one process and files made by another.
"""

from collections.abc import Callable, Mapping
from typing import Any

from recorder.contract.states import Operation
from recorder.sandbox.clock import Clock
from recorder.sandbox.faults import FAULTS, Fault, Where
from recorder.sandbox.store import FileRow, Store
from recorder.sandbox.store.faults import Armed

MOST_CALLS = 1_000_000


class CannotArm(Exception):
    """`str(error)` says what is wrong with the wish."""


class Deck:
    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock

    def arm(self, wish: Mapping[str, Any]) -> int:
        """{fault, operation?, calls? | share?, …settings}: for the next calls of an operation, for
        a share of them, or for all from now on. Returns its id; raises CannotArm.
        """
        fault = FAULTS.get(str(wish.get("fault")))
        if fault is None:
            raise CannotArm("There is no such fault.")
        operation = _operation(fault, wish.get("operation"))
        calls, share = wish.get("calls"), wish.get("share")
        if calls is not None and share is not None:
            raise CannotArm("Give calls or a share of them, not both.")
        if calls is not None and not (_is_number(calls) and 1 <= calls <= MOST_CALLS):
            raise CannotArm(f"calls is a whole number from 1 to {MOST_CALLS}.")
        if share is not None and not (_is_number(share, whole=False) and 0 < share <= 1):
            raise CannotArm("share is more than 0 and at most 1.")
        settings = {name: _setting(fault, name, wish.get(name)) for name in fault.settings}
        known = {"fault", "operation", "calls", "share", *fault.settings}
        if unknown := set(wish) - known:
            raise CannotArm(f"This fault has no setting {sorted(unknown)[0]}.")
        until = None
        if fault.name == "gone_for_a_while":
            until = self._clock.now_ms() + round(settings["seconds"] * 1000)
        return self._store.faults.arm(
            fault.name, operation, calls=calls, share=share, until_ms=until, settings=settings
        )

    def on_call(self, operation: Operation) -> list[Armed]:
        return self._take(Where.CALL, operation, operation)

    def on_start(self, cname: str) -> list[Armed]:
        """What befalls the recording that a start begins. Call where the start is entered."""
        return self._take(Where.START, Operation.START, f"start of {cname}")

    def on_upload(self, row: FileRow) -> list[Armed]:
        """At most one: a file has one fate."""
        return self._take(Where.UPLOAD, "", row.name, fits=lambda name: _fits(name, row), most=1)

    def on_job(self, sid: str) -> list[Armed]:
        return self._take(Where.JOB, "", f"work on {sid}")

    def on_callback(self, type_: int) -> list[Armed]:
        return self._take(Where.CALLBACK, "", f"callback {type_}")

    def _take(
        self,
        where: Where,
        operation: str,
        what: str,
        *,
        fits: Callable[[str], bool] | None = None,
        most: int | None = None,
    ) -> list[Armed]:
        if not self._store.faults.armed():
            return []  # nearly always, so without a transaction
        befallen: list[Armed] = []
        with self._store.transaction():
            now = self._clock.now_ms()
            for armed in self._store.faults.armed():
                fault = FAULTS[armed.fault]
                if fault.where is not where or armed.operation not in ("", operation):
                    continue
                if operation and Operation(operation) not in fault.operations:
                    continue
                if len(befallen) == most or (fits and not fits(armed.fault)):
                    continue
                if self._befalls(armed, now):
                    befallen.append(armed)
                    self._store.faults.note(now, armed.fault, what)
        return befallen

    def _befalls(self, armed: Armed, now: int) -> bool:
        """Whether it is this one's turn; counts it."""
        faults = self._store.faults
        if armed.until_ms is not None and now >= armed.until_ms:
            faults.disarm(armed.id)
            return False
        if armed.share is not None:
            credit = armed.credit + armed.share
            hit = credit >= 1 - 1e-9
            faults.change(armed.id, credit=credit - hit)
            return hit
        if armed.calls is not None:
            if armed.calls <= 1:
                faults.disarm(armed.id)
            else:
                faults.change(armed.id, calls=armed.calls - 1)
        return True


def _fits(fault: str, row: FileRow) -> bool:
    if fault in ("slice_lost", "slice_empty"):
        return row.kind == "slice"
    return fault != "upload_slow" or not row.tries  # a file is late once


def _operation(fault: Fault, wanted: Any) -> str:
    if wanted in (None, ""):
        return ""
    if not isinstance(wanted, str) or wanted not in set(fault.operations):
        names = ", ".join(fault.operations) or "none"
        raise CannotArm(f"operation of this fault is one of: {names}.")
    return str(wanted)


def _setting(fault: Fault, name: str, given: Any) -> float:
    setting = fault.settings[name]
    if given is None:
        return setting.default
    if not (_is_number(given, whole=False) and setting.least <= given <= setting.most):
        raise CannotArm(f"{name} is a number from {setting.least:g} to {setting.most:g}.")
    return float(given)


def _is_number(value: Any, *, whole: bool = True) -> bool:
    kinds = int if whole else int | float
    return isinstance(value, kinds) and not isinstance(value, bool)
