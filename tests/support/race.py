"""Somebody else who is faster by a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from django.db import connection, models


@contextmanager
def taken_after_the_look(row: models.Model) -> Iterator[None]:
    """`row` is written just after somebody has looked whether its name is free."""
    table = row._meta.db_table
    written = False

    def execute(run, sql, params, many, context):
        nonlocal written
        answer = run(sql, params, many, context)
        looks = sql.startswith("SELECT") and "LIMIT 1" in sql and f'"{table}"."name"' in sql
        if looks and row.name in params and not written:
            written = True
            type(row)._default_manager.bulk_create([copy(row)])
        return answer

    with connection.execute_wrapper(execute):
        yield
    assert written, "nobody looked"
