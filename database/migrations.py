"""Migrations: Alembic brings a schema up to date when a program starts."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from database.errors import StoreError


@dataclass(frozen=True, slots=True)
class Migrations:
    """One schema's numbered migrations.

    `directory` is Alembic's, with `env.py` and `versions/0001_….py`. Their numbers are names: which follows which, each
    says itself (`down_revision`). `env.py` gets the connection as
    `context.config.attributes["connection"]`. Each schema has a `version_table` of its own, as several schemas may be
    in one database; `lock` is the schema's number among PostgreSQL's advisory locks.
    """

    directory: Path
    version_table: str
    lock: int

    async def apply(self, engine: AsyncEngine) -> None:
        """Run the migrations that the database of `engine` has not had yet."""
        async with engine.begin() as connection:
            await connection.run_sync(self.upgrade)

    def upgrade(self, connection: Connection, revision: str | None = None) -> None:
        """Run the migrations up to `revision`; all of them when it is None.

        Raises:
            StoreError: the database has had a migration that this release does not know.
        """
        if connection.dialect.name == "postgresql":
            # Several processes may start at once; the second waits until the first has done the work.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": self.lock})
        current = self.current(connection)
        if current == (revision or self.newest):
            return
        if current is not None and not self.knows(current):
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
        """The last migration."""
        return _in_order(self.directory)[-1]

    def knows(self, revision: str) -> bool:
        """Whether it is one of this release's migrations; else it is a newer release's."""
        return revision in _in_order(self.directory)

    def is_behind(self, revision: str) -> bool:
        """Whether this release's migrations go on after that one."""
        return self.knows(revision) and revision != self.newest

    def current(self, connection: Connection) -> str | None:
        """The last migration that the database has had; None when it has had none."""
        if not inspect(connection).has_table(self.version_table):
            return None
        versions = table(self.version_table, column("version_num"))
        revision: str | None = connection.execute(select(versions.c.version_num)).scalar()
        return revision


_REVISION = re.compile(r"^revision\b[^=\n]*= \"(\w+)\"$", re.MULTILINE)
_FOLLOWS = re.compile(r"^down_revision\b[^=\n]*= (?:None|\"(\w+)\")$", re.MULTILINE)


@cache
def _in_order(directory: Path) -> tuple[str, ...]:
    """The migrations, the first one first. They are read as text: Alembic is large, and most starts do not need it."""
    followers: dict[str | None, str] = {}
    for path in (directory / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"):
        text = path.read_text(encoding="utf-8")
        revision, follows = _REVISION.search(text), _FOLLOWS.search(text)
        assert revision is not None, path.name
        assert follows is not None, path.name
        assert follows[1] not in followers, f"{path.name} follows the same one as {followers[follows[1]]}"
        followers[follows[1]] = revision[1]
    order: list[str] = []
    while (following := followers.get(order[-1] if order else None)) is not None:
        order.append(following)
    assert len(order) == len(followers), "a migration follows one that is not there"
    return tuple(order)
