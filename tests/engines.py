"""What some tests need beside Python: skipped with a sentence where it is missing.

Under TEST_REQUIRE_ALL=1, as `.ci/run` sets it, nothing may be missing.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest


def program(*names: str) -> Callable[[], str]:
    return lambda: next(filter(None, map(shutil.which, names)), "")


def variable(name: str) -> Callable[[], str]:
    return lambda: os.environ.get(name, "")


def find_postgres() -> str:
    """The folder of initdb and its like, the newest: Debian keeps it off the path."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: float(path.parts[-3]), default=shutil.which("initdb"))
    return str(Path(newest).parent) if newest else ""


ENGINES: dict[str, tuple[Callable[[], str], str]] = {
    "chromium": (
        program("chromium", "chromium-browser", "google-chrome"),
        "no Chromium on this machine",
    ),
    "ffmpeg": (program("ffmpeg"), "no ffmpeg on this machine"),
    "ffprobe": (program("ffprobe"), "no ffprobe on this machine"),
    "node": (program("node"), "no node on this machine"),
    "aws": (program("aws"), "no aws command on this machine"),
    "postgres": (
        variable("TEST_POSTGRES_URL"),
        "no PostgreSQL: TEST_POSTGRES_URL names no server that may make databases",
    ),
    "initdb": (find_postgres, "no PostgreSQL server's programs on this machine"),
    "redis-server": (program("redis-server"), "no redis-server on this machine"),
    "redis": (variable("TEST_REDIS_URL"), "no Redis: TEST_REDIS_URL names no server"),
}


def require(engine: str) -> str:
    """The path or address of an engine. Without it the test is skipped, or fails (see above)."""
    find, sentence = ENGINES[engine]
    return find() or missing(sentence)


def missing(sentence: str) -> NoReturn:
    """Skip the test with a sentence; under TEST_REQUIRE_ALL=1 fail it."""
    if os.environ.get("TEST_REQUIRE_ALL") == "1":
        pytest.fail(f"{sentence}, and TEST_REQUIRE_ALL=1 skips nothing", pytrace=False)
    pytest.skip(sentence)
