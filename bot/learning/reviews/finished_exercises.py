"""From exercises that were helped with to what a student keeps: a result, and a card of each that was given up."""

import hashlib

from sqlalchemy.dialects import postgresql, sqlite

from bot.learning.card import Card, Deck, ExerciseContent, Schedule, mistakes_deck_id
from bot.learning.card_store import card_row, deck_row
from bot.learning.result_store import StudyResult, add_result_statement, result_row
from bot.learning.reviews.review_store import Review, review_row
from bot.learning.reviews.scheduling import AGAIN, reviewed
from bot.learning.tables import CardReviewRow, CardRow, DeckRow
from bot.store.base import table_of
from bot.store.group_commit import Statement
from bot.store.store import Store
from bot.tutor.exercise_outcome import ExerciseOutcome


class FinishedExercises:
    """Hears what became of exercises. To be told twice of one changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        self._add_result = add_result_statement(store.dialect)
        self._add_deck = dialect.insert(table_of(DeckRow)).on_conflict_do_nothing()
        self._add_card = dialect.insert(table_of(CardRow)).on_conflict_do_nothing()
        self._add_review = dialect.insert(table_of(CardReviewRow)).on_conflict_do_nothing()

    async def ended(self, outcome: ExerciseOutcome) -> None:
        """Keep the result of an exercise; one that was given up becomes a card."""
        result = StudyResult(
            student_id=outcome.student_id,
            source="exercise",
            source_id=outcome.exercise_id,
            number=0,
            guild_id=outcome.guild_id,
            channel_id=outcome.channel_id,
            topic=outcome.topic or "",
            right=outcome.outcome == "solved",
            seconds=outcome.seconds,
            at=outcome.ended_at,
            hints=outcome.hints_used,
        )
        statements: list[Statement] = [(self._add_result, result_row(result))]
        if not result.right:
            card, review = given_up_card(outcome)
            deck = Deck(card.deck_id, card.owner_id, 0, "mistakes", "", outcome.ended_at)
            statements += [
                (self._add_deck, deck_row(deck)),
                (self._add_card, card_row(card)),
                (self._add_review, review_row(card, review)),
            ]
        await self._store.write(*statements)


def given_up_card(outcome: ExerciseOutcome) -> tuple[Card, Review]:
    """The card of an exercise that was given up, and that as its review number 0."""
    origin = f"exercise:{outcome.exercise_id}"
    at = outcome.ended_at
    before = Schedule(due=at)
    card = Card(
        id=hashlib.sha256(f"{outcome.student_id}:{origin}".encode()).hexdigest()[:16],
        deck_id=mistakes_deck_id(outcome.student_id),
        owner_id=outcome.student_id,
        guild_id=outcome.guild_id,
        channel_id=outcome.channel_id,
        content=ExerciseContent(problem=outcome.problem, answer=outcome.answer, solution=outcome.solution),
        topic=outcome.topic or "",
        origin=origin,
        created_at=at,
        schedule=reviewed(before, AGAIN, at),
    )
    return card, Review(card.id, 0, AGAIN, right=False, seconds=outcome.seconds, at=at, before=before)
