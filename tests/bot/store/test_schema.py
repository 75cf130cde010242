"""The schema of the bot's store, and its migrations."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.store.notes import Notes
from bot.store.schema import whole_schema
from bot.store.store import Store, open_store


async def test_the_migrations_make_the_schema_that_the_models_describe(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), whole_schema())

    async with store.database.reader.connect() as connection:
        found = await connection.run_sync(differences)
    assert [each for each in found if "saem_schema" not in str(each)] == []  # type: ignore[attr-defined]


async def test_a_database_can_be_opened_again(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'saem.sqlite3'}"
    async with open_store(url) as store:
        await Notes(store).set("name", "value")
    async with open_store(url) as store:
        assert await Notes(store).get("name") == "value"
