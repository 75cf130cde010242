"""The passages' file is told of among the databases that cannot be used, as long as that lasts."""

import sqlite3
from pathlib import Path

import pytest

from assistants.retrieval.sqlite_index import SqliteIndex
from database.outages import OutageState, lasting_outages


def outages() -> list[OutageState]:
    return [each for each in lasting_outages() if each.name == "passages.sqlite3"]


async def test_a_file_that_may_not_be_written_lasts_until_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = SqliteIndex(tmp_path / "passages.sqlite3")
    try:
        await index.prepare()
        await index._run(index._writer, lambda: index._connection().execute("PRAGMA query_only = ON"))
        assert not outages()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await index._write(lambda connection: connection.execute("DELETE FROM passages"))
        (told,) = outages()
        assert (told.kind, told.failures) == ("read_only", 1)
        await index._read(lambda connection: connection.execute("SELECT 1").fetchall())
        assert outages()
        monkeypatch.setattr("database.outages.SETTLED", 0.0)
        await index._run(index._writer, lambda: index._connection().execute("PRAGMA query_only = OFF"))
        await index._write(lambda connection: connection.execute("DELETE FROM passages"))
        assert not outages()
    finally:
        await index.close()


async def test_a_fault_of_a_statement_is_no_outage_and_a_folder_that_is_gone_is_one(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "passages.sqlite3")
    try:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await index._read(lambda connection: connection.execute("SELECT * FROM nowhere"))
        assert not outages()
    finally:
        await index.close()
    lost = SqliteIndex(tmp_path / "gone" / "passages.sqlite3")
    try:
        with pytest.raises((sqlite3.Error, OSError)):
            await lost.prepare()
        assert len(outages()) == 1
    finally:
        await lost.close()
