"""The classes and the contract's table must say the same about what may be concluded."""

import pytest

from recorder.contract.errors import ROWS, Certainty
from recorder.contract.states import Operation, ProviderName
from recorder.errors import RecorderError
from recorder.providers import errors

ANSWERS = [row for row in ROWS if row.http is not None]
CERTAIN = [kind for kind in errors.CLASSES.values() if kind is not errors.NotCompleted]


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row.operation}-{row.http}-{row.name}")
def test_an_error_is_unknown_exactly_where_its_row_is(row):
    error = errors.error_for(
        ProviderName.AGORA, row.operation or Operation.START, row.http, row.code, row.text or ""
    )

    unknown = error.explanation.certainty is Certainty.UNKNOWN
    assert isinstance(error, errors.ProviderUnavailable) == unknown


def test_every_class_stands_for_a_row_that_exists():
    assert set(errors.CLASSES) <= {row.name for row in ROWS}


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("status", [100, 204, 301, 304, 418, 500, 503, 599])
def test_a_status_nobody_documented_still_gets_three_parts(operation, status):
    error = errors.error_for(ProviderName.AGORA, operation, status, None, "")

    parts = (error.explanation.meaning, error.explanation.consequence, error.explanation.remedy)
    assert all(parts)
    assert str(error) == " ".join(parts)


@pytest.mark.parametrize("operation", Operation)
def test_no_connection_is_certain_and_no_answer_is_not(operation):
    unreachable = errors.unreachable(ProviderName.AGORA, operation)
    lost = errors.lost(ProviderName.AGORA, operation)

    assert unreachable.explanation.certainty is Certainty.REFUSED
    assert lost.explanation.certainty is Certainty.UNKNOWN
    assert not isinstance(unreachable, errors.ProviderUnavailable)
    assert isinstance(lost, errors.ProviderUnavailable)


def test_the_services_own_words_are_part_of_the_sentence():
    error = errors.error_for(ProviderName.AGORA, Operation.ACQUIRE, 400, 2, "invalid scene")

    assert "“invalid scene”" in str(error)
    assert error.reason == "invalid scene"


def test_all_share_the_recorders_root():
    assert issubclass(errors.ProviderError, RecorderError)
    assert issubclass(errors.Paced, RecorderError)
    assert not issubclass(errors.Paced, errors.ProviderError)  # nothing was refused: it is early
