"""What goes wrong with a database, in words for its owner."""

import sqlite3

from sqlalchemy.exc import ArgumentError, InvalidRequestError


class StoreError(Exception):
    """A database cannot be opened; the message is one plain sentence for the owner."""


def describe_failure(error: Exception) -> str:
    """One sentence for the owner about a database that will not open."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.OperationalError):
        return f"The database cannot be opened: {cause}. Check DATA_DIR and its permissions."
    if isinstance(cause, ArgumentError | ImportError | InvalidRequestError):
        return "DATABASE_URL is no address of a database that can be used: it begins with postgresql://."
    return f"The database cannot be opened: {cause or type(cause).__name__}. Check DATABASE_URL."
