"""Runs of their own: one function call asked of the model beside a conversation, which knows nothing of it.

The run has a thread of its own, which is deleted afterwards, and instructions of its own; it may search the files that
the conversation's runs may. What it costs is charged as that of an answer is.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import openai
import structlog
from openai.types.beta import AssistantToolParam
from openai.types.beta.threads import Run

from bot.conversations.location import Location
from bot.conversations.services import Services
from bot.prices import Spent
from bot.store.separate_threads import SeparateThreads
from bot.store.store import Store
from bot.store.token_charges import Kind

log = structlog.get_logger(__name__)

WITHIN: Final = 60.0
"""Seconds that a run may take."""
LEFT_FOR: Final = timedelta(minutes=15)
"""Age of a thread that a crash has left: no run takes so long."""
_EXPECTED_OUTPUT: Final = 500
"""Tokens that are charged beside the message until it is known what was used."""


@dataclass(frozen=True, slots=True)
class SeparateRun:
    """What is asked for: a call of `function`, as a `function` tool defines it."""

    function: dict[str, Any]
    instructions: str
    message: str
    kind: Kind = "check"
    """What it is charged as."""
    with_files: bool = False
    """Whether it may search files: the library's that may be told in the place, and those of `like_thread`."""
    like_thread: str | None = None
    """The conversation's Assistants thread, whose files it may search."""


class SeparateRuns:
    """Asks the model in runs of their own."""

    def __init__(self, services: Services, store: Store) -> None:
        self._services = services
        self._threads = SeparateThreads(store)
        self._tasks: set[asyncio.Task[None]] = set()

    async def call(self, location: Location, student_id: int, asked: SeparateRun) -> str | None:
        """The arguments of the model's call; None if it does not call the function.

        Raises:
            UserFacingError: a budget is used up.
            openai.OpenAIError: the server does not answer, or refuses.
            TimeoutError: the run takes too long.
        """
        budgets = self._services.quotas.budgets
        await budgets.refresh(student_id, location.guild_id)
        charge_id = f"separate_{secrets.token_hex(12)}"
        prompt = (len(asked.message) + len(asked.instructions)) // 3
        estimate = budgets.prices.estimate(budgets.model, prompt=prompt, completion=_EXPECTED_OUTPUT)
        model = await budgets.reserve(charge_id, student_id, location.guild_id, estimate, asked.kind)
        made = _Made(charge_id, model)
        try:
            async with asyncio.timeout(WITHIN):
                await self._ask(location, asked, made)
        finally:
            await asyncio.shield(self._start(self._clean_up(made)))
        return _arguments_of(made.run, asked.function["name"]) if made.run is not None else None

    async def delete_left_behind(self) -> None:
        """Delete the threads that a crash has left."""
        for thread_id in await self._threads.left_for(LEFT_FOR):
            await self._delete(thread_id)

    async def close(self) -> None:
        """Wait until the threads of runs that were broken off are deleted."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _ask(self, location: Location, asked: SeparateRun, made: "_Made") -> None:
        assistant_id, tools = await self._tools(location, asked)
        api = self._services.api
        files_of = asked.like_thread if asked.with_files else None
        made.thread_id = await api.make_thread(asked.message, files_of=files_of)
        await self._threads.add(made.thread_id)
        only = {"type": "function", "function": {"name": asked.function["name"]}}
        release = await self._services.concurrency_limit.acquire()
        try:
            await api.run_once(
                made.thread_id,
                assistant_id,
                instructions=asked.instructions,
                tools=tools,
                tool_choice="required" if len(tools) > 1 else only,  # type: ignore[arg-type]
                model=made.model,
                on_run=lambda run: self._note(made, run),
            )
        finally:
            release()

    async def _tools(self, location: Location, asked: SeparateRun) -> tuple[str, list[AssistantToolParam]]:
        """The assistant of the run, and its tools: the function and, where it may, the search in files."""
        scope = await self._services.library_scope(location)
        assistant_id, search = await self._services.guild_assistants.search_for_run(location, scope)
        function: AssistantToolParam = {"type": "function", "function": asked.function}  # type: ignore[typeddict-item]
        return assistant_id, [search, function] if asked.with_files else [function]

    def _note(self, made: "_Made", run: Run) -> None:
        if made.run is None:
            self._start(self._services.quotas.budgets.run_began(made.charge_id, run.id, run.thread_id))
        made.run = run

    async def _clean_up(self, made: "_Made") -> None:
        """Charge what was used, end the run that waits for an output, and delete the thread."""
        budgets, run = self._services.quotas.budgets, made.run
        spent = Spent() if run is None else None
        try:
            if run is not None and made.thread_id is not None:
                await self._services.api.cancel(made.thread_id, run.id)
                run = await self._services.api.retrieve(made.thread_id, run.id) or run
                spent = budgets.prices.of_run(run)
        except openai.OpenAIError as error:
            log.warning("separate_run.usage_unknown", cause=error)
        await budgets.settle(made.charge_id, run.id if run is not None else None, spent)
        if made.thread_id is not None:
            await self._delete(made.thread_id)

    async def _delete(self, thread_id: str) -> None:
        try:
            await self._services.api.delete_thread(thread_id)
        except openai.OpenAIError as error:  # it is noted, and deleted after the next start
            log.warning("separate_run.thread_not_deleted", thread=thread_id, cause=error)
        else:
            await self._threads.drop(thread_id)

    def _start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


@dataclass(slots=True)
class _Made:
    """What was made on the server so far."""

    charge_id: str
    model: str | None = None
    """The model that the run has to take; None: the assistant's."""
    thread_id: str | None = None
    run: Run | None = None


def _arguments_of(run: Run, function: str) -> str | None:
    """The arguments of the first call of `function` that a run waits for."""
    if run.status != "requires_action" or run.required_action is None:
        return None
    calls = run.required_action.submit_tool_outputs.tool_calls
    return next((call.function.arguments for call in calls if call.function.name == function), None)
