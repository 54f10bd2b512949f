"""The rows of the error table.

Sources: Agora's pages of common errors and status codes, older reference pages and the official
SDKs, merged. The HTTP status of 432, 433, 501 (query), 1001, 1003, 1013 and 1028 is in no document:
those rows leave it open.
"""

from collections.abc import Iterator, Mapping

from recorder.contract.errors.row import Certainty, ErrorRow, Retry
from recorder.contract.states import Operation
from recorder.contract.words import (
    BEST_PRACTICES,
    DERIVED,
    ERRORS,
    FAQ,
    QUICKSTART,
    START,
    STATUS_CODES,
    STOP,
    _,
)

ACQUIRE, START_CALL, QUERY = Operation.ACQUIRE, Operation.START, Operation.QUERY
UPDATE, UPDATE_LAYOUT, STOP_CALL = Operation.UPDATE, Operation.UPDATE_LAYOUT, Operation.STOP
ALL = tuple(Operation)
POSTS = (ACQUIRE, START_CALL, UPDATE, UPDATE_LAYOUT, STOP_CALL)
WITH_SID = (QUERY, UPDATE, UPDATE_LAYOUT, STOP_CALL)
CHANGES = (UPDATE, UPDATE_LAYOUT)

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


def _rows(
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


_DOUBTFUL = (
    *_rows(
        (START_CALL,),
        201,
        7,
        "already_started",
        _("The service has already started a recording with this resource id."),
        _("Wait for a callback or look into the bucket for its id. Do not send start again."),
        consequence=_("One recording runs or has run; this call started no second one."),
        certainty=Certainty.ALREADY,
        source=QUICKSTART,
    ),
    *_rows(
        (START_CALL, QUERY, UPDATE, UPDATE_LAYOUT, STOP_CALL),
        206,
        65,
        "not_completed",
        _("The request reached the service, but the answer timed out inside it."),
        _("Repeat the same call after 3 and 6 seconds. A start that still fails needs a new one."),
        certainty=Certainty.UNKNOWN,
        retry=Retry.SAME,
        delays=(3, 6),
    ),
    *(
        row
        for http in (206, 400)  # 400 in older documents
        for row in _rows(
            (STOP_CALL,),
            http,
            435,
            "no_recorded_data",
            _("Nobody published while the recording ran, so nothing was recorded."),
            _("Check that the channel name is right and that somebody was publishing."),
            consequence=_("The recording has stopped. There are no files."),
            certainty=Certainty.DONE,
            source=STOP,
        )
    ),
    *_rows(
        (STOP_CALL,),
        206,
        None,
        "upload_unknown",
        _("The recording has stopped; whether all its files are uploaded is not known yet."),
        _("Wait for the upload callback, or look into the bucket in a few minutes."),
        consequence=_("What was recorded is safe; the list of files may be missing for now."),
        certainty=Certainty.DONE,
        source=STOP,
    ),
    *_rows(
        (STOP_CALL,),
        None,
        50,
        "upload_timeout",
        _("The service waited for the upload and gave up waiting."),
        _("Wait for the upload callback, or look into the bucket in a few minutes."),
        consequence=_("The recording has stopped; files may still be on their way."),
        certainty=Certainty.DONE,
        source=STOP,
    ),
    *_rows(
        (STOP_CALL,),
        400,
        49,
        "already_stopping",
        _("The recording was already stopping or had stopped."),
        _("Nothing needs doing. Its files follow as usual."),
        consequence=_("This call changed nothing; an earlier stop or an idle channel ended it."),
        certainty=Certainty.ALREADY,
    ),
    *_rows(
        WITH_SID,
        404,
        404,
        "not_found",
        _("The service has no running recording with this id."),
        _("Check again after 5, 10 and 15 seconds: a recording that is being moved comes back."),
        consequence=_(
            "It has ended, never ran, or is being moved to another server for up to 90 seconds."
        ),
        retry=Retry.SAME,
        delays=(5, 10, 15),
        source=FAQ,
    ),
    *_rows(
        (START_CALL,),
        500,
        62,
        "backend_timeout",
        _("The service could not reach its own recorder in time."),
        _("Repeat the same call after 3, 6 and 9 seconds, then start anew with another uid."),
        certainty=Certainty.UNKNOWN,
        retry=Retry.SAME,
        delays=(3, 6, 9),
        source=BEST_PRACTICES,
    ),
    *_rows(
        WITH_SID,
        504,
        62,
        "backend_timeout",
        _("The service could not reach its own recorder in time."),
        _("Repeat the same call after a few seconds."),
        certainty=Certainty.UNKNOWN,
        retry=Retry.SAME,
        delays=(5, 10, 15, 30),
    ),
    *_rows(
        (START_CALL,),
        500,
        502,
        "allocate_failed",
        _("The service could not assign a recorder."),
        _("Check that nothing is running, then acquire and start anew."),
        certainty=Certainty.UNKNOWN,
        retry=Retry.ACQUIRE,
    ),
)

_CAPACITY = (
    *_rows(
        (ACQUIRE,),
        500,
        501,
        "no_capacity",
        _("The service has no free recorder at the moment."),
        _("Try again in a few seconds, with growing pauses."),
        retry=Retry.SAME,
        delays=(3, 6, 9),
        source=STATUS_CODES,
    ),
    *_rows(
        (ACQUIRE,),
        500,
        500,
        "internal_error",
        _("The service had an internal error."),
        _("Try again in a few seconds, with growing pauses."),
        retry=Retry.SAME,
        delays=(3, 6, 9),
        source=STATUS_CODES,
    ),
    *_rows(
        (ACQUIRE,),
        500,
        504,
        "allocate_timeout",
        _("The service took too long to assign a recorder."),
        _("Try again in a few seconds, with growing pauses."),
        retry=Retry.SAME,
        delays=(3, 6, 9),
        source=STATUS_CODES,
    ),
    *_rows(
        (ACQUIRE,),
        400,
        405,
        "account_suspended",
        _("The account is not active; usually a bill is unpaid."),
        _("Settle the account with the provider, then start again."),
        source=STATUS_CODES,
    ),
    *_rows(
        (ACQUIRE,),
        400,
        406,
        "too_many_sessions",
        _("The account records as many channels at once as it may."),
        _("Stop a recording or wait for one to end, then try again; or ask for a higher quota."),
        retry=Retry.LATER,
        source=STATUS_CODES,
    ),
    *_rows(
        ALL,
        429,
        None,
        "rate_limited",
        _("More calls were sent than the account may send in one second."),
        _("Wait a moment; calls are spaced and sent again."),
        retry=Retry.LATER,
        source=STATUS_CODES,
    ),
)

_REQUEST = (
    *_rows(
        ALL,
        400,
        2,
        "invalid_parameter",
        _("The service refused a value: missing, of the wrong type or out of range."),
        _("Correct the field named in the answer and send the request again."),
    ),
    *_rows(
        ALL,
        400,
        8,
        "malformed_request",
        _("The request was not understood: content type, method, address or JSON was wrong."),
        _("Check the base URL of the project. If that is right, report this as a fault."),
    ),
    *_rows(
        (START_CALL,),
        400,
        53,
        "task_conflict",
        _("This channel is already being recorded under the same recorder uid."),
        _("Stop the other recording first, or start with another recorder uid."),
        consequence=_("No second recording was started; the earlier one goes on undisturbed."),
        source=QUICKSTART,
    ),
    *_rows(
        ALL,
        None,
        432,
        "mismatch",
        _("App ID, channel or recorder uid differ from those the resource id was acquired with."),
        _("Send the call with the values of the session. To record, start anew."),
    ),
    *_rows(
        (START_CALL,),
        None,
        433,
        "resource_expired",
        _("The resource id is older than five minutes."),
        _("Acquire a new one and start with it at once."),
        retry=Retry.ACQUIRE,
        source=QUICKSTART,
    ),
    *_rows(
        (QUERY,),
        400,
        501,
        "exiting",
        _("The recording is ending and answers no more queries."),
        _("Stop asking. Its files are reported by callbacks, or found in the bucket."),
    ),
    *_rows(
        ALL,
        None,
        1001,
        "resource_unreadable",
        _("The service cannot read the resource id."),
        _("Acquire a new one for the next recording."),
    ),
    *_rows(
        ALL,
        None,
        1003,
        "wrong_resource",
        _("App ID or session id do not belong to the resource id."),
        _("Check that the session belongs to this project."),
    ),
    *_rows(
        POSTS,
        None,
        1013,
        "invalid_channel_name",
        _("The channel name has characters the service does not take, or is too long."),
        _("Use at most 64 letters, digits, spaces and the documented punctuation marks."),
    ),
    *_rows(
        (ACQUIRE,),
        400,
        401,
        "invalid_channel_name",
        _("The channel name has characters the service does not take, or is too long."),
        _("Use at most 64 letters, digits, spaces and the documented punctuation marks."),
        source=STATUS_CODES,
    ),
    *_rows(
        (UPDATE_LAYOUT,),
        None,
        1028,
        "invalid_layout",
        _("The service refused the layout."),
        _("Correct the region or field named in the answer and apply the layout again."),
    ),
)

_ACCOUNT = (
    *_rows(
        (ACQUIRE,),
        400,
        62,
        "not_enabled",
        _("Cloud recording is not enabled for this App ID."),
        _("Enable it in the provider's console, then start again."),
    ),
    *_rows(
        (ACQUIRE,),
        400,
        400,
        "invalid_app_id",
        _("The provider does not know this App ID."),
        _("Compare the App ID of the project with the provider's console."),
        source=STATUS_CODES,
    ),
    *(
        row
        for text in ("invalid appid", "appid is invalid")
        for row in _rows(
            ALL,
            400,
            None,
            "invalid_app_id",
            _("The provider does not know this App ID, or it belongs to another customer."),
            _("Compare the App ID of the project with the provider's console."),
            text=text,
            source=STATUS_CODES,
        )
    ),
    *_rows(
        ALL,
        401,
        None,
        "unauthorized",
        _("The provider did not accept the customer id and secret."),
        _("Enter the customer id and secret of the project again, and check that they are active."),
        source=STATUS_CODES,
    ),
    *_rows(
        ALL,
        404,
        None,
        "no_route",
        _("The provider knows no such address."),
        _("Check the base URL of the project."),
        text="no route matched",
        source=STATUS_CODES,
    ),
    # Nothing answers a call with these two: the recorder meets them when it joins the channel.
    *_rows(
        (START_CALL,),
        None,
        109,
        "token_expired",
        _("The channel refused the recorder: its token has expired."),
        _("Start again with a new token that outlives the recording."),
        consequence=_("The recording has ended by itself; nothing was recorded."),
        source=START,
    ),
    *_rows(
        (START_CALL,),
        None,
        110,
        "token_invalid",
        _("The channel refused the recorder: its token is wrong."),
        _("Check the App Certificate of the project; the token must fit channel and recorder uid."),
        consequence=_("The recording has ended by itself; nothing was recorded."),
        source=START,
    ),
)

ROWS: tuple[ErrorRow, ...] = (*_DOUBTFUL, *_CAPACITY, *_REQUEST, *_ACCOUNT)


def _by_operation(
    name: str, meaning: str, remedy: str, certainty: Certainty, retry: Retry
) -> Mapping[Operation, ErrorRow]:
    rows = _rows(
        ALL,
        None,
        None,
        name,
        meaning,
        remedy,
        certainty=certainty,
        retry=retry,
        source=DERIVED,
    )
    return {row.operation: row for row in rows if row.operation}


# For answers nobody documented, by the hundreds of the HTTP status; 0 is no answer at all.
BY_CLASS: Mapping[int, Mapping[Operation, ErrorRow]] = {
    0: _by_operation(
        "no_answer",
        _("The provider did not answer."),
        _("Check the connection and the provider's status page."),
        Certainty.UNKNOWN,
        Retry.NO,
    ),
    4: _by_operation(
        "refused",
        _("The provider refused the call for a reason that is not documented."),
        _("Read the answer under Details and correct the request."),
        Certainty.REFUSED,
        Retry.NO,
    ),
    5: _by_operation(
        "server_error",
        _("The provider had an error of its own."),
        _("Wait a little; look at the provider's status page if it lasts."),
        Certainty.UNKNOWN,
        Retry.SAME,
    ),
}
UNEXPECTED: Mapping[Operation, ErrorRow] = _by_operation(
    "unexpected_answer",
    _("The provider gave an answer that is not documented."),
    _("Check that the base URL of the project is the provider's. Read the answer under Details."),
    Certainty.UNKNOWN,
    Retry.NO,
)
