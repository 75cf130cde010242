"""Why a database cannot be opened, as a sentence for the owner.

The command line knows these errors before it needs a database: SQLAlchemy is loaded when one is described.
"""
# ruff: noqa: PLC0415

SQLITE_ADVICE = {
    "SQLITE_BUSY": "another program is writing to it and does not let go: stop that one",
    "SQLITE_FULL": "the disk is full: make room",
    "SQLITE_READONLY": "it may not be written: see to the permissions of DATA_DIR",
    "SQLITE_NOTADB": "it is no SQLite database, or a damaged one: put a backup in its place, or move it away",
    "SQLITE_CORRUPT": "it is damaged: put a backup in its place, or move it away",
}
"""What is wrong and what to do, by SQLite's primary error code."""


class StoreError(Exception):
    """A database cannot be opened; the message is one plain sentence for the owner."""


def describe_failure(error: Exception, url: str) -> str:
    """One sentence for the owner on why the database at `url` does not open; it never shows a password."""
    from sqlalchemy.exc import ArgumentError, InvalidRequestError

    cause = getattr(error, "orig", None) or error
    if isinstance(cause, ArgumentError | ImportError | InvalidRequestError | ValueError | TypeError):
        example = "postgresql://user:password@host:5432/name"
        return f"DATABASE_URL is no address of a database that can be used, such as {example}{_because(cause)}."
    if (file := _sqlite_file(url)) is None:
        return f"The database cannot be opened: {cause or type(cause).__name__}. Check DATABASE_URL."
    code = str(getattr(cause, "sqlite_errorname", ""))
    advice = next((words for name, words in SQLITE_ADVICE.items() if code.startswith(name)), None)
    reason = advice or f"{getattr(cause, 'strerror', None) or cause}; check DATA_DIR and its permissions"
    return f"The database {file} cannot be opened: {reason}."


def _because(cause: Exception) -> str:
    """The driver's complaint about a parameter; other errors would repeat the address."""
    return f" ({cause})" if isinstance(cause, TypeError) else ""


def _sqlite_file(url: str) -> str | None:
    from database.addresses import parse_address

    parsed = parse_address(url)
    return parsed.database if parsed.get_backend_name() == "sqlite" else None
