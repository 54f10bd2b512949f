import re

import pytest
from openapi_spec_validator import validate

from recorder.api import urls


@pytest.fixture
def schema(api):
    return api.get("/api/v1/schema/").json()


def test_the_schema_is_valid_openapi_3_1(schema):
    validate(schema)

    assert schema["openapi"].startswith("3.1")


def test_every_address_is_in_the_schema(schema):
    written = {re.sub(r"\{\w+\}", "{}", path) for path in schema["paths"]}
    served = set()
    for pattern in [*urls.router.urls, *urls.urlpatterns[1:-3]]:
        served.add("/api/v1/" + re.sub(r"<[^>]+>", "{}", str(pattern.pattern)).lstrip("^"))

    assert served == written


def test_secrets_are_text_going_in_and_facts_coming_out(schema):
    parts = schema["components"]["schemas"]

    assert parts["ProjectRequest"]["properties"]["customer_secret"]["writeOnly"] is True
    assert set(parts["Project"]["properties"]["customer_secret"]["properties"]) == {
        "set",
        "last4",
        "updated_at",
    }


def test_every_operation_tells_what_an_error_looks_like(schema):
    for path in schema["paths"].values():
        for operation in path.values():
            assert "default" in operation["responses"]


def test_the_documentation_page_loads_only_files_of_ours(client, user):
    client.force_login(user)

    page = client.get("/api/v1/docs/").content.decode()

    assert "/static/js/api-docs.js" in page
    assert "<script>" not in page
    assert "http" not in page.replace("http-equiv", "")
