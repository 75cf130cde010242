"""A reply whose words are looked at before they are shown.

What arrives while a check is under way waits for the next one, so that a reply is looked at as often as checks are
quick, and its first words come after one check. Each check reads some of what came before too: words are split
anywhere.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from bot.conversations.discord_interface import AnswerReply, Buttons

BEFORE: Final = 2_000
"""Characters before the new ones that a check reads too."""
MOST_AT_ONCE: Final = 6_000
"""New characters that a check reads at once."""

MayBeTold = Callable[[str], Awaitable[bool]]
"""Whether a text may be told; it tells the moderators if not."""


class ModeratedReply:
    """An `AnswerReply` in front of another. `stop` is called once, when some words may not be told."""

    def __init__(self, reply: AnswerReply, may_be_told: MayBeTold, stop: Callable[[], None]) -> None:
        self._reply = reply
        self._may_be_told = may_be_told
        self._stop = stop
        self._fed = ""
        self._checked = 0
        """How many characters of `_fed` were looked at."""
        self._pictures: deque[tuple[int, Callable[[], None]]] = deque()
        """What is shown after so many characters."""
        self._refused = False
        self._task: asyncio.Task[None] | None = None

    @property
    def message_ids(self) -> list[int]:
        """The Discord messages that show it so far."""
        return self._reply.message_ids

    @property
    def text(self) -> str:
        """The text so far, with what is still looked at; what was refused is not in it."""
        return self._fed

    @property
    def differs_from_source(self) -> bool:
        """Whether some of it looks different from what the model wrote."""
        return self._reply.differs_from_source

    def feed(self, text: str) -> None:
        """Add text; never waits."""
        if self._refused:
            return
        self._fed += text
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())

    def feed_hidden(self, text: str) -> int:
        """Add text behind spoilers: Saem's own, which is not looked at."""
        return self._reply.feed_hidden(text)

    async def reveal(self, numbers: Collection[int]) -> None:
        """Show plainly what was hidden behind spoilers."""
        await self._reply.reveal(numbers)

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        """Add a picture after the text so far."""
        if self._checked == len(self._fed):
            self._reply.picture(filename, data, alt)
        else:
            self._pictures.append((len(self._fed), lambda: self._reply.picture(filename, data, alt)))

    def file(self, filename: str, data: bytes, alt: str | None = None) -> str:
        """Add a file below the text."""
        return self._reply.file(filename, data, alt)

    def show_status(self, sentence: str) -> None:
        """Say what the model does meanwhile."""
        self._reply.show_status(sentence)

    async def settle(self) -> None:
        """Return when all words were looked at."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def finish(self, *, buttons: Buttons = (), footer: str | None = None) -> None:
        """Show the whole answer."""
        await self._end()
        await self._reply.finish(buttons=buttons, footer=footer)

    async def fail(self, sentence: str, *, buttons: Buttons = ()) -> None:
        """Show that the answer broke off."""
        await self._end()
        await self._reply.fail(sentence, buttons=buttons)

    async def withdraw(self) -> None:
        """Change nothing in Discord any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._reply.withdraw()

    async def _end(self) -> None:
        await self.settle()
        if self._task is not None and not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error

    async def _look(self) -> None:
        while self._checked < len(self._fed):
            until = min(len(self._fed), self._checked + MOST_AT_ONCE)
            if not await self._may_be_told(self._fed[max(0, self._checked - BEFORE) : until]):
                self._refused, self._fed = True, self._fed[: self._checked]
                self._pictures.clear()
                self._stop()
                return
            self._show(until)

    def _show(self, until: int) -> None:
        while self._checked < until:
            place = self._pictures[0][0] if self._pictures else until
            end = min(until, place)
            if end > self._checked:
                self._reply.feed(self._fed[self._checked : end])
                self._checked = end
            while self._pictures and self._pictures[0][0] <= self._checked:
                self._pictures.popleft()[1]()
