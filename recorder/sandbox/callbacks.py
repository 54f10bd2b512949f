"""Callbacks out: every event, signed, to every target, again where it was not taken.

Runs in the process that serves HTTP, on threads of its own: a target that is slow or gone holds up
neither recording nor an answer. What waits stands in the database, so a restart goes on with it.
How the notification service sends: Agora, Notification Center Service; anyRTC, NCS.
"""

import hashlib
import hmac
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests

from recorder.sandbox.clock import Clock, wall_ms
from recorder.sandbox.store import EventRow, Store
from recorder.sandbox.store.callbacks import UP_TO, Delivery, Target

log = logging.getLogger("sandbox")

PRODUCT = 3  # cloud recording
PATIENCE_S = 10.0  # for the whole answer
MOST_ANSWER = 65_536  # bytes that are read of it
THREADS = 4
LOOK_S = 0.1  # how often the queue is looked into; events come from two processes
# Seconds before each of the three resends. Agora: the first at once, then after growing gaps;
# anyRTC: ten seconds after the first failure, three deliveries in all.
GAPS = {"agora": (0.0, 10.0, 30.0), "anyrtc": (10.0, 10.0)}
# The console's check of a new address: one made-up notice of each type with these.
TEST_CHANNEL, TEST_UID = "test_webhook", "12121212"


@dataclass(frozen=True, slots=True)
class Mishap:
    """What the fault deck does to one event: late by `delay_ms`, lost, sent twice, or forged."""

    name: str
    delay_ms: int = 0
    lost: bool = False
    twice: bool = False
    forged: bool = False


