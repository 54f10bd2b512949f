"""Moving an embedded installation's rows to another database: all of them, proved equal, or none.

The queue is not moved: its jobs are hints, and what must be done stands in the rows.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from recorder.errors import RecorderError
from recorder.models import Secret

SOURCE = "embedded"
BATCH = 500
# Made by `migrate` itself, with ids of its own: what the old database says replaces them.
_MADE_BY_MIGRATE: tuple[type[models.Model], ...] = (Permission, ContentType)


class CannotMove(RecorderError):
    """Nothing was changed in either database."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table. `checksum` is the SHA-256 over all of its rows, the same on both sides."""

    table: str
    rows: int
    checksum: str


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """The SQLite file as the database SOURCE, read as it is at one moment and never written."""
    connections.databases[SOURCE] = connections.configure_settings(
        {
            SOURCE: {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{file.resolve().as_uri()}?mode=ro",
                "OPTIONS": {"uri": True, "transaction_mode": "DEFERRED"},
            },
            "default": connections.databases["default"],
        }
    )[SOURCE]
    try:
        with transaction.atomic(using=SOURCE):
            yield
    finally:
        connections[SOURCE].close()
        del connections[SOURCE]
        del connections.databases[SOURCE]


def move(target: str = "default") -> tuple[Moved, ...]:
    """Copy every table from SOURCE in one transaction, then read both sides and compare.

    Raises CannotMove.
    """
    _need_same_version(target)
    tables = [model for model in apps.get_models(include_auto_created=True) if _is_table(model)]
    _need_empty(tables, target)
    with transaction.atomic(using=target, durable=True):
        for model in _MADE_BY_MIGRATE:
            model._base_manager.using(target).all().delete()
        for model in tables:
            try:
                with transaction.atomic(using=target):
                    _copy(model, target)
            except DatabaseError as error:
                first_line = str(error).strip().partition("\n")[0]
                raise CannotMove(
                    f"{model._meta.db_table} cannot be copied: {first_line}"
                ) from error
        moved = tuple(_compared(model, target) for model in tables)
        _go_on_counting(tables, target)
    return moved


def _is_table(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy


def _need_same_version(target: str) -> None:
    """The columns of both must be the same ones."""
    applied = [
        set(MigrationRecorder(connections[alias]).applied_migrations())
        for alias in (SOURCE, target)
    ]
    if differing := applied[0] ^ applied[1]:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in differing))
        raise CannotMove(
            f"The two databases are of different versions ({names})."
            " Start the old one once with this version, then try again."
        )


def _need_empty(tables: list[type[models.Model]], target: str) -> None:
    full = [
        model._meta.db_table
        for model in tables
        if model not in _MADE_BY_MIGRATE and model._base_manager.using(target).exists()
    ]
    if full:
        raise CannotMove(
            f"The new database is not empty ({', '.join(full)}). Nothing was copied: give a new"
            " one, so that no row is overwritten."
        )


def _columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if not field.generated]


def _rows(model: type[models.Model], alias: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in _columns(model)]
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    return rows.iterator(chunk_size=BATCH)


def _copy(model: type[models.Model], target: str) -> None:
    """Column by column as stored: saving an object would set its times anew."""
    connection, fields = connections[target], _columns(model)
    quote = connection.ops.quote_name
    places = ", ".join(["%s"] * len(fields))
    names = ", ".join(quote(str(field.column)) for field in fields)
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    batch: list[list[Any]] = []
    with connection.cursor() as cursor:
        for row in _rows(model, SOURCE):
            batch.append(
                [
                    field.get_db_prep_save(value, connection)
                    for field, value in zip(fields, row, strict=True)
                ]
            )
            if len(batch) == BATCH:
                cursor.executemany(insert, batch)
                batch.clear()
        if batch:
            cursor.executemany(insert, batch)


def _compared(model: type[models.Model], target: str) -> Moved:
    table = model._meta.db_table
    (count, before), (arrived, after) = (_checksum(model, alias) for alias in (SOURCE, target))
    if (count, before) != (arrived, after):
        raise CannotMove(
            f"{table} did not arrive as it was ({count} rows, then {arrived}). All was undone."
        )
    return Moved(table, count, before)


def _checksum(model: type[models.Model], alias: str) -> tuple[int, str]:
    seen, count = hashlib.sha256(), 0
    for row in _rows(model, alias):
        text = json.dumps([_plain(value) for value in row], sort_keys=True, default=_as_text)
        seen.update(text.encode() + b"\n")
        count += 1
    return count, seen.hexdigest()


def _plain(value: object) -> object:
    """Numbers as both engines give them back: PostgreSQL's JSON has 1 where SQLite's has 1.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Secret):
        return value.token
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)


def _go_on_counting(tables: list[type[models.Model]], target: str) -> None:
    """New rows get ids after the copied ones."""
    connection = connections[target]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
