"""What each refusal and each doubtful answer of the service means, and what may be done about it.

Every row speaks in three parts: what happened (`meaning`), what it means for the recording
(`consequence`), what to do (`remedy`). All of them are gettext message ids.
"""

from collections.abc import Iterable

from recorder.contract.errors.row import Certainty, ErrorRow, Retry
from recorder.contract.errors.rows import BY_CLASS, ROWS, UNEXPECTED
from recorder.contract.states import Operation, ProviderName

__all__ = ["ROWS", "Certainty", "ErrorRow", "Retry", "explain"]


def explain(
    operation: Operation,
    http: int | None,
    code: int | None,
    text: str = "",
    *,
    provider: ProviderName = ProviderName.AGORA,
) -> ErrorRow:
    """The most specific row for an answer; there is always one.

    `http` None means that no answer came (with a `code`: a notice reported it). `text` is the
    answer's `reason` or `message`. A documented code that comes with another status of the same
    hundred is still that error.
    """
    words = str(text or "").lower()
    row = _heaviest(row for row in ROWS if row.fits(provider, operation, http, code, words))
    if row is None and code is not None:
        row = _heaviest(
            row
            for row in ROWS
            if row.code == code
            and (http is None or _hundred(row.http) == _hundred(http))
            and row.fits(provider, operation, row.http, code, words)
        )
    return row or BY_CLASS.get(_hundred(http), UNEXPECTED)[operation]


def _heaviest(rows: Iterable[ErrorRow]) -> ErrorRow | None:
    return max(rows, key=lambda row: row.weight, default=None)


def _hundred(http: int | None) -> int:
    return (http or 0) // 100
