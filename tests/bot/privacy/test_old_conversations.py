"""Conversations that nobody has written in for long: which go, what goes of them, and what is tried again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert, select

from bot import retries
from bot.hints.tables import HeldAnswerRow
from bot.privacy import old_conversations
from bot.privacy.left_servers import rows_of
from bot.privacy.old_conversations import OldConversations, kept_days
from bot.privacy.old_conversations_store import OldConversationsStore
from bot.store.base import table_of
from bot.store.server_settings import RETENTION_DAYS, ServerSettings
from bot.store.store import Store, open_store
from bot.store.sweep import snowflake
from bot.store.tables import AnswerMessageRow, AnswerRow, ConversationRow, QuestionRow, ServerSettingRow

NOW = datetime(2026, 12, 1, tzinfo=UTC)
MATHS, OTHERS, ELSEWHERE = 1, 2, 3
"""Servers: one that has set seven days, one that has set nothing, one of another process."""


class Conversations:
    """Stands for the Assistants side: notes what is forgotten, and refuses some."""

    def __init__(self) -> None:
        self.forgotten: list[int] = []
        self.refuses: set[int] = set()

    async def forget(self, conversation_id: int, student_id: int) -> bool:
        assert student_id == 0
        self.forgotten.append(conversation_id)
        return conversation_id not in self.refuses


@pytest_asyncio.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(old_conversations, "REST", 0.0)
    monkeypatch.setattr(old_conversations, "AT_ONCE", 2)
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as opened:
        yield opened


async def add(store: Store, number: int, guild: int, days: float, *, channel: int = 77, thread: bool = True) -> None:
    """A conversation of a question and its answer, in which somebody wrote some days ago for the last time."""
    at = NOW - timedelta(days=days)
    rows: list[tuple[type[Any], dict[str, Any]]] = [
        (
            ConversationRow,
            {
                "id": number, "guild_id": guild, "channel_id": number, "owned": True, "last_message_id": snowflake(at),
                "thread_id": f"thread_{number}" if thread else None, "created_at": at,
            },
        ),
        (
            QuestionRow,
            {
                "message_id": number, "conversation_id": number, "channel_id": channel, "author_id": 5,
                "state": "answered", "answer_id": f"answer-{number}", "created_at": at,
            },
        ),
        (
            AnswerRow,
            {
                "id": f"answer-{number}", "conversation_id": number, "run_id": "run_1", "state": "completed",
                "process_id": None, "created_at": at,
            },
        ),
        (AnswerMessageRow, {"message_id": 1_000 + number, "answer_id": f"answer-{number}", "position": 0}),
    ]  # fmt: skip
    for row, values in rows:
        table = table_of(row)
        await store.write((insert(table), {name: value for name, value in values.items() if name in table.columns}))


async def old(store: Store, host_days: int) -> tuple[OldConversations, Conversations]:
    """What deletes, where MATHS has set seven days."""
    settings, conversations = ServerSettings(store), Conversations()
    await settings.choose(RETENTION_DAYS, "7", MATHS)
    deleting = OldConversations(
        OldConversationsStore(store),
        conversations,
        settings,
        owns=lambda guild_id: guild_id != ELSEWHERE,
        host_days=host_days,
        clock=lambda: NOW,
    )
    return deleting, conversations


async def rows(store: Store, row: type[Any]) -> int:
    return len(await store.read(select(table_of(row))))


@pytest.mark.parametrize(
    ("host_days", "gone"),
    [(0, {11}), (30, {11, 22, 33}), (5, {11, 12, 21, 22, 33}), (7, {11, 21, 22, 33}), (365, {11})],
)
async def test_conversations_go_after_the_days_of_their_server_or_the_host(
    store: Store, host_days: int, gone: set[int]
) -> None:
    for number, guild, days in ((11, MATHS, 8), (12, MATHS, 6), (21, OTHERS, 29), (22, OTHERS, 31), (33, 0, 31)):
        await add(store, number, guild, days)
    await add(store, 44, ELSEWHERE, 3_000)
    deleting, conversations = await old(store, host_days)
    assert await deleting.run_once() == len(gone)
    assert set(conversations.forgotten) == gone
    left = 6 - len(gone)
    assert [await rows(store, each) for each in (QuestionRow, AnswerRow, AnswerMessageRow)] == [left] * 3
    assert await rows(store, ConversationRow) == 6  # so that Saem still answers in their threads


async def test_nothing_is_looked_at_where_nobody_has_set_days(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await add(store, 11, OTHERS, 3_000)
    deleting, conversations = await old(store, 0)
    await deleting._settings.clear(RETENTION_DAYS, MATHS)
    monkeypatch.setattr(deleting._store, "silent_since", None)
    assert await deleting.run_once() == 0
    assert conversations.forgotten == []


async def test_what_the_server_does_not_delete_stays_and_is_tried_again(store: Store) -> None:
    for number in (11, 12, 13):
        await add(store, number, MATHS, 100)
    deleting, conversations = await old(store, 0)
    conversations.refuses = {12}
    assert await deleting.run_once() == 2
    assert await rows(store, AnswerRow) == 1
    conversations.refuses = set()
    await store.write((table_of(ConversationRow).update().values(thread_id=None), {}))
    assert await deleting.run_once() == 1
    assert await deleting.run_once() == 0
    assert conversations.forgotten == [11, 12, 13, 12]


async def test_what_began_in_a_deleted_channel_goes_with_it(store: Store) -> None:
    await add(store, 11, MATHS, 1, channel=77)
    await add(store, 12, OTHERS, 1, channel=78)
    await add(store, 13, ELSEWHERE, 1, channel=77)
    await add(store, 77, MATHS, 1, channel=79)
    deleting, conversations = await old(store, 0)
    await deleting.channel_deleted(77)
    assert conversations.forgotten == [11, 77]
    await deleting.channel_deleted(77)
    assert [await rows(store, each) for each in (QuestionRow, AnswerMessageRow)] == [2, 2]
    assert await rows(store, HeldAnswerRow) == 0


async def test_what_began_in_a_deleted_channel_is_tried_again_while_the_server_is_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.01)
    await add(store, 11, MATHS, 1, channel=77)
    deleting, conversations = await old(store, 0)
    conversations.refuses = {11}
    going = asyncio.create_task(deleting.channel_deleted(77))
    while len(conversations.forgotten) < 3:  # noqa: ASYNC110 - nobody tells it
        await asyncio.sleep(0.01)
    assert await rows(store, AnswerRow) == 1
    conversations.refuses = set()
    await going
    assert await rows(store, AnswerRow) == 0


def test_the_shorter_of_both_counts() -> None:
    settings = ServerSettings.__new__(ServerSettings)
    settings._values = {(MATHS, 0, RETENTION_DAYS.name): "7"}
    pairs = [(MATHS, 0), (MATHS, 5), (MATHS, 30), (OTHERS, 0), (OTHERS, 30)]
    assert [kept_days(settings, guild, host) for guild, host in pairs] == [7, 5, 7, 0, 30]


@pytest.mark.postgres
async def test_the_same_on_postgresql(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_conversations, "REST", 0.0)
    async with open_store(postgres) as store:
        for row in (QuestionRow, AnswerRow, AnswerMessageRow, ConversationRow, ServerSettingRow):
            await store.write((table_of(row).delete(), {}))
        for number, guild in ((11, MATHS), (12, MATHS), (13, OTHERS)):
            await add(store, number, guild, 8, channel=70 + number)
        deleting, conversations = await old(store, 0)
        assert await deleting.run_once() == 2
        await deleting.channel_deleted(83)
        assert conversations.forgotten == [11, 12, 13]
        assert [await rows(store, each) for each in (QuestionRow, AnswerMessageRow, ConversationRow)] == [0, 0, 3]
        await store.write(*rows_of(MATHS))
        assert await rows(store, ConversationRow) == 1
