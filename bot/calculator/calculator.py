"""The calculator: answers the model's calls in worker processes, with limits on time and memory."""

import json
from typing import Any, Final

import structlog
from openai.types import FunctionDefinition

from bot.calculator.functions import Function
from bot.calculator.switch import CalculatorSwitch
from bot.conversations.tools import Tool, ToolCall
from function_arguments.reader import ArgumentsError, read_arguments
from workers import JobTimedOut, Pool, WorkerError

log = structlog.get_logger(__name__)

SECONDS: Final = 5.0
"""What one call may take in a worker process."""
MEMORY: Final = 512 << 20

OFF: Final = "The people of this server have turned the calculator off. Go on without it."
TOO_SLOW: Final = "This takes too long to calculate. Ask for something simpler, or for a part of it."
FAILED: Final = "This could not be calculated. Ask for it in another form."


class CalculatorFunction(Tool):
    """One function of the calculator. Its output is ours; what it is called with is the model's, or a student's."""

    answers_itself = True

    def __init__(self, function: Function, pool: Pool, switch: CalculatorSwitch) -> None:
        self.name = function.name
        self.schema = FunctionDefinition.model_validate(function.definition)
        self._function = function
        self._pool = pool
        self._switch = switch

    def offered_in(self, guild_id: int, channel_id: int) -> bool:  # noqa: ARG002 - it is on or off in a whole server
        """Whether the server has not turned the calculator off."""
        return self._switch.is_on(guild_id)

    async def call(self, call: ToolCall) -> str:
        """The output: what the worker process has found out, or an `error`, a sentence for the model."""
        if not self.offered_in(call.guild_id, call.channel_id):
            return _output({"error": OFF})
        try:
            value = self._argument(call.arguments)
        except ArgumentsError as error:
            return _output({"error": str(error)})
        try:
            found = await self._pool.run(
                self._function.job, *self._function.job_arguments(value), timeout=SECONDS, memory=MEMORY
            )
        except JobTimedOut:
            return _output({"error": TOO_SLOW})
        except WorkerError as error:
            log.warning("calculator.failed", function=self.name, call=call.call_id, cause=error)
            return _output({"error": FAILED})
        return _output(found)

    async def output_so_far(self, call: ToolCall) -> str:
        """Its output: nobody is waited for."""
        return await self.call(call)

    def _argument(self, text: str) -> Any:
        """The one argument, by whatever name; raises ArgumentsError."""
        function = self._function
        aliases = dict.fromkeys(function.aliases, function.argument)
        found = read_arguments(text, function.parameters, aliases=aliases)
        value = found.get(function.argument)
        wants_list = function.argument_schema["type"] == "array"
        if wants_list and isinstance(value, str):
            value = [value]
        if wants_list and isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        if not wants_list and isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return ", ".join(value)
        if isinstance(value, str) and not wants_list:
            return value
        kind = "an array of strings" if wants_list else "a string"
        raise ArgumentsError(f"`{function.argument}` must be there, as {kind}.")


def _output(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False)
