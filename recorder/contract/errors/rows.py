"""The rows of the error table.

Sources: Agora's pages of common errors and status codes, older reference pages and the official
SDKs, merged. The HTTP status of 432, 433, 501 (query), 1001, 1003, 1013 and 1028 is in no document:
those rows leave it open.
"""

from collections.abc import Mapping

from recorder.contract.errors.doubtful import DOUBTFUL
from recorder.contract.errors.make import ALL, rows
from recorder.contract.errors.refusals import ACCOUNT, CAPACITY, REQUEST
from recorder.contract.errors.row import Certainty, ErrorRow, Retry
from recorder.contract.states import Operation
from recorder.contract.words import DERIVED, _

ROWS: tuple[ErrorRow, ...] = (*DOUBTFUL, *CAPACITY, *REQUEST, *ACCOUNT)


def _by_operation(
    name: str, meaning: str, remedy: str, certainty: Certainty, retry: Retry
) -> Mapping[Operation, ErrorRow]:
    made = rows(
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
    return {row.operation: row for row in made if row.operation}


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
