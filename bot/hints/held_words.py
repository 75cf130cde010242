"""Holds answers back in the mode `guide`: finds what is to be held, looks through words, and shows them in the end.

The answer to an exercise is known in three ways: Saem solves the student's problem itself, in a worker process, while
the model is being asked; the model's call for help says it; or a ladder, or an earlier exercise, of the conversation
has it.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.conversations.discord_interface import AnswerReply
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.hints import sentences as say
from bot.hints.answer_judge import AnswerJudge
from bot.hints.held_reply import Exercise, HeldReply, has_mathematics
from bot.hints.held_store import HeldAnswer, HeldStore, key_of
from bot.hints.help_arguments import LONGEST_ANSWER, Help
from bot.hints.ladder_session import LadderPhase, TutorMode
from bot.hints.ladders import Ladders, NewLadder
from bot.hints.tutor_modes import TutorModes, instructions_of
from bot.replies.markdown_blocks import parse_blocks
from bot.replies.view_messages import MessageDeletedError
from bot.sentences import Locale, of_text
from bot.store.conversation_store import ConversationStore
from bot.tutor.error_handler import DISCORD_ERRORS
from workers import Pool, WorkerError

log = structlog.get_logger(__name__)

SOLVE: Final = "maths.keys.told_answers:exercises_in"
STEPS: Final = "maths.keys.told_answers:help_with"
LOOK: Final = "maths.keys.told_answers:telling_blocks"
SOLVING: Final = 5.0
LOOKING: Final = 10.0
"""Seconds that solving a message's problems, and looking through some blocks, may take."""
MEMORY: Final = 512 << 20
LONGEST_MESSAGE: Final = 5_000
"""Characters of a student's message that are read."""
BLOCKS_AT_ONCE: Final = 40
MOST_REPLIES: Final = 500
"""Replies that are remembered, so that they can be shown plainly."""

ShowPlainly = Callable[[int, Sequence[int]], Awaitable[None]]
"""Shows messages of a channel without their spoilers."""


