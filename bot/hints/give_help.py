"""The model's function `give_help`: a call of it becomes a hint ladder in Discord."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

import discord
import structlog
from openai.types import FunctionDefinition

from bot.conversations.registry import Conversations
from bot.conversations.tools import Note, Tool, ToolCall
from bot.hints import sentences as say
from bot.hints.help_arguments import (
    FUNCTION,
    Help,
    HelpError,
    invalid_output,
    not_shown_output,
    parse_help,
    rejected_output,
)
from bot.hints.ladder_session import TutorMode
from bot.hints.ladder_store import LadderStore
from bot.hints.ladders import Ladders, NewLadder
from bot.replies.view_messages import VIEW_ERRORS, ViewMessages
from bot.sentences import Locale, of_text
from bot.store.conversation_store import ConversationStore
from bot.store.corrections import Corrections
from workers import Pool, WorkerError

log = structlog.get_logger(__name__)

MAX_CORRECTIONS: Final = 2
"""How often a run's help is sent back to the model."""
MOST_OPEN: Final = 5
"""Ladders of a conversation that may be open at once."""
JOB: Final = "maths.keys.told_answers:check_help"
SECONDS: Final = 3.0
MEMORY: Final = 512 << 20

FindMode = Callable[[int, int], Awaitable[TutorMode]]
"""The mode of a guild's channel, by their ids."""
Announce = Callable[[str, Help], Awaitable[None]]
"""Called with an answer's id and the help that its run has asked for, before anything of the help is shown."""


class GiveHelp(Tool):
    """The function. It shows the ladder; its output comes when that is over."""

    name = "give_help"
    schema = FunctionDefinition.model_validate(FUNCTION)

    def __init__(
        self,
        ladders: Ladders,
        messages: ViewMessages,
        store: LadderStore,
        conversation_store: ConversationStore,
        pool: Pool,
        *,
        find_mode: FindMode,
        announce: Announce,
    ) -> None:
        self._ladders = ladders
        self._messages = messages
        self._store = store
        self._conversation_store = conversation_store
        self._pool = pool
        self._find_mode = find_mode
        self._announce = announce
        self._corrections = Corrections(conversation_store, self.name)

    async def call(self, call: ToolCall) -> str | None:
        """Show the ladder. Arguments that are no valid help, and hints that tell the answer, go back to the model, a
        few times; what still tells it then is left out.
        """
        try:
            given = parse_help(call.arguments)
        except HelpError as error:
            return await self._reject(call, error.problems)
        await self._announce(call.answer_id, given)
        problem_tells, telling = await self._telling(given)
        tells = problem_tells or any(telling)
        if tells and await self._corrections.count(call.run_id) < MAX_CORRECTIONS:
            return await self._reject(call, _problems(problem_tells, telling))
        locale = of_text(f"{given.problem} {given.hints[0]}")
        if problem_tells:
            return await self._give_up(call, locale)
        if len(await self._ladders.open_in(call.conversation_id)) >= MOST_OPEN:
            return _too_many()
        hints = tuple(hint for hint, tells in zip(given.hints, telling, strict=True) if not tells)
        new = NewLadder(
            call_id=call.call_id,
            conversation_id=call.conversation_id,
            guild_id=call.guild_id,
            channel_id=call.channel_id,
            student_id=call.asker_id or await self._conversation_store.last_author(call.conversation_id) or 0,
            locale=locale,
            mode=await self._find_mode(call.guild_id, call.channel_id),
            help=replace(given, hints=hints or (say.GENERIC_HINT(locale),)),
        )
        try:
            await self._ladders.open(new)
        except VIEW_ERRORS as error:
            log.warning("ladder.not_opened", call=call.call_id, cause=error)
            return not_shown_output()
        return None

    async def output_so_far(self, call: ToolCall) -> str:
        """What the student did so far; the ladder goes on."""
        return await self._ladders.written_on(call.call_id) or await super().output_so_far(call)

    async def cancelled(self, call: ToolCall) -> None:
        """End the ladder."""
        await self._ladders.call_cancelled(call.call_id)

    async def untold(self, conversation_id: int) -> Sequence[Note]:
        """The ladders that the model does not know the state of."""
        return await self._ladders.untold(conversation_id)

    async def recover(self, conversations: Conversations, ours: Callable[[int], bool]) -> None:
        """Show the ladders of the calls that other processes took without storing one, in guilds that are ours now."""
        for call_id in await conversations.left_calls(self.name, ours):
            if await self._store.of_call(call_id):
                continue
            call = await conversations.open_call(call_id)
            if call is None:
                continue
            log.info("ladder.call_recovered", call=call_id)
            output = await self.call(call)
            if output is not None:
                await conversations.submit_output(call_id, output)

    async def _telling(self, given: Help) -> tuple[bool, list[bool]]:
        """Whether the problem tells the answer, and which hints do; what cannot be looked through does not."""
        arguments = (given.problem, list(given.hints), given.answer)
        try:
            found = await self._pool.run(JOB, *arguments, timeout=SECONDS, memory=MEMORY)
        except WorkerError as error:
            log.warning("ladder.hints_not_checked", cause=error)
            return False, [False] * len(given.hints)
        return bool(found["problem"]), list(found["hints"])

    async def _reject(self, call: ToolCall, problems: Sequence[str]) -> str:
        """The output for arguments that cannot be shown; after the last correction the student is told."""
        times = await self._corrections.count(call.run_id) + 1
        log.info("ladder.arguments_wrong", call=call.call_id, times=times, problems=len(problems))
        return invalid_output(problems) if times <= MAX_CORRECTIONS else await self._give_up(call, "en")

    async def _give_up(self, call: ToolCall, locale: Locale) -> str:
        """Tell the student that there are no hints; the output of the call."""
        if await self._corrections.given_up(call.run_id):
            return rejected_output()
        try:
            await self._messages.post(
                call.channel_id, discord.ui.LayoutView().add_item(discord.ui.TextDisplay(say.NO_HELP(locale)))
            )
        except VIEW_ERRORS as failure:
            log.warning("ladder.failure_not_told", call=call.call_id, cause=failure)
        return rejected_output()


def _problems(problem_tells: bool, telling: Sequence[bool]) -> list[str]:
    problems = ["`problem` tells the answer; give the exercise alone."] if problem_tells else []
    numbers = [str(number) for number, tells in enumerate(telling, start=1) if tells]
    if numbers:
        problems.append(f"Hint {' and '.join(numbers)} tells the answer; a hint must not.")
    return problems


def _too_many() -> str:
    advice = "The student has enough exercises open here. Name this one, and say that it comes when one is done."
    return json.dumps({"status": "refused", "advice": advice})
