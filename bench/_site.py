"""A site of its own for benchmarks that need the database: a temporary folder, real SQLite."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from recorder.management.environment import apart


@contextmanager
def site() -> Iterator[None]:
    """Django set up on an empty, migrated database. One per process: Django is set up once."""
    with tempfile.TemporaryDirectory(prefix="reelroom-bench-") as folder:
        environment = apart(folder)
        os.environ.clear()
        os.environ |= environment | {
            "SECRET_KEY": "for benchmarks only",
            "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }
        import django
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        connections.close_all()
        for database in settings.DATABASES.values():
            database["NAME"] = Path(folder) / "app.sqlite3"
        connections["default"].settings_dict["NAME"] = Path(folder) / "app.sqlite3"
        call_command("migrate", verbosity=0)
        try:
            yield
        finally:
            connections.close_all()
