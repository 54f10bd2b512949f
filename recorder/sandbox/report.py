"""What the sandbox tells about itself: the JSON of the control API, which its page is drawn from
too. No secrets.
"""

import functools
from typing import Any
from urllib.parse import urlsplit

from recorder.contract.layouts import DEFAULT_CANVAS
from recorder.sandbox.channels import present_at
from recorder.sandbox.clock import Clock, wall_ms
from recorder.sandbox.config import SandboxConfig
from recorder.sandbox.filing import HELD
from recorder.sandbox.images import Images
from recorder.sandbox.lease import STALE_MS
from recorder.sandbox.media import Timeline
from recorder.sandbox.pictures import canvas_of, timeline_of
from recorder.sandbox.store import Session, State, Store

MOST_CHANNELS = 200
MOST_FILES = 30
PICTURE_WIDTH = 640
PICTURE_STEP_MS = 1000  # a picture is drawn anew once a second at most


def state(config: SandboxConfig, store: Store, clock: Clock) -> dict[str, Any]:
    lease = store.machine.lease()
    now = clock.now_ms()
    sessions = store.tasks.recent()
    listed = {s.sid for s in sessions}
    sessions += [s for s in store.tasks.present() if s.sid not in listed]
    return {
        "provider": config.provider,
        "app_id": config.app_id,
        "media": config.media,
        "slice_seconds": config.slice_ms / 1000,
        "clock": {"now_ms": now, "speed": clock.speed},
        "recorder": bool(lease and lease.owner and wall_ms() - lease.beat_wall_ms < STALE_MS),
        "uploads_held": store.machine.setting(HELD) == "1",
        "callback_targets": len(store.callbacks.targets()),
        "channels": [_channel(store, *channel, now) for channel in _channels(store)],
        "sessions": [_summary(store, s, now) for s in sessions],
    }


def session(store: Store, row: Session) -> dict[str, Any]:
    """One recording with its facts, files and events."""
    facts = store.channels.facts(row.channel, row.sid)
    return {
        **_summary(store, row, row.end_ms or 0),
        "recording": row.recording,
        "facts": [{"at_ms": f.at_ms, "kind": f.kind, **opened(f.data)} for f in facts],
        "files": [
            {
                "name": row.prefix + f.name, "kind": f.kind, "number": f.number, "size": f.size,
                "duration_ms": f.duration_ms, "sent": f.sent, "tries": f.tries, "error": f.error,
            }
            for f in store.files.of(row.sid)
        ],
        "events": events(store, row.sid),
    }  # fmt: skip


def events(store: Store, sid: str | None) -> list[dict[str, Any]]:
    return [
        {
            "sid": e.sid, "sequence": e.sequence, "type": e.type, "service_type": e.service_type,
            "at_ms": e.at_ms, "details": opened(e.details),
        }
        for e in store.tasks.events(sid)
    ]  # fmt: skip


def opened(data: Any) -> Any:
    """The same without the keys that are the paths of addresses to stream to."""
    if isinstance(data, dict):
        return {k: _host(v) if k == "rtmpUrl" else opened(v) for k, v in data.items()}
    return [opened(item) for item in data] if isinstance(data, list) else data


def _host(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/…"


def picture(config: SandboxConfig, store: Store, clock: Clock, row: Session) -> bytes | None:
    """What the recording shows now, as JPEG; None when there is nothing to see or nothing to draw
    it with.
    """
    if (
        config.media == "none"
        or row.state != State.LIVE
        or row.origin_ms is None
        or not row.stream_types
    ):
        return None
    timeline = timeline_of(row, store.channels.facts(row.channel, row.sid))
    moment = max(0, clock.now_ms() - row.origin_ms)
    return _draw(timeline, moment - moment % PICTURE_STEP_MS, Images(config.data))


@functools.lru_cache(maxsize=16)
def _draw(timeline: Timeline, moment_ms: int, images: Images) -> bytes:
    """Kept for a while, since several viewers of the page want the same."""
    from recorder.sandbox.media import composed_picture

    return composed_picture(timeline, moment_ms, PICTURE_WIDTH, images)


def _channels(store: Store) -> list[tuple[str, bool]]:
    """(name, prepared) of those that are recorded now or were prepared by hand."""
    recorded = {row.channel for row in store.tasks.present()}
    known = store.channels.known().items()
    return [(name, ready) for name, ready in known if ready or name in recorded][:MOST_CHANNELS]


def _channel(store: Store, name: str, prepared: bool, now: int) -> dict[str, Any]:
    people = present_at(store.channels.facts(name), now).values()
    return {
        "cname": name.partition("/")[2],
        "prepared": prepared,
        "participants": [
            {
                "uid": p.uid,
                "audio": p.audio,
                "video": p.video,
                "screen": p.screen,
                "host": p.host,
                "joined_ms": p.joined_ms,
            }
            for p in people
        ],
    }


def _summary(store: Store, row: Session, now: int) -> dict[str, Any]:
    files = store.files.of(row.sid)
    end = row.end_ms if row.end_ms is not None else now
    try:
        size = canvas_of(row)
    except (ValueError, TypeError):  # a start may ask for anything; the recording fails by itself
        size = DEFAULT_CANVAS
    return {
        "sid": row.sid,
        "cname": row.cname,
        "uid": row.uid,
        "mode": row.mode,
        "state": row.state.value,
        "end_reason": row.end_reason,
        "upload": row.upload,
        "started_ms": row.started_ms,
        "origin_ms": row.origin_ms,
        "end_ms": row.end_ms,
        "recorded_ms": max(0, end - row.origin_ms) if row.origin_ms is not None else 0,
        "width": size.width,
        "height": size.height,
        "slices": sum(f.kind == "slice" for f in files),
        "slices_sent": sum(f.kind == "slice" and f.sent for f in files),
        "shows_picture": row.state == State.LIVE
        and row.origin_ms is not None
        and row.stream_types != 0,
    }


def buckets(store: Store) -> list[dict[str, Any]]:
    """Each bucket with its newest files."""
    return [
        {
            "name": name,
            **store.objects.totals(name),
            "newest": [
                {"key": row.key, "size": row.size, "modified_wall_ms": row.modified_wall_ms}
                for row in store.objects.newest(name, MOST_FILES)
            ],
        }
        for name, _folder, _made in store.objects.buckets()
    ]
