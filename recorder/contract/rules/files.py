"""Rules of file types, screenshots and postponed transcoding."""

from recorder.contract.rules.rule import (
    ONLY_INDIVIDUAL,
    ONLY_MIX,
    ONLY_WEB,
    Also,
    Rule,
    View,
    advised,
    refused,
    when,
)
from recorder.contract.states import ProviderName
from recorder.contract.words import ACQUIRE, ANYRTC, SDK_PYTHON, SNAPSHOT_GUIDE, START, _

ROOT = "clientRequest"
_TYPES = "recordingFileConfig.avFileType"
_TRANS_MODE = "transcodeOptions.transConfig.transMode"
_FORMAT = "transcodeOptions.container.format"
FORMATS = {"audioMix": {"mp3", "m4a", "aac"}, "postponeTranscoding": {"mp4"}}


def _streams(view: View) -> int | None:
    return view.number("recordingConfig.streamTypes", 2)


def _mp4_alone(view: View) -> bool:
    types = view.items(_TYPES)
    return "mp4" in types and "hls" not in types


def _screenshots_of_audio(view: View) -> bool:
    return view.has("snapshotConfig") and _streams(view) == 0


def _screenshots_of_nobody(view: View) -> bool:
    """Naming whose audio to take, and nobody's video, leaves nothing to photograph."""
    lists = view.at("recordingConfig")
    named = lists.has("subscribeAudioUids") and not lists.has("subscribeVideoUids")
    return view.has("snapshotConfig") and named


def _short_interval(view: View) -> bool:
    seconds = view.number("snapshotConfig.captureInterval")
    return seconds is not None and 1 <= seconds < 5


def _anyrtc_both(view: View) -> bool:
    both = view.has("snapshotConfig") and view.has("recordingFileConfig")
    return both and view.facts.provider is ProviderName.ANYRTC


def _format_misfit(view: View) -> bool:
    fitting = FORMATS.get(view.text(_TRANS_MODE) or "")
    named = view.text(_FORMAT, "mp3")
    known = view.has(_FORMAT) or view.has("transcodeOptions.container")
    return known and fitting is not None and named is not None and named not in fitting


def _mixing_something_else(view: View) -> bool:
    if view.text(_TRANS_MODE) != "audioMix":
        return False
    original = view.text("recordingConfig.streamMode", "default") == "original"
    return _streams(view) != 0 or not original


RULES: tuple[Rule, ...] = (
    refused(
        "start.avFileType.mp4_needs_hls",
        _TYPES,
        _("MP4 files are made beside HLS, not alone."),
        (START,),
        when(_TYPES, _mp4_alone),
        modes=ONLY_MIX | ONLY_WEB,
        root=ROOT,
    ),
    refused(
        "start.avFileType.individual_hls",
        _TYPES,
        _("Individual mode makes HLS only; MP4 is for mix and web mode."),
        (START,),
        when(_TYPES, lambda view: "mp4" in view.items(_TYPES)),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    refused(
        "start.snapshot.mode",
        "snapshotConfig",
        _("Screenshots are taken in individual mode only."),
        (START,),
        when("snapshotConfig", lambda view: view.has("snapshotConfig")),
        modes=ONLY_MIX | ONLY_WEB,
        root=ROOT,
    ),
    advised(
        "start.snapshot.exclusive_old",
        "snapshotConfig",
        _("Screenshots alone need no file types; with file types both are made."),
        (START, SNAPSHOT_GUIDE),
        severity="info",
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    refused(
        "start.snapshot.streamTypes",
        "snapshotConfig",
        _("Screenshots need video: streams of video only, or of audio and video."),
        (START,),
        when("snapshotConfig", _screenshots_of_audio),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    refused(
        "start.snapshot.subscribeVideo",
        "snapshotConfig",
        _("Screenshots with chosen audio users need chosen video users too."),
        (START,),
        when("snapshotConfig", _screenshots_of_nobody),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    advised(
        "start.snapshot.captureInterval.short",
        "snapshotConfig.captureInterval",
        _("Newer versions of the service take a screenshot every 5 seconds at most."),
        (START, SNAPSHOT_GUIDE),
        when("snapshotConfig.captureInterval", _short_interval),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    advised(
        "anyrtc.snapshot.apart",
        "snapshotConfig",
        _("anyRTC records and takes screenshots in two recordings with two uids."),
        (ANYRTC,),
        when("snapshotConfig", _anyrtc_both),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
    refused(
        "postponed.mixing_needs_original",
        "recordingConfig.streamMode",
        _("Postponed audio mixing needs a recording of audio only with the stream mode original."),
        (START, ACQUIRE, SDK_PYTHON),
        when("recordingConfig.streamMode", _mixing_something_else),
        modes=ONLY_INDIVIDUAL,
        root=ROOT,
    ),
)

ALSO: tuple[Also, ...] = (Also("postponed.format", ROOT, when(_FORMAT, _format_misfit)),)
