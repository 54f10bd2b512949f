"""What the control API says and does about callbacks. Secrets go in and never come out."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from recorder.contract.events import EVENTS
from recorder.sandbox.callbacks import Sender
from recorder.sandbox.config import is_address
from recorder.sandbox.controls import SETTLE_S, Refusal
from recorder.sandbox.report import opened
from recorder.sandbox.store import Store
from recorder.sandbox.store.callbacks import Delivery, Target

MOST_TARGETS = 10


class CallbackControls:
    def __init__(self, store: Store, sender: Sender):
        self._store, self._sender = store, sender
        self.actions: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "add": self.add,
            "remove": self.remove,
            "test": self.test,
            "settle": self.settle,
        }

    def log(self, sid: str | None = None, limit: int = 100) -> dict[str, Any]:
        """{targets, sent}: the newest deliveries first."""
        targets = self._store.callbacks.targets()
        places = {target.id: _shown(target.url) for target in targets}
        return {
            "targets": [_target(target) for target in targets],
            "sent": [
                _delivery(each, places.get(each.target_id, ""))
                for each in self._store.callbacks.recent(sid, limit)
            ],
        }

    def add(self, values: dict[str, Any]) -> dict[str, Any]:
        """{url, secret?, redundant?}: send every event from now on there too."""
        url, secret = values.get("url"), values.get("secret", "")
        redundant = values.get("redundant", False)
        if not isinstance(url, str) or not is_address(url):
            raise Refusal("url must be an http or https address of at most 1000 characters.")
        if not isinstance(secret, str) or len(secret) > 256:
            raise Refusal("secret must be a text of at most 256 characters.")
        if not isinstance(redundant, bool):
            raise Refusal("redundant must be true or false.")
        known = self._store.callbacks.targets()
        if len(known) >= MOST_TARGETS and url not in {target.url for target in known}:
            raise Refusal(f"There are {MOST_TARGETS} targets already.", 409)
        self._store.callbacks.put_target(url, secret, redundant)
        return {"targets": [_target(target) for target in self._store.callbacks.targets()]}

    def remove(self, values: dict[str, Any]) -> dict[str, Any]:
        """{id}"""
        if not self._store.callbacks.drop_target(self._wanted(values).id):
            raise Refusal("There is no such target.", 404)
        return {"targets": [_target(target) for target in self._store.callbacks.targets()]}

    def test(self, values: dict[str, Any]) -> dict[str, Any]:
        """{id}: one made-up notice of each type, as the console sends when it checks an address."""
        types = tuple(sorted(EVENTS))
        self._sender.test(self._wanted(values), types)
        return {"types": list(types)}

    def settle(self, _values: dict[str, Any]) -> dict[str, Any]:
        """Answers when all that has happened was sent, or at least tried once."""
        if not self._sender.settle(SETTLE_S):
            raise Refusal("Not everything could be sent in time.", 503)
        return self.log()

    def _wanted(self, values: dict[str, Any]) -> Target:
        found = [t for t in self._store.callbacks.targets() if t.id == values.get("id")]
        if not found:
            raise Refusal("There is no such target.", 404)
        return found[0]


def _shown(url: str) -> str:
    """Without what may be a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _target(target: Target) -> dict[str, Any]:
    return {
        "id": target.id,
        "url": _shown(target.url),
        "signed": bool(target.secret),
        "redundant": target.redundant,
    }


def _delivery(row: Delivery, target: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "notice_id": row.notice_id,
        "target": target,
        "sid": row.sid,
        "type": row.type,
        "name": EVENTS[row.type].name if row.type in EVENTS else "",
        "state": row.state,
        "tries": row.tries,
        "status": row.status,
        "answer": row.answer,
        "sent_wall_ms": row.sent_wall_ms,
        "due_wall_ms": row.due_wall_ms if row.state == "waiting" else None,
        "fault": row.mishap,
        "payload": opened(row.payload),
    }
