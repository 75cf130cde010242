"""Bringing the schema up to date, by Alembic, when the server starts."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "assistants_version"
"""Not Alembic's default name: in one PostgreSQL database the bot's tables and ours stand side by side."""


async def upgrade(engine: AsyncEngine) -> None:
    """Run the migrations that the database behind `engine` has not seen."""
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def newest_revision() -> str:
    """The last migration's number, as its file's name says it."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Several processes may start at once; the second one waits and finds the work done.
        connection.execute(text("SELECT pg_advisory_xact_lock(7362351)"))
    if current_revision(connection) == newest_revision():
        return
    # Alembic is large, and most starts do not need it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


def current_revision(connection: Connection) -> str | None:
    """The last migration that the database has seen; None when it has seen none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()
    return revision
