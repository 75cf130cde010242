"""The schema's numbered migrations, applied at start-up."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

LOCK = 0x5AE3
"""The number of our lock among PostgreSQL's advisory locks."""


async def migrate(engine: AsyncEngine) -> None:
    """Bring the database to the newest schema; a database that has it already is left alone."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Several bot processes may start at once: one migrates, the others wait and find it done.
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        await connection.run_sync(upgrade)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Apply what is missing up to `revision`."""
    command.upgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
