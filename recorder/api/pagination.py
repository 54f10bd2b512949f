"""Lists by cursor: stable while rows are added, and never a COUNT over the table."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class Cursor(CursorPagination):
    """`next`, `previous`, `results`; newest first. The cursor is a row's id."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        # The base class hands any position to the database, where text that is no id is a crash.
        if cursor and cursor.position is not None and not _is_id(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


class ByName(Cursor):
    """The same for rows whose order is their name."""

    ordering = "name"

    def decode_cursor(self, request: Request) -> Any:
        cursor = CursorPagination.decode_cursor(self, request)
        if cursor and "\0" in str(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor
