from tests.support.rows import (  # noqa: F401
    layout_version,
    make_session,
    project,
    provider,
    request_for,
    storage_config,
    user,
)
