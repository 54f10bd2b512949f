"""Resources, recording sessions and the events they emit."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from recorder.sandbox.store.database import Database

WEB_RECORDER, RTMP, VOD = "web_recorder_service", "rtmp_publish_service", "aliyun_vod_service"


class State(StrEnum):
    """Where a task is. `leaving`: its end is fixed, the last files are being made and uploaded."""

    LIVE = "live"
    LEAVING = "leaving"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Resource:
    resource_id: str
    app_id: str
    cname: str
    uid: str
    scene: int
    hours: int
    made_ms: int
    expires_ms: int
    sid: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """One recording. `recording` is the recordingConfig of its start without secrets, `request` the
    rest of its clientRequest without token and storage. Addresses in it may carry stream keys.
    """

    sid: str
    resource_id: str
    app_id: str
    mode: str
    cname: str
    uid: str
    state: State
    recording: dict[str, Any]
    bucket: str
    prefix: str  # "" or "a/b/"
    with_mp4: bool
    slice_ms: int
    doom: dict[
        str, Any
    ]  # {"module", "code", "text"} when start already knows that the task must fail
    started_ms: int
    expires_ms: int
    joined: bool  # the recorder has checked its storage and entered the channel
    listed: bool  # the playlist of the ended recording is written
    origin_ms: int | None  # first recorded moment
    end_ms: int | None
    end_reason: str
    stop_answered: bool  # False only while a stop waits for its answer
    first_upload_ms: int | None
    gone_ms: int | None
    upload: str
    next_sequence: int
    progress_ms: int
    request: dict[str, Any]
    scene: int
    recorder_uid: str  # as callbacks name it: a new one after each fail-over
    moves: int  # fail-overs so far
    away_until_ms: int  # until then it is being moved and calls do not find it
    told_ms: int  # up to here callbacks have told who publishes

    @property
    def channel(self) -> str:
        return f"{self.app_id}/{self.cname}"

    @property
    def stream_types(self) -> int:
        """0 audio, 1 video, 2 both."""
        return int(_given(self.recording, "streamTypes", 2))

    @property
    def channel_type(self) -> int:
        """0 communication, 1 live."""
        return int(_given(self.recording, "channelType", 0))

    @property
    def max_idle_ms(self) -> int:
        return int(_given(self.recording, "maxIdleTime", 30)) * 1000

    @property
    def stream_mode(self) -> str:
        """default, standard or original; of individual mode."""
        return self.recording.get("streamMode") or "default"

    @property
    def snapshot_ms(self) -> int | None:
        """Time between two screenshots; None when none are taken."""
        snapshots = self.request.get("snapshotConfig")
        return None if snapshots is None else int(_given(snapshots, "captureInterval", 10)) * 1000

    @property
    def snapshots_only(self) -> bool:
        return self.snapshot_ms is not None and self.request.get("recordingFileConfig") is None

    @property
    def postponed(self) -> dict[str, Any]:
        """transcodeOptions of a recording whose files are worked on after its end, else empty."""
        policy = (self.request.get("appsCollection") or {}).get("combinationPolicy")
        wanted = policy == "postpone_transcoding"
        return (self.request.get("transcodeOptions") or {}) if wanted else {}

    @property
    def web(self) -> dict[str, Any]:
        """serviceParam of the web recorder; empty in other modes."""
        return self._service(WEB_RECORDER)

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """The CDN addresses of the start; `outputs` facts replace them. Never to be shown."""
        return self._service(RTMP).get("outputs") or []

    @property
    def to_vod(self) -> bool:
        """Whether its files go to Alibaba Cloud VoD as well."""
        return any(service.get("serviceName") == VOD for service in self._services)

    @property
    def _services(self) -> list[dict[str, Any]]:
        return (self.request.get("extensionServiceConfig") or {}).get("extensionServices") or []

    def _service(self, name: str) -> dict[str, Any]:
        found = (s.get("serviceParam") for s in self._services if s.get("serviceName") == name)
        return next(found, None) or {}


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that the service would report by a callback. `details` is the payload's details
    object.
    """

    id: int
    sid: str
    sequence: int
    type: int
    service_type: int
    at_ms: int
    details: dict[str, Any]
    uid: str  # the recorder's at that time


