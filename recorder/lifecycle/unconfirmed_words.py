"""What a person reads about a start whose answer was lost: what is known, its cost, what next."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from recorder.contract.paths import value_at
from recorder.contract.states import Mode
from recorder.lifecycle.unconfirmed import has_own_folder, is_sought, may_repeat
from recorder.models import RecordingSession

_IDLE_SECONDS = 30  # the service's own maxIdleTime
_WEB_HOURS = 72  # and maxRecordingHour


def known(session: RecordingSession) -> str:
    """What happened, and to which start."""
    sent = session.start_sent_at or session.requested_at
    said = (
        _("The service has started this recording, but its answer with the sid was lost.")
        if session.proven_at
        else _("The answer to the start was lost.")
    )
    place = _("Channel %(cname)s, uid %(uid)s, sent at %(time)s.") % {
        "cname": session.cname,
        "uid": session.uid,
        "time": date_format(timezone.localtime(sent), "H:i:s"),
    }
    return f"{said} {place}"


def cost(session: RecordingSession) -> str:
    """For how long it may be charged."""
    if session.mode == Mode.WEB:
        hours = _whole(value_at(session.request, _WEB_LIMIT), _WEB_HOURS)
        return _(
            "It may be recording. The provider then charges for it until its page ends or"
            " %(hours)s hours have passed."
        ) % {"hours": hours}
    seconds = _whole(value_at(session.request, "recordingConfig.maxIdleTime"), _IDLE_SECONDS)
    return _(
        "It may be recording. The provider then charges for it until the channel has been empty for"
        " %(seconds)s seconds, so for as long as somebody stays."
    ) % {"seconds": seconds}


_WEB_LIMIT = "extensionServiceConfig.extensionServices.0.serviceParam.maxRecordingHour"


def tried(session: RecordingSession) -> str:
    """What is being done by itself, and what a person can do."""
    if session.again_at:
        return _(
            "The start is sent once more with a new resource id, for the same channel and uid: the"
            " service refuses it while the first one runs."
        )
    if may_repeat(session, timezone.now()):
        return _(
            "The same start is repeated by itself after 3, 6 and 9 seconds. Its resource id starts"
            " one recording only, so this cannot start a second one."
        )
    looks = _looks(
        heard=bool(session.project.callback_secret),
        own_folder=has_own_folder(session),
        sought=is_sought(session, timezone.now()),
    )
    choice = _(
        "You can try again with the same channel and uid, which the service refuses while it runs;"
        " or give it up, if you know that it does not."
    )
    return f"{looks} {choice}"


def _looks(*, heard: bool, own_folder: bool, sought: bool) -> str:
    """Where its sid may still turn up. Without a callback secret no callback is let in."""
    if heard and sought:
        return _("Its sid is waited for in callbacks, and looked for in the storage.")
    if heard:
        return _("Its sid is waited for in callbacks.")
    if sought:
        return _("Its sid is looked for in the storage. The project takes no callbacks.")
    if own_folder:
        return _(
            "Its sid did not turn up in the storage within a day, and the project takes no"
            " callbacks: nothing is looked for any more."
        )
    return _(
        "Its sid cannot turn up by itself: the project has no callback secret, and the folder in"
        " the storage is not this session's own."
    )


def _whole(value: object, usual: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else usual
