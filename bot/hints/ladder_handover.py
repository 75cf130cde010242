"""Hands over what became of a ladder: to the run that waits for it, and to those who keep what students learn."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.background_tasks import done_with_retries
from bot.conversations.registry import Conversations
from bot.hints.ladder_report import ladder_output
from bot.hints.ladder_session import LadderEffect
from bot.hints.ladder_store import LadderRecord, LadderStore
from bot.hints.live_ladder import LiveLadder
from bot.tutor.exercise_outcome import ExerciseListener, ExerciseOutcome

_FAILED = "ladder.not_handed_over"


class LadderHandover:
    """Carries out effects of events, and tells the `listeners`; after a failure again, also after a restart."""

    def __init__(self, store: LadderStore, conversations: Conversations, listeners: Sequence[ExerciseListener]) -> None:
        self._store = store
        self._conversations = conversations
        self._listeners = listeners

    async def hand_over(self, ladder: LiveLadder, effect: LadderEffect) -> None:
        """Give the run that waits what the student did."""
        work = partial(self._carry_out, ladder.record, effect)
        if await done_with_retries(work, _FAILED, ladder=ladder.record.id):
            ladder.record = replace(ladder.record, due=None)
            await self._store.clear_due(ladder.record.id)

    async def tell_outcome(self, ladder: LiveLadder) -> None:
        """Tell the listeners what became of the exercise."""
        outcome = outcome_of(ladder.record)
        work = partial(self._tell, outcome)
        if outcome is None or await done_with_retries(work, _FAILED, ladder=ladder.record.id):
            ladder.record = replace(ladder.record, outcome_due=False)
            await self._store.clear_outcome(ladder.record.id)

    async def _carry_out(self, record: LadderRecord, effect: LadderEffect) -> None:
        if not record.call_id:
            return  # no run waits for it
        match effect:
            case LadderEffect.SUBMIT | LadderEffect.FOLLOW:
                await self._conversations.submit_output(record.call_id, ladder_output(record.session, "completed"))
            case LadderEffect.CANCEL:
                await self._conversations.cancel_call(record.call_id, ladder_output(record.session, "cancelled"))
            case LadderEffect.SUBMIT_UNFINISHED:
                return  # `Ladders.written_on` has returned it

    async def _tell(self, outcome: ExerciseOutcome | None) -> None:
        assert outcome is not None
        for listener in self._listeners:
            await listener(outcome)


def outcome_of(record: LadderRecord) -> ExerciseOutcome | None:
    """What the listeners are told of a ladder that is over."""
    session = record.session
    if session.outcome is None:
        return None
    ended_at = session.ended_at or session.begun_at
    return ExerciseOutcome(
        exercise_id=record.id,
        student_id=session.student,
        guild_id=record.guild_id,
        channel_id=record.channel_id,
        locale=record.locale,
        outcome=session.outcome,
        topic=session.help.topic,
        problem=session.help.problem,
        answer=session.help.answer,
        solution=session.help.solution,
        hints_used=session.hints_shown,
        hint_count=len(session.help.hints),
        tries=session.try_count,
        seconds=max(0.0, ended_at - session.begun_at),
        ended_at=ended_at,
    )
