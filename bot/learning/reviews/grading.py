"""The grade of a review, from right or wrong and the time taken."""

from typing import Final

from bot.learning.card import Card, ChoiceContent, ExerciseContent, FlashContent
from bot.learning.reviews.scheduling import AGAIN, EASY, GOOD, HARD

READING: Final = 15.0
"""Characters that a student reads in a second, with a formula or two among them."""
QUICK: Final = 4.0
"""Seconds over the reading: whoever needs no more knew it at once."""
SLOW: Final = 45.0
"""Seconds over the reading: whoever needs more found it hard."""
TYPING: Final = 15.0
"""Seconds more for an answer that is typed."""
AWAY: Final = 600.0
"""Seconds after which the student was away, so that the time tells nothing."""


def rating_of(card: Card, *, right: bool, seconds: float | None) -> int:
    """Again for a wrong answer; for a right one Easy, Good or Hard, by the time over what reading takes.

    Where the time is not known, or cannot be true (a clock was set back, the student was away), a right answer is Good.
    """
    if not right:
        return AGAIN
    if seconds is None or not 0 <= seconds <= AWAY:
        return GOOD
    more = TYPING if isinstance(card.content, ExerciseContent) else 0.0
    over = seconds - len(asked_text(card)) / READING - more
    if over <= QUICK:
        return EASY
    return HARD if over > SLOW else GOOD


def asked_text(card: Card) -> str:
    """What the student reads before answering."""
    match card.content:
        case ChoiceContent() as content:
            return "\n".join((content.question, *content.choices))
        case ExerciseContent() as content:
            return content.problem
        case FlashContent() as content:
            return content.front
