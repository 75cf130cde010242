"""The quizmaster runs the quizzes: it applies what happens, stores it, shows it, and hands the results to the run.

An event is applied at once (nothing is awaited between reading a session and replacing it), then stored, and only
then shown. After a restart everything goes on from the store: the time of a question, a message that is out of date,
and results that were not handed over. What is due is done though nobody presses a button: each quiz in memory has its
timer (`live_quiz`), and the store is looked through for quizzes whose time passed without one.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, Final

import discord
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.background_tasks import BackgroundTasks
from bot.conversations.conversation import Conversation
from bot.conversations.registry import Conversations
from bot.conversations.tools import Note
from bot.quizzes import sentences as say
from bot.quizzes.arguments.quiz import QuizQuestion
from bot.quizzes.listeners import QuizListeners, tell_of_question, tell_of_quiz
from bot.quizzes.live_quiz import Alarm, LiveQuiz, Timer, Timers, loop_alarm
from bot.quizzes.live_quizzes import LiveQuizzes
from bot.quizzes.new_quiz import NewQuiz
from bot.quizzes.quiz_messages import QuizMessages
from bot.quizzes.results_handover import ResultsHandover
from bot.quizzes.screens.buttons import Press
from bot.quizzes.screens.private_screens import private_reply, question_in_full
from bot.quizzes.session.choices import order_of, shuffled
from bot.quizzes.session.events import (
    Cancelled,
    ConversationContinued,
    Effect,
    Event,
    EventOutcome,
    Joined,
    QuestionsChecked,
    Responded,
    Ticked,
    TriedAgain,
)
from bot.quizzes.session.quiz_session import (
    LOBBY_FOR,
    OPEN_FOR,
    Phase,
    QuizSession,
    start,
)
from bot.quizzes.session.transitions import apply, is_untold
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.tool_output import note, results_output
from bot.replies.destinations import Destination
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_refused
from bot.replies.view_messages import VIEW_ERRORS, MessageDeletedError, shown

log = structlog.get_logger(__name__)

COUNT_EVERY: Final = 2.0
"""Seconds between two updates of how many have joined or answered."""
LOOK_EVERY: Final = 5.0
"""Seconds between two looks at the store for quizzes whose time has passed unnoticed: the database failed at that
moment, or the process that had them is gone.
"""
SHOW_AGAIN: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0)
"""Seconds to wait before each new attempt to show a quiz's newest state."""


