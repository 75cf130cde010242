"""Whatever a student presses, in two reviews at once, over restarts and jumping clocks: reviews follow one another."""

import contextlib
from random import Random

from bot.errors import UserFacingError
from bot.learning.card import Card, ExerciseContent, FlashContent, Schedule
from bot.learning.result_store import ResultStore
from bot.learning.reviews.review_buttons import parse_review_id
from bot.learning.reviews.scheduling import reviewed
from bot.store.store import Store
from tests.bot.learning.reviews.test_reviews import CAKE, DAY, Desk

EXERCISE = ExerciseContent(problem="2x = 6", answer="3", solution="Halve it.")
JUMPS = (1.0, 20.0, 200.0, 3_600.0, DAY, 9 * DAY, -60.0, -DAY)


async def test_every_review_goes_on_from_the_one_before_and_none_is_lost_or_doubled(store: Store) -> None:
    counted = 0
    for seed in range(8):
        random = Random(seed)
        one = Desk(store, student=1_000 + seed)
        two = Desk(store, student=1_000 + seed)
        cards = await one.keeps(CAKE, EXERCISE, FlashContent(front="f", back="b"))
        one.now += 60
        await one.begin()
        await two.begin()
        pressed = [*one.buttons, *two.buttons]
        for _ in range(40):
            desk = random.choice((one, two))
            await act(desk, random, pressed)
            pressed += desk.buttons
        counted += await check(one, [await one.card(card) for card in cards])
    assert counted > 10


async def act(desk: Desk, random: Random, pressed: list[str]) -> None:
    """Press something that is shown, or was shown once; now and then after a restart, or at another time."""
    desk.now += random.choice(JUMPS)
    if random.random() < 0.1:
        desk.start()
    custom_id = random.choice(pressed if random.random() < 0.3 else desk.buttons or pressed)
    review_id = parse_review_id(custom_id)
    desk.typed = "3" if review_id is not None and review_id.action == "type" and random.random() < 0.7 else None
    desk.checked = random.choice((True, False, None))
    with contextlib.suppress(UserFacingError):  # a review that is over says so
        await desk.reviews.press(desk, review_id)  # type: ignore[arg-type]
    desk.typed = None
    if random.random() < 0.1:
        with contextlib.suppress(UserFacingError):
            await desk.begin()


async def check(desk: Desk, cards: list[Card]) -> int:
    """The log of each card holds its reviews, each from where the one before led; each has its result."""
    total = 0
    for card in cards:
        schedule = Schedule(card.created_at)
        for number in range(1, card.reviews + 1):
            review = await desk.review_store.review_of(card.id, number)
            assert review is not None
            assert review.before == schedule
            schedule = reviewed(review.before, review.rating, review.at)
        assert card.schedule == schedule
        assert await desk.review_store.review_of(card.id, card.reviews + 1) is None
        total += card.reviews
    assert len(await ResultStore(desk.store).of_student(desk.student, 0)) == total
    return total
