"""The model's function `generate_quiz`: a call of it becomes a quiz in Discord."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import discord
import structlog
from openai.types import FunctionDefinition

from bot.conversations.registry import Conversations
from bot.conversations.tools import Note, Tool, ToolCall
from bot.errors import UserFacingError
from bot.quizzes.arguments.function_schema import FUNCTION
from bot.quizzes.arguments.parsing import QuizError, parse_quiz
from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.checks.passages import PassageFinder
from bot.quizzes.checks.quiz_check import QuizCheck
from bot.quizzes.checks.second_solve import Place
from bot.quizzes.new_quiz import NewQuiz
from bot.quizzes.pending_checks import Opening, PendingChecks
from bot.quizzes.quiz_messages import QuizMessages
from bot.quizzes.quizmaster import Quizmaster
from bot.quizzes.requests.quiz_limits import QuizLimits
from bot.quizzes.screens.screen_parts import view_of
from bot.quizzes.sentences import NO_QUIZ, NO_SOUND_QUESTION, OPEN_EXERCISE
from bot.quizzes.session.quiz_session import Source
from bot.quizzes.storage.quiz_records import QuizRecord, StoredRequest
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.tool_output import invalid_output, not_shown_output, refused_output, rejected_output
from bot.replies.view_messages import VIEW_ERRORS
from bot.sentences import Locale, Sentence, of_text
from bot.store.conversation_store import ConversationStore
from bot.store.corrections import Corrections

log = structlog.get_logger(__name__)

MAX_CORRECTIONS: Final = 2
"""How often a run's quiz is sent back to the model."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """What the checks have left of a quiz, and what is told where that is nothing."""

    problems: Sequence[str]
    quiz: Quiz | None
    nothing_left: Sentence = NO_SOUND_QUESTION


