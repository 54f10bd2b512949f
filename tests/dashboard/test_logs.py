"""What the log says of a failure, and what it never says."""

import json
import logging

import pytest

from dashboard.logs import logging_settings

ADDRESS = "https://bucket.example/rooms/1.ts?X-Amz-Signature=0123456789abcdef&se=2024"


def told(log_format: str) -> str:
    """An error of a library, whose text holds a signed address, behind one of ours."""
    formatter = logging_settings(log_format, debug=False)["formatters"]["structlog"]
    options = {key: value for key, value in formatter.items() if key != "()"}
    try:
        try:
            raise ConnectionError(f"Max retries exceeded with url: {ADDRESS}")
        except ConnectionError as error:
            raise RuntimeError("The storage cannot be reached.") from error
    except RuntimeError as error:
        cause = (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "recorder", logging.ERROR, __file__, 1, "Broke off: token=%s", ("abcdefgh",), cause
    )
    record.customer_secret = "hidden-customer-secret"
    return formatter["()"](**options).format(record)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_failure_is_told_with_its_cause_and_without_a_secret(log_format):
    text = told(log_format)

    for said in (
        "Broke off",
        "The storage cannot be reached.",
        "https://bucket.example/rooms/1.ts",
    ):
        assert said in text
    for secret in ("0123456789abcdef", "abcdefgh", "hidden-customer-secret"):
        assert secret not in text


def test_a_line_of_json_is_one_object():
    assert json.loads(told("json"))["level"] == "error"
