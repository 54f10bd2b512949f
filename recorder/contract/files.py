"""Names of the files a recording leaves in the bucket, and what the service says about them.

Source: Agora Cloud Recording guide, manage files (names, playlists), and the query and stop pages
of the REST API (file lists). An object's key is the prefix joined with "/" and then the name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from recorder.contract.states import Mode

Track = Literal["audio", "video", "av"]  # "av": the merged list of standard mode (derived)

# Lines of a playlist beyond plain HLS.
TAG_DISCONTINUITY = "#EXT-X-DISCONTINUITY"
TAG_TRACK_EVENT = "#EXT-X-AGORA-TRACK-EVENT"  # EVENT=START,TRACK_TYPE=AUDIO|VIDEO,TIME=<time>
TAG_ROTATE = "#EXT-X-AGORA-ROTATE"  # WIDTH=w,HEIGHT=h,ROTATE=0|90|180|270 anticlockwise,TIME=<time>
TAG_EXTINF = "#EXTINF"  # six decimals, and no comma unless privateParams asks for it
TAG_ENDLIST = "#EXT-X-ENDLIST"  # only after the end of the recording
PLAYLIST_HEAD = ("#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-ALLOW-CACHE:YES")
TAG_TARGET_DURATION = "#EXT-X-TARGETDURATION"

PREFIX_LIMIT = 128  # characters of the joined prefix, its last slash included

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Web mode replaces these in the channel name; the slash, backslash and control characters are ours.
_WEB_REPLACED = re.compile(r"[!@#$%^&*()+_.=\[\]{}~|,;:?<>/\\\x00-\x1f]")


def prefix_path(parts: Iterable[str]) -> str:
    """`["a", "b"]` -> `"a/b/"`; no parts -> `""`."""
    return "".join(f"{part}/" for part in parts)


def utc_stamp(ms: int) -> str:
    """Unix milliseconds as the 17 digits used in file names, `yyyyMMddHHmmssSSS` in UTC."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"


def parse_stamp(text: str) -> int:
    """Unix milliseconds of a time in a name or playlist: 17 digits in UTC, or 13 of Unix ms.

    ValueError for anything else.
    """
    if not text.isascii() or not text.isdigit() or len(text) not in {13, 17}:
        raise ValueError(f"{text!r} is neither yyyyMMddHHmmssSSS nor Unix milliseconds")
    if len(text) == 13:
        return int(text)
    moment = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1) + int(text[14:])


def file_stem(mode: Mode, sid: str, cname: str, uid: str | None = None, track: str = "") -> str:
    """What all names of one playlist begin with; individual mode needs uid and track."""
    if mode is Mode.WEB:
        return f"{sid}_{_WEB_REPLACED.sub('-', cname)}"
    if mode is Mode.MIX:
        return f"{sid}_{cname}"
    if not uid or not track:
        raise ValueError("files of individual mode are named by uid and track")
    return f"{sid}_{cname}__uid_s_{uid}__uid_e_{track}"


def playlist_name(
    mode: Mode, sid: str, cname: str, uid: str | None = None, track: str | None = None
) -> str:
    """`<sid>_<cname>.m3u8`, or one per uid and track in individual mode."""
    return file_stem(mode, sid, cname, uid, track or "") + ".m3u8"


def slice_name(
    mode: Mode,
    sid: str,
    cname: str,
    started_ms: int,
    uid: str | None = None,
    track: str | None = None,
    extension: str = "ts",
) -> str:
    """One slice, by the Unix milliseconds of its first frame. VP8 publishers give `webm`."""
    stem = file_stem(mode, sid, cname, uid, track or "")
    return f"{stem}_{utc_stamp(started_ms)}.{extension}"


def mp4_name(mode: Mode, sid: str, cname: str, index: int) -> str:
    """The MP4 files of mix and web recordings, counted from 0."""
    return f"{file_stem(mode, sid, cname)}_{index}.mp4"


def snapshot_name(sid: str, cname: str, uid: str, taken_ms: int) -> str:
    return f"{file_stem(Mode.INDIVIDUAL, sid, cname, uid, 'video')}_{utc_stamp(taken_ms)}.jpg"


def backup_name(name: str, failover: int) -> str:
    """The name after the recorder moved to another server for the n-th time, n from 0."""
    return f"bak{failover}_{name}"


class FileKind(StrEnum):
    """What a file of a recording is, by the ending of its name."""

    PLAYLIST = "playlist"
    SLICE = "slice"
    MP4 = "mp4"
    IMAGE = "image"
    OTHER = "other"


_KINDS: Mapping[str, FileKind] = {
    "m3u8": FileKind.PLAYLIST,
    "ts": FileKind.SLICE,
    "webm": FileKind.SLICE,
    "mp4": FileKind.MP4,
    "jpg": FileKind.IMAGE,
}


def kind_of(name: str) -> FileKind:
    return _KINDS.get(name.rpartition(".")[2], FileKind.OTHER)


