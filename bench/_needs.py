"""What some benchmarks need beside Python."""

import os


class Missing(Exception):
    """A benchmark cannot be run here; the text says for want of what."""


def postgres() -> str:
    """The address of a PostgreSQL that may make databases."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        return url
    raise Missing("TEST_POSTGRES_URL names no PostgreSQL that may make databases")
