"""What can go wrong in a call, sorted by what the caller may conclude.

Which error an answer is, and how sure its outcome, is read from the contract's table: a class
stands for a row's name, or else for its certainty.
"""

from collections.abc import Mapping
from dataclasses import replace

from recorder.contract.errors import Certainty, ErrorRow, Retry, explain
from recorder.contract.states import Operation, ProviderName
from recorder.contract.words import DERIVED, _
from recorder.errors import RecorderError


class MalformedCredential(RecorderError):
    """An address, App ID or certificate is not of the right form. Named, never shown."""


class Paced(RecorderError):
    """It is not this call's turn yet, and nothing was sent. `wait`: seconds until it may be."""

    def __init__(self, wait: float):
        super().__init__(_("The account's calls are spaced; this one has to wait for its turn."))
        self.wait = wait


class ProviderError(RecorderError):
    """The call did not succeed. Unless a subclass says otherwise: the answer was no, and nothing
    happened.

    `explanation` says it in three parts (each marked for translation) and whether a retry may be
    sent; `status` is the HTTP status, `code` the provider's own number, `reason` its own words,
    redacted.
    """

    def __init__(
        self,
        explanation: ErrorRow,
        *,
        status: int | None = None,
        code: int | None = None,
        reason: str = "",
    ):
        said = f"The answer: “{reason}”." if reason else ""
        parts = (explanation.meaning, said, explanation.consequence, explanation.remedy)
        super().__init__(" ".join(part for part in parts if part))
        self.explanation, self.status, self.code, self.reason = explanation, status, code, reason


class ProviderUnavailable(ProviderError):
    """No answer to what was sent, or a 5xx: we do not know whether it happened."""


class NotCompleted(ProviderUnavailable):
    """206 with code 65: it reached the service and timed out inside. Repeat after 3 and 6 s."""


class UnreadableAnswer(ProviderUnavailable):
    """A status of success over no answer of the service: no JSON, too large, parts missing."""


class ProviderUnreachable(ProviderError):
    """No connection came about. Certain: nothing was sent."""


class RateLimited(ProviderError):
    """429: too many calls in this second. Certain: it was not carried out."""


class CredentialsRefused(ProviderError):
    """401: customer id or secret are wrong, or the service is off for them."""


class AlreadyStarted(ProviderError):
    """201 with code 7: this resource id has started a recording before. `sid` if it was told."""

    sid: str = ""


class AlreadyStopped(ProviderError):
    """Code 49 to a stop: an earlier stop, or the end of the recording, was first."""


class SessionNotFound(ProviderError):
    """404: ended, never ran, or in a fail-over for up to 90 s. Only time tells which."""


class SessionExiting(ProviderError):
    """Code 501 to a query: the recording is ending."""


class TaskConflict(ProviderError):
    """Code 53: channel and uid are being recorded already. That recording goes on."""


class ResourceExpired(ProviderError):
    """Code 433: the resource id is older than five minutes."""


class NoRecordedData(ProviderError):
    """Code 435 to a stop: it has stopped, and nobody had published, so there are no files."""


class TooManySessions(ProviderError):
    """Code 406: the account records as many channels as it may."""


# By the row's name in the contract's table. A row without a class is sorted by its certainty.
CLASSES: Mapping[str, type[ProviderError]] = {
    "already_started": AlreadyStarted,
    "not_completed": NotCompleted,
    "rate_limited": RateLimited,
    "unauthorized": CredentialsRefused,
    "already_stopping": AlreadyStopped,
    "not_found": SessionNotFound,
    "exiting": SessionExiting,
    "task_conflict": TaskConflict,
    "resource_expired": ResourceExpired,
    "no_recorded_data": NoRecordedData,
    "too_many_sessions": TooManySessions,
}


def error_for(
    provider: ProviderName, operation: Operation, status: int, code: int | None, reason: str
) -> ProviderError:
    """The error an answer stands for."""
    row = explain(operation, status, code, reason, provider=provider)
    usual = ProviderUnavailable if row.certainty is Certainty.UNKNOWN else ProviderError
    return CLASSES.get(row.name, usual)(row, status=status, code=code, reason=reason)


def unreadable(
    provider: ProviderName, operation: Operation, status: int, problem: str
) -> ProviderError:
    """For an answer whose status says yes and whose body says nothing. `problem`: a sentence."""
    row = explain(operation, None, None, provider=provider)
    row = replace(
        row,
        name="unreadable_answer",
        meaning=problem,
        # Nothing about what comes next: that is the session's to say, which knows its sid or not.
        remedy=_("Check that the base URL of the project is the provider's."),
    )
    return UnreadableAnswer(row, status=status)


def lost(provider: ProviderName, operation: Operation) -> ProviderError:
    """For a call that went out and was never answered."""
    return ProviderUnavailable(explain(operation, None, None, provider=provider))


def unreachable(provider: ProviderName, operation: Operation) -> ProviderError:
    """For a call that never went out: its consequence is that of any certain refusal."""
    row = explain(operation, 400, None, provider=provider)
    row = replace(
        row,
        http=None,
        name="unreachable",
        meaning=_("No connection to the provider came about; nothing was sent."),
        remedy=_(
            "Check the base URL of the project and this machine's connection, then try again."
        ),
        certainty=Certainty.REFUSED,
        retry=Retry.SAME,
        source=DERIVED,
    )
    return ProviderUnreachable(row)


def unsupported(provider: ProviderName, operation: Operation) -> ProviderError:
    """For a mode the provider does not have; found before anything is sent."""
    row = explain(operation, 400, None, provider=provider)
    row = replace(
        row,
        http=None,
        name="unsupported_mode",
        meaning=_("This provider does not record in this mode; nothing was sent."),
        remedy=_("Choose another mode, or a project at another provider."),
        source=DERIVED,
    )
    return ProviderError(row)
