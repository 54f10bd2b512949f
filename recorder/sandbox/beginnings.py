"""The beginning of a task: its row, the people of its channel, and what will make it fail at once.

The service answers such a task with 200 like any other; the recorder worker ends it a moment later.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from recorder.contract.files import prefix_path
from recorder.contract.problems import Problem
from recorder.contract.states import Mode
from recorder.sandbox import pages, tokens
from recorder.sandbox.channels import populate, present_at
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.deck import Deck
from recorder.sandbox.images import FROZEN
from recorder.sandbox.store import VOD, Armed, Resource, Session, State, Store

# Values of event 1 (cloud_recording_error): who failed, and with which code.
RECORDER, UPLOADER, SERVICE = 0, 1, 2
BAD_PARAMETER, BAD_STORAGE, JOIN_REJECTED, START_TIMEOUT = 2, 32, 17, 52
HOUR_MS = 3_600_000
EARLY = ("unreachable", "never_ready")  # faults of a page that show while it loads
LATER_MS = 5000  # into a page's recording, where the other ones show
VOD_STORAGE = {"bucket": "aliyun-vod"}  # where files go that only the VoD service gets
# What of a clientRequest is kept beside recordingConfig: no tokens, no keys, of VoD the name alone.
KEPT = (
    "recordingFileConfig",
    "snapshotConfig",
    "extensionServiceConfig",
    "transcodeOptions",
    "appsCollection",
)


class Beginnings:
    def __init__(self, config: SandboxConfig, store: Store, deck: Deck):
        self._config, self._store, self._deck = config, store, deck

    def begin(
        self,
        body: Mapping[str, Any],
        resource: Resource,
        mode: str,
        now: int,
        images: Mapping[str, str],
        late: Problem | None,
    ) -> Session:
        """Enter the new task. Call inside the transaction that has checked the resource.

        `images` are those of its layout, frozen before: files are not written in a transaction.
        `late` is what the service sees in the request only after its answer.
        """
        request = body["clientRequest"]
        recording = _without_secrets(request.get("recordingConfig") or {})
        layout = recording.get("transcodingConfig")
        if isinstance(layout, Mapping):
            recording["transcodingConfig"] = {**layout, FROZEN: images}
        kinds = (request.get("recordingFileConfig") or {}).get("avFileType") or ["hls"]
        storage = request.get("storageConfig") or VOD_STORAGE
        place = {"vendor": storage.get("vendor"), "region": storage.get("region")}
        befallen = self._deck.on_start(resource.cname)
        armed = next((DOOMS[fault.fault] for fault in befallen if fault.fault in DOOMS), {})
        doom = self._doom(body, resource, mode, now, late) or armed
        sid = uuid.uuid4().hex
        self._store.tasks.add(
            {
                "sid": sid,
                "resource_id": resource.resource_id,
                "app_id": resource.app_id,
                "mode": mode,
                "cname": resource.cname,
                "uid": resource.uid,
                "state": State.LIVE.value,
                "recording": recording,
                "request": _kept(request) | {"place": place},
                "scene": resource.scene,
                "recorder_uid": resource.uid,
                "told_ms": now,
                "bucket": "" if doom else storage["bucket"],
                "prefix": "" if doom else prefix_path(storage.get("fileNamePrefix") or ()),
                "with_mp4": int("mp4" in kinds),
                "slice_ms": self._config.slice_ms,
                "doom": doom,
                "started_ms": now,
                "expires_ms": now + resource.hours * HOUR_MS,
            }
        )
        self._store.tasks.use_resource(resource.resource_id, sid)
        session = self._store.tasks.get(sid)
        assert session is not None  # noqa: S101 - added above
        self._set_fate(session, now, befallen)
        if mode == Mode.WEB:
            self._set_page(session, now)
        elif not doom:
            populate(
                self._store, session.channel, recording, recorder=session.uid, now_ms=now, but=sid
            )
        return session

    def _set_fate(self, session: Session, now: int, befallen: Sequence[Armed]) -> None:
        """What the fault deck has in store for this recording later on."""
        for armed in befallen:
            if armed.fault == "fail_over":
                due = now + round(armed.settings["after"] * 1000)
                self._store.faults.plan_move(session.sid, due, round(armed.settings["seconds"]))
            elif armed.fault.startswith("page_") and session.mode == Mode.WEB:
                event = armed.fault.removeprefix("page_")
                at_ms = now if event in EARLY else now + pages.READY_MS + LATER_MS
                self._store.channels.add(
                    session.channel, at_ms, "page", sid=session.sid, event=event
                )

    def _set_page(self, session: Session, now: int) -> None:
        if session.web.get("onhold"):
            self._store.channels.add(session.channel, now, "hold", sid=session.sid, onhold=True)

    def _doom(
        self,
        body: Mapping[str, Any],
        resource: Resource,
        mode: str,
        now: int,
        late: Problem | None,
    ) -> dict[str, Any]:
        """What will make the task fail, as event 1 tells it; empty when nothing does."""
        request = body["clientRequest"]
        if late and late.path.startswith("clientRequest.storageConfig"):
            return _doom(UPLOADER, BAD_STORAGE, late.message)
        if late and late.path != "clientRequest.token":
            return _doom(RECORDER, BAD_PARAMETER, late.message)
        storage = request.get("storageConfig")
        if storage and not self._right_keys(storage):
            return _doom(UPLOADER, BAD_STORAGE, "The storage refuses these keys.")
        if mode == Mode.WEB:
            return {}  # it joins no channel
        if fault := self._token_fault(request.get("token") or "", resource, now):
            return _doom(RECORDER, fault, "The token is wrong or has expired.")
        if self._uid_taken(resource, now):
            return _doom(RECORDER, JOIN_REJECTED, "A user of the channel has the recorder's uid.")
        return {}

    def _right_keys(self, storage: Mapping[str, Any]) -> bool:
        """Compare without telling by the time taken how much of them was right."""
        access = _same(storage["accessKey"], self._config.access_key)
        secret = _same(storage["secretKey"], self._config.secret_key)
        return access and secret

    def _token_fault(self, token: str, resource: Resource, now: int) -> int | None:
        if not self._config.app_certificate:
            return None
        return tokens.token_fault(
            token,
            app_id=resource.app_id,
            certificate=self._config.app_certificate,
            cname=resource.cname,
            uid=resource.uid,
            now_s=now / 1000,
        )

    def _uid_taken(self, resource: Resource, now: int) -> bool:
        """People who come by themselves make room for the recorder; those somebody sent do not."""
        channel = f"{resource.app_id}/{resource.cname}"
        if not self._store.channels.prepared(channel):
            return False
        return resource.uid in present_at(self._store.channels.facts(channel), now)


def _doom(module: int, code: int, text: str) -> dict[str, Any]:
    return {"module": module, "code": code, "text": text}


# Faults of the deck that end a recording at its beginning.
DOOMS: Mapping[str, dict[str, Any]] = {
    "token_expired": _doom(RECORDER, tokens.EXPIRED, "The token is wrong or has expired."),
    "token_wrong": _doom(RECORDER, tokens.WRONG, "The token is wrong or has expired."),
    "bucket_missing": _doom(UPLOADER, BAD_STORAGE, "The storage has no such bucket."),
    "start_timeout": _doom(SERVICE, START_TIMEOUT, "The recorder took too long to start."),
}


def _same(given: str, right: str) -> bool:
    return secrets.compare_digest(given.encode(), right.encode())


def _kept(request: Mapping[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in request.items() if k in KEPT and v is not None}
    services = (kept.get("extensionServiceConfig") or {}).get("extensionServices")
    if services:
        kept["extensionServiceConfig"] = {
            "extensionServices": [
                {"serviceName": VOD} if service.get("serviceName") == VOD else service
                for service in services
            ]
        }
    return kept


def _without_secrets(recording: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in recording.items() if v is not None and k not in ("secret", "salt")}
