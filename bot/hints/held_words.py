"""Holds answers back in the mode `guide`: finds what is to be held, looks through words, and shows them in the end.

The answer to an exercise is known in three ways: Saem solves the student's problem itself, in a worker process, while
the model is being asked; the model's call for help says it; or a ladder, or an earlier exercise, of the conversation
has it.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.conversations.discord_interface import AnswerReply
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.hints import sentences as say
from bot.hints.answer_judge import AnswerJudge
from bot.hints.give_help import MOST_OPEN
from bot.hints.held_reply import Exercise, HeldReply, has_mathematics
from bot.hints.held_store import HeldAnswer, HeldStore, key_of
from bot.hints.help_arguments import LONGEST_ANSWER, Help
from bot.hints.ladder_session import LadderPhase, LadderSession, TutorMode
from bot.hints.ladder_store import LadderRecord
from bot.hints.ladders import Ladders, NewLadder
from bot.hints.tutor_modes import TutorModes, instructions_of
from bot.replies.markdown_blocks import parse_blocks
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.replies.view_messages import MessageDeletedError
from bot.sentences import Locale, of_text
from bot.store.conversation_store import ConversationStore
from bot.tutor.spoilers import Tells
from workers import Pool, WorkerError

log = structlog.get_logger(__name__)

SOLVE: Final = "maths.keys.exercises:exercises_in"
STEPS: Final = "maths.keys.exercises:help_with"
LOOK: Final = "maths.keys.told_answers:telling_blocks"
POSE: Final = "maths.keys.exercises:posing_texts"
SOLVING: Final = 5.0
LOOKING: Final = 10.0
"""Seconds that solving a message's problems, and looking through some blocks, may take."""
MEMORY: Final = 512 << 20
LONGEST_MESSAGE: Final = 5_000
"""Characters of a student's message that are read."""
BLOCKS_AT_ONCE: Final = 40
MOST_READ: Final = 200
"""Texts whose exercises are remembered."""
MOST_REPLIES: Final = 500
"""Replies that are remembered, so that they can be shown plainly."""

