"""The numbers and words inside the details of notices. Source: as for the table of types."""

from collections.abc import Mapping

from recorder.contract.words import _

ERROR_MODULES: Mapping[int, str] = {
    0: _("recorder"),
    1: _("uploader"),
    2: _("recording service"),
    6: _("web recorder"),
}
ERROR_LEVELS: Mapping[int, str] = {
    1: _("debug"),
    2: _("minor"),
    3: _("medium"),
    4: _("major"),
    5: _("fatal"),
}
FATAL = 5

# (module, errorCode) of event 1. Module 0 also sends the API's own codes.
ERROR_CODES: Mapping[tuple[int, int], str] = {
    (0, 2): _("A value of the picture settings was refused."),
    (0, 109): _("The channel refused the recorder: its token has expired."),
    (0, 110): _("The channel refused the recorder: its token is wrong."),
    (1, 32): _("The storage settings are wrong: bucket, region or keys."),
    (1, 47): _("A file could not be uploaded."),
    (1, 51): _("A file could not be read or written."),
    (2, 50): _("The service waited too long for the upload."),
    (2, 52): _("The recording took too long to start."),
}
TOKEN_CODES = frozenset({109, 110})  # of module 0; a start may be refused with the same two
WARNING_CODES: Mapping[tuple[int, int], str] = {
    (1, 31): _("A file is being uploaded to your bucket once more."),
    (1, 32): _("A file is being uploaded to the provider's backup."),
}

# Bits of event 41's leaveCode; 0 stands alone. Several can be set at once.
LEAVE_NEVER_BEGAN = _("The recorder could not be initialised.")
LEAVE_BITS: Mapping[int, str] = {
    2: _("The recorder was told to end."),
    4: _("Nobody was in the channel any more."),
    8: _("The recorder left without a reason that matters."),
    16: _("The recorder left the channel on request."),
}
EXIT_STATUS: Mapping[int, str] = {0: _("It ended normally."), 1: _("It ended abnormally.")}

# Event 71's code.
WEB_STOP_CODES: Mapping[int, str] = {
    0: _("It ended normally."),
    1: _("It reached its longest permitted time."),
    2: _("The page needed more than the recorder has."),
    3: _("The recording engine did not start."),
    4: _("The page did not become ready in time."),
    5: _("The page could not be opened."),
    6: _("The recorder had an error."),
}
WEB_NORMAL_STOPS = frozenset({0, 1})
CAPABILITY_LIMITS: Mapping[str, str] = {
    "resolution": _("picture size"),
    "WebGL": _("WebGL"),
    "bandwidth": _("bandwidth"),
}
RELOAD_REASONS: Mapping[str, str] = {
    "audio_silence": _("The page was silent."),
    "page_load_timeout": _("The page did not become ready in time."),
}
STREAM_STATES: Mapping[int, str] = {0: _("receiving"), 1: _("not receiving")}
RTMP_STATES: Mapping[str, str] = {
    "connecting": _("connecting"),
    "publishing": _("publishing"),
    "onhold": _("on hold"),
    "disconnected": _("disconnected"),
}
JOB_RESULTS: Mapping[str, str] = {
    "all_success": _("all succeeded"),
    "total_success": _("all succeeded"),
    "partial_success": _("some succeeded"),
    "fail": _("failed"),
    "failed": _("failed"),
    "success": _("succeeded"),
}


def leave_reasons(code: int) -> tuple[str, ...]:
    """The reasons in a leaveCode, one per bit: 6 is 2 and 4."""
    if code == 0:
        return (LEAVE_NEVER_BEGAN,)
    return tuple(reason for bit, reason in LEAVE_BITS.items() if code & bit)
