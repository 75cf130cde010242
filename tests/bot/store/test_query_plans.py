"""What a start reads is found by indexes: it takes as long after years as on the first day."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.hints.ladder_store import LadderStore
from bot.library.library_store import LibraryStore
from bot.quizzes.storage.quiz_store import QuizStore
from bot.store.conversation_store import ConversationStore
from bot.store.store import open_store


async def test_what_a_start_reads_is_found_by_indexes(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        conversations, quizzes, library = ConversationStore(store), QuizStore(store), LibraryStore(store)
        with statements() as asked:
            await conversations.answers_in("running")
            await conversations.open_calls()
            await conversations.direct_conversations(1)
            await quizzes.to_recover()
            await quizzes.being_checked()
            await quizzes.overdue(1.0)
            await LadderStore(store).to_recover()
            await library.in_state("waiting", "library")
            await library.outcome_not_shown()
            await library.of_channel(1)
        assert len(asked) == 10
    with closing(sqlite3.connect(tmp_path / "saem.sqlite3")) as connection:
        for statement, values in asked:
            plan = "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))
            # To read an index of the unfinished alone is as good as to search in it.
            reads = re.findall(r"^(?:SCAN|SEARCH) \w+(?: USING (?:COVERING )?INDEX (ix_\w+))?", plan, re.MULTILINE)
            assert reads, plan
            assert all(reads), f"{statement}\n{plan}"


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