class Quizmaster:
    """All quizzes of the bot. `clock` tells seconds since the epoch, `alarm` sets timers, and `owns` says whether this
    process serves a guild.
    """

    def __init__(
        self,
        quiz_store: QuizStore,
        messages: QuizMessages,
        conversations: Conversations,
        *,
        clock: Callable[[], float],
        random: Random,
        alarm: Alarm = loop_alarm,
        owns: Callable[[int], bool] = lambda _guild_id: True,
    ) -> None:
        self.clock = clock
        self.owns = owns
        self.lobby_for = LOBBY_FOR
        """Seconds for a group's students to join; 0: there is no lobby."""
        self.open_for = OPEN_FOR
        """Seconds that a question is open when a group plays."""
        self.listeners = QuizListeners()
        """Who else is told of what happens."""
        self._quiz_store = quiz_store
        self._messages = messages
        self._conversations = conversations
        self._random = random
        self._alarm = alarm
        timers = Timers(
            clock,
            alarm,
            on_due=lambda quiz: self._spawn(quiz, self._tick(quiz)),
            on_count=lambda quiz: self._spawn(quiz, self._update_count(quiz)),
        )
        self._quizzes = LiveQuizzes(quiz_store, timers, owns)
        self._handover = ResultsHandover(quiz_store, conversations)
        self._tasks = BackgroundTasks("quiz.failed")
        self._next_look: Timer | None = None

    # What happens

    async def open(self, new: NewQuiz) -> str:
        """Store a quiz and show its first question, or a group's lobby; the quiz's id.

        Raises:
            discord.HTTPException, discord.RateLimited: it cannot be shown.
            MessageDeletedError: its channel was deleted.
        """
        session = start(
            new.quiz,
            mode=new.mode,
            host=new.host_id,
            orders=shuffled(new.quiz, self._random),
            at=self.clock(),
            open_for=self.open_for,
            lobby_for=self.lobby_for,
            feedback=new.feedback if new.mode == "solo" else "end",
            waiting=new.waiting,
            left_out=new.left_out,
            delivered=new.delivered,
        )
        record = QuizRecord(
            id=secrets.token_hex(6),
            call_id=new.call_id,
            guild_id=new.guild_id,
            channel_id=new.channel_id,
            locale=new.locale,
            topic=new.topic,
            topic_typed=new.topic_typed,
            difficulty=new.difficulty,
            source=new.source,
            session=session,
            untold=new.delivered,
        )
        await self._quiz_store.add(record)
        quiz = self._quizzes.remember(record)
        try:
            await shown(lambda: self._messages.show(quiz), "quiz")
        except VIEW_ERRORS:
            await self._cancel(record.id, hand_over=False)
            raise
        finally:
            if not self.owns(record.guild_id):
                self._quizzes.forget(quiz)  # the process that does reads it from the store
        log.info("quiz.opened", quiz=record.id, call=record.call_id, mode=new.mode, questions=session.total)
        return record.id

    async def press(self, press: Press) -> None:
        """Take a press on a button: apply and store it, then show what it changed and answer the student.

        Raises:
            discord.HTTPException: Discord refuses the answer.
            sqlalchemy.exc.SQLAlchemyError: the press could not be stored; nothing was shown.
        """
        custom_id = press.custom_id
        quiz = None if custom_id is None else await self._quizzes.find(custom_id.quiz_id)
        if custom_id is None or quiz is None or quiz.record.channel_id != press.channel_id:
            await press.say(say.OLD(press.locale))
        elif custom_id.action == "look":
            await self._show_question_in_full(quiz.record, press)
        else:
            try:
                record, outcome = await self._apply_event(
                    quiz, press.event(custom_id, self.clock()), feedback_destination=press.feedback_destination
                )
                await self._answer(record.id, press, private_reply(record, press, outcome))
            finally:
                press.end()

    async def questions_checked(
        self, quiz_id: str, ready: Sequence[QuizQuestion], waiting: Sequence[QuizQuestion]
    ) -> bool:
        """Of the questions that were being checked, `ready` can be asked, and `waiting` are being checked still.

        False: the quiz is over, so nothing needs to be checked any more.
        """
        quiz = await self._quizzes.find(quiz_id)
        if quiz is None or quiz.record.session.phase.over:
            return False
        before = quiz.record.session
        asked = tuple((question, order_of(question, self._random)) for question in ready)
        record, _ = await self._apply_event(quiz, QuestionsChecked(asked, tuple(waiting), self.clock()))
        after = record.session
        if (before.phase, before.total) != (after.phase, after.total) or not waiting:
            self._spawn(quiz, self._update_message(quiz))
        return not after.phase.over

    async def conversation_continued(self, call_id: str) -> str | None:
        """Someone wrote on while a call waits: the output so far. None: there is no quiz for it."""
        quiz_id = await self._quiz_store.of_call(call_id)
        quiz = None if quiz_id is None else await self._quizzes.find(quiz_id)
        if quiz is None:
            return None
        record, _ = await self._apply_event(quiz, ConversationContinued(self.clock()))
        return results_output(record.session, "unfinished")

    async def untold(self, conversation_id: int) -> list[Note]:
        """What the model must know of the quizzes of a conversation: those that were cancelled, or are open still,
        while their calls have no output that says it.
        """
        notes = []
        for quiz_id, arguments in await self._quiz_store.untold_in(conversation_id):
            quiz = await self._quizzes.find(quiz_id)
            if quiz is not None and quiz.record.untold:
                session = quiz.record.session
                notes.append(Note(note(arguments, session), partial(self._told, quiz_id, session)))
        return notes

    async def _told(self, quiz_id: str, session: QuizSession) -> None:
        """The model was told of a quiz as it was in that state."""
        quiz = await self._quizzes.find(quiz_id)
        if quiz is not None and quiz.record.session.phase.over == session.phase.over:
            quiz.record = replace(quiz.record, untold=False)
            await self._quiz_store.set_told(quiz_id)

    async def call_cancelled(self, call_id: str) -> None:
        """Nobody waits for the output of a call any more: its quiz is cancelled."""
        quiz_id = await self._quiz_store.of_call(call_id)
        if quiz_id is not None and await self._cancel(quiz_id, hand_over=False) is EventOutcome.MOVED:
            try:
                await self.show(quiz_id)
            except VIEW_ERRORS as error:
                log.info("quiz.end_not_shown", quiz=quiz_id, cause=error)

    async def channel_deleted(self, channel_id: int) -> None:
        """A channel or thread was deleted: the quizzes in it are cancelled."""
        for quiz_id in await self._quiz_store.open_in(channel_id):
            await self._cancel(quiz_id)

    async def message_deleted(self, message_id: int) -> None:
        """A message was deleted: if it showed a quiz, that is cancelled."""
        quiz_id = await self._quiz_store.of_message(message_id)
        if quiz_id is not None:
            await self._cancel(quiz_id)

    async def recover(self, ours: Callable[[int], bool]) -> None:
        """Take up the timers, messages and results that other processes left, in guilds that are ours now.

        What this process is at already is left out, so that it may be called again.
        """
        for quiz_id, guild_id, due in await self._quiz_store.to_recover():
            known = due is None and any(quiz.record.id == quiz_id for quiz in self._quizzes.in_memory())
            quiz = await self._quizzes.find(quiz_id) if ours(guild_id) and not known else None
            if quiz is None or quiz.at_work or quiz.writes:
                continue
            log.info("quiz.recovered", quiz=quiz_id, phase=quiz.record.session.phase, due=due)
            if due is not None:
                self._begin_handover(quiz, Effect(due))
                self._tell_listeners(quiz.record)  # the last process may not have come to it
            self._spawn(quiz, self._update_message(quiz))
        if self._next_look is None:
            await self._look_for_overdue()

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Another process has the quizzes of some guilds now: what is under way ends, or is left to that one."""
        quizzes = [quiz for quiz in self._quizzes.in_memory() if theirs(quiz.record.guild_id)]
        for quiz in quizzes:
            quiz.stop()
        await self._tasks.end_of(quiz.record.id for quiz in quizzes)
        for quiz in quizzes:
            self._quizzes.forget(quiz)

    def _spawn(self, quiz: LiveQuiz, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.spawn(work, of=quiz.record.id)

    def _begin_handover(self, quiz: LiveQuiz, effect: Effect, destination: Destination | None = None) -> None:
        quiz.at_work += 1
        self._spawn(quiz, self._hand_over(quiz, effect, destination))

    async def _hand_over(self, quiz: LiveQuiz, effect: Effect, destination: Destination | None) -> None:
        try:
            await self._handover.hand_over(quiz, effect, destination)
        finally:
            quiz.at_work -= 1

    async def show(self, quiz_id: str, press: Press | None = None) -> None:
        """Bring a quiz's message up to date; after a press, by answering it.

        Raises:
            discord.HTTPException, discord.RateLimited: Discord refuses it.
            MessageDeletedError: the message was deleted.
        """
        quiz = await self._quizzes.find(quiz_id)
        if quiz is not None:
            await self._messages.show(quiz, press)

    async def record(self, quiz_id: str) -> QuizRecord | None:
        """A quiz as it is now."""
        quiz = await self._quizzes.find(quiz_id)
        return None if quiz is None else quiz.record

    async def record_of(self, quiz_id: str, ours: Callable[[int], bool]) -> QuizRecord | None:
        """A quiz as it is now, if its guild is ours."""
        guild_id = await self._quiz_store.guild_of(quiz_id)
        return await self.record(quiz_id) if guild_id is not None and ours(guild_id) else None

    async def conversation_of(self, record: QuizRecord) -> Conversation | None:
        """The conversation that a quiz was asked for in."""
        return await self._conversations.of_call(record.call_id)

    async def follow(self, quiz_id: str) -> QuizRecord | None:
        """The next quiz is asked for: the quiz as it is then; None if that was done before."""
        quiz = await self._quizzes.find(quiz_id)
        if quiz is None or quiz.record.followed:
            return None
        quiz.record = replace(quiz.record, followed=True)
        await self._quiz_store.set_followed(quiz_id)
        return quiz.record

    def forget_student(self, student_id: int) -> None:
        """What is stored of a student was deleted: keep none of it in memory."""
        for quiz in self._quizzes.in_memory():
            session = quiz.record.session
            if session.phase.over and (session.host == student_id or student_id in session.responses):
                self._quizzes.forget(quiz)

    def is_group_in(self, channel_id: int) -> bool:
        """Whether a group plays in a channel. (Its quiz has a timer, so it is in memory.)"""
        records = (quiz.record for quiz in self._quizzes.in_memory())
        return any(
            record.channel_id == channel_id and record.session.mode == "together" and not record.session.phase.over
            for record in records
        )

    async def close(self) -> None:
        """Stop the timers and the work in the background."""
        if self._next_look is not None:
            self._next_look.cancel()
        for quiz in self._quizzes.in_memory():
            quiz.stop()
        await self._tasks.close()

    # Events

    async def _apply_event(
        self,
        quiz: LiveQuiz,
        event: Event,
        *,
        hand_over: bool = True,
        feedback_destination: Destination | None = None,
    ) -> tuple[QuizRecord, EventOutcome]:
        """Apply an event and store what it changes; the quiz as it is then.

        If `hand_over` is false, the caller hands the results over. `feedback_destination` is where the model's feedback
        is shown if the event ends the quiz.
        """
        before = quiz.record.session
        transition = apply(before, event)
        if transition.session is before:
            return quiz.record, transition.outcome
        effect = transition.effects[0] if transition.effects and hand_over else None
        untold = is_untold(before, transition.session, known=quiz.record.untold)
        record = quiz.record = replace(quiz.record, session=transition.session, due=effect, untold=untold)
        responded = (event.student, event.question) if isinstance(event, Responded | TriedAgain) else None
        changed = responded is not None and before.response(*responded) != transition.session.response(*responded)
        joined = event.student if isinstance(event, Joined) else None
        quiz.writes += 1
        try:
            checked = isinstance(event, QuestionsChecked)
            await self._quiz_store.save(record, responded if changed else None, joined=joined, checked=checked)
        except BaseException:
            self._quizzes.forget(quiz)  # what is in memory is not what is stored
            raise
        finally:
            quiz.writes -= 1
        self._tell_listeners(record, responded if changed and isinstance(event, Responded) else None)
        if effect is not None:
            self._begin_handover(quiz, effect, feedback_destination)
        if record.session.mode == "together" and (responded is not None or joined is not None):
            quiz.show_count_in(COUNT_EVERY)  # many students press within a second
        return record, transition.outcome

    def _tell_listeners(self, record: QuizRecord, answered: tuple[int, int] | None = None) -> None:
        """Tell the listeners of an answer of `(student, question)`, and of the quiz if it is finished."""
        if answered is not None and self.listeners.question_answered:
            self._tasks.spawn(tell_of_question(self.listeners.question_answered, record, *answered), of=record.id)
        if record.session.phase is Phase.FINISHED and self.listeners.quiz_finished:
            self._tasks.spawn(tell_of_quiz(self.listeners.quiz_finished, record), of=record.id)

    def question_reported(self, record: QuizRecord, student: int, index: int) -> None:
        """Tell the listeners that a student has reported a question as wrong."""
        if self.listeners.question_reported:
            self._tasks.spawn(tell_of_question(self.listeners.question_reported, record, student, index), of=record.id)

    async def _cancel(self, quiz_id: str, *, hand_over: bool = True) -> EventOutcome | None:
        """Cancel a quiz that cannot go on; None: there is no such quiz."""
        quiz = await self._quizzes.find(quiz_id)
        if quiz is None:
            return None
        event = Cancelled(None, moderator=False, at=self.clock())
        _, outcome = await self._apply_event(quiz, event, hand_over=hand_over)
        return outcome

    # Answers to presses

    async def _answer(self, quiz_id: str, press: Press, sentence: str | None) -> None:
        """Tell the student `sentence` in private or, without one, show in the message what the press changed."""
        if sentence is not None:
            await press.say(sentence)
            return
        try:
            await self.show(quiz_id, press)
        except discord.NotFound as error:
            log.warning("press.came_late", quiz=quiz_id, code=error.code)
            await self.show_without_press(quiz_id)
        except MessageDeletedError:
            log.info("quiz.message_deleted", quiz=quiz_id)
        except DISCORD_ERRORS as error:
            if not is_refused(error):
                await press.acknowledge()
            await self.show_without_press(quiz_id)
            if is_refused(error):
                raise

    async def show_without_press(self, quiz_id: str) -> None:
        """Discord takes no answer to the press, but what the press changed is stored: show it, now or later.

        The model's words about the quiz come after it.
        """
        quiz = await self._quizzes.find(quiz_id)
        if quiz is None:
            return
        try:
            await self._messages.show(quiz)
        except MessageDeletedError:
            log.info("quiz.message_deleted", quiz=quiz_id)
        except DISCORD_ERRORS:
            self._spawn(quiz, self._update_message(quiz))

    async def _show_question_in_full(self, record: QuizRecord, press: Press) -> None:
        if record.session.phase is Phase.FINISHED and 0 <= press.selected < record.session.count:
            index, student = press.selected, press.student_id
            reported = await self._quiz_store.has_reported(record.id, index, student)
            await press.show_privately(question_in_full(record, index, student, reported=reported))
        else:
            await press.say(say.OLD(press.locale))

    # Timers

    async def _tick(self, quiz: LiveQuiz) -> None:
        """Time has passed: do what is due."""
        if not self.owns(quiz.record.guild_id):
            return
        current = await self._quizzes.find(quiz.record.id)
        if current is None:
            return
        _, outcome = await self._apply_event(current, Ticked(self.clock()))
        if outcome is EventOutcome.MOVED:
            await self._update_message(current)
        else:
            current.set_due_timer()  # the clock is a little behind the event loop's

    async def _look_for_overdue(self) -> None:
        """Tick the quizzes whose time has passed though no timer has told, in the guilds that are ours; now, and again
        and again.
        """
        try:
            for quiz_id, guild_id in await self._quiz_store.overdue(self.clock()):
                quiz = await self._quizzes.find(quiz_id) if self.owns(guild_id) else None
                if quiz is not None:
                    self._spawn(quiz, self._tick(quiz))
        except SQLAlchemyError:
            log.exception("quiz.overdue_not_read")
        finally:
            if not self._tasks.closed:
                self._next_look = self._alarm(LOOK_EVERY, lambda: self._tasks.spawn(self._look_for_overdue()))

    async def _update_count(self, quiz: LiveQuiz) -> None:
        if quiz.record.session.phase in {Phase.LOBBY, Phase.ASKING}:
            await self._update_message(quiz)

    async def _update_message(self, quiz: LiveQuiz) -> None:
        """Show the newest state; where Discord fails, try again."""
        for wait in (*SHOW_AGAIN, None):
            try:
                await self._messages.show(quiz)
            except MessageDeletedError:
                log.info("quiz.message_deleted", quiz=quiz.record.id)
                await self._cancel(quiz.record.id)
            except DISCORD_ERRORS as error:
                log.warning("quiz.not_shown", quiz=quiz.record.id, cause=error, again_in=wait)
                if wait is not None:
                    await asyncio.sleep(wait)
                    continue
            return
