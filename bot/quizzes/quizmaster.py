"""Runs the quizzes: takes what happens, stores it, then shows it and hands the results over.

An event is applied at once (nothing is awaited between reading a session and replacing it), then stored, and only
then shown. Everything can be taken up again from the store: a question's time, a message that is out of date, and an
effect that was not seen through.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final, Protocol

import discord
import structlog

from bot.quizzes.arguments import Quiz
from bot.quizzes.choices import shuffled
from bot.quizzes.display import Click, Display
from bot.quizzes.game import Game
from bot.quizzes.quiz_messages import Board, GoneError
from bot.quizzes.quiz_store import QuizRecord, QuizStore, QuizToRecover
from bot.quizzes.session import (
    OPEN_FOR,
    Cancelled,
    ConversationContinued,
    Effect,
    Event,
    Mode,
    Phase,
    Responded,
    Ticked,
    Verdict,
    apply,
    start,
)
from bot.quizzes.tool_output import cancelled_output, results_output
from bot.sentences import Locale

log = structlog.get_logger(__name__)

REMEMBERED: Final = 500
"""Quizzes kept in memory; the others are read back from the store when somebody presses."""
COUNT_EVERY: Final = 2.0
"""Seconds between two updates of how many have answered."""
RETRIES: Final = (1.0, 5.0, 30.0, 120.0)
"""Seconds before another attempt at handing results over."""


class Runs(Protocol):
    """The runs that wait for quizzes."""

    async def answer(self, call_id: str, output: str, target: Any = None) -> None:
        """The output of a call; what the model says to it is shown at `target`, or where the conversation is."""

    async def cancel(self, call_id: str, output: str) -> None:
        """Give a call up, with its run; `output` says so where other calls of the run are still wanted."""


@dataclass(frozen=True, slots=True)
class NewQuiz:
    """What a quiz begins with."""

    call_id: str
    guild_id: int
    channel_id: int
    host_id: int
    locale: Locale
    topic: str
    mode: Mode
    quiz: Quiz


class QuizMaster:
    """All quizzes of the bot. `clock` tells seconds since the epoch."""

    def __init__(
        self, records: QuizStore, board: Board, runs: Runs, *, clock: Callable[[], float], random: Random
    ) -> None:
        self.records = records
        self.clock = clock
        self.open_for = OPEN_FOR
        """Seconds that a question is open when a group plays."""
        self.board = board
        self._display = Display(board, records)
        self._runs = runs
        self._random = random
        self._games: OrderedDict[str, Game] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Game | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._left: Sequence[QuizToRecover] = ()
        self._closed = False

    # What happens

    async def open(self, opening: NewQuiz) -> None:
        """Store a quiz and show its first question.

        Raises:
            discord.HTTPException, discord.RateLimited: it cannot be shown.
            GoneError: its channel was deleted.
        """
        session = start(
            opening.quiz,
            mode=opening.mode,
            host=opening.host_id,
            orders=shuffled(opening.quiz, self._random),
            at=self.clock(),
            open_for=self.open_for,
        )
        record = QuizRecord(
            id=secrets.token_hex(6),
            call_id=opening.call_id,
            guild_id=opening.guild_id,
            channel_id=opening.channel_id,
            locale=opening.locale,
            topic=opening.topic,
            session=session,
        )
        await self.records.add(record)
        game = self._keep(record)
        try:
            await self._display.show(game)
        except (discord.DiscordException, GoneError):
            await self.take(record.id, Cancelled(None, moderator=False, at=self.clock()), handing_over=False)
            raise
        log.info("quiz.opened", quiz=record.id, call=record.call_id, mode=opening.mode, questions=session.count)

    async def find(self, quiz_id: str) -> QuizRecord | None:
        """A quiz by its id."""
        game = await self._game(quiz_id)
        return None if game is None else game.record

    async def take(
        self, quiz_id: str, event: Event, *, handing_over: bool = True, feedback_at: Any = None
    ) -> tuple[QuizRecord, Verdict] | None:
        """Take an event; returns when what it changed is stored. None: there is no such quiz.

        `handing_over=False`: whoever sends the event sees to its effect. `feedback_at`: where the feedback is shown, if
        the quiz is over with this.
        """
        game = await self._game(quiz_id)
        if game is None:
            return None
        before = game.record.session
        step = apply(before, event)
        if step.session is before:
            return game.record, step.verdict
        effect = step.effects[0] if step.effects and handing_over else None
        game.record = replace(game.record, session=step.session, due=effect)
        answered = (event.student, event.question) if isinstance(event, Responded) else None
        record = game.record
        game.busy += 1
        try:
            changed = answered is not None and before.response(*answered) != record.session.response(*answered)
            await self.records.save(record, answered if changed else None)
        except BaseException:
            self._drop(game)  # what is in memory is not what is stored
            raise
        finally:
            game.busy -= 1
        self._arm(game)
        if effect is not None:
            self._spawn(self._hand_over(game, effect, feedback_at))
        if record.session.mode == "together" and answered is not None:
            self._count_soon(game)
        return record, step.verdict

    async def show(self, quiz_id: str, click: Click | None = None) -> None:
        """Bring a quiz's message up to date; with a click, through its own interaction.

        Raises:
            discord.HTTPException, discord.RateLimited: Discord refuses it.
            GoneError: the message was deleted.
        """
        game = await self._game(quiz_id)
        if game is not None:
            await self._display.show(game, click)

    async def overtaken(self, call_id: str) -> str | None:
        """Someone wrote on while a call waits: the output so far. None: there is no quiz for it."""
        quiz_id = await self.records.of_call(call_id)
        taken = None if quiz_id is None else await self.take(quiz_id, ConversationContinued(self.clock()))
        return None if taken is None else results_output(taken[0].session, "unfinished")

    async def abandoned(self, call_id: str) -> None:
        """Nobody waits for a call any more: its quiz is cancelled."""
        quiz_id = await self.records.of_call(call_id)
        if quiz_id is None:
            return
        event = Cancelled(None, moderator=False, at=self.clock())
        taken = await self.take(quiz_id, event, handing_over=False)
        if taken is not None and taken[1] is Verdict.MOVED:
            try:
                await self.show(quiz_id)
            except (discord.DiscordException, GoneError) as error:
                log.info("quiz.end_not_shown", quiz=quiz_id, cause=str(error))

    async def channel_gone(self, channel_id: int) -> None:
        """A channel or thread was deleted, and with it what was played there."""
        for quiz_id in await self.records.open_in(channel_id):
            await self.take(quiz_id, Cancelled(None, moderator=False, at=self.clock()))

    async def message_gone(self, message_id: int) -> None:
        """A message was deleted: if it showed a quiz, that is over."""
        quiz_id = await self.records.of_message(message_id)
        if quiz_id is not None:
            await self.take(quiz_id, Cancelled(None, moderator=False, at=self.clock()))

    async def look_back(self) -> None:
        """See what the last process left, before anything happens in this one."""
        self._left = await self.records.to_recover()

    async def recover(self, mine: Callable[[int], bool]) -> None:
        """Take up what the last process left, in the guilds that are `mine`: timers, messages, results."""
        left, self._left = self._left, ()
        for quiz_id, guild_id, due in left:
            game = await self._game(quiz_id) if mine(guild_id) else None
            if game is None:
                continue
            log.info("quiz.taken_up", quiz=quiz_id, phase=game.record.session.phase, due=due)
            if due is not None:  # what fell due since is on its way already
                self._spawn(self._hand_over(game, Effect(due)))
            self._spawn(self._bring_up_to_date(game))

    def is_group_in(self, channel_id: int) -> bool:
        """Whether a group plays in a channel; its quiz has a clock, so it is in memory."""
        records = (game.record for game in self._games.values())
        return any(
            record.channel_id == channel_id and record.session.mode == "together" and not record.session.phase.over
            for record in records
        )

    async def close(self) -> None:
        """Stop the clocks, and wait for what is being stored or shown."""
        self._closed = True
        for game in self._games.values():
            game.forget_timers()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Games in memory

    async def _game(self, quiz_id: str) -> Game | None:
        if (known := self._games.get(quiz_id)) is not None:
            self._games.move_to_end(quiz_id)
            return known
        loading = self._loading.get(quiz_id)
        if loading is None:
            loading = self._loading[quiz_id] = asyncio.create_task(self._load(quiz_id))
            loading.add_done_callback(lambda _: self._loading.pop(quiz_id, None))
        return await asyncio.shield(loading)

    async def _load(self, quiz_id: str) -> Game | None:
        record = await self.records.get(quiz_id)
        if record is None:
            return None
        game = self._keep(record)
        self._arm(game)
        return game

    def _keep(self, record: QuizRecord) -> Game:
        game = self._games[record.id] = Game(record)
        if len(self._games) > REMEMBERED:
            for old in list(self._games.values())[: REMEMBERED // 10]:
                if not (old.busy or old.timer or old.counter or old.display.locked() or old.record.due):
                    del self._games[old.record.id]
        return game

    def _drop(self, game: Game) -> None:
        game.forget_timers()
        if self._games.get(game.record.id) is game:
            del self._games[game.record.id]

    # Time

    def _arm(self, game: Game) -> None:
        if game.timer is not None:
            game.timer.cancel()
            game.timer = None
        session = game.record.session
        if session.deadline is None or session.paused_at is not None or session.phase.over or self._closed:
            return
        wait = max(0.0, session.deadline - self.clock())
        game.timer = asyncio.get_running_loop().call_later(wait, lambda: self._spawn(self._tick(game)))

    async def _tick(self, game: Game) -> None:
        game.timer = None
        taken = await self.take(game.record.id, Ticked(self.clock()))
        if taken is not None and taken[1] is Verdict.NOTHING:
            self._arm(game)  # the clock was a little behind the loop's
            return
        await self._bring_up_to_date(game)

    def _count_soon(self, game: Game) -> None:
        """Many answer within a second; the number on the screen follows now and then."""
        if game.counter is None and game.record.session.phase is Phase.ASKING and not self._closed:
            loop = asyncio.get_running_loop()
            game.counter = loop.call_later(COUNT_EVERY, lambda: self._spawn(self._show_count(game)))

    async def _show_count(self, game: Game) -> None:
        game.counter = None
        if game.record.session.phase is Phase.ASKING:
            await self._bring_up_to_date(game)

    # Showing

    async def _bring_up_to_date(self, game: Game) -> None:
        try:
            await self._display.show(game)
        except GoneError:
            log.info("quiz.message_gone", quiz=game.record.id)
            await self.take(game.record.id, Cancelled(None, moderator=False, at=self.clock()))
        except discord.DiscordException as error:
            log.warning("quiz.not_shown", quiz=game.record.id, cause=str(error))

    # Handing over

    async def _hand_over(self, game: Game, effect: Effect, feedback_at: Any = None) -> None:
        """Give the results to the run that waits for them; what fails is tried again, after a restart too."""
        for wait in (*RETRIES, None):
            try:
                await self._carry_out(game.record, effect, feedback_at)
            except Exception:
                log.exception("quiz.not_handed_over", quiz=game.record.id, effect=effect)
                if wait is None:
                    return
                await asyncio.sleep(wait)
            else:
                break
        game.record = replace(game.record, due=None)
        await self.records.done(game.record.id)

    async def _carry_out(self, record: QuizRecord, effect: Effect, feedback_at: Any) -> None:
        match effect:
            case Effect.SUBMIT | Effect.FOLLOW:
                await self._runs.answer(record.call_id, results_output(record.session, "completed"), feedback_at)
            case Effect.CANCEL:
                await self._runs.cancel(record.call_id, cancelled_output())
            case Effect.SUBMIT_UNFINISHED:
                return  # whoever wrote on has it already

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._closed:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("quiz.failed", exc_info=error)
