"""A student at work: what this one asked for, and what all deeds have in common."""

import itertools
import random
import re
from collections.abc import Callable

from benchmarks.chaos.records import Asked, Kind
from playground.pilot import NotSeen, SeenMessage, Student
from playground.pilot.client import ErrorResponse

REFUSED = re.compile("I cannot write anything down|Discord did not let that through")
"""What Saem says where its database or Discord is away: what was asked or pressed is not taken."""


class Numbers:
    """Marks that nobody else has, of one server."""

    def __init__(self, server: int) -> None:
        self.server = server
        self._count = itertools.count(1)

    def next(self) -> str:
        """A new mark."""
        return f"s{self.server}-{next(self._count)}"


class Desk:
    """One student, and all that this one asked for."""

    def __init__(self, student: Student, name: str, bot_id: int, numbers: Numbers, seed: int) -> None:
        self.student = student
        self.name = name
        self.asked: list[Asked] = []
        self.classmates: list[Desk] = []
        """The other students of the server."""
        self.bot_id = bot_id
        self.mention = f"<@{bot_id}>"
        self.chance = random.Random(seed)
        self.direct: int | None = None
        """The channel of direct messages with the bot."""
        self._numbers = numbers

    def new(self, kind: Kind) -> Asked:
        """Something new that is asked for."""
        asked = Asked(kind, self._numbers.next(), self._numbers.server, 0)
        self.asked.append(asked)
        return asked

    def channel(self, name: str) -> int:
        """The id of a channel of the server."""
        return self.student._id(name)

    async def say(self, asked: Asked, channel_id: int, text: str) -> None:
        """Write the message that asks for it."""
        try:
            message = await self.student.says(channel_id, text)
        except ErrorResponse as error:
            asked.taken = False
            asked.note(f"Discord refused the message: {error}")
            return
        asked.channel_id, asked.message_id = channel_id, message.id
        asked.note(f"said: {text!r} in {channel_id}, message {message.id}")

    async def press(self, asked: Asked | None, message: SeenMessage, custom_id: str, label: str) -> "Pressed":
        """Press a button, and note how that went."""
        reply, ok = "", False
        how = "no success"
        try:
            outcome = await self.student.clicks(message, custom_id)
            ok = outcome.ok
            how = outcome.end
            reply = " ".join(each.text for each in outcome.messages if each.ephemeral)
        except (NotSeen, ErrorResponse) as error:
            how = f"lost: {str(error).splitlines()[0]}"
        if asked is not None:
            asked.note(f"{self.name} pressed {label!r} ({custom_id}): {how} {reply!r}")
        refused = REFUSED.search(reply) is not None
        return Pressed(ok and not refused, reply, unsure=not ok)

    def newest(self, fits: Callable[[SeenMessage], bool]) -> SeenMessage | None:
        """The newest message of the bot that fits."""
        for message in reversed(self.student.messages()):
            if message.by_bot and fits(message):
                return message
        return None


class Pressed:
    """How a press went: whether the bot took it, what it said in private, and whether it may count though the student
    was told of no success.
    """

    def __init__(self, ok: bool, reply: str, *, unsure: bool) -> None:
        self.ok = ok
        self.reply = reply
        self.unsure = unsure


def names(message: SeenMessage, mark: str) -> bool:
    """Whether the mark stands in a message."""
    return re.search(rf"\b{mark}\b", message.text) is not None


def shows_quiz(message: SeenMessage, mark: str) -> bool:
    """Whether a message is that of the quiz with the mark."""
    return re.search(rf"### {mark}\b", message.text) is not None


def shows_ladder(message: SeenMessage, mark: str) -> bool:
    """Whether a message is that of the exercise with the mark."""
    return "### " in message.text and f"Say what the sign of {mark} means" in message.text


def shows_cards(message: SeenMessage, mark: str) -> bool:
    """Whether a message is that of the flash cards with the mark."""
    return names(message, mark) and any(str(each.custom_id).startswith("cards:") for each in message.controls)


def replied_to(message: SeenMessage) -> int:
    """The id of the message that a message replies to, or 0."""
    return int((message.raw.get("message_reference") or {}).get("message_id") or 0)


def usable(message: SeenMessage) -> list[tuple[str, str]]:
    """The controls of a message that can be pressed: custom id and label."""
    return [(str(each.custom_id), each.label) for each in message.controls if each.custom_id and not each.disabled]
