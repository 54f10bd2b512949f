"""`move_database`: copies an embedded installation to the PostgreSQL that DATABASE_URL names."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from recorder.management import folder, moving, needs, preparation
from recorder.management.refusal import refuse
from recorder.models import Heartbeat


class Command(BaseCommand):
    help = (
        "Copies every row of DATA_DIR/app.sqlite3 to the empty database that DATABASE_URL names,"
        " in one transaction, and compares counts and checksums. The old file is only read."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=Path(settings.DATA_DIR) / "app.sqlite3",
            help="the SQLite database (default: %(default)s)",
        )

    def handle(self, *, file: Path, **_: Any) -> None:
        needs.need_keys()  # the secrets move as they are, and must be readable afterwards
        if connection.vendor == "sqlite":
            refuse("Set DATABASE_URL to the new database: postgres://user:password@host/name.")
        if not file.is_file():
            refuse(f"There is no database {file}. Name it, or point DATA_DIR to its folder.")
        held, _was_killed = folder.lock(file.parent, "moving the database")
        try:
            with preparation.sentences():
                preparation.migrate(self.stdout.write)
                with moving.reading(file):
                    if Heartbeat.seen().using(moving.SOURCE).exists():
                        refuse(
                            "A worker is still using the old database, or was half a minute ago."
                            " Stop web and worker, wait 30 seconds, and try again."
                        )
                    moved = moving.move()
        except moving.CannotMove as error:
            refuse(str(error))
        finally:
            folder.release(held)
        self._report(moved)

    def _report(self, moved: tuple[moving.Moved, ...]) -> None:
        for table in moved:
            self.stdout.write(f"{table.table:<40} {table.rows:>9}  {table.checksum[:16]}")
        total = sum(table.rows for table in moved)
        self.stdout.write(
            f"{total} rows in {len(moved)} tables moved to {preparation.database_name()}; counts"
            " and checksums are equal on both sides. Start web and worker with this DATABASE_URL"
            " and the same keys; the old file was not changed."
        )
