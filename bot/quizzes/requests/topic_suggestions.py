"""The topics that `/quiz` suggests while somebody types: the student's own, and the names of the library's files."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from bot.escaping import one_line, plain_name
from bot.quizzes.safe_markdown import readable
from bot.quizzes.storage.quiz_store import QuizStore

MOST_SUGGESTIONS: Final = 25
"""Discord shows no more."""
LONGEST_SUGGESTION: Final = 60
"""Characters of a suggestion; a longer text is no topic."""
_NOT_IN_A_TOPIC: Final = ("\\", "$", "://", "<@", "<#", "```")
"""What LaTeX, links, mentions and code have in them."""

NamesInPlace = Callable[[int, int], Awaitable[Sequence[str]]]
"""The names of the files that everybody who reads a channel can open, by guild and channel."""


class TopicSuggestions:
    """Suggests topics: what the student typed before in this server, and files that may be told in this channel."""

    def __init__(self, quiz_store: QuizStore, names_in_place: NamesInPlace) -> None:
        self._quiz_store = quiz_store
        self._names_in_place = names_in_place

    async def matching(self, typed: str, *, guild_id: int, channel_id: int, student_id: int) -> list[str]:
        """Suggestions that contain what is typed so far: the student's topics come first, the newest before all."""
        topics, names = await asyncio.gather(
            self._quiz_store.topics(guild_id, student_id), self._names_in_place(guild_id, channel_id)
        )
        wanted = typed.casefold().strip()
        suggestions = [*_short_topics(topics), *(plain_name(name, LONGEST_SUGGESTION) for name in names)]
        matching: dict[str, str] = {}
        for suggestion in suggestions:
            if wanted in suggestion.casefold():
                matching.setdefault(suggestion.casefold(), suggestion)
        return list(matching.values())[:MOST_SUGGESTIONS]


def _short_topics(topics: Iterable[str]) -> Iterable[str]:
    """Those that are short and made of words; formulas in Unicode."""
    for topic in topics:
        shown = one_line(readable(topic))
        if 0 < len(shown) <= LONGEST_SUGGESTION and not any(mark in shown for mark in _NOT_IN_A_TOPIC):
            yield shown