class Tasks:
    def __init__(self, database: Database):
        self._database = database

    def add_resource(self, resource: Resource) -> None:
        self._database.insert("resources", {n: getattr(resource, n) for n in Resource.__slots__})

    def resource(self, resource_id: str) -> Resource | None:
        row = self._database.row("SELECT * FROM resources WHERE resource_id = ?", resource_id)
        return Resource(**dict(row)) if row else None

    def use_resource(self, resource_id: str, sid: str) -> None:
        self._database.update("resources", {"sid": sid}, "resource_id = ?", resource_id)

    def drop_unused_resources(self, before_ms: int) -> None:
        self._database.run("DELETE FROM resources WHERE sid IS NULL AND expires_ms < ?", before_ms)

    def add(self, values: dict[str, Any]) -> None:
        encoded = {
            name: (json.dumps(value) if value else "") if isinstance(value, dict) else value
            for name, value in values.items()
        }
        self._database.insert("sessions", encoded)

    def get(self, sid: str) -> Session | None:
        row = self._database.row("SELECT * FROM sessions WHERE sid = ?", sid)
        return _session(row) if row else None

    def present(self) -> list[Session]:
        """Every session that is not gone, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM sessions WHERE state != 'gone' ORDER BY started_ms, sid"
        )
        return [_session(row) for row in rows]

    def in_backup(self) -> list[Session]:
        """Those that are over and have files that only the provider's backup has."""
        rows = self._database.rows(
            "SELECT * FROM sessions WHERE upload = 'backuped' AND gone_ms IS NOT NULL"
            " ORDER BY gone_ms"
        )
        return [_session(row) for row in rows]

    def recent(self, limit: int = 50) -> list[Session]:
        rows = self._database.rows(
            "SELECT * FROM sessions ORDER BY started_ms DESC, sid LIMIT ?", limit
        )
        return [_session(row) for row in rows]

    def rival(self, app_id: str, cname: str, uid: str) -> Session | None:
        """A task of the same identity that has not ended; a stop that was answered has ended it."""
        row = self._database.row(
            "SELECT * FROM sessions WHERE app_id = ? AND cname = ? AND uid = ? AND state != 'gone'"
            " AND NOT (state = 'leaving' AND end_reason = 'stop' AND stop_answered)",
            app_id,
            cname,
            uid,
        )
        return _session(row) if row else None

    def count_present(self, app_id: str) -> int:
        return int(
            self._database.value(
                "SELECT count(*) FROM sessions WHERE app_id = ? AND state != 'gone'", app_id
            )
        )

    def change(self, sid: str, **changes: Any) -> None:
        self._database.update("sessions", changes, "sid = ?", sid)

    def move(self, sid: str, old: State, new: State, **changes: Any) -> bool:
        """Change the state if it still is `old`; of two callers exactly one gets True."""
        return bool(
            self._database.update(
                "sessions", {"state": str(new)} | changes, "sid = ? AND state = ?", sid, str(old)
            )
        )

    def answer_open_stops(self) -> None:
        """After a crash: nobody waits for the answer of a stop any more."""
        self._database.run("UPDATE sessions SET stop_answered = 1 WHERE NOT stop_answered")

    def emit(self, sid: str, type_: int, service_type: int, at_ms: int, **details: Any) -> None:
        """Write an event down, numbered from 0 within its session."""
        with self._database.transaction():
            row = self._database.row(
                "SELECT next_sequence, recorder_uid FROM sessions WHERE sid = ?", sid
            )
            sequence, uid = tuple(row) if row else (0, "")
            self._database.run(
                "UPDATE sessions SET next_sequence = next_sequence + 1 WHERE sid = ?", sid
            )
            self._database.insert(
                "events",
                {
                    "sid": sid,
                    "sequence": sequence,
                    "type": type_,
                    "service_type": service_type,
                    "at_ms": at_ms,
                    "details": json.dumps(details),
                    "uid": uid,
                },
            )

    def events(self, sid: str | None = None, *, limit: int = 1000) -> list[EventRow]:
        """The oldest first; of one session, or of all."""
        where, values = ("WHERE sid = ?", (sid,)) if sid is not None else ("", ())
        rows = self._database.rows(
            f"SELECT * FROM events {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 - a constant
            *values,
            limit,
        )
        return [event_row(row) for row in rows[::-1]]


def event_row(row: Any) -> EventRow:
    return EventRow(**dict(row) | {"details": json.loads(row["details"])})


def _given(values: dict[str, Any], name: str, default: int) -> int:
    """A number of the request; null counts as absent."""
    value = values.get(name)
    return default if value is None else value


def _session(row: Any) -> Session:
    values = dict(row)
    return Session(
        **values
        | {
            "state": State(values["state"]),
            "recording": json.loads(values["recording"] or "{}"),
            "request": json.loads(values["request"] or "{}"),
            "doom": json.loads(values["doom"] or "{}"),
            "with_mp4": bool(values["with_mp4"]),
            "joined": bool(values["joined"]),
            "listed": bool(values["listed"]),
            "stop_answered": bool(values["stop_answered"]),
        }
    )
