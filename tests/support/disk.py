"""A database that cannot grow: SQLite's own limit of pages, where no file system can be filled."""

import contextlib

import pytest
from django.db import connection


@pytest.fixture
def full_disk():
    """`with full_disk():` nothing that needs another page can be saved on this connection."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no limit of pages; SQLite's stands for both.")

    @contextlib.contextmanager
    def full():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA freelist_count")
            (free,) = cursor.fetchone()
            cursor.execute("PRAGMA page_count")
            (pages,) = cursor.fetchone()
            cursor.execute("PRAGMA page_size")
            (size,) = cursor.fetchone()
            cursor.execute("CREATE TABLE filler (bytes BLOB)")
            if free:
                cursor.execute("INSERT INTO filler VALUES (zeroblob(%s))", [free * size])
            cursor.execute("PRAGMA page_count")
            (pages,) = cursor.fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA max_page_count = 1073741823")
                cursor.execute("DROP TABLE filler")

    return full
