"""Reads the poll of a message's body.

https://docs.discord.com/developers/resources/poll#poll-create-request-object
"""

from typing import Any

from playground.validation.fields import Fields
from playground.world.polls import Poll

Json = dict[str, Any]

LONGEST_QUESTION, LONGEST_ANSWER, MOST_ANSWERS = 300, 55, 10
LONGEST_HOURS = 768
"""Hours that a poll may run: 32 days."""


def read(fields: Fields, now: float) -> Poll:
    """Return the poll that begins now; mistakes are noted in the errors of the fields."""
    question = _media(fields.child("question"), LONGEST_QUESTION)
    given = fields.objects("answers", low=1, high=MOST_ANSWERS, required=True)
    answers = [_media(each.child("poll_media"), LONGEST_ANSWER) for each in given]
    hours = fields.number("duration", 24)  # libraries write 2.0
    if not 1 <= hours <= LONGEST_HOURS:
        fields.wrong("duration", "BASE_TYPE_BAD_RANGE", f"Must be between 1 and {LONGEST_HOURS}.")
    return Poll(
        question=question,
        answers=answers,
        expires_at=now + hours * 3600,
        multiple=fields.boolean("allow_multiselect"),
    )


def _media(fields: Fields, longest: int) -> Json:
    media: Json = {"text": fields.text("text", low=1, high=longest, required=True)}
    if fields.has("emoji"):
        emoji = fields.child("emoji")
        media["emoji"] = {"id": None, "name": emoji.text("name", low=1, high=32, required=True)}
    return media
