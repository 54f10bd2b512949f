"""Bringing the data folder up to date. A step that has nothing to do costs milliseconds."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from recorder.management.folder import replace
from recorder.management.refusal import refuse, why

Say = Callable[[str], None]


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what databases and disks complain about into a refusal."""
    try:
        yield
    except DatabaseError as error:
        first_line = str(error).strip().partition("\n")[0]
        refuse(f"The database {database_name()} cannot be used: {first_line}.")
    except OSError as error:
        refuse(f"{error.filename or settings.DATA_DIR} cannot be used: {why(error)}.")


def database_name() -> str:
    """What a person calls it; never the address, which holds a password."""
    database = connection.settings_dict
    return str(database["NAME"]) + (f" on {database['HOST']}" if database.get("HOST") else "")


def migrations_missing() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(say: Say) -> None:
    if migrations_missing():
        say("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)


def static_tree() -> str:
    """A fingerprint of all static files: their names, sizes and times."""
    seen = hashlib.sha256()
    ignored: list[str] = getattr(apps.get_app_config("staticfiles"), "ignore_patterns", [])
    for finder in get_finders():
        for name, storage in finder.list(ignored):
            status = Path(storage.path(name)).stat()
            seen.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def static_collected() -> bool:
    return (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()


def collect_static(say: Say) -> None:
    """Collect and compress the static files, if the tree is not the one of the last time."""
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    tree = static_tree()
    if static_collected() and stamp.exists() and stamp.read_text() == tree:
        return
    say("Collecting the static files …")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    replace(stamp, tree)


def without_pages(folder: Path) -> None:
    """Let the next `up` in this new folder collect nothing, where nobody will look at a page."""
    (folder / "static").mkdir()
    replace(folder / "static" / "staticfiles.json", '{"version": "1.1", "paths": {}}')
    replace(folder / "static.stamp", static_tree())
