"""What is swept, what stays, and that the disk gets its space back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from bot.hints.ladder_retention import LADDER_RETENTION
from bot.learning.card_retention import CARD_RETENTION
from bot.learning.cards.tables import CardPictureRow, CardStartRow
from bot.learning.tables import CardRow, DeckRow, ReviewSessionRow
from bot.library.library_store import LIBRARY_RETENTION
from bot.library.tables import LibraryFileRow, LibraryThreadRow, LibraryUploadRow
from bot.quizzes.storage.quiz_retention import QUIZ_RETENTION
from bot.quizzes.storage.tables import QuizPlayerRow, QuizReportRow, QuizResponseRow, QuizRow, QuizStartRow
from bot.store.base import table_of
from bot.store.retention import RETENTION
from bot.store.schema import whole_schema
from bot.store.store import Store, open_store
from bot.store.sweep import Sweep, snowflake
from bot.store.tables import (
    AnswerMessageRow,
    AnswerRow,
    ConversationRow,
    QuestionRow,
    TokenChargeRow,
    ToolCallRow,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
RULES = (*RETENTION, *QUIZ_RETENTION, *LADDER_RETENTION, *CARD_RETENTION, *LIBRARY_RETENTION)
KEPT_WITH_WHAT_THEY_ARE_ABOUT = {
    "budgets", "cards", "card_reviews", "decks", "forgettings", "guilds", "holds", "identify_buckets",
    "library_channels", "library_direct", "library_files", "library_guilds", "notes", "process_status",
    "quiz_results", "reminders", "request_allowances", "separate_threads", "server_settings", "shard_cluster",
    "shard_guilds", "shard_processes", "shards", "study_results",
}  # fmt: skip


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def sweep_of(store: Store, rules: Sequence[Any] = RULES) -> Sweep:
    return Sweep(store, [replace(rule, rows=2) for rule in rules], lambda: True, lambda: NOW)


async def add(store: Store, row: type[Any], *values: dict[str, Any]) -> None:
    for each in values:
        await store.write((insert(table_of(row)), each))


async def keys(store: Store, row: type[Any]) -> list[Any]:
    key = list(table_of(row).primary_key.columns)
    return [found[0] for found in await store.read(select(*key).order_by(*key))]


def asked(days: float, answer: str | None, state: str = "answered", conversation: int = 1) -> dict[str, Any]:
    return {
        "message_id": snowflake(ago(days)),
        "conversation_id": conversation,
        "channel_id": 1,
        "author_id": 7,
        "state": state,
        "answer_id": answer,
        "created_at": ago(days),
    }


def answered(name: str, days: float, state: str = "completed", conversation: int = 1) -> dict[str, Any]:
    return {"id": name, "conversation_id": conversation, "run_id": name, "state": state, "created_at": ago(days)}


def conversation(number: int, days: float, thread: str | None, channel: int | None = None) -> dict[str, Any]:
    return {
        "id": number,
        "guild_id": 5,
        "channel_id": channel or number,
        "thread_id": thread,
        "owned": True,
        "last_message_id": snowflake(ago(days)),
        "created_at": ago(days),
    }


async def test_old_answers_go_with_their_questions_and_each_conversation_keeps_its_last(store: Store) -> None:
    await add(store, ConversationRow, conversation(1, 1, "thread"), conversation(2, 300, "thread"))
    await add(store, ConversationRow, conversation(3, 300, None), conversation(4, 300, "thread", channel=99))
    await add(store, ConversationRow, conversation(5, 1, None))
    old = [answered("old", 400), answered("running", 390, "running"), answered("new", 100), answered("newest", 1)]
    await add(store, AnswerRow, *old, answered("last of 2", 300, conversation=2))
    await add(store, AnswerRow, answered("chain", 300, conversation=4), answered("chain's last", 299, conversation=4))
    questions = [
        asked(400, "old"),
        asked(390, "running", "running"),
        asked(300, "last of 2", conversation=2),
        asked(299, "chain", conversation=4),
        asked(100, "new"),
    ]
    await add(store, QuestionRow, *questions)
    shown = [(asked(400 - 1, None), "old"), (asked(299 - 1, None), "last of 2"), (asked(99, None), "new")]
    await add(store, AnswerMessageRow, *({"message_id": each["message_id"], "answer_id": name} for each, name in shown))

    gone = await sweep_of(store).run_once()

    assert set(await keys(store, AnswerRow)) == {"running", "new", "newest", "last of 2", "chain's last"}
    # A question that its channel does not lead to stays, so that its message can still be deleted on both sides.
    assert await keys(store, QuestionRow) == [each["message_id"] for each in questions[1:]]
    assert len(await keys(store, AnswerMessageRow)) == 2
    assert await keys(store, ConversationRow) == [1, 2, 4, 5]
    assert gone == {"answers": 2, "answer_messages": 1, "questions": 1, "conversations": 1}
    assert await sweep_of(store).run_once() == {}


async def test_what_was_not_answered_is_known_for_longer_than_catching_up_looks_back(store: Store) -> None:
    wanted = [asked(29, None, "dropped"), asked(8, None, "context")]
    waiting = asked(200, None, "waiting")
    unwanted = [asked(31, None, "dropped"), asked(300, None, "context"), asked(32, None, "context")]
    await add(store, QuestionRow, *wanted, waiting, *unwanted)
    await sweep_of(store).run_once()
    assert await keys(store, QuestionRow) == [each["message_id"] for each in (waiting, *wanted)]


async def test_one_row_of_each_student_stays_as_long_as_the_thread_with_their_words(store: Store) -> None:
    await add(store, ConversationRow, conversation(1, 1, "thread"), conversation(2, 1, None))
    minji, jun = {"author_id": 7}, {"author_id": 8}
    first, last = {**asked(400, "gone"), **minji}, {**asked(399, "gone"), **minji}
    heard, heard_last = {**asked(60, None, "context"), **jun}, {**asked(50, None, "context"), **jun}
    without_thread = asked(398, "gone", conversation=2)
    await add(store, QuestionRow, first, last, heard, heard_last, without_thread)
    await sweep_of(store).run_once()
    assert await keys(store, QuestionRow) == [last["message_id"], heard_last["message_id"]]


async def test_calls_and_charges_go_when_nothing_needs_them(store: Store) -> None:
    call = {"conversation_id": 1, "answer_id": "a", "thread_id": "t", "run_id": "r", "name": "f", "arguments": "{}"}
    calls = [("old", True, 201), ("open", False, 400), ("as old as its quiz", True, 190)]
    await add(store, ToolCallRow, *({**call, "call_id": n, "submitted": s, "created_at": ago(d)} for n, s, d in calls))
    charge = {"guild_id": 5, "student_id": 7, "tokens": 10, "run_id": None}
    await add(store, TokenChargeRow, *({**charge, "id": d, "day": d} for d in ("2026-09-29", "2026-09-30")))
    await sweep_of(store).run_once()
    assert set(await keys(store, ToolCallRow)) == {"open", "as old as its quiz"}
    assert await keys(store, TokenChargeRow) == ["2026-09-30"]


async def test_old_quizzes_go_but_those_that_something_is_due_of_or_reported_in(store: Store) -> None:
    await add(store, QuizRow, *(quiz(name, days, due) for name, days, due in QUIZZES))
    of = {"student_id": 7, "name": "Minji"}
    await add(store, QuizPlayerRow, *({**of, "quiz_id": name, "place": 0} for name, _, _ in QUIZZES))
    timing = {"at": 1.0, "seconds": 1.0, "second": None}
    response = {**of, **timing, "question": 0, "choice": 0}
    await add(store, QuizResponseRow, *({**response, "quiz_id": name} for name, _, _ in QUIZZES))
    report = {"question": 0, "student_id": 7, "guild_id": 5, "created_at": ago(300)}
    await add(store, QuizReportRow, {**report, "quiz_id": "reported", "dismissed_by": None})
    await add(store, QuizReportRow, {**report, "quiz_id": "dismissed", "dismissed_by": 9})
    start = {"student_id": 7, "guild_id": 5}
    starts = [("1", ago(2)), ("2", ago(0.01))]
    await add(store, CardStartRow, *({**start, "request_id": name, "at": at.timestamp()} for name, at in starts))
    await add(store, QuizStartRow, *({**start, "request_id": name, "at": at.timestamp()} for name, at in starts))

    await sweep_of(store).run_once()

    kept = ["due", "new", "reported"]
    assert sorted(await keys(store, QuizRow)) == kept
    assert sorted(await keys(store, QuizPlayerRow)) == sorted(await keys(store, QuizResponseRow)) == kept
    assert await keys(store, QuizReportRow) == ["reported"]
    assert await keys(store, QuizStartRow) == await keys(store, CardStartRow) == ["2"]


QUIZZES = [("old", 200, None), ("new", 100, None), ("due", 200, "submit"), ("reported", 200, None)]
QUIZZES += [("dismissed", 200, None)]


def quiz(name: str, days: float, due: str | None) -> dict[str, Any]:
    text = dict.fromkeys(("locale", "topic", "mode", "quiz", "orders"), "x")
    numbers = dict.fromkeys(("guild_id", "channel_id", "host_id", "open_for", "position", "furthest", "opened_at"), 1)
    state = {"phase": "asking", "delivered": False, "due": due, "created_at": ago(days)}
    return {"id": name, "call_id": name, **text, **numbers, **state}


async def test_pictures_of_deleted_cards_reviews_and_uploads_go(store: Store) -> None:
    deck = {"id": "deck", "owner_id": 7, "guild_id": 0, "kind": "made", "name": "d", "created_at": 1.0}
    await add(store, DeckRow, deck)
    place = {"guild_id": 0, "channel_id": 0, "kind": "flash", "topic": "t", "origin": "o", "state": 1}
    content = {"content": '{"front": "![a](picture:aaaa)"}', "due": 1.0, "created_at": 1.0}
    await add(store, CardRow, {"id": "c", "deck_id": "deck", "owner_id": 7, **place, **content})
    pictures = [(7, "aaaa", 9), (7, "bbbb", 9), (8, "aaaa", 9), (7, "cccc", 0.5)]
    await add(
        store,
        CardPictureRow,
        *({"owner_id": owner, "id": name, "data": b"1", "created_at": ago(days)} for owner, name, days in pictures),
    )
    reviews = [("a", 31), ("b", 29)]
    row = {"student_id": 7, "turn": 0, "state": "{}"}
    await add(store, ReviewSessionRow, *({**row, "id": name, "at": ago(days).timestamp()} for name, days in reviews))
    upload = {"guild_id": 5, "author_id": 7, "files": 1, "bytes": 1}
    await add(store, LibraryUploadRow, {**upload, "day": "2026-09-01"}, {**upload, "day": "2026-11-01"})
    threads = [snowflake(ago(days)) for days in (90, 60, 1)]
    thread = {"guild_id": 5, "parent_id": 1, "private": False}
    await add(store, LibraryThreadRow, *({**thread, "thread_id": each} for each in threads))
    file = {"attachment_id": 1, "kind": "library", "guild_id": 5, "message_id": 1, "author_id": 7}
    about = {"filename": "f", "size": 1, "state": "ready", "channel_id": threads[1], "created_at": ago(60)}
    await add(store, LibraryFileRow, {**file, **about})

    await sweep_of(store).run_once()

    found = await store.read(select(table_of(CardPictureRow).c.owner_id, table_of(CardPictureRow).c.id))
    assert {tuple(each) for each in found} == {(7, "aaaa"), (7, "cccc")}
    assert await keys(store, ReviewSessionRow) == ["b"]
    assert await keys(store, LibraryUploadRow) == ["2026-11-01"]
    assert await keys(store, LibraryThreadRow) == threads[1:]


async def test_a_process_that_has_not_the_first_shard_sweeps_nothing(store: Store) -> None:
    await add(store, QuestionRow, asked(300, None, "dropped"), asked(301, None, "dropped"), asked(302, None, "dropped"))
    assert await Sweep(store, RULES, lambda: False, lambda: NOW).run_once() == {}
    owns = iter([True] * 3 + [False] * 9)
    unanswered = replace(RULES[2], rows=1)
    sweep = Sweep(store, [unanswered], lambda: next(owns), lambda: NOW)
    await sweep.run_once()  # the shard goes to another process half way
    assert 0 < len(await keys(store, QuestionRow)) < 3


async def test_the_disk_gets_its_space_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("database.free_pages.PAGES_AT_ONCE", 10_000)
    monkeypatch.setattr("database.free_pages.PAUSE", 3_600)
    file = tmp_path / "saem.sqlite3"
    async with open_store(f"sqlite:///{file}") as store:
        row = {"conversation_id": 1, "key": "k", "student_id": 7, "answer": "a", "created_at": ago(300)}
        rows = [{**row, "key": str(number), "problem": "x" * 2_000} for number in range(1_000)]
        held = next(rule.table for rule in LADDER_RETENTION if rule.table.name == "held_answers")
        async with store.database.writer.begin() as connection:
            await connection.execute(insert(held), rows)
            await connection.execute(text("DELETE FROM held_answers WHERE key != '1'"))
        before = await _pages(store)
        async with asyncio.timeout(10):  # all pages go in one transaction
            await store.database.give_back_space()
        assert await _pages(store) < before / 3
        assert (await store.read(select(func.count()).select_from(held)))[0][0] == 1


async def _pages(store: Store) -> int:
    return int((await store.read(text("PRAGMA page_count")))[0][0])


def test_how_long_each_table_is_kept_is_decided_and_told() -> None:
    swept = {rule.table.name: rule.kept_for.days for rule in RULES}
    assert swept.keys() | KEPT_WITH_WHAT_THEY_ARE_ABOUT == {table.name for table in whole_schema().sorted_tables}
    assert not swept.keys() & KEPT_WITH_WHAT_THEY_ARE_ABOUT
    told = (Path(__file__).parents[3] / "docs" / "hosting.md").read_text(encoding="utf-8")
    rows = [line for line in told.splitlines() if line.startswith("|")]
    for name in whole_schema().tables:
        told_of = "\n".join(line for line in rows if f"`{name}`" in line)
        assert told_of, name
        for rule in RULES:
            assert rule.table.name != name or f" {rule.kept_for.days} day" in told_of, told_of
