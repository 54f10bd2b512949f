import pytest

from tests.support.notices import SECRET
from tests.support.rows import make_project as new_project
from tests.support.rows import (  # noqa: F401
    make_session,
    provider,
    request_for,
    storage_config,
    user,
)


@pytest.fixture
def project(db, provider):  # noqa: F811
    return new_project(provider.url, callback_secret=SECRET)
