"""The grade, from right or wrong and the time taken."""

import pytest

from bot.learning.card import ChoiceContent, Content, Deck, ExerciseContent, FlashContent, new_card
from bot.learning.reviews.grading import AWAY, asked_text, rating_of
from bot.learning.reviews.scheduling import AGAIN, EASY, GOOD, HARD

DECK = Deck("d", 1, 0, "made", "", 0.0)
FLASH = FlashContent(front="f" * 150, back="b" * 1_000)  # 10 seconds to read
EXERCISE = ExerciseContent(problem="p" * 150, answer="a" * 1_000)
CHOICE = ChoiceContent(question="q" * 138, choices=("a" * 5, "b" * 5), answer=0)


@pytest.mark.parametrize(
    ("content", "seconds", "rating"),
    [
        (FLASH, 0, EASY),
        (FLASH, 14, EASY),
        (FLASH, 14.1, GOOD),
        (FLASH, 55, GOOD),
        (FLASH, 55.1, HARD),
        (FLASH, AWAY, HARD),
        (FLASH, AWAY + 0.1, GOOD),  # the student was away
        (FLASH, -0.1, GOOD),  # a clock was set back
        (FLASH, None, GOOD),
        (EXERCISE, 29, EASY),  # an answer is typed, too
        (EXERCISE, 29.1, GOOD),
        (EXERCISE, 70.1, HARD),
        (CHOICE, 14, EASY),  # choices are read, too
        (CHOICE, 14.1, GOOD),
    ],
)
def test_a_right_answer_is_graded_by_its_time(content: Content, seconds: float | None, rating: int) -> None:
    card = new_card(content, deck=DECK, channel_id=0, at=0.0)
    assert rating_of(card, right=True, seconds=seconds) == rating
    assert rating_of(card, right=False, seconds=seconds) == AGAIN
    assert len(asked_text(card)) == 150
