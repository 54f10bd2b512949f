"""What a person reads about a start whose answer was lost: what is known, its cost, what next."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from recorder.contract.paths import value_at
from recorder.contract.states import Mode, Operation
from recorder.lifecycle.unconfirmed import has_own_folder, is_sought, may_repeat
from recorder.models import RecordingSession

_IDLE_SECONDS = 30  # the service's own maxIdleTime
_WEB_HOURS = 72  # and maxRecordingHour
_CONFLICT = 53  # of a start: its channel and uid are being recorded


def told(session: RecordingSession) -> tuple[str, str, str]:
    """What happened, for how long it may be charged, what is tried and what a person can do."""
    refused = _refused_at(session)
    return _known(session, refused), _cost(session, runs=bool(refused)), _tried(session, refused)


def _known(session: RecordingSession, refused: datetime | None) -> str:
    """What happened, and to which start."""
    if refused:
        said = _(
            "It runs, but its sid is not known: at %(time)s the service refused another start"
            " there: it was recording."
        ) % {"time": _clock(refused)}
    elif session.proven_at:
        said = _("The service has started this recording, but its answer with the sid was lost.")
    else:
        said = _("The answer to the start was lost.")
    place = _("Channel %(cname)s, uid %(uid)s, sent at %(time)s.") % {
        "cname": session.cname,
        "uid": session.uid,
        "time": _clock(session.start_sent_at or session.requested_at),
    }
    return f"{said} {place}"


def _cost(session: RecordingSession, *, runs: bool) -> str:
    if session.mode == Mode.WEB:
        known = _(
            "While it runs the provider charges for it, until its page ends or %(hours)s hours have"
            " passed."
        )
        doubtful = _(
            "It may be recording. The provider then charges for it until its page ends or"
            " %(hours)s hours have passed."
        )
        hours = _whole(value_at(session.request, _WEB_LIMIT), _WEB_HOURS)
        return (known if runs else doubtful) % {"hours": hours}
    known = _(
        "While it runs the provider charges for it, until the channel has been empty for"
        " %(seconds)s seconds, so for as long as somebody stays."
    )
    doubtful = _(
        "It may be recording. The provider then charges for it until the channel has been empty for"
        " %(seconds)s seconds, so for as long as somebody stays."
    )
    seconds = _whole(value_at(session.request, "recordingConfig.maxIdleTime"), _IDLE_SECONDS)
    return (known if runs else doubtful) % {"seconds": seconds}


_WEB_LIMIT = "extensionServiceConfig.extensionServices.0.serviceParam.maxRecordingHour"


def _tried(session: RecordingSession, refused: datetime | None) -> str:
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
    if refused:
        choice = _(
            "It cannot be stopped without its sid. Try again later to see whether it still runs."
        )
    else:
        choice = _(
            "You can try again with the same channel and uid, which the service refuses while it"
            " runs; or give it up, if you know that it does not."
        )
    return f"{looks} {choice}"


def _refused_at(session: RecordingSession) -> datetime | None:
    """When the service last refused a start because this one runs; None where its last word was
    another."""
    if not session.proven_at:
        return None
    last = session.calls.filter(operation=Operation.START).first()
    return last.started_at if last and last.code == _CONFLICT else None


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i:s")


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
