import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from recorder.models import ApiToken, User
from tests.support.sandbox_rows import project_for, storage_for


@pytest.fixture
def user(db):
    cache.clear()
    return User.objects.create_user("ada", password="difference engine")


@pytest.fixture
def api(user):
    """A client with a token, as a program has it."""
    _token, plain = ApiToken.objects.create(user=user, name="tests")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {plain}")
    client.default_format = "json"
    return client


@pytest.fixture
def project(db, sandbox):
    project = project_for(sandbox)
    project.save()
    return project


@pytest.fixture
def storage(db, sandbox):
    config = storage_for(sandbox)
    config.save()
    return config


@pytest.fixture
def fields():
    """The fields of a refusal, and that it is one."""

    def read(response):
        assert response.status_code == 400, response.content
        assert response.json()["error"]["code"] == "invalid"
        return response.json()["error"]["fields"]

    return read
