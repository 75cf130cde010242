"""Bringing a schema up to date, by Alembic, when a program starts."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from database.errors import StoreError


@dataclass(frozen=True, slots=True)
class Migrations:
    """One schema's numbered migrations.

    `directory` is Alembic's, with `env.py` and `versions/0001_….py`; its `env.py` finds the connection as
    `context.config.attributes["connection"]`. `version_table` is the schema's own, since several may stand side by
    side in one PostgreSQL database; `lock` is its number among PostgreSQL's advisory locks.
    """

    directory: Path
    version_table: str
    lock: int

    async def apply(self, engine: AsyncEngine) -> None:
        """Run those that the database behind `engine` has not seen."""
        async with engine.begin() as connection:
            await connection.run_sync(self.upgrade)

    def upgrade(self, connection: Connection, revision: str | None = None) -> None:
        """Run those up to `revision` (all of them, when it is None).

        Raises:
            StoreError: the database has seen one that is not among them.
        """
        if connection.dialect.name == "postgresql":
            # Several processes may start at once; the second one waits and finds the work done.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": self.lock})
        current = self.current(connection)
        if current == (revision or self.newest):
            return
        if current is not None and current > self.newest:
            raise StoreError(
                "The database was written by a newer release of Saem: run that one, or put a backup of before it back."
            )
        # Alembic is large, and most starts do not need it.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(self.directory).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, revision or "head")

    @property
    def newest(self) -> str:
        """The last one's number, as its file's name says it."""
        return max(path.name[:4] for path in (self.directory / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))

    def current(self, connection: Connection) -> str | None:
        """The last one that the database has seen; None when it has seen none."""
        if not inspect(connection).has_table(self.version_table):
            return None
        versions = table(self.version_table, column("version_num"))
        revision: str | None = connection.execute(select(versions.c.version_num)).scalar()
        return revision
