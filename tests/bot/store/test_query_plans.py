"""What starts and questions ask of the databases reads no whole table that grows with use."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.house import finished, open_house

GROWING: Final = frozenset(
    (
        *("questions", "answers", "answer_messages", "conversations", "tool_calls", "quizzes", "quiz_players"),
        *("quiz_answers", "quiz_results", "study_results", "hint_ladders", "cards", "card_reviews", "card_sets"),
        *("messages", "runs", "run_steps", "threads", "files", "file_chunks", "vector_store_files"),
    )
)
AT_INTERVALS: Final = ("SELECT vector_store_files.seq FROM vector_store_files",)
"""Read whole, in the background: the passages of files that have left are looked for once after a start."""


@contextmanager
def asked() -> Iterator[set[str]]:
    """The statements of all databases."""
    statements: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.add(re.sub(r"\s+", " ", statement))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def whole_tables(database: Path, statements: set[str]) -> list[str]:
    """The statements that read all of a table that grows; an index of a few rows alone (`WHERE`) is none."""
    found = []
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
        partial = {row[0] for row in connection.execute(query)}
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for statement in sorted(statements):
            if not re.match(r"SELECT|UPDATE|DELETE|INSERT|WITH", statement):
                continue
            try:
                plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")).fetchall()
            except sqlite3.OperationalError:  # of the other database
                continue
            for *_, step in plan:
                scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
                if scan and scan[1] in GROWING & tables and scan[2] not in partial and "LIMIT" not in statement:
                    found.append(f"{step}: {statement}")
    return [each for each in found if not each.endswith(AT_INTERVALS)]


async def test_a_start_a_question_and_a_second_start_look_up_what_they_need(tmp_path: Path) -> None:
    with asked() as statements:
        async with open_house(tmp_path) as house:
            minji = await house.discord.student("minji")
            first = await house.ask(minji, "First?")
            await finished(minji, first.id)
            await minji.says(first.id, "Second?")
            await minji.sees(first.id, contains="Second?", matching=lambda post: post.by_bot)
        async with open_house(tmp_path) as house:
            minji = await house.discord.student("minji")
            await finished(minji, (await house.ask(minji, "Third?")).id)
    assert len(statements) > 50
    assert whole_tables(tmp_path / "saem.sqlite3", statements) == []
    assert whole_tables(tmp_path / "assistants.sqlite3", statements) == []


@pytest.mark.postgres
async def test_on_postgresql_each_has_an_index_too(tmp_path: Path, postgres: str) -> None:
    url = postgres.replace("+asyncpg", "")
    with asked() as statements:
        async with open_house(tmp_path, database_url=url) as house:
            minji = await house.discord.student("minji")
            await finished(minji, (await house.ask(minji, "First?")).id)
    connection = await asyncpg.connect(url)
    whole, explained = [], 0
    try:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute("SET enable_seqscan = off")  # then it is read whole only where there is no index
        for statement in sorted(statements):
            if not re.match(r"SELECT|UPDATE|DELETE", statement):
                continue
            try:
                await connection.execute(f"PREPARE asked AS {statement}")
            except asyncpg.SyntaxOrAccessError:  # before a migration, or of a type that it cannot know
                continue
            explained += 1
            values = ", ".join(["NULL"] * max(map(int, re.findall(r"\$(\d+)", statement)), default=0))
            plan = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE asked{f'({values})' if values else ''}")
            await connection.execute("DEALLOCATE asked")
            scans = {found[1] for row in plan if (found := re.search(r"Seq Scan on (\w+)", row[0]))}
            if scans & GROWING and "LIMIT" not in statement and not statement.endswith(AT_INTERVALS):
                whole.append(f"{scans}: {statement}")
    finally:
        await connection.close()
    assert explained > 50
    assert whole == []
