"""When cards come back: as the `fsrs` package's own examples say, over restarts and clocks that change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.card import Deck, FlashContent, Schedule, new_card
from bot.learning.card_store import CardStore
from bot.learning.reviews.scheduling import AGAIN, EASY, GOOD, HARD, RATINGS, recall, reviewed
from bot.store.store import Store

START = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
"""The moment at which the package's own tests begin."""
EXAMPLE = [GOOD] * 6 + [AGAIN] * 2 + [GOOD] * 5
EXAMPLE_DAYS = [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]
"""`test_review_card` of the package: the days to the next review, each review made when it is due."""


def days_between(schedule: Schedule) -> int:
    assert schedule.last_review is not None
    due = datetime.fromtimestamp(schedule.due, UTC)
    return (due - datetime.fromtimestamp(schedule.last_review, UTC)).days


def test_the_packages_example_comes_out() -> None:
    schedule = Schedule(START.timestamp())
    days = []
    at = START.timestamp()
    for rating in EXAMPLE:
        schedule = reviewed(schedule, rating, at)
        at = schedule.due
        days.append(days_between(schedule))
    assert days == EXAMPLE_DAYS


def test_the_packages_memory_state_comes_out() -> None:
    """`test_memo_state` of the package: the ratings, the days before each, and the state after them."""
    schedule, at = Schedule(START.timestamp()), START
    ratings = (AGAIN, GOOD, GOOD, GOOD, GOOD, GOOD)
    for rating, days in zip(ratings, (0, 0, 1, 3, 8, 21), strict=True):
        at += timedelta(days=days)
        schedule = reviewed(schedule, rating, at.timestamp())
    assert schedule.stability == pytest.approx(53.62691, abs=1e-4)
    assert schedule.difficulty == pytest.approx(6.3574867, abs=1e-4)


@pytest.mark.parametrize(
    ("rating", "step", "state", "minutes"),
    [(AGAIN, 0, 1, 1), (HARD, 0, 1, 5.5), (GOOD, 1, 1, 10), (EASY, None, 2, 8 * 24 * 60)],
)
def test_the_packages_learning_steps_come_out(rating: int, step: int | None, state: int, minutes: float) -> None:
    schedule = reviewed(Schedule(START.timestamp()), rating, START.timestamp())
    assert (schedule.step, schedule.state) == (step, state)
    assert schedule.due - START.timestamp() == minutes * 60


async def test_restarts_between_reviews_change_nothing(store: Store) -> None:
    """The card is read from the database before each review, as after a restart."""
    cards = CardStore(store)
    deck = Deck("d", 1, 0, "made", "", 0.0)
    await cards.add_deck(deck)
    card = new_card(FlashContent(front="f", back="b"), deck=deck, channel_id=0, at=START.timestamp())
    await cards.add_cards([card])
    at, days = START.timestamp(), []
    for number, rating in enumerate(EXAMPLE):
        kept = await cards.card(card.id, 1)
        assert kept is not None
        after = reviewed(kept.schedule, rating, at)
        await cards.delete_card(card.id)
        await cards.add_cards([replace(kept, schedule=after, reviews=number + 1)])
        days.append(days_between(after))
        at = after.due
    assert days == EXAMPLE_DAYS


@given(st.lists(st.tuples(st.sampled_from(RATINGS), st.floats(-40 * 86_400, 400 * 86_400)), max_size=12))
def test_whatever_the_clock_does_it_is_the_packages_schedule_at_moments_that_never_go_back(
    reviews: list[tuple[int, float]],
) -> None:
    scheduler, theirs = fsrs.Scheduler(enable_fuzzing=False), fsrs.Card(card_id=1, due=START)
    ours, at = Schedule(START.timestamp()), START.timestamp()
    for rating, later in reviews:
        at = round(at + later, 3)
        ours = reviewed(ours, rating, at)
        last = theirs.last_review or START - timedelta(days=10_000)
        moment = max(datetime.fromtimestamp(at, UTC), last)
        theirs, _ = scheduler.review_card(theirs, fsrs.Rating(rating), moment)
        assert datetime.fromtimestamp(ours.due, UTC) == theirs.due
        assert (ours.stability, ours.difficulty) == (theirs.stability, theirs.difficulty)
        assert (ours.state, ours.step) == (theirs.state.value, theirs.step)


def test_what_is_remembered_fades_from_all_to_nine_in_ten_when_it_is_due() -> None:
    assert recall(Schedule(START.timestamp()), START.timestamp()) == 0
    schedule = reviewed(Schedule(START.timestamp()), EASY, START.timestamp())
    assert recall(schedule, START.timestamp()) == 1
    assert recall(schedule, schedule.due) == pytest.approx(0.9, abs=0.01)
    assert recall(schedule, START.timestamp() - 10**6) == 1  # a clock that was set back
