"""The function calls of a conversation's runs: given to the tools, stored while people think, submitted together."""

import asyncio
import json
from collections.abc import Sequence

import structlog
from openai.types.beta.threads import RequiredActionFunctionToolCall, Run

from bot.conversations.answer import Answer
from bot.conversations.location import Location
from bot.conversations.services import Services
from bot.conversations.tools import Note, ToolCall
from bot.store.conversation_store import StoredToolCall
from database.outages import is_outage

log = structlog.get_logger(__name__)

NOT_SHOWN = "What you wrote may not be shown to students, so nobody saw it. Do not write it again in other words."
ENOUGH = "There were too many calls for one answer. Answer now with what you have, and call no more functions."


class ToolCalls:
    """The function calls of one conversation's runs."""

    def __init__(self, services: Services, location: Location) -> None:
        self._services = services
        self._store = services.conversation_store
        self._tools = services.tools
        self._location = location

    async def outputs_for(self, run: Run, answer: Answer, *, last: bool = False) -> dict[str, str] | None:
        """Call the tools that `run` asks for; the outputs by call id, or None while a person is being asked.

        The calls are stored before the tools are called, so that they survive the process: those that an earlier one
        took and did not answer are called again if they answer by themselves; people are not asked twice. `last`: the
        functions that answer by themselves only tell the model to go on without them.

        Raises:
            SQLAlchemyError: the database is away.
        """
        calls = [self._call(each, run, answer) for each in _requested(run)]
        asked = {call.call_id for call in calls}
        known = {each.call_id: each for each in await self._store.calls_of_run(run.id) if each.call_id in asked}
        await self._take_back([each for each in known.values() if each.submitted])
        new = [call for call in calls if call.call_id not in known]
        again = [
            call
            for call in calls
            if call.call_id in known and _is_open(known[call.call_id]) and self._answers_itself(call.name)
        ]
        at_work = {call.call_id for call in [*new, *again]}
        self._tools.at_work |= at_work
        try:
            await self._store.add_calls(_stored(call) for call in new)
            works = [self._call_tool(call, last=last) for call in [*new, *again]]
            for error in await asyncio.gather(*works, return_exceptions=True):
                if isinstance(error, BaseException):
                    raise error
        finally:
            self._tools.at_work -= at_work
        return await self.outputs(run.id)

    async def _take_back(self, calls: Sequence[StoredToolCall]) -> None:
        """Calls that were to be submitted, or given up, when a process died: the server waits for them still."""
        if not calls:
            return
        for each in calls:
            if each.output is None:
                await self._store.set_output(each.call_id, await self._output_so_far(each))
        await self._store.set_not_submitted(each.call_id for each in calls)

    def ask_people(self, run: Run) -> bool:
        """Whether `run` calls a function that people answer, or that shows something."""
        return any(not self._answers_itself(each.function.name) for each in _requested(run))

    def _answers_itself(self, name: str) -> bool:
        tool = self._tools.get(name)
        return tool is None or tool.answers_itself

    async def outputs(self, run_id: str) -> dict[str, str] | None:
        """The outputs of a run's calls, by call id; None when one is missing, or all were submitted."""
        stored = await self._store.open_calls_of_run(run_id)
        if not stored or any(call.output is None for call in stored):
            return None
        return {call.call_id: call.output or "" for call in stored}

    async def outputs_so_far(self, run_id: str) -> dict[str, str]:
        """The outputs of a run's calls, by call id; a call that has none yet gets what its tool says so far."""
        outputs = {}
        for stored in await self._store.open_calls_of_run(run_id):
            outputs[stored.call_id] = stored.output or await self._output_so_far(stored)
        return outputs

    async def cancel(self, calls: Sequence[StoredToolCall]) -> None:
        """Tell the tools that the outputs of these calls are not wanted any more."""
        for run_id in {call.run_id for call in calls}:
            await self._store.set_submitted(run_id)
        for stored in calls:
            tool = self._tools.get(stored.name)
            if tool is None or stored.output is not None:
                continue
            try:
                await tool.cancelled(self.revived(stored))
            except Exception:
                log.exception("tool.cancel_failed", tool=stored.name, call=stored.call_id)

    async def untold(self) -> list[Note]:
        """What the model must know of earlier calls with the next question."""
        notes: list[Note] = []
        for tool in self._tools:
            try:
                notes += await tool.untold(self._location.id)
            except Exception:  # the question is answered all the same, and the note comes with the next one
                log.exception("tool.untold_failed", tool=tool.name, conversation=self._location.id)
        return notes

    def revived(self, stored: StoredToolCall) -> ToolCall:
        """A stored call as its tool was given it, but for the asker, who is not stored."""
        return ToolCall(
            call_id=stored.call_id,
            name=stored.name,
            arguments=stored.arguments,
            conversation_id=self._location.id,
            guild_id=self._location.guild_id,
            channel_id=self._location.channel_id,
            answer_id=stored.answer_id,
            thread_id=stored.thread_id,
            run_id=stored.run_id,
            asker_id=None,
        )

    async def _call_tool(self, call: ToolCall, *, last: bool) -> None:
        tool = self._tools.get(call.name)
        if tool is None:
            output: str | None = _error(f"there is no function named {call.name!r}")
        elif tool.answers_itself and last:
            output = _error(ENOUGH)
        elif not tool.answers_itself and await self._services.moderation.refuses_call(
            self._location, call.asker_id or 0, call.arguments
        ):
            output = _error(NOT_SHOWN)
        else:
            try:
                output = await tool.call(call)
            except Exception as error:
                if is_outage(error):  # the student is told so; the model would make something up
                    raise
                log.exception("tool.failed", tool=call.name, call=call.call_id)
                output = _error("the function failed")
        if output is not None:
            await self._store.set_output(call.call_id, output)

    async def _output_so_far(self, stored: StoredToolCall) -> str:
        tool = self._tools.get(stored.name)
        if tool is None:
            return _error(f"there is no function named {stored.name!r}")
        try:
            return await tool.output_so_far(self.revived(stored))
        except Exception:
            log.exception("tool.output_so_far_failed", tool=stored.name, call=stored.call_id)
            return _error("the function failed")

    def _call(self, requested: RequiredActionFunctionToolCall, run: Run, answer: Answer) -> ToolCall:
        return ToolCall(
            call_id=requested.id,
            name=requested.function.name,
            arguments=requested.function.arguments,
            conversation_id=self._location.id,
            guild_id=self._location.guild_id,
            channel_id=self._location.channel_id,
            answer_id=answer.id,
            thread_id=run.thread_id,
            run_id=run.id,
            asker_id=answer.asker_id,
        )


def _requested(run: Run) -> list[RequiredActionFunctionToolCall]:
    assert run.required_action is not None
    return run.required_action.submit_tool_outputs.tool_calls


def _is_open(stored: StoredToolCall) -> bool:
    return stored.output is None and not stored.submitted


def _stored(call: ToolCall) -> StoredToolCall:
    return StoredToolCall(
        call_id=call.call_id,
        conversation_id=call.conversation_id,
        answer_id=call.answer_id,
        thread_id=call.thread_id,
        run_id=call.run_id,
        name=call.name,
        arguments=call.arguments,
        output=None,
        submitted=False,
    )


def _error(message: str) -> str:
    return json.dumps({"error": message})
