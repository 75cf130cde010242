"""Opening a database: addresses that are understood, and one sentence for those that lead nowhere."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from bot.store.store import StoreError, open_store


@pytest.mark.parametrize(
    "parameter", ["?sslmode=disable", "?sslmode=disable&channel_binding=prefer&gssencmode=disable"]
)
@pytest.mark.postgres
async def test_an_address_as_hosted_postgresql_gives_it_out_is_understood(postgres: str, parameter: str) -> None:
    async with open_store(postgres.replace("?", parameter + "&")) as opened:
        assert opened.dialect == "postgresql"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql+asyncpg://me:hidden@host:port/db", "DATABASE_URL"),
        ("postgresql+asyncpg://me:hidden@127.0.0.1:9/db?pgbouncer=true", "pgbouncer"),
        ("postgresql+asyncpg://me:hidden@127.0.0.1:9/db", "DATABASE_URL"),
        ("mysql://me:hidden@host/db", "DATABASE_URL"),
    ],
)
async def test_an_address_that_leads_nowhere_is_one_sentence(url: str, named: str) -> None:
    with pytest.raises(StoreError, match=named) as refused:
        async with open_store(url):
            pass
    assert "hidden" not in str(refused.value)


async def test_a_database_that_another_program_writes_to_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.inline_sqlite.LOCK_TIMEOUT", 0.1)
    file = tmp_path / "saem.sqlite3"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program") as refused:
            async with open_store(f"sqlite:///{file}"):
                pass
    assert str(file) in str(refused.value)


async def test_an_address_that_means_nothing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL is no address"):
        async with open_store("nonsense"):
            pass
