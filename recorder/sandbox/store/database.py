"""One SQLite connection per process, shared by its threads under one lock.

Every statement takes well under a millisecond and no caller does other work inside a transaction,
so a lock costs less than a connection per thread (the HTTP server makes a thread per client
connection).
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recorder.sandbox.errors import SandboxError
from recorder.sandbox.store.upgrades import STEPS

SCHEMA_VERSION = 2


class Database:
    """A thread-safe door to the file. `transaction()` may be nested: only the outermost one
    commits.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        try:
            # `timeout` is how long one process waits for the other's write, in seconds.
            self._connection = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._prepare()
        except sqlite3.Error as error:
            raise SandboxError(
                f"The sandbox's database {path} cannot be opened: {error}."
            ) from error

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A crash of the process loses nothing; a power cut may lose the last moments, never the
        # file.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            version = self.value("PRAGMA user_version")
            if version > SCHEMA_VERSION:
                raise SandboxError(
                    f"{self.path} was written by a newer version of the sandbox;"
                    " delete it or name another data directory."
                )
            steps = range(version, SCHEMA_VERSION) if version else ()
            statements = [statement for step in steps for statement in STEPS[step]]
            schema = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
            for statement in [*statements, *schema.split(";\n")]:
                self._connection.execute(statement)
            if version != SCHEMA_VERSION:
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing. Takes the write lock at once, so it cannot fail
        half-way.
        """
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
            return found

    def value(self, statement: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.row(statement, *values)
        return found[0] if found else None

    def run(self, statement: str, *values: Any) -> int:
        """Execute one statement; returns how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def insert(self, table: str, values: Mapping[str, Any], *, replace: bool = False) -> int:
        """Insert one row; returns its rowid (0 for tables without)."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        verb = "REPLACE" if replace else "INSERT"
        with self._lock:
            cursor = self._connection.execute(
                f"{verb} INTO {table} ({names}) VALUES ({marks})",
                tuple(values.values()),
            )
            return cursor.lastrowid or 0

    def update(self, table: str, changes: Mapping[str, Any], where: str, *values: Any) -> int:
        """Change the rows for which `where` holds; returns how many there were."""
        pairs = ", ".join(f"{name} = ?" for name in changes)
        return self.run(
            f"UPDATE {table} SET {pairs} WHERE {where}",  # noqa: S608 - names are ours
            *changes.values(),
            *values,
        )

    def close(self) -> None:
        with self._lock:
            self._connection.close()
