"""The types of notices.

Sources: Agora Notification Center, Cloud Recording events (2026), Agora Cloud Recording callback
service (2021), integration best practices (13, which no table of events has). Types that no
document explains (20, 62) are not here; a notice of an unknown type is kept and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recorder.contract.files import FileEntry
from recorder.contract.states import Mode, Status, Upload
from recorder.contract.words import _

PRODUCT_ID = 3  # Cloud Recording, among all products that send notices

SERVICE_TYPES: Mapping[int, str] = {
    0: _("Recording service"),
    1: _("Recorder"),
    2: _("Uploader"),
    4: _("Extension service"),
    6: _("Web recorder"),
    8: _("Downloader"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a notice says about a session. None: nothing."""

    status: Status | None = None
    upload: Upload | None = None
    notes: tuple[str, ...] = ()  # the details in words: reasons, errors (gettext message ids)
    attention: bool = False  # an operator should look
    level: int = 3  # how bad that is, as ERROR_LEVELS has it
    query: bool = False  # ask the service at once
    files: tuple[FileEntry, ...] = ()
    slice_start_ms: int | None = None  # Unix milliseconds
    new_uid: str = ""  # the recorder's, after a fail-over


@dataclass(frozen=True, slots=True)
class Event:
    """One type of notice. `effect` holds whatever the details say; `effect_of` reads those too."""

    type: int
    name: str  # details.msgName
    service_type: int | None
    meaning: str
    effect: Effect = Effect()
    details: tuple[str, ...] = ()
    modes: frozenset[Mode] = frozenset(Mode)


_WEB = frozenset({Mode.WEB})
_INDIVIDUAL = frozenset({Mode.INDIVIDUAL})
_CHANNEL = frozenset({Mode.INDIVIDUAL, Mode.MIX})

EVENTS: Mapping[int, Event] = {
    event.type: event
    for event in (
        Event(
            1,
            "cloud_recording_error",
            0,
            _("The service reports an error."),
            Effect(attention=True),
            ("module", "errorLevel", "errorCode", "stat", "errorMsg"),
        ),
        Event(
            2,
            "cloud_recording_warning",
            0,
            _("The service reports a warning."),
            Effect(),
            ("module", "warnCode"),
        ),
        Event(
            3,
            "cloud_recording_status_update",
            0,
            _("A call did not fit the state of the recording."),
            Effect(),
            ("status", "recordingMode", "fileList"),
        ),
        Event(
            4,
            "cloud_recording_file_infos",
            0,
            _("The first playlist is uploaded."),
            Effect(Status.RECORDING, Upload.UPLOADING),
            ("fileList",),
        ),
        Event(
            11,
            "session_exit",
            0,
            _("The recording has ended."),
            Effect(Status.STOPPED),
            ("exitStatus",),
        ),
        Event(
            12,
            "session_failover",
            0,
            _("The recording is being moved to another server."),
            Effect(Status.RECOVERING, attention=True),
            ("newUid",),
        ),
        Event(
            13,
            "",  # not documented
            0,
            _("The recording is registered for fail-over to another server."),
        ),
        Event(30, "uploader_started", 2, _("The uploader has started."), Effect(), ("status",)),
        Event(
            31,
            "uploaded",
            2,
            _("All files are in the bucket."),
            Effect(upload=Upload.UPLOADED),
            ("status", "fileList"),
        ),
        Event(
            32,
            "backuped",
            2,
            _("All files are uploaded, at least one of them only to the provider's backup."),
            Effect(upload=Upload.BACKED_UP, attention=True),
            ("status", "fileList"),
        ),
        Event(
            33,
            "uploading_progress",
            2,
            _("Upload progress, in ten-thousandths of what is recorded."),
            Effect(upload=Upload.UPLOADING),
            ("progress",),
        ),
        Event(
            40,
            "recorder_started",
            1,
            _("The recorder is in the channel."),
            Effect(Status.RECORDING),
            ("status",),
            _CHANNEL,
        ),
        Event(
            41,
            "recorder_leave",
            1,
            _("The recorder has left the channel."),
            Effect(Status.STOPPING),
            ("leaveCode",),
            _CHANNEL,
        ),
        Event(
            42,
            "recorder_slice_start",
            1,
            _("A slice has begun: the first one, or the first after a gap."),
            Effect(Status.RECORDING),
            ("startUtcMs", "discontinueUtcMs", "mixedAllUser", "streamUid", "trackType"),
            _CHANNEL,
        ),
        Event(
            43,
            "recorder_audio_stream_state_changed",
            1,
            _("A user's audio has started or stopped arriving."),
            Effect(),
            ("streamUid", "state", "UtcMs"),
            _CHANNEL,
        ),
        Event(
            44,
            "recorder_video_stream_state_changed",
            1,
            _("A user's video has started or stopped arriving."),
            Effect(),
            ("streamUid", "state", "UtcMs"),
            _CHANNEL,
        ),
        Event(
            45,
            "recorder_snapshot_file",
            1,
            _("A screenshot is stored."),
            Effect(),
            ("fileName",),
            _INDIVIDUAL,
        ),
        Event(
            60,
            "vod_started",
            4,
            _("The upload to Alibaba Cloud VoD has begun."),
            Effect(),
            ("aliVodInfo",),
            _INDIVIDUAL,
        ),
        Event(
            61,
            "vod_triggered",
            4,
            _("The upload to Alibaba Cloud VoD is complete."),
            Effect(),
            (),
            _INDIVIDUAL,
        ),
        Event(
            70,
            "web_recorder_started",
            6,
            _("The web page is being recorded."),
            Effect(Status.RECORDING),
            ("recorderStartTime",),
            _WEB,
        ),
        Event(
            71,
            "web_recorder_stopped",
            6,
            _("Recording of the web page has stopped."),
            Effect(Status.STOPPING),
            ("code", "message", "details", "fileList"),
            _WEB,
        ),
        Event(
            72,
            "web_recorder_capability_limit",
            6,
            _("The web page needs more than the recorder has; recording stops."),
            Effect(Status.STOPPING, attention=True),
            ("limitType",),
            _WEB,
        ),
        Event(
            73,
            "web_recorder_reload",
            6,
            _("The web page was loaded again."),
            Effect(),
            ("reason",),
            _WEB,
        ),
        Event(
            80,
            "transcoder_started",
            None,
            _("Postponed transcoding has begun."),
            Effect(),
            (),
            _INDIVIDUAL,
        ),
        Event(
            81,
            "transcoder_completed",
            None,
            _("Postponed transcoding is complete."),
            Effect(),
            ("result", "uids"),
            _INDIVIDUAL,
        ),
        Event(
            90,
            "download_failed",
            8,
            _("The postponed job could not read its source files."),
            Effect(attention=True),
            ("vendor", "region", "bucket", "fileName"),
            _INDIVIDUAL,
        ),
        Event(
            100,
            "rtmp_publish_status",
            6,
            _("The state of the stream pushed to a CDN has changed."),
            Effect(),
            ("rtmpUrl", "status"),
            _WEB,
        ),
        Event(
            1001,
            "postpone_transcode_final_result",
            0,
            _("The final result of the postponed job."),
            Effect(),
            ("result", "fileList"),
            _INDIVIDUAL,
        ),
    )
}