class Sender:
    def __init__(self, store: Store, clock: Clock, provider: str):
        self._store, self._clock, self._provider = store, clock, provider
        self.mishap: Callable[[EventRow], Mishap | None] = lambda _event: None
        self._ending = threading.Event()
        self._guard = threading.Lock()
        self._busy: set[int] = set()  # deliveries on their way
        self._lanes: set[tuple[int, str]] = set()  # (target, sid) with one on its way
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="callback")
        self._local = threading.local()
        self._thread = threading.Thread(target=self._run, name="callbacks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """What is on its way may come to its end; what waits is sent by the next run."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def settle(self, seconds: float) -> bool:
        """Wait until all that happened so far was tried; what waits for a resend does not count."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._idle():
                return True
            time.sleep(0.01)
        return False

    def _idle(self) -> bool:
        with self._guard:
            if self._busy:
                return False
        store = self._store
        return not store.callbacks.new_events(_up_to(store)) and not store.callbacks.due(wall_ms())

    def test(self, target: Target, types: tuple[int, ...]) -> None:
        """Queue one made-up notice of each type, as the console's check does."""
        now = self._clock.now_ms()
        with self._store.transaction():
            for event_type in types:
                payload = {
                    "cname": TEST_CHANNEL,
                    "uid": TEST_UID,
                    "sid": uuid.uuid4().hex,
                    "sequence": 0,
                    "sendts": now,
                    "serviceType": 0,
                    "details": {"msgName": "test"},
                }
                self._queue(target, payload, event_type)

    def _run(self) -> None:
        while not self._ending.wait(LOOK_S):
            try:
                self._take_events()
                self._send_due()
            except Exception:
                log.exception("Callbacks broke off; they go on in a moment")
                self._ending.wait(1.0)

    def _take_events(self) -> None:
        """Put what has happened into the queue of every target, exactly once."""
        store = self._store
        if not store.callbacks.new_events(_up_to(store)):
            return
        with store.transaction():
            events, targets = store.callbacks.new_events(_up_to(store)), store.callbacks.targets()
            for event in events:
                payload = self._payload(event) if targets else {}
                mishap = self.mishap(event) if targets else None
                for target in targets:
                    self._queue(target, payload, event.type, mishap)
            if events:
                store.machine.set_setting(UP_TO, str(events[-1].id))
            store.callbacks.forget_old()

    def _payload(self, event: EventRow) -> dict[str, Any]:
        session = self._store.tasks.get(event.sid)
        return {
            "cname": session.cname if session else "",
            "uid": event.uid,
            "sid": event.sid,
            "sequence": event.sequence,
            "sendts": event.at_ms,
            "serviceType": event.service_type,
            "details": event.details,
        }

    def _queue(
        self, target: Target, payload: dict[str, Any], event_type: int, mishap: Mishap | None = None
    ) -> None:
        found = mishap or Mishap("")
        ids = [uuid.uuid4().hex for _ in range(2 if target.redundant else 1)]
        for notice_id in ids * (2 if found.twice else 1):
            self._store.callbacks.add(
                target_id=target.id,
                notice_id=notice_id,
                sid=payload["sid"],
                type=event_type,
                payload=payload,
                state="lost" if found.lost else "waiting",
                due_wall_ms=wall_ms() + found.delay_ms,
                forged=found.forged,
                mishap=found.name,
            )

    def _send_due(self) -> None:
        targets = {target.id: target for target in self._store.callbacks.targets()}
        for delivery in self._store.callbacks.due(wall_ms()):
            lane = (delivery.target_id, delivery.sid)
            with self._guard:
                if len(self._busy) >= THREADS:
                    return
                # One after the other for each recording, so that without a fault they arrive in
                # order, although nobody promises that.
                if delivery.id in self._busy or lane in self._lanes:
                    continue
                self._busy.add(delivery.id)
                self._lanes.add(lane)
            self._pool.submit(self._send, targets.get(delivery.target_id), delivery, lane)

    def _send(self, target: Target | None, delivery: Delivery, lane: tuple[int, str]) -> None:
        try:
            status, answer = self._post(target, delivery) if target else (None, "no such target")
            gaps = GAPS[self._provider]
            taken = status == 200 and _is_json(answer)
            again = not taken and target is not None and delivery.tries < len(gaps)
            self._store.callbacks.change(
                delivery.id,
                state="sent" if taken else "waiting" if again else "failed",
                tries=delivery.tries + 1,
                status=status,
                answer=answer[:200],
                sent_wall_ms=wall_ms(),
                due_wall_ms=wall_ms() + round(gaps[delivery.tries] * 1000) if again else 0,
            )
        except Exception:
            log.exception("A callback could not be sent")
        finally:
            with self._guard:
                self._busy.discard(delivery.id)
                self._lanes.discard(lane)

    def _post(self, target: Target, delivery: Delivery) -> tuple[int | None, str]:
        """(status, the beginning of the answer); no status where none came in time."""
        body = {
            "noticeId": delivery.notice_id,
            "productId": PRODUCT,
            "eventType": delivery.type,
            "notifyMs": self._clock.now_ms(),
            "payload": delivery.payload,
        }
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        secret = f"{target.secret}?" if delivery.forged else target.secret
        headers = {"Content-Type": "application/json", **signatures(raw, secret, self._provider)}
        ends = time.monotonic() + PATIENCE_S
        try:
            with self._http.post(
                target.url,
                data=raw,
                headers=headers,
                timeout=PATIENCE_S,
                allow_redirects=False,
                stream=True,
            ) as answer:
                read = b""
                for chunk in answer.iter_content(4096):
                    read += chunk
                    if len(read) > MOST_ANSWER or time.monotonic() > ends:
                        return None, "The answer was too long, or too slow."
                return answer.status_code, read.decode("utf-8", "replace")
        except requests.RequestException as error:
            return None, type(error).__name__

    @property
    def _http(self) -> requests.Session:
        """Connections are kept, one session for each thread."""
        if not hasattr(self._local, "http"):
            self._local.http = requests.Session()
            self._local.http.trust_env = False  # what is sent here goes where it was sent to
        session: requests.Session = self._local.http
        return session


def signatures(raw: bytes, secret: str, provider: str) -> dict[str, str]:
    """The headers that prove who sent this: hex HMAC of the body as it is on the wire."""
    if not secret:
        return {}
    sha1, sha256 = (
        hmac.new(secret.encode(), raw, digest).hexdigest()
        for digest in (hashlib.sha1, hashlib.sha256)
    )
    if provider == "anyrtc":
        return {"Ar-Signature": sha1}
    return {"Agora-Signature": sha1, "Agora-Signature-V2": sha256}


def _is_json(text: str) -> bool:
    with suppress(ValueError, RecursionError):
        json.loads(text)
        return True
    return False


def _up_to(store: Store) -> int:
    return int(store.machine.setting(UP_TO, "0"))