class GenerateQuiz(Tool):
    """The function. It shows the quiz; its output comes when the quiz is over."""

    name = "generate_quiz"
    schema = FunctionDefinition.model_validate(FUNCTION)

    def __init__(
        self,
        quizmaster: Quizmaster,
        messages: QuizMessages,
        quiz_store: QuizStore,
        conversation_store: ConversationStore,
        limits: QuizLimits,
        *,
        quiz_check: QuizCheck,
        pending_checks: PendingChecks,
        passages: PassageFinder,
    ) -> None:
        self._quizmaster = quizmaster
        self._messages = messages
        self._quiz_store = quiz_store
        self._conversation_store = conversation_store
        self._limits = limits
        self._quiz_check = quiz_check
        self._pending_checks = pending_checks
        self._passages = passages
        self._corrections = Corrections(conversation_store, self.name)
        self._conversations: Conversations | None = None

    async def call(self, call: ToolCall) -> str | None:
        """Show the quiz. Arguments that are not a valid quiz, and questions that do not stand the check, go back to the
        model, a few times; a quiz that the model begins by itself is within the limits of those that students ask for.
        """
        return await self._open(call, recovered=False)

    async def _open(self, call: ToolCall, *, recovered: bool) -> str | None:
        """Do so; a call that is `recovered` was let in before the restart."""
        request = await self._quiz_store.request_of(call.conversation_id, call.run_id)
        try:
            quiz = parse_quiz(call.arguments)
        except QuizError as error:
            return await self._reject(call, request, error)
        sound = await self._sound(call, quiz, _locale(quiz, request))
        sent_back = await self._corrections.count(call.run_id)
        if sound.problems and sent_back < MAX_CORRECTIONS:
            return await self._reject(call, request, QuizError(sound.problems))
        if sound.quiz is None:
            return await self._give_up(call, request, sound.nothing_left)
        left_out = len(quiz.questions) - len(sound.quiz.questions)
        quiz = sound.quiz
        host_id = await self._host(call, request)
        if request is None and not recovered:
            try:
                await self._limits.admit(call.call_id, host_id, call.guild_id)
            except UserFacingError as error:
                await self._tell(call, error.sentence(_locale(quiz, request), **error.values))
                return refused_output()
        place = await self._place(call, request, quiz, host_id)
        if place is not None:
            quiz = await self._passages.cited(quiz, place)
        topic_typed = request is not None and request.topic_typed
        new = NewQuiz(
            call_id=call.call_id,
            guild_id=call.guild_id,
            channel_id=call.channel_id,
            host_id=host_id,
            locale=_locale(quiz, request),
            topic=request.topic if request and topic_typed else quiz.title,
            topic_typed=topic_typed,
            mode=request.mode if request else "solo",
            difficulty=request.difficulty if request else None,
            source=request.source if request else None,
            feedback=request.feedback if request else "each",
            quiz=quiz,
            left_out=left_out,
        )
        if request is not None:
            await self._quiz_store.set_request_run(call.conversation_id, call.run_id)
        open_ones = [question for question in quiz.questions if self._pending_checks.takes(question)]
        if place is None or not open_ones:
            return None if await self._show(call, request, new) else not_shown_output()
        ready = tuple(question for question in quiz.questions if question not in open_ones)
        new = replace(new, quiz=quiz.model_copy(update={"questions": ready}))
        rounds = {"rounds": MAX_CORRECTIONS - sent_back}
        waiting = tuple(question.model_copy(update=rounds) for question in open_ones)
        if ready and new.mode == "solo":
            quiz_id = await self._show(call, request, replace(new, waiting=waiting))
            if quiz_id is None:
                return not_shown_output()
            self._pending_checks.go_on(call.call_id, quiz_id, waiting, place, new.locale)
        else:
            opening = Opening(new, partial(self._show_later, call, request), partial(self._nothing_left, call, request))
            self._pending_checks.begin(waiting, opening, place)
        return None

    async def _show(self, call: ToolCall, request: StoredRequest | None, new: NewQuiz) -> str | None:
        """Show the quiz; its id, or None if Discord refuses it."""
        try:
            return await self._quizmaster.open(new)
        except VIEW_ERRORS as error:
            log.warning("quiz.not_opened", call=call.call_id, cause=error)
            return None
        finally:
            self._limits.arrived(call.call_id if request is None else request.interaction_id)

    async def _show_later(self, call: ToolCall, request: StoredRequest | None, new: NewQuiz) -> str | None:
        """Show the quiz when the call has been left waiting; a refusal of Discord becomes its output."""
        quiz_id = await self._show(call, request, new)
        if quiz_id is None and self._conversations is not None:
            await self._conversations.submit_output(call.call_id, not_shown_output())
        return quiz_id

    async def _nothing_left(self, call: ToolCall, request: StoredRequest | None) -> None:
        """The checks have left no question."""
        output = await self._give_up(call, request, NO_SOUND_QUESTION)
        if self._conversations is not None:
            await self._conversations.submit_output(call.call_id, output)

    async def _place(self, call: ToolCall, request: StoredRequest | None, quiz: Quiz, host_id: int) -> Place | None:
        """Where the quiz is played; None if its conversation is gone."""
        conversation = None if self._conversations is None else await self._conversations.find(call.conversation_id)
        if conversation is None:
            return None
        source = request.source if request is not None else None
        return Place(conversation.location, host_id, is_from_files(quiz.questions, source), call.thread_id)

    async def _sound(self, call: ToolCall, quiz: Quiz, locale: Locale) -> "_Sound":
        """What of a quiz can be asked, and what the model should put right before."""
        posing = await self._posing(call, quiz)
        checked = await self._quiz_check.check(quiz, locale)
        if not any(posing):
            return _Sound(checked.problems if checked.faults else (), checked.playable)
        others = tuple(each for each, poses in zip(quiz.questions, posing, strict=True) if not poses)
        problems = (*checked.problems, *_posing_problems(posing))
        if not others:
            return _Sound(problems, None, OPEN_EXERCISE)
        checked = await self._quiz_check.check(quiz.model_copy(update={"questions": others}), locale)
        return _Sound(problems, checked.playable)

    async def _posing(self, call: ToolCall, quiz: Quiz) -> list[bool]:
        """Which questions put an exercise that a student of the conversation is to solve without being told."""
        conversation = None if self._conversations is None else await self._conversations.find(call.conversation_id)
        if conversation is None or self._conversations is None:
            return [False] * len(quiz.questions)
        texts = ["\n".join((each.question_text, *each.choices, each.explanation or "")) for each in quiz.questions]
        return await self._conversations.pose_held_back(conversation.location, texts)

    async def output_so_far(self, call: ToolCall) -> str:
        """The responses so far; the quiz goes on."""
        self._pending_checks.conversation_continued(call.call_id)
        return await self._quizmaster.conversation_continued(call.call_id) or await super().output_so_far(call)

    async def cancelled(self, call: ToolCall) -> None:
        """Cancel the quiz."""
        self._pending_checks.cancel(call.call_id)
        await self._quizmaster.call_cancelled(call.call_id)

    async def untold(self, conversation_id: int) -> Sequence[Note]:
        """The quizzes that the model does not know the state of."""
        return await self._quizmaster.untold(conversation_id)

    def occupies(self, channel_id: int) -> bool:
        """Whether a group plays in the channel."""
        return self._quizmaster.is_group_in(channel_id)

    def work_in(self, conversations: Conversations) -> None:
        """These are the conversations that it is called in."""
        self._conversations = conversations

    async def recover(self, conversations: Conversations, ours: Callable[[int], bool]) -> None:
        """Show the quizzes of the calls that other processes took without storing a quiz, and go on with the checks
        that they were at, in guilds that are ours now.
        """
        for quiz_id in await self._quiz_store.being_checked():
            record = await self._quizmaster.record_of(quiz_id, ours)
            if record is not None and record.session.waiting and not self._pending_checks.at_work(record.call_id):
                await self._go_on_checking(record, conversations)
        for call_id in await conversations.left_calls(self.name, ours):
            if self._pending_checks.at_work(call_id) or await self._quiz_store.of_call(call_id):
                continue
            call = await conversations.open_call(call_id)
            if call is None:
                continue
            log.info("quiz.call_recovered", call=call_id)
            output = await self._open(call, recovered=True)
            if output is not None:
                await conversations.submit_output(call_id, output)

    async def _go_on_checking(self, record: QuizRecord, conversations: Conversations) -> None:
        """Check what a quiz waits for, with the rounds of mending that are left to each question; without its
        conversation it is asked unchecked.
        """
        waiting, conversation = record.session.waiting, await conversations.of_call(record.call_id)
        if conversation is None or not all(self._pending_checks.takes(question) for question in waiting):
            await self._quizmaster.questions_checked(record.id, waiting, ())
            return
        from_files = is_from_files(waiting, record.source)
        place = Place(conversation.location, record.session.host, from_files, conversation.thread_id)
        self._pending_checks.go_on(record.call_id, record.id, waiting, place, record.locale)

    async def _reject(self, call: ToolCall, request: StoredRequest | None, error: QuizError) -> str:
        """The output for arguments that are not a valid quiz; after the last correction the student is told."""
        times = await self._corrections.count(call.run_id) + 1
        log.info("quiz.arguments_wrong", call=call.call_id, times=times, problems=len(error.problems))
        log.debug("quiz.problems", call=call.call_id, problems=error.problems)
        if times <= MAX_CORRECTIONS:
            return invalid_output(error.problems)
        return await self._give_up(call, request, NO_QUIZ)

    async def _give_up(self, call: ToolCall, request: StoredRequest | None, sentence: Sentence) -> str:
        """Tell the student that there is no quiz; the output of the call."""
        if request is not None:
            self._limits.arrived(request.interaction_id)
        if not await self._corrections.given_up(call.run_id):
            await self._tell(call, sentence(request.locale if request else "en"))
        return rejected_output()

    async def _tell(self, call: ToolCall, sentence: str) -> None:
        """Post a sentence where the quiz would have been."""
        try:
            await self._messages.post(call.channel_id, view_of(discord.ui.TextDisplay(sentence)))
        except VIEW_ERRORS as failure:
            log.warning("quiz.failure_not_told", call=call.call_id, cause=failure)

    async def _host(self, call: ToolCall, request: StoredRequest | None) -> int:
        """Who asked for the quiz: by `/quiz`, by the message of the run, or else by the last message; 0 if unknown."""
        if request is not None:
            return request.host_id
        return call.asker_id or await self._conversation_store.last_author(call.conversation_id) or 0


def is_from_files(questions: Sequence[QuizQuestion], source: Source | None) -> bool:
    """Whether a quiz is made from files: it was asked for so, or says so itself."""
    return source == "files" or any(question.passage or question.source for question in questions)


def _posing_problems(posing: Sequence[bool]) -> list[str]:
    """What the model is told of the questions that may not be asked."""
    return [
        f"Question {number} puts an exercise that the student is working on; ask another, with other numbers."
        for number, poses in enumerate(posing, start=1)
        if poses
    ]


def _locale(quiz: Quiz, request: StoredRequest | None) -> Locale:
    return request.locale if request else of_text(f"{quiz.title} {quiz.questions[0].question_text}")
