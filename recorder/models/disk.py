"""Telling a database that cannot write, or does not answer, from a mistake of ours."""

import errno
import sqlite3

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext as _

FULL = {"SQLITE_FULL", "53100"}  # SQLite's name, PostgreSQL's SQLSTATE
AWAY_FOR = "5"  # seconds, of a database: it is being restarted
READ_ONLY = {"SQLITE_READONLY", "SQLITE_READONLY_DBMOVED", "25006"}


def disk_problem(error: BaseException | None) -> str | None:
    """What a person can do about an error that the disk made, or None for any other error."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    known = {getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None)}
    if known & FULL or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)):
        return _(
            "The disk of the database is full, so nothing can be saved. Recordings continue: the"
            " service runs them. Make room there, then look at the sessions before you repeat what"
            " you did."
        )
    if known & READ_ONLY:
        return _(
            "The database cannot be written to, so nothing can be saved. Recordings continue: the"
            " service runs them. Let its files be written again, then look at the sessions before"
            " you repeat what you did."
        )
    return None


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached, or was locked too long: it may answer later."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):  # which calls nearly everything operational
        return getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY")
    return True
