"""Making the rows of the error table: one per operation, with the operation's own consequence."""

from collections.abc import Iterator, Mapping

from recorder.contract.errors.row import Certainty, ErrorRow, Retry
from recorder.contract.states import Operation
from recorder.contract.words import ERRORS, _

ACQUIRE, START_CALL, QUERY = Operation.ACQUIRE, Operation.START, Operation.QUERY
UPDATE, UPDATE_LAYOUT, STOP_CALL = Operation.UPDATE, Operation.UPDATE_LAYOUT, Operation.STOP
ALL = tuple(Operation)
POSTS = (ACQUIRE, START_CALL, UPDATE, UPDATE_LAYOUT, STOP_CALL)
WITH_SID = (QUERY, UPDATE, UPDATE_LAYOUT, STOP_CALL)

# What a call that certainly did nothing means for the recording.
_NOTHING: Mapping[Operation, str] = {
    ACQUIRE: _("No recording was started, and nothing is being charged."),
    START_CALL: _("No recording was started."),
    QUERY: _("The recording is not affected; only its state could not be read."),
    UPDATE: _("The recording goes on with its earlier settings."),
    UPDATE_LAYOUT: _("The recording goes on with its earlier layout."),
    STOP_CALL: _("The recording was not stopped by this call."),
}
# What a call whose outcome nobody knows means for the recording.
_UNSURE: Mapping[Operation, str] = {
    ACQUIRE: _("No recording was started, and nothing is being charged."),
    START_CALL: _("The recording may be running and charged, although its id is not known yet."),
    QUERY: _("The recording is not affected; only its state could not be read."),
    UPDATE: _("The recording goes on; the new settings may or may not be in force."),
    UPDATE_LAYOUT: _("The recording goes on; the new layout may or may not be in force."),
    STOP_CALL: _("The recording may still be running."),
}


def rows(
    operations: tuple[Operation, ...],
    http: int | None,
    code: int | None,
    name: str,
    meaning: str,
    remedy: str,
    *,
    text: str | None = None,
    consequence: str | None = None,
    certainty: Certainty = Certainty.REFUSED,
    retry: Retry = Retry.NO,
    delays: tuple[int, ...] = (),
    source: str = ERRORS,
) -> Iterator[ErrorRow]:
    """One row per operation, with the operation's own consequence unless one is given."""
    usual = _UNSURE if certainty is Certainty.UNKNOWN else _NOTHING
    for operation in operations:
        yield ErrorRow(
            provider=None,
            operation=operation,
            http=http,
            code=code,
            text=text,
            name=name,
            meaning=meaning,
            consequence=consequence or usual[operation],
            remedy=remedy,
            certainty=certainty,
            retry=retry,
            delays=delays,
            source=source,
        )
