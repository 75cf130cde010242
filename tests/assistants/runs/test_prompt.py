"""The prompt made from a thread: which messages fit, and how many SQL statements it takes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine, event

from assistants.models.model_protocol import PromptTooLongError
from assistants.runs.new_messages import new_messages
from assistants.runs.token_estimates import estimate
from assistants.services import Services
from assistants.store.cached_statements import insert_rows
from tests.assistants.conftest import Running, running
from tests.assistants.scripted_model import Script, ScriptedModel

BACKGROUND_TASKS = {"orphaned_runs", "checkpoint", "expiry", "indexing", "ingestion", "sweeping"}
"""The names of background tasks that use the store, whatever requests come."""


def store_of(server: Running) -> Services:
    services: Services = server.app.state.services
    return services


@contextmanager
def counted(server: Running) -> Iterator[list[str]]:
    """The SQL statements of requests and runs during the block, without those of background tasks."""
    statements: list[str] = []

    def note(statement: str) -> None:
        task = asyncio.current_task()
        if task is None or task.get_name() not in BACKGROUND_TASKS:
            statements.append(statement)

    def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        note(statement)

    def begun(_connection: object) -> None:
        note("BEGIN")

    reader, writer = (engine.sync_engine for engine in store_of(server).store.engines)
    listeners: list[tuple[Engine, str, Callable[..., None]]] = [
        (reader, "before_cursor_execute", executed),
        (writer, "before_cursor_execute", executed),
        (writer, "begin", begun),
    ]
    for engine, name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield statements
    finally:
        for engine, name, listener in listeners:
            event.remove(engine, name, listener)


async def long_thread(server: Running, length: int) -> str:
    """A thread of so many short messages, written directly into the store."""
    thread = await server.thread()
    bodies = [
        {"role": "assistant" if number % 2 else "user", "content": f"message number {number}"}
        for number in range(length)
    ]
    async with store_of(server).store.write() as session:
        await insert_rows(session, new_messages(thread.id, bodies, 1))
    return thread.id


async def ask(server: Running, thread_id: str, **body: object) -> list[str]:
    """Run an assistant; return the contents of the messages that the model was given."""
    assistant = await server.assistant()
    await server.client.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant.id, **body)  # type: ignore[arg-type]
    return [item["content"] for item in server.model.requests[-1].input]


@pytest_asyncio.fixture
async def small(tmp_path: Path) -> AsyncIterator[Running]:
    """A server whose model takes 2,000 tokens."""
    async with running(tmp_path, ScriptedModel(window=2000)) as server:
        yield server


async def statements_of_a_run(server: Running, length: int) -> list[str]:
    thread_id = await long_thread(server, length)
    assistant = await server.assistant()
    with counted(server) as statements:
        async with server.client.beta.threads.runs.stream(thread_id=thread_id, assistant_id=assistant.id) as stream:
            await stream.until_done()
    return statements


async def test_a_run_on_a_long_thread_costs_no_more_store_reads_than_on_a_short_one(server: Running) -> None:
    short = await statements_of_a_run(server, 100)
    long = await statements_of_a_run(server, 10_000)

    def reads(statements: list[str]) -> list[str]:
        return [statement for statement in statements if statement.lstrip().startswith("SELECT")]

    assert len(reads(long)) == len(reads(short))
    assert len(long) == len(short)
    assert len(server.model.requests[-1].input) == 2000


async def test_a_run_takes_few_transactions(server: Running) -> None:
    statements = await statements_of_a_run(server, 10)

    assert statements.count("BEGIN") == 4  # created; in progress; first word; completed


async def test_auto_keeps_the_newest_messages_that_the_model_can_take(small: Running) -> None:
    thread_id = await long_thread(small, 1000)

    given = await ask(small, thread_id)

    assert given[-1] == "message number 999"
    assert given == [f"message number {number}" for number in range(1000 - len(given), 1000)]
    assert 1000 < sum(estimate(content) + 4 for content in given) < 1750


async def test_the_newest_message_is_sent_however_long_it_is(small: Running) -> None:
    thread = await small.thread("short", "x " * 20_000)

    given = await ask(small, thread.id)

    assert given == ["x " * 20_000]


@pytest.mark.parametrize("count", [1, 3, 50])
async def test_last_messages_keeps_so_many(server: Running, count: int) -> None:
    thread_id = await long_thread(server, 60)

    given = await ask(server, thread_id, truncation_strategy={"type": "last_messages", "last_messages": count})

    assert given == [f"message number {number}" for number in range(60 - count, 60)]


async def test_max_prompt_tokens_cuts_the_thread_too(server: Running) -> None:
    thread_id = await long_thread(server, 1000)

    given = await ask(server, thread_id, max_prompt_tokens=500)

    assert 200 < sum(estimate(content) + 4 for content in given) <= 500


async def test_the_beginning_of_the_prompt_stays_the_same_from_run_to_run(server: Running) -> None:
    thread = await server.thread("one")
    first = await ask(server, thread.id)
    await server.client.beta.threads.messages.create(thread.id, role="user", content="two")
    second = await ask(server, thread.id)

    assert second[: len(first)] == first


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("word", 1), ("Solve 3x + 11 = 14", 5), ("안녕하세요", 5), ("수학 문제", 5), ("日本語", 3)],
)
def test_hangul_and_han_weigh_more_than_latin_letters(text: str, tokens: int) -> None:
    assert estimate(text) == tokens


async def test_a_prompt_that_the_model_cannot_take_is_halved_until_it_can(server: Running) -> None:
    assistant = await server.assistant()
    thread = await server.thread(*(f"{number} {'word ' * 100}" for number in range(16)))
    refused: Script = [PromptTooLongError("The conversation is too long for the model.")]
    server.model.will(refused, refused)
    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert run.status == "completed"
    counts = [len(request.input) for request in server.model.requests]
    assert counts[0] == 16
    assert 2 <= counts[2] < counts[1] <= 8
    assert server.model.requests[-1].input[-1]["content"].startswith("15 ")


async def test_a_single_message_that_the_model_cannot_take_fails_the_run_with_the_reason(server: Running) -> None:
    assistant = await server.assistant()
    thread = await server.thread("x" * 1000)
    server.model.will([PromptTooLongError("The conversation is too long for the model.")])
    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert run.status == "failed"
    assert run.last_error is not None
    assert (run.last_error.code, run.last_error.message) == (
        "invalid_prompt",
        "The conversation is too long for the model.",
    )