@dataclass(frozen=True, slots=True)
class FileName:
    """An object's key, read back. Fields that its kind does not carry are None."""

    key: str
    kind: FileKind
    prefix: str  # "" or with its last slash
    failover: int | None  # n of bak<n>_
    sid: str
    cname: str  # as in the name, so with "-" for special characters in web mode
    uid: str | None
    track: str | None
    index: int | None  # of an MP4, or of a playlist moved from the backup (highest is newest)
    started_ms: int | None  # Unix ms of a slice or snapshot
    extension: str


_NAME = re.compile(rf"(?:bak([0-9]{{1,4}})_)?([^_/]+)_(.+)\.({'|'.join(_KINDS)})", re.DOTALL)
_STREAM = re.compile(r"(.+)__uid_s_(.+?)__uid_e_([a-z]+)(.*)", re.DOTALL)
_STAMPED = re.compile(r"(.*)_([0-9]{17})", re.DOTALL)
_TAILS: Mapping[FileKind, re.Pattern[str]] = {
    FileKind.SLICE: _STAMPED,
    FileKind.IMAGE: _STAMPED,
    FileKind.MP4: re.compile(r"(.*)_([0-9]{1,9})", re.DOTALL),
    FileKind.PLAYLIST: re.compile(r"(.*)_[0-9]+_([0-9]{1,9})", re.DOTALL),
}


def parse_name(key: str, cname: str | None = None) -> FileName | None:
    """Read an object's key; None if it is not named as a recording's file.

    A channel name may itself end like a stamp (`room_1_2`); give `cname` where it is known, so
    that such a playlist is not taken for one that came from the backup.
    """
    prefix, _slash, name = key.rpartition("/")
    match = _NAME.fullmatch(name)
    if not match:
        return None
    failover, sid, rest, extension = match.groups()
    kind = _KINDS[extension]
    channel, uid, track, tail = rest, None, None, rest
    if stream := _STREAM.fullmatch(rest):
        channel, uid, track, tail = stream.groups()
    elif cname is not None and rest.startswith(cname):
        channel, tail = cname, rest[len(cname) :]
    number = None
    if ending := _TAILS[kind].fullmatch(tail):
        number = ending[2]
        channel = channel if channel != rest else ending[1]
    if number is None and kind is not FileKind.PLAYLIST:
        return None
    stamped = _TAILS[kind] is _STAMPED and number is not None
    try:
        started_ms = parse_stamp(number) if stamped and number else None
    except ValueError:
        return None  # seventeen digits that are no time
    return FileName(
        key=key,
        kind=kind,
        prefix=f"{prefix}/" if prefix else "",
        failover=None if failover is None else int(failover),
        sid=sid,
        cname=channel,
        uid=uid,
        track=track,
        index=None if stamped or number is None else int(number),
        started_ms=started_ms,
        extension=extension,
    )


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file as an answer or notice names it. What it does not say is None."""

    file_name: str  # with the prefix
    track_type: str | None = None  # audio, video, audio_and_video
    uid: str | None = None  # "0" in mix mode
    mixed_all_user: bool | None = None
    is_playable: bool | None = None
    slice_start_ms: int | None = None  # Unix milliseconds


def file_entries(answer: Mapping[str, object]) -> tuple[FileEntry, ...]:
    """Every file named in a `serverResponse`, or in the `details` of a notice.

    Reads all documented shapes: one name as text, a list of objects or names, the payloads of web
    services; `fileName` or `filename`; booleans and numbers also as text; times in s or ms.
    What is not a file is passed over, since an answer must never be lost over a detail.
    """
    found = list(_entries(answer.get("fileList")))
    services = answer.get("extensionServiceState")
    for service in services if isinstance(services, list) else []:
        payload = service.get("payload") if isinstance(service, Mapping) else None
        if isinstance(payload, Mapping):
            found += _entries(payload.get("fileList"))
    return tuple(found)


def _entries(value: object) -> Iterator[FileEntry]:
    if isinstance(value, str | Mapping):
        value = [value]
    for item in value if isinstance(value, list) else []:
        if isinstance(item, str) and item:
            yield FileEntry(item)
        if not isinstance(item, Mapping):
            continue
        name = item.get("fileName") or item.get("filename")
        if isinstance(name, str) and name:
            yield FileEntry(
                file_name=name,
                track_type=_text(item.get("trackType")),
                uid=_text(item.get("uid")),
                mixed_all_user=_flag(item.get("mixedAllUser")),
                is_playable=_flag(item.get("isPlayable")),
                # one receiver in the field had to read this misspelling
                slice_start_ms=time_ms(item.get("sliceStartTime", item.get("liceStartTime"))),
            )


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None


def _flag(value: object) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if value is True or value is False or value in (0, 1) else None


def time_ms(value: object) -> int | None:
    """Unix milliseconds of a time that may be a number or text, in seconds or milliseconds.

    Pages of the service disagree about the unit; below 10^11 it can only be seconds.
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value.strip(), re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**18:
        return None
    return round(value * 1000) if value < 10**11 else round(value)
