"""Runs all hint ladders: applies what happens, stores it, shows it, and hands over what the student did.

An event is applied at once (nothing is awaited between reading a session and replacing it), then stored, and only then
shown. After a restart everything goes on from the store: a message that is out of date, an output that was not handed
over, an outcome that was not told.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final

import discord
import structlog

from bot.background_tasks import BackgroundTasks
from bot.conversations.location import Location
from bot.conversations.registry import Conversations
from bot.conversations.tools import Note
from bot.escaping import escaped_within, one_line, visible
from bot.hints import sentences as say
from bot.hints.answer_judge import AnswerJudge, NotJudgedError
from bot.hints.help_arguments import Help
from bot.hints.ladder_buttons import LadderPress
from bot.hints.ladder_handover import LadderHandover
from bot.hints.ladder_messages import LadderMessages
from bot.hints.ladder_report import ladder_note, ladder_output
from bot.hints.ladder_screens import private_sentence
from bot.hints.ladder_session import (
    Answered,
    HintAsked,
    LadderEffect,
    LadderEnded,
    LadderEvent,
    LadderOutcome,
    LadderSession,
    SolutionAsked,
    TutorMode,
    WroteOn,
    apply_to_ladder,
    is_untold_of,
)
from bot.hints.ladder_store import LadderRecord, LadderStore
from bot.hints.live_ladder import LiveLadder
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_refused
from bot.replies.view_messages import VIEW_ERRORS, MessageDeletedError, ViewMessages, shown
from bot.sentences import Locale
from bot.store.live_records import LiveRecords
from bot.tutor.exercise_outcome import ExerciseListener

log = structlog.get_logger(__name__)

SHOW_AGAIN: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0)
"""Seconds to wait before each new attempt to show a ladder's newest state."""
LONGEST_ANSWER: Final = 500
"""Characters of an answer that is judged."""

Reveal = Callable[[int], Awaitable[None]]
"""Called with a conversation's id when one of its exercises is done."""


@dataclass(frozen=True, slots=True)
class NewLadder:
    """What a ladder begins with."""

    call_id: str
    conversation_id: int
    guild_id: int
    channel_id: int
    student_id: int
    locale: Locale
    mode: TutorMode
    help: Help
    untold: bool = False
    """Whether the model has to be told of it: it was Saem that gave help, and not the model (no `call_id` then)."""


