"""A signed-in browser without JavaScript, and rows to look at."""

import pytest
from django.test import Client

from recorder.models import User
from tests.support.rows import (  # noqa: F401
    make_session,
    project,
    provider,
    request_for,
    storage_config,
)


@pytest.fixture
def person(db) -> User:
    return User.objects.create_user("maria")


@pytest.fixture
def signed_in(client: Client, person: User) -> Client:
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def asking() -> dict[str, str]:
    """The header that htmx sends: `signed_in.post(url, data, headers=asking)`."""
    return {"HX-Request": "true"}
