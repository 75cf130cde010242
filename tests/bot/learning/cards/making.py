"""What tests do with cards: the model's calls, the message with the cards, presses, and what the model is told."""

from typing import Any, cast

from cogs.cards import CardsCog
from playground.pilot import SeenMessage, Student
from tests.house import House
from tests.scripted_openai import Call, Turn

CARDS: list[dict[str, Any]] = [
    {"front": "What is $\\frac{1}{2} + \\frac{1}{3}$?", "back": "$$\\frac{5}{6}$$"},
    {"front": "Numerator", "back": "The number **above** the line."},
    {"front": "Denominator", "back": "The number below the line."},
]
SET = {"title": "Fractions", "cards": CARDS}


def cards_turn(arguments: Any = SET, text: str = "") -> Turn:
    """The model calls the function."""
    return Turn(text, calls=[Call("make_cards", arguments)])


def cog(house: House) -> CardsCog:
    """The cog under test."""
    return cast("CardsCog", house.bot.get_cog("CardsCog"))


async def shown_cards(student: Student, place: Any = None, contains: str = "") -> SeenMessage:
    """The message that shows a set."""
    return await student.sees(
        place,
        contains=contains,
        matching=lambda post: any((each.custom_id or "").startswith("cards:") for each in post.controls),
    )


async def updated(student: Student, post: SeenMessage, contains: str) -> SeenMessage:
    """The same message, once it says this."""
    return await student.sees(post.channel_id, contains=contains, matching=lambda each: each.id == post.id)
