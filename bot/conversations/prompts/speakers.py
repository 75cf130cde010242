"""Who is called what before the model in one conversation: no two people have the same name there."""

import unicodedata
from collections.abc import Iterable

from openai.types.beta.threads import Message

from bot.conversations.prompts.assistants_messages import SPEAKER, spoken_name
from bot.conversations.question import Question


class Speakers:
    """Gives a second person of the same display name a number, `Minji (2)`; brackets stand in no display name.

    A name stays its first owner's, also when that one is called otherwise later: earlier words stand under it.
    """

    def __init__(self) -> None:
        self._owners: dict[str, int] = {}

    def name_of(self, question: Question) -> str:
        """What a question's author is called; a question of nobody has no name."""
        return self.called(question.author_id, question.author_name) if question.author_id else ""

    def called(self, author_id: int, display_name: str) -> str:
        """What somebody is called, by a display name that may be others' too."""
        plain, number = spoken_name(display_name), 1
        name = plain
        while self._owners.setdefault(_comparable(name), author_id) != author_id:
            number += 1
            name = f"{plain} ({number})"
        return name

    def take(self, author_id: int, name: str) -> None:
        """Somebody was called so before, with the number if there is one."""
        self._owners.setdefault(_comparable(name), author_id)

    def take_from(self, messages: Iterable[Message]) -> None:
        """Take who is called what from messages of an Assistants thread, oldest first."""
        for message in messages:
            author_id, _, name = (message.metadata or {}).get(SPEAKER, "").partition(" ")
            if author_id.isdecimal() and name:
                self.take(int(author_id), name)


def _comparable(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
