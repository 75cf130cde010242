"""What is stored of questions, answers and tool calls."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from bot.store.conversation_store import ConversationStore, StoredAnswer, StoredToolCall
from bot.store.store import Store
from tests.bot.store.questions import add_question


async def test_a_message_is_handled_once(store: Store) -> None:
    conversation_store = ConversationStore(store)
    await add_question(conversation_store, 100)
    with pytest.raises(IntegrityError):
        await add_question(conversation_store, 100)
    assert await conversation_store.handled([99, 100, 101]) == {100}


async def test_an_answer_is_found_by_the_messages_that_show_it(store: Store) -> None:
    conversation_store = ConversationStore(store)
    await add_question(conversation_store, 100)
    await conversation_store.begin_answer(StoredAnswer("answer", 1, None, "running"), [100])
    await conversation_store.set_run("answer", "run_1", 1, "thread_1")
    await conversation_store.end_answer("answer", "completed", answered=[100], shown=[200, 201])
    found = await conversation_store.conversation_of(201)
    assert found is not None
    assert (found.id, found.thread_id, found.last_message_id) == (1, "thread_1", 100)
    assert await conversation_store.messages_of("answer") == [200, 201]
    assert await conversation_store.shown_after(1, 200, but_of="") == {201}
    assert await conversation_store.shown_after(2, 200, but_of="") == set()
    assert [(each.message_id, each.state) for each in await conversation_store.questions_of("answer")] == [
        (100, "answered")
    ]


async def test_an_answer_takes_the_questions_of_the_one_it_replaces_in_one_write(store: Store) -> None:
    conversation_store = ConversationStore(store)
    await add_question(conversation_store, 100)
    await conversation_store.begin_answer(StoredAnswer("old", 1, "run_1", "running"), [100])
    await conversation_store.begin_answer(StoredAnswer("new", 1, "run_1", "running"), [100], replaced="old")
    assert [answer.id for answer in await conversation_store.answers_in("running")] == ["new"]
    assert [each.message_id for each in await conversation_store.questions_of("new")] == [100]
    assert await conversation_store.questions_of("old") == []


async def test_an_end_that_is_stored_late_takes_nothing_back_from_the_answers_after_it(store: Store) -> None:
    conversation_store = ConversationStore(store)
    for number in (100, 101):
        await add_question(conversation_store, number)
    await conversation_store.begin_answer(StoredAnswer("failed", 1, None, "running"), [100])
    await conversation_store.end_answer("failed", "failed")
    await conversation_store.begin_answer(StoredAnswer("next", 1, None, "running"), [100, 101])
    await conversation_store.end_answer("failed", "completed", answered=[100], shown=[200])
    assert [each.message_id for each in await conversation_store.questions_of("next")] == [100, 101]
    failed = await conversation_store.answer("failed")
    assert failed is not None
    assert failed.state == "failed"


async def test_what_belongs_to_an_answer_that_a_restart_finishes_is_told_from_what_belongs_to_the_next(
    store: Store,
) -> None:
    conversation_store = ConversationStore(store)
    for number in (100, 300, 500):
        await add_question(conversation_store, number)
    await add_question(conversation_store, 150, state="context")
    await conversation_store.begin_answer(StoredAnswer("first", 1, "run_1", "running"), [100])
    assert await conversation_store.next_question(1, 100, but_of="first") is None
    await conversation_store.begin_answer(StoredAnswer("second", 1, "run_2", "running"), [150, 300])
    await conversation_store.add_shown("first", [200, 400])
    await conversation_store.add_shown("second", [401])
    assert await conversation_store.shown_after(1, 100, but_of="first") == {401}
    assert await conversation_store.shown_after(1, 300, but_of="second") == {400}
    assert await conversation_store.next_question(1, 100, but_of="first") == 300
    assert await conversation_store.next_question(2, 100, but_of="first") is None
    assert [answer.id for answer in await conversation_store.answers_in("running")] == ["first", "second"]


async def test_context_stays_context_and_is_found_until_an_answer_takes_it(store: Store) -> None:
    conversation_store = ConversationStore(store)
    await add_question(conversation_store, 100)
    for number in (101, 102, 103):
        await add_question(conversation_store, number, state="context")
    assert [each.message_id for each in await conversation_store.context_of(1, 2)] == [102, 103]
    await conversation_store.begin_answer(StoredAnswer("answer", 1, None, "running"), [100, 101])
    assert [each.message_id for each in await conversation_store.context_of(1, 9)] == [102, 103]
    await conversation_store.end_answer("answer", "completed", answered=[100, 101])
    states = [(each.message_id, each.state) for each in await conversation_store.questions_of("answer")]
    assert states == [(100, "answered"), (101, "context")]
    await conversation_store.set_questions([103], "dropped")
    assert [each.message_id for each in await conversation_store.context_of(1, 9)] == [102]
    assert await conversation_store.context_of(2, 9) == []


async def test_open_calls_are_those_not_handed_in(store: Store) -> None:
    conversation_store = ConversationStore(store)
    calls = [StoredToolCall(f"call_{n}", 1, "a", "thread", f"run_{n}", "quiz", "{}", None, False) for n in (1, 2)]
    await conversation_store.add_calls(calls)
    await conversation_store.set_output("call_1", "done")
    await conversation_store.set_submitted("run_1")
    assert [call.call_id for call in await conversation_store.open_calls(1)] == ["call_2"]
    first = await conversation_store.call("call_1")
    assert first is not None
    assert (first.output, first.submitted) == ("done", True)


async def test_a_running_answer_is_one_processs_and_taken_up_by_one_other(store: Store) -> None:
    first, second, third = [ConversationStore(store, name) for name in ("first", "second", "third")]
    await first.begin_answer(StoredAnswer("answer", 1, None, "running"), [])
    found = await second.answer("answer")
    assert found is not None
    assert found.process_id == "first"
    assert [await second.claim_answer(found), await third.claim_answer(found)] == [True, False]
    await first.end_answer("answer", "completed")
    assert [each.id for each in await second.answers_in("running")] == ["answer"]
    await second.end_answer("answer", "interrupted")
    assert not await third.claim_answer(replace(found, process_id="second"))
    ended = await third.answer("answer")
    assert ended is not None
    assert ended.state == "interrupted"


async def test_one_process_alone_gives_the_output_of_a_call(store: Store) -> None:
    first, second = ConversationStore(store, "first"), ConversationStore(store, "second")
    await first.add_calls([StoredToolCall("call", 1, "answer", "thread", "run", "quiz", "{}", None, submitted=False)])
    given = await asyncio.gather(*(each.set_output("call", name) for each, name in ((first, "one"), (second, "two"))))
    assert sorted(given) == [False, True]
    call = await first.call("call")
    assert call is not None
    assert call.output == ("one" if given[0] else "two")