class Ladders:
    """All ladders of the bot. `clock` tells seconds since the epoch; `listeners` hear what became of each exercise;
    `owns` says whether this process serves a guild.
    """

    def __init__(
        self,
        store: LadderStore,
        messages: ViewMessages,
        conversations: Conversations,
        judge: AnswerJudge,
        *,
        clock: Callable[[], float],
        opens_after: int,
        listeners: Sequence[ExerciseListener],
        owns: Callable[[int], bool],
    ) -> None:
        self.clock = clock
        self._owns = owns
        self.reveals: list[Reveal] = []
        """Each is called when an exercise of a conversation is done, before its output is handed over."""
        self._store = store
        self._messages = LadderMessages(messages, store)
        self._conversations = conversations
        self._judge = judge
        self._opens_after = opens_after
        self._handover = LadderHandover(store, conversations, listeners)
        self._ladders = LiveRecords(self._load)
        self._tasks = BackgroundTasks("ladder.failed")

    # What happens

    async def open(self, new: NewLadder) -> LadderRecord:
        """Store a ladder and show it with its first hint.

        Raises:
            discord.HTTPException, discord.RateLimited: it cannot be shown.
            MessageDeletedError: its channel was deleted.
        """
        session = LadderSession(new.help, new.student_id, new.mode, self._opens_after, self.clock())
        record = LadderRecord(
            id=secrets.token_hex(6),
            call_id=new.call_id,
            conversation_id=new.conversation_id,
            guild_id=new.guild_id,
            channel_id=new.channel_id,
            locale=new.locale,
            session=session,
            untold=new.untold,
        )
        await self._store.add(record)
        ladder = self._ladders.keep(record.id, LiveLadder(record))
        try:
            await shown(lambda: self._messages.show(ladder), "ladder")
        except VIEW_ERRORS:
            await self._end(record.id, hand_over=False)
            raise
        finally:
            if not self._owns(record.guild_id):
                self._ladders.forget(record.id, ladder)
        log.info("ladder.opened", ladder=record.id, call=record.call_id, hints=len(new.help.hints), mode=new.mode)
        return ladder.record

    async def press(self, press: LadderPress) -> None:
        """Take a press on a button, or the form that was sent: apply and store it, show it, answer the student.

        Raises:
            discord.HTTPException: Discord refuses the answer.
            sqlalchemy.exc.SQLAlchemyError: the press could not be stored; nothing was shown.
        """
        custom_id = press.custom_id
        ladder = None if custom_id is None else await self._find(custom_id.ladder_id)
        if custom_id is None or ladder is None or ladder.record.channel_id != press.channel_id:
            await press.say(say.OLD(press.locale))
            return
        match custom_id.action:
            case "answer":
                await self._open_form(ladder.record, press)
            case "form":
                await self._take_answer(ladder, press)
            case "next":
                await self._apply_press(ladder, HintAsked(press.student_id, custom_id.shown), press)
            case "solution":
                await self._apply_press(ladder, SolutionAsked(press.student_id, self.clock()), press)
            case "end":
                ended = LadderEnded(press.student_id, press.moderator, self.clock())
                await self._apply_press(ladder, ended, press)

    async def _open_form(self, record: LadderRecord, press: LadderPress) -> None:
        if press.student_id != record.session.student:
            await press.say(say.NOT_YOURS(press.locale))
        elif record.session.phase.over:
            await press.say(say.OVER(press.locale))
        else:
            await press.open_form(record.id)

    async def _take_answer(self, ladder: LiveLadder, press: LadderPress) -> None:
        """Judge what stands in the form. Nothing is counted that could not be judged."""
        given, session = one_line(visible(press.typed)), ladder.record.session
        if session.phase.over or press.student_id != session.student:
            over = session.phase.over
            await press.say((say.OVER if over else say.NOT_YOURS)(press.locale))
        elif not given:
            await press.say(say.NOTHING_TYPED(press.locale))
        elif len(given) > LONGEST_ANSWER:
            await press.say(say.TOO_LONG(press.locale, length=len(given), most=LONGEST_ANSWER))
        else:
            try:
                await press.defer()
            except DISCORD_ERRORS as error:  # what was typed is in the form no more: it counts, and the message says so
                log.warning("ladder.not_deferred", ladder=ladder.record.id, cause=error)
            try:
                event = await self._judged(ladder.record, given, press.student_id)
            except NotJudgedError:
                await press.say(say.NOT_JUDGED(press.locale, given=escaped_within(given, 200)))
                return
            await self._apply_press(ladder, event, press)

    async def _judged(self, record: LadderRecord, given: str, student_id: int) -> Answered:
        earlier = [each.text for each in record.session.tries]
        location = Location(record.conversation_id, record.guild_id, record.channel_id)
        found = await self._judge.judge(record.session.help, given, earlier, student_id=student_id, location=location)
        return Answered(student_id, given, found.verdict, self.clock(), found.readable, found.repeated)

    async def _apply_press(self, ladder: LiveLadder, event: LadderEvent, press: LadderPress) -> None:
        record, outcome = await self._apply(ladder, event)
        sentence = private_sentence(record, press, outcome)
        if sentence is not None:
            await press.say(sentence)
            return
        try:
            await self._messages.show(ladder, press)
        except discord.NotFound as error:
            log.warning("press.came_late", ladder=record.id, code=error.code)
            self._spawn(ladder, self._update_message(ladder))
        except MessageDeletedError:
            log.info("ladder.message_deleted", ladder=record.id)
        except DISCORD_ERRORS as error:
            self._spawn(ladder, self._update_message(ladder))  # what the press changed is stored
            if is_refused(error):
                raise
            await press.acknowledge()

    async def answer_typed(self, conversation_id: int, student_id: int, text: str) -> None:
        """A student wrote in a conversation: if that is the right answer to their ladder there, it is solved.

        A wrong one is not counted as a try: it may be about something else.
        """
        for ladder_id in await self._store.climbed_in_conversation(conversation_id):
            ladder = await self._find(ladder_id)
            if ladder is None or ladder.record.session.student != student_id or len(text) > LONGEST_ANSWER:
                continue
            found = await self._judge.by_algebra(ladder.record.session.help, text, ())
            if found.verdict == "right":
                event = Answered(student_id, one_line(visible(text)), "right", self.clock())
                # Where the run has its output already, the model is told with the very message that solved it.
                delivered = ladder.record.session.delivered
                record, outcome = await self._apply(ladder, event, hand_over=not delivered)
                if delivered and outcome is LadderOutcome.MOVED:
                    ladder.record = replace(record, untold=True)
                    await self._store.save(ladder.record)
                self._spawn(ladder, self._update_message(ladder))

    async def written_on(self, call_id: str) -> str | None:
        """Someone wrote on while a call waits: the output so far. None: there is no ladder for it."""
        ladder_id = await self._store.of_call(call_id)
        ladder = None if ladder_id is None else await self._find(ladder_id)
        if ladder is None:
            return None
        record, _ = await self._apply(ladder, WroteOn())
        return ladder_output(record.session, "completed" if record.session.phase.done else "unfinished")

    async def all_in(self, conversation_id: int) -> list[LadderRecord]:
        """The newest ladders of a conversation, whatever became of them."""
        found = [await self._find(each) for each in await self._store.all_in(conversation_id)]
        return [ladder.record for ladder in found if ladder is not None]

    async def open_in(self, conversation_id: int) -> list[LadderRecord]:
        """The ladders of a conversation that are not over, oldest first."""
        found = [await self._find(each) for each in await self._store.climbed_in_conversation(conversation_id)]
        return [ladder.record for ladder in found if ladder is not None and not ladder.record.session.phase.over]

    async def untold(self, conversation_id: int) -> list[Note]:
        """What the model must know of a conversation's ladders while their calls have no output that says it."""
        notes = []
        for ladder_id in await self._store.untold_in(conversation_id):
            ladder = await self._find(ladder_id)
            if ladder is not None and ladder.record.untold:
                session = ladder.record.session
                call = await self._conversations.arguments_of(ladder.record.call_id)
                call = call or json.dumps(asdict(session.help), ensure_ascii=False)
                notes.append(Note(ladder_note(call, session), partial(self._told, ladder_id, session)))
        return notes

    async def _told(self, ladder_id: str, session: LadderSession) -> None:
        """The model was told of a ladder as it was in that state."""
        ladder = await self._find(ladder_id)
        if ladder is not None and ladder.record.session.phase.over == session.phase.over:
            ladder.record = replace(ladder.record, untold=False)
            await self._store.set_told(ladder_id)

    async def call_cancelled(self, call_id: str) -> None:
        """Nobody waits for the output of a call any more: its ladder is ended."""
        ladder_id = await self._store.of_call(call_id)
        if ladder_id is not None and await self._end(ladder_id, hand_over=False) is LadderOutcome.MOVED:
            ladder = await self._find(ladder_id)
            if ladder is not None:
                self._spawn(ladder, self._update_message(ladder))

    async def channel_deleted(self, channel_id: int) -> None:
        """A channel or thread was deleted: the ladders in it are ended."""
        for ladder_id in await self._store.climbed_in(channel_id):
            await self._end(ladder_id)

    async def message_deleted(self, message_id: int) -> None:
        """A message was deleted: if it showed a ladder, that is ended."""
        ladder_id = await self._store.of_message(message_id)
        if ladder_id is not None:
            await self._end(ladder_id)

    def forget_student(self, student_id: int) -> None:
        """What is stored of a student was deleted: keep none of it in memory."""
        for ladder in self._ladders.in_memory():
            session = ladder.record.session
            if session.phase.over and session.student == student_id:
                self._ladders.forget(ladder.record.id, ladder)

    # Guilds come and go between processes

    async def recover(self, ours: Callable[[int], bool]) -> None:
        """Take up the messages, outputs and outcomes that other processes left, in guilds that are ours now.

        What this process is at already is left out, so that it may be called again.
        """
        for ladder_id, guild_id in await self._store.to_recover():
            ladder = await self._find(ladder_id) if ours(guild_id) else None
            if ladder is None or ladder.at_work or ladder.writes:
                continue
            log.info("ladder.recovered", ladder=ladder_id, due=ladder.record.due)
            if ladder.record.due is not None:
                self._hand_over(ladder, partial(self._handover.hand_over, ladder, ladder.record.due))
            if ladder.record.outcome_due:
                self._hand_over(ladder, partial(self._handover.tell_outcome, ladder))
            self._spawn(ladder, self._update_message(ladder))

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Another process has the ladders of some guilds now: what is under way ends, or is left to that one."""
        ladders = [ladder for ladder in self._ladders.in_memory() if theirs(ladder.record.guild_id)]
        await self._tasks.end_of(ladder.record.id for ladder in ladders)
        for ladder in ladders:
            self._ladders.forget(ladder.record.id, ladder)

    def _spawn(self, ladder: LiveLadder, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.spawn(work, of=ladder.record.id)

    def _hand_over(self, ladder: LiveLadder, work: Callable[[], Awaitable[None]]) -> None:
        ladder.at_work += 1
        self._spawn(ladder, self._handing_over(ladder, work))

    async def _handing_over(self, ladder: LiveLadder, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        finally:
            ladder.at_work -= 1

    async def _find(self, ladder_id: str) -> LiveLadder | None:
        """The ladder with that id; it is kept in memory in the one process that serves its guild."""
        ladder = await self._ladders.find(ladder_id)
        if ladder is not None and not self._owns(ladder.record.guild_id):
            self._ladders.forget(ladder_id, ladder)
        return ladder

    async def close(self) -> None:
        """Stop the work in the background; the rest is stored."""
        await self._tasks.close()

    # Events

    async def _apply(
        self, ladder: LiveLadder, event: LadderEvent, *, hand_over: bool = True
    ) -> tuple[LadderRecord, LadderOutcome]:
        """Apply an event and store what it changes; the ladder as it is then."""
        before = ladder.record.session
        step = apply_to_ladder(before, event)
        if step.session is before:
            return ladder.record, step.outcome
        effect = step.effect if hand_over and step.effect is not LadderEffect.SUBMIT_UNFINISHED else None
        untold = is_untold_of(before, step.session, known=ladder.record.untold)
        untold = untold or (not ladder.record.call_id and step.session.phase.over)  # no output tells of it
        ended = step.session.outcome is not None and before.outcome is None
        record = ladder.record = replace(
            ladder.record,
            session=step.session,
            due=effect or ladder.record.due,
            untold=untold,
            outcome_due=ended or ladder.record.outcome_due,
            unshown=True,
        )
        ladder.writes += 1
        try:
            await self._store.save(record)
        except BaseException:
            self._ladders.forget(record.id, ladder)  # what is in memory is not what is stored
            raise
        finally:
            ladder.writes -= 1
        if step.session.phase.over:
            await self._reveal(record.conversation_id)
        if effect is not None:
            self._hand_over(ladder, partial(self._handover.hand_over, ladder, effect))
        if ended:
            self._hand_over(ladder, partial(self._handover.tell_outcome, ladder))
        return record, step.outcome

    async def _reveal(self, conversation_id: int) -> None:
        for reveal in self.reveals:
            try:
                await reveal(conversation_id)
            except Exception:
                log.exception("ladder.not_revealed", conversation=conversation_id)

    async def _end(self, ladder_id: str, *, hand_over: bool = True) -> LadderOutcome | None:
        """End a ladder that cannot go on; None: there is no such ladder."""
        ladder = await self._find(ladder_id)
        if ladder is None:
            return None
        event = LadderEnded(None, moderator=False, at=self.clock())
        _, outcome = await self._apply(ladder, event, hand_over=hand_over)
        return outcome

    # Showing

    async def _update_message(self, ladder: LiveLadder) -> None:
        """Show the newest state; where Discord fails, try again."""
        for wait in (*SHOW_AGAIN, None):
            try:
                await self._messages.show(ladder)
            except MessageDeletedError:
                log.info("ladder.message_deleted", ladder=ladder.record.id)
                await self._end(ladder.record.id)
            except DISCORD_ERRORS as error:
                log.warning("ladder.not_shown", ladder=ladder.record.id, cause=error, again_in=wait)
                if wait is not None:
                    await asyncio.sleep(wait)
                    continue
            return

    async def _load(self, ladder_id: str) -> LiveLadder | None:
        record = await self._store.get(ladder_id)
        return None if record is None else LiveLadder(record)
