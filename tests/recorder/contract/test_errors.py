import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.contract.errors import ROWS, Certainty, Retry, explain
from recorder.contract.states import Operation, ProviderName

ACQUIRE, START, QUERY, STOP = Operation.ACQUIRE, Operation.START, Operation.QUERY, Operation.STOP
UPDATE, UPDATE_LAYOUT = Operation.UPDATE, Operation.UPDATE_LAYOUT


@pytest.mark.parametrize(
    ("operation", "http", "code", "name", "certainty", "again"),
    [
        (START, 201, 7, "already_started", Certainty.ALREADY, False),
        (START, 206, 65, "not_completed", Certainty.UNKNOWN, True),
        (STOP, 206, 65, "not_completed", Certainty.UNKNOWN, True),
        (STOP, 206, 435, "no_recorded_data", Certainty.DONE, False),
        (STOP, 400, 435, "no_recorded_data", Certainty.DONE, False),
        (STOP, 206, None, "upload_unknown", Certainty.DONE, False),
        (STOP, 400, 49, "already_stopping", Certainty.ALREADY, False),
        (STOP, 400, 50, "upload_timeout", Certainty.DONE, False),
        (ACQUIRE, 400, 2, "invalid_parameter", Certainty.REFUSED, False),
        (START, 400, 8, "malformed_request", Certainty.REFUSED, False),
        (START, 400, 53, "task_conflict", Certainty.REFUSED, False),
        (START, 400, 432, "mismatch", Certainty.REFUSED, False),
        (START, 400, 433, "resource_expired", Certainty.REFUSED, True),
        (QUERY, 400, 501, "exiting", Certainty.REFUSED, False),
        (ACQUIRE, 500, 501, "no_capacity", Certainty.REFUSED, True),
        (ACQUIRE, 400, 62, "not_enabled", Certainty.REFUSED, False),
        (START, 500, 62, "backend_timeout", Certainty.UNKNOWN, True),
        (QUERY, 504, 62, "backend_timeout", Certainty.UNKNOWN, True),
        (START, 500, 502, "allocate_failed", Certainty.UNKNOWN, True),
        (ACQUIRE, 400, 401, "invalid_channel_name", Certainty.REFUSED, False),
        (ACQUIRE, 400, 405, "account_suspended", Certainty.REFUSED, False),
        (ACQUIRE, 400, 406, "too_many_sessions", Certainty.REFUSED, True),
        (START, 400, 1013, "invalid_channel_name", Certainty.REFUSED, False),
        (UPDATE_LAYOUT, 400, 1028, "invalid_layout", Certainty.REFUSED, False),
        (QUERY, 404, 404, "not_found", Certainty.REFUSED, True),
        (UPDATE, 404, 404, "not_found", Certainty.REFUSED, True),
        (START, 400, 1001, "resource_unreadable", Certainty.REFUSED, False),
        (QUERY, 400, 1003, "wrong_resource", Certainty.REFUSED, False),
        (START, 429, None, "rate_limited", Certainty.REFUSED, True),
        (START, None, 109, "token_expired", Certainty.REFUSED, False),
        (START, None, 110, "token_invalid", Certainty.REFUSED, False),
    ],
)
def test_documented_answers_are_named(operation, http, code, name, certainty, again):
    row = explain(operation, http, code)

    assert (row.name, row.certainty, bool(row.retry)) == (name, certainty, again)


@pytest.mark.parametrize(
    ("http", "text", "name"),
    [
        (401, "Unauthorized", "unauthorized"),
        (401, "Invalid authentication credentials", "unauthorized"),
        (404, "no Route matched with those values", "no_route"),
        (400, "appid is invalid", "invalid_app_id"),
        (400, "invalid appid", "invalid_app_id"),
        (429, "API rate limit exceeded", "rate_limited"),
    ],
)
@pytest.mark.parametrize("operation", list(Operation))
def test_the_gateway_is_understood_by_its_words(operation, http, text, name):
    assert explain(operation, http, None, text).name == name


@pytest.mark.parametrize(
    ("http", "name", "certainty"),
    [
        (None, "no_answer", Certainty.UNKNOWN),
        (500, "server_error", Certainty.UNKNOWN),
        (503, "server_error", Certainty.UNKNOWN),
        (418, "refused", Certainty.REFUSED),
        (302, "unexpected_answer", Certainty.UNKNOWN),
        (200, "unexpected_answer", Certainty.UNKNOWN),
    ],
)
def test_what_nobody_documented_is_judged_by_its_status(http, name, certainty):
    row = explain(UPDATE, http, None)

    assert (row.name, row.certainty) == (name, certainty)


def test_a_documented_code_under_another_status_of_the_same_hundred_is_still_that_error():
    assert explain(START, 409, 53).name == "task_conflict"
    assert explain(START, 504, 62).name == "backend_timeout"
    assert explain(START, 500, 53).name == "server_error"


@given(
    st.sampled_from(Operation),
    st.none() | st.integers(-1, 1000),
    st.none() | st.integers(-5, 3000),
    st.text(max_size=40),
    st.sampled_from(ProviderName),
)
def test_there_is_always_an_explanation_in_three_parts(operation, http, code, text, provider):
    row = explain(operation, http, code, text, provider=provider)

    assert row.operation is operation
    assert all((row.meaning, row.consequence, row.remedy))


def test_a_refused_call_is_never_said_to_have_changed_anything():
    assert "earlier layout" in explain(UPDATE_LAYOUT, 400, 1028).consequence
    assert "earlier settings" in explain(UPDATE, 400, 2).consequence
    assert "not stopped" in explain(STOP, 400, 2).consequence


def test_an_unknown_start_warns_that_a_recording_may_be_running():
    for http, code in ((206, 65), (500, 62), (503, None), (None, None)):
        assert "may be running" in explain(START, http, code).consequence


def test_every_row_has_whole_sentences_and_a_source():
    for row in ROWS:
        assert row.source
        for sentence in (row.meaning, row.consequence, row.remedy):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
        assert row.text is None or row.text == row.text.lower()
        assert not row.delays or row.retry is Retry.SAME


def test_no_two_rows_answer_for_the_same_thing():
    keys = [(row.provider, row.operation, row.http, row.code, row.text) for row in ROWS]

    assert len(set(keys)) == len(keys)
