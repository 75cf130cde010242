"""Group commit: writes that come at once share one transaction."""

import asyncio

from sqlalchemy import event

from bot.store.conversation_store import ConversationStore
from bot.store.store import Store
from tests.bot.store.questions import add_question


async def test_writes_that_come_at_once_share_commits(store: Store) -> None:
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(store.database.writer.sync_engine, "commit", count)
    conversation_store = ConversationStore(store)
    await asyncio.gather(*(add_question(conversation_store, number, number) for number in range(1, 101)))
    assert commits <= 3
    assert len(await conversation_store.handled(list(range(1, 101)))) == 100


async def test_a_write_that_fails_does_not_spoil_those_it_shares_a_commit_with(store: Store) -> None:
    conversation_store = ConversationStore(store)
    await add_question(conversation_store, 1)
    results = await asyncio.gather(
        *(add_question(conversation_store, each) for each in (2, 1, 3)), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["NoneType", "IntegrityError", "NoneType"]
    assert await conversation_store.handled([1, 2, 3]) == {1, 2, 3}
