"""What is stored of questions, answers and tool calls."""

import pytest
from sqlalchemy.exc import IntegrityError

from bot.store.conversation_store import ConversationStore, StoredAnswer, StoredToolCall
from bot.store.store import Store
from tests.bot.store.questions import add_question


async def test_a_message_is_taken_up_once(store: Store) -> None:
    memory = ConversationStore(store)
    await add_question(memory, 100)
    with pytest.raises(IntegrityError):
        await add_question(memory, 100)
    assert await memory.handled([99, 100, 101]) == {100}


async def test_an_answer_is_found_by_the_messages_that_show_it(store: Store) -> None:
    memory = ConversationStore(store)
    await add_question(memory, 100)
    await memory.begin_answer(StoredAnswer("answer", 1, None, "running"), [100])
    await memory.set_run("answer", "run_1", 1, "thread_1")
    await memory.end_answer("answer", "completed", answered=[100], shown=[200, 201])
    found = await memory.conversation_of(201)
    assert found is not None
    assert (found.id, found.thread_id, found.last_message_id) == (1, "thread_1", 100)
    assert await memory.messages_of("answer") == [200, 201]
    assert await memory.shown_after(1, 200) == {201}
    assert await memory.shown_after(2, 200) == set()
    assert [(each.message_id, each.state) for each in await memory.questions_of("answer")] == [(100, "answered")]


async def test_an_answer_takes_the_questions_of_the_one_it_replaces_in_one_write(store: Store) -> None:
    memory = ConversationStore(store)
    await add_question(memory, 100)
    await memory.begin_answer(StoredAnswer("old", 1, "run_1", "running"), [100])
    await memory.begin_answer(StoredAnswer("new", 1, "run_1", "running"), [100], replaced="old")
    assert [answer.id for answer in await memory.answers_in("running")] == ["new"]
    assert [each.message_id for each in await memory.questions_of("new")] == [100]
    assert await memory.questions_of("old") == []


async def test_context_stays_context_and_is_found_until_an_answer_takes_it(store: Store) -> None:
    memory = ConversationStore(store)
    await add_question(memory, 100)
    for number in (101, 102, 103):
        await add_question(memory, number, state="context")
    assert [each.message_id for each in await memory.context_of(1, 2)] == [102, 103]
    await memory.begin_answer(StoredAnswer("answer", 1, None, "running"), [100, 101])
    assert [each.message_id for each in await memory.context_of(1, 9)] == [102, 103]
    await memory.end_answer("answer", "completed", answered=[100, 101])
    states = [(each.message_id, each.state) for each in await memory.questions_of("answer")]
    assert states == [(100, "answered"), (101, "context")]
    await memory.set_questions([103], "dropped")
    assert [each.message_id for each in await memory.context_of(1, 9)] == [102]
    assert await memory.context_of(2, 9) == []


async def test_open_calls_are_those_not_handed_in(store: Store) -> None:
    memory = ConversationStore(store)
    calls = [StoredToolCall(f"call_{n}", 1, "a", "thread", f"run_{n}", "quiz", "{}", None, False) for n in (1, 2)]
    await memory.add_calls(calls)
    await memory.set_output("call_1", "done")
    await memory.set_submitted("run_1")
    assert [call.call_id for call in await memory.open_calls(1)] == ["call_2"]
    first = await memory.call("call_1")
    assert first is not None
    assert (first.output, first.submitted) == ("done", True)