class HeldWords:
    """The `ReplyGuard` of the mode `guide`."""

    def __init__(
        self,
        pool: Pool,
        modes: TutorModes,
        ladders: Ladders,
        store: HeldStore,
        *,
        judge: AnswerJudge,
        conversation_store: ConversationStore,
        show_plainly: ShowPlainly,
    ) -> None:
        self._pool = pool
        self._modes = modes
        self._ladders = ladders
        self._store = store
        self._judge = judge
        self._conversation_store = conversation_store
        self._show_plainly = show_plainly
        self._replies: OrderedDict[str, HeldReply] = OrderedDict()

    # The guard of replies

    def guarded(
        self, reply: AnswerReply, location: Location, answer_id: str, questions: Sequence[Question]
    ) -> AnswerReply:
        """The reply itself where the mode is `answer`."""
        known = self._modes.known(location.guild_id, location.channel_id, parent_id=location.parent_id)
        if known == "answer":
            return reply
        asked = [question for question in questions if question.addressed]
        held = HeldReply(
            reply,
            find=lambda: self._find(location, asked),
            look=self._look,
            on_hidden=lambda: self._veil(answer_id, location.id),
            on_unhelped=lambda: self._help(location, asked),
        )
        self._replies[answer_id] = held
        if len(self._replies) > MOST_REPLIES:
            self._replies.popitem(last=False)
        return held

    async def instructions(self, location: Location) -> str | None:
        """What a run is told of the mode."""
        return instructions_of(await self._mode(location))

    async def text(self, location: Location, answer_id: str, text: str) -> str:  # noqa: ARG002
        """The text without the blocks that tell an answer which is held back still."""
        exercises = await self._exercises(location.id) if await self._mode(location) == "guide" else []
        if not exercises:
            return text
        blocks = [block.source for block in parse_blocks(text)]
        tells = await self._look(blocks, exercises, {})
        held: Locale = of_text(text)
        return "".join(
            f"{say.HELD_BACK(held)}\n" if telling else block for block, telling in zip(blocks, tells, strict=True)
        )

    async def announce(self, answer_id: str, given: Help) -> None:
        """The run of an answer has asked for help with an exercise: before anything else of it is shown."""
        held = self._replies.get(answer_id)
        if held is not None:
            await held.learn((given.problem, given.answer))

    # What is held back

    async def _mode(self, location: Location) -> TutorMode:
        return await self._modes.of(location.guild_id, location.channel_id, parent_id=location.parent_id)

    async def _find(self, location: Location, asked: Sequence[Question]) -> list[Exercise] | None:
        """The exercises of a conversation, with those that its newest messages put; None in the mode `answer`."""
        if await self._mode(location) != "guide":
            return None
        for question in asked:
            await self._take_answers(location.id, question)
        for question in asked:
            await self._store.hold(location.id, await self._put_in(question))
        return await self._exercises(location.id)

    async def _put_in(self, question: Question) -> list[HeldAnswer]:
        """The exercises that a message puts, with their answers as algebra finds them."""
        text = question.text[:LONGEST_MESSAGE]
        if not has_mathematics(text):
            return []
        try:
            found = await self._pool.run(SOLVE, text, timeout=SOLVING, memory=MEMORY)
        except WorkerError as error:
            log.info("exercise.not_solved", cause=error)
            return []
        return [HeldAnswer(key_of(problem), question.author_id, problem, answer) for problem, answer in found]

    async def _take_answers(self, conversation_id: int, question: Question) -> None:
        """A message that is nothing but the right answer: the exercise is solved, and may be spoken of."""
        text = question.text.strip()
        if not text or len(text) > LONGEST_ANSWER:
            return
        await self._ladders.answer_typed(conversation_id, question.author_id, text)
        solved = [
            held.key
            for held in await self._store.held_in(conversation_id)
            if held.student_id == question.author_id and await self._is_right(held, text)
        ]
        await self._store.release(conversation_id, solved)

    async def _is_right(self, held: HeldAnswer, text: str) -> bool:
        given = Help(held.problem, (), "", held.answer)
        return (await self._judge.by_algebra(given, text, ())).verdict == "right"

    async def _exercises(self, conversation_id: int) -> list[Exercise]:
        """The exercises of a conversation that are not done."""
        ladders = await self._ladders.all_in(conversation_id)
        done = {ladder.session.help.answer for ladder in ladders if ladder.session.phase.done}
        open_ones = [
            (ladder.session.help.problem, ladder.session.help.answer)
            for ladder in ladders
            if ladder.session.phase is LadderPhase.CLIMBING
            or (ladder.session.phase is LadderPhase.ENDED and ladder.session.help.answer not in done)
        ]
        held = [(each.problem, each.answer) for each in await self._store.held_in(conversation_id)]
        return list(dict.fromkeys([*open_ones, *held]))

    async def _look(self, blocks: Sequence[str], exercises: Sequence[Exercise], counted: dict[str, int]) -> list[bool]:
        """Which blocks tell an answer. What cannot be looked through tells it, if it may hold mathematics."""
        tells: list[bool] = []
        for start in range(0, len(blocks), BLOCKS_AT_ONCE):
            some = list(blocks[start : start + BLOCKS_AT_ONCE])
            try:
                found: dict[str, Any] = await self._pool.run(
                    LOOK, some, [list(each) for each in exercises], dict(counted), timeout=LOOKING, memory=MEMORY
                )
            except WorkerError as error:
                log.warning("words.not_looked_through", blocks=len(some), cause=error)
                tells += [has_mathematics(block) for block in some]
                continue
            tells += found["tells"]
            counted.update(found["counted"])
        return tells

    async def _help(self, location: Location, asked: Sequence[Question]) -> None:
        """The model has answered an exercise by itself, and its answer is hidden: give the ladder out of the solver's
        steps, else the student could neither solve it nor see its solution.
        """
        if not asked or await self._ladders.open_in(location.id):
            return
        question = asked[-1]
        locale = of_text(question.text)
        try:
            found = await self._pool.run(
                STEPS, question.text[:LONGEST_MESSAGE], locale == "ko", timeout=SOLVING, memory=MEMORY
            )
        except WorkerError as error:
            log.info("exercise.not_helped", cause=error)
            return
        for each in found[:1]:
            hints = tuple(each["hints"]) or (say.GENERIC_HINT(locale),)
            given = Help(each["problem"], hints, each["solution"], each["answer"])
            try:
                await self._ladders.open(
                    NewLadder(
                        call_id="",
                        conversation_id=location.id,
                        guild_id=location.guild_id,
                        channel_id=location.channel_id,
                        student_id=question.author_id,
                        locale=locale,
                        mode="guide",
                        help=given,
                        untold=True,
                    )
                )
            except (*DISCORD_ERRORS, MessageDeletedError) as error:
                log.warning("ladder.not_opened", conversation=location.id, cause=error)

    # Hidden words

    async def _veil(self, answer_id: str, conversation_id: int) -> None:
        try:
            await self._store.veil(answer_id, conversation_id)
        except SQLAlchemyError:  # they are hidden all the same; after a restart they stay so
            log.exception("words.veil_not_stored", answer=answer_id)

    async def reveal(self, conversation_id: int) -> None:
        """An exercise of a conversation is over: when none is left to do, all hidden words are shown plainly."""
        await self._release_done(conversation_id)
        if await self._exercises(conversation_id):
            return
        veiled = await self._store.veiled_in(conversation_id)
        conversation = await self._conversation_store.conversation(conversation_id) if veiled else None
        for answer_id in veiled:
            reply = self._replies.get(answer_id)
            if reply is not None:
                await reply.reveal()
            elif conversation is not None:
                messages = await self._conversation_store.messages_of(answer_id)
                await self._show_plainly(conversation.channel_id, messages)
        await self._store.unveil(veiled)

    async def _release_done(self, conversation_id: int) -> None:
        """What was held back is told by a ladder that is done: hold it back no more."""
        done = [each for each in await self._ladders.all_in(conversation_id) if each.session.phase.done]
        released = []
        for held in await self._store.held_in(conversation_id):
            for ladder in done:
                if await self._is_right(held, ladder.session.help.answer):
                    released.append(held.key)
                    break
        await self._store.release(conversation_id, released)
