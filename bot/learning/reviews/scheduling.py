"""When a card comes back: FSRS, as the `fsrs` package works it out with its own parameters.

The schedule is exactly the package's: learning steps of 1 and 10 minutes, a relearning step of 10 minutes, 90 % to be
remembered when a card is due, and no random spread, so that the same reviews give the same days.
https://github.com/open-spaced-repetition/py-fsrs
"""

from datetime import UTC, datetime
from typing import Final

from fsrs import Card as FsrsCard
from fsrs import Rating, Scheduler, State

from bot.learning.card import Schedule

AGAIN, HARD, GOOD, EASY = Rating.Again.value, Rating.Hard.value, Rating.Good.value, Rating.Easy.value
RATINGS: Final = (AGAIN, HARD, GOOD, EASY)

_SCHEDULER: Final = Scheduler(enable_fuzzing=False)


def reviewed(schedule: Schedule, rating: int, at: float) -> Schedule:
    """A card's state after a review at `at`, seconds since the epoch.

    A clock that was set back tells a time before the last review: then the review counts as made right after that one.
    """
    when = at if schedule.last_review is None else max(at, schedule.last_review)
    card, _ = _SCHEDULER.review_card(_card(schedule), Rating(rating), _moment(when))
    return Schedule(
        due=card.due.timestamp(),
        state=card.state.value,
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        last_review=None if card.last_review is None else card.last_review.timestamp(),
    )


def recall(schedule: Schedule, at: float) -> float:
    """How likely the card is remembered at `at`, from 0 to 1; 0 for a card that was never reviewed."""
    return float(_SCHEDULER.get_card_retrievability(_card(schedule), _moment(at)))


def _card(schedule: Schedule) -> FsrsCard:
    return FsrsCard(
        card_id=0,  # without one, the package sleeps to make ids that differ
        state=State(schedule.state),
        step=schedule.step,
        stability=schedule.stability,
        difficulty=schedule.difficulty,
        due=_moment(schedule.due),
        last_review=None if schedule.last_review is None else _moment(schedule.last_review),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