ShowPlainly = Callable[[int, Sequence[int], Tells], Awaitable[None]]
"""Shows messages of a channel without their spoilers, but for the words that still tell an answer."""


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
        self._read: OrderedDict[str, list[Exercise]] = OrderedDict()
        """The exercises in texts that were read."""

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
            on_end=lambda hidden, helped: self._help(location, asked, hidden, helped),
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

    async def poses(self, location: Location, texts: Sequence[str]) -> list[bool]:
        """Which texts put an exercise whose answer is held back; what cannot be looked through puts none."""
        exercises = await self._exercises(location.id) if await self._mode(location) == "guide" else []
        if not exercises or not texts:
            return [False] * len(texts)
        try:
            found: list[bool] = await self._pool.run(
                POSE, list(texts), [list(each) for each in exercises], timeout=LOOKING, memory=MEMORY
            )
        except WorkerError as error:
            log.warning("questions.not_looked_through", questions=len(texts), cause=error)
            return [False] * len(texts)
        return found

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
        found = await self._exercises_in(question.text)
        return [HeldAnswer(key_of(problem), question.author_id, problem, answer) for problem, answer in found]

    async def _exercises_in(self, text: str) -> list[Exercise]:
        """The exercises that a text puts, as algebra reads and solves them."""
        text = text[:LONGEST_MESSAGE]
        if not has_mathematics(text):
            return []
        if text not in self._read:
            try:
                found = await self._pool.run(SOLVE, text, timeout=SOLVING, memory=MEMORY)
            except WorkerError as error:
                log.info("exercise.not_solved", cause=error)
                return []
            self._read[text] = [(problem, answer) for problem, answer in found]
            if len(self._read) > MOST_READ:
                self._read.popitem(last=False)
        return self._read[text]

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
        if solved:
            await self._store.release(conversation_id, solved)
            await self.reveal(conversation_id)

    async def _is_right(self, held: HeldAnswer, text: str) -> bool:
        given = Help(held.problem, (), "", held.answer)
        return (await self._judge.by_algebra(given, text, ())).verdict == "right"

    async def _exercises(self, conversation_id: int) -> list[Exercise]:
        """The exercises of a conversation that are not done."""
        sessions = [ladder.session for ladder in await self._ladders.all_in(conversation_id)]
        open_ones = [
            (session.help.problem, session.help.answer)
            for session in sessions
            if session.phase is LadderPhase.CLIMBING
            or (session.phase is LadderPhase.ENDED and not any(_is_done_later(session, each) for each in sessions))
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

    async def _help(
        self, location: Location, asked: Sequence[Question], hidden: Sequence[str], helped: Sequence[Exercise]
    ) -> None:
        """The model has answered exercises by itself, and the words that tell their answers are hidden: give those that
        have no ladder one out of the solver's steps, else the student could neither solve them nor see their solutions.
        """
        for question in asked:
            await self._help_with(location, question, hidden, helped)

    async def _help_with(
        self, location: Location, question: Question, hidden: Sequence[str], helped: Sequence[Exercise]
    ) -> None:
        put = await self._put_in(question)
        given = [*_exercises_of(await self._ladders.all_in(location.id)), *helped]
        untaught = [each for each in put if not await self._is_among(each, put, given)]
        told = [each for each in untaught if any(await self._look(hidden, [(each.problem, each.answer)], {}))]
        if not told:
            return
        locale = of_text(question.text)
        try:
            found = await self._pool.run(
                STEPS, question.text[:LONGEST_MESSAGE], locale == "ko", timeout=SOLVING, memory=MEMORY
            )
        except WorkerError as error:
            log.info("exercise.not_helped", cause=error)
            return
        room = MOST_OPEN - len(await self._ladders.open_in(location.id))
        posed = {each.problem for each in told}
        for each in [each for each in found if each["posed"] in posed][:room]:
            hints = tuple(each["hints"]) or (say.GENERIC_HINT(locale),)
            new_help = Help(each["problem"], hints, each["solution"], each["answer"])
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
                        help=new_help,
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
        """An exercise of a conversation is over: words that tell none of those left to do are shown plainly."""
        await self._release_done(conversation_id)
        left = await self._exercises(conversation_id)
        veiled = await self._store.veiled_in(conversation_id)
        conversation = await self._conversation_store.conversation(conversation_id) if veiled else None
        for answer_id in veiled:
            reply = self._replies.get(answer_id)
            if reply is not None:
                await reply.show_done(left)
            elif conversation is not None:
                messages = await self._conversation_store.messages_of(answer_id)
                await self._show_plainly(conversation.channel_id, messages, partial(self._tell, left))
        if not left:
            await self._store.unveil(veiled)

    async def _tell(self, left: Sequence[Exercise], blocks: Sequence[str]) -> list[bool]:
        """Which blocks tell one of the exercises that are left to do."""
        return await self._look(blocks, left, {}) if left else [False] * len(blocks)

    async def _release_done(self, conversation_id: int) -> None:
        """What was held back is told by a ladder that is done: hold it back no more."""
        ladders = await self._ladders.all_in(conversation_id)
        done = _exercises_of(each for each in ladders if each.session.phase.done)
        held = await self._store.held_in(conversation_id)
        released = [each.key for each in held if await self._is_among(each, held, done)]
        await self._store.release(conversation_id, released)

    async def _is_among(self, held: HeldAnswer, all_held: Sequence[HeldAnswer], exercises: Sequence[Exercise]) -> bool:
        """Whether an exercise is one of those that the model has given: these put the same problem or, where algebra
        reads none of the held ones in their words, have the same answer.
        """
        for problem, answer in exercises:
            put = {each for each, _ in await self._exercises_in(problem)}
            if any(each.problem in put for each in all_held):
                if held.problem in put:
                    return True
            elif await self._is_right(held, answer):
                return True
        return False


def _exercises_of(ladders: Iterable[LadderRecord]) -> list[Exercise]:
    return [(ladder.session.help.problem, ladder.session.help.answer) for ladder in ladders]


def _is_done_later(ended: LadderSession, other: LadderSession) -> bool:
    """Whether an exercise that was ended without its answer was given again later, and is done."""
    again = other.begun_at >= (ended.ended_at or ended.begun_at) and other.help.answer == ended.help.answer
    return again and other.phase.done
