"""A reply whose words are looked through before they are shown: lines that tell an answer are hidden behind spoilers.

Words are taken block by block (a paragraph, an item, a table). Where the answer is known, a block is shown as soon as
it is whole and looked through. Where it is not, words without mathematics are shown at once, and from the first
mathematics on all wait until the answer is known, or the round has ended without a call for help: what arrives before
the call must not stand in the open first.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

import structlog

from bot.conversations.discord_interface import AnswerReply, Buttons
from bot.replies.hidden_text import without_bars, without_own_mark
from bot.replies.markdown_blocks import parse_blocks

log = structlog.get_logger(__name__)

MAY_CHANGE: Final = 2
"""The last blocks of a text that further text may still change: the head of a table looks like a paragraph."""
_MATHEMATICS: Final = re.compile(
    r"[\d=≈≠≤≥<>√∛π∞∫∑±×÷^²³⁰-⁹₀-₉¼-¾⅐-⅞①-⓿𝐀-𝟿]|\\[A-Za-z(\[]|\$|&#|```|\|.*\||[a-z]\s*[+*/]\s*[a-z]"
    r"|(?<![A-Za-z])[B-HJ-Zb-hj-z](?![A-Za-z'’])|no (?:real )?solution|(?:해|근)[가이는은]?\s*없",
)
_SENTENCE_END: Final = re.compile(r"[.!?。…]\s+|\n")

Exercise = tuple[str, str]
"""A problem and its answer."""
Find = Callable[[], Awaitable[list[Exercise] | None]]
"""Finds the exercises whose answers are held back; None: nothing is held back here."""
Look = Callable[[Sequence[str], Sequence[Exercise], dict[str, int]], Awaitable[list[bool]]]
"""Which of some blocks tell an answer; the dict counts list marks and steps from block to block."""


def has_mathematics(text: str) -> bool:
    """Whether algebra may read something in a text."""
    return bool(_MATHEMATICS.search(text))


class HeldReply:
    """An `AnswerReply` in front of another. `on_hidden` is called before the first words are hidden. `on_end` is called
    when an answer that hides words has ended: with these blocks, and the exercises that its run asked for help with.
    """

    def __init__(
        self,
        reply: AnswerReply,
        *,
        find: Find,
        look: Look,
        on_hidden: Callable[[], Awaitable[None]],
        on_end: Callable[[Sequence[str], Sequence[Exercise]], Awaitable[None]],
    ) -> None:
        self._reply = reply
        self._find = find
        self._look = look
        self._on_hidden = on_hidden
        self._on_end = on_end
        self._helped_with: list[Exercise] = []
        self._fed = ""
        self._unread = ""
        self._held: list[str] = []
        """Blocks that wait until the answer is known."""
        self._exercises: list[Exercise] = []
        self._free = False
        """Nothing is held back here."""
        self._found = False
        self._counted: dict[str, int] = {}
        self._hidden: dict[int, str] = {}
        """The blocks that are hidden, by their numbers in the reply."""
        self._veiled = self._told_end = False
        self._lock = asyncio.Lock()
        # The student's exercise is solved while the model is being asked.
        self._task: asyncio.Task[None] | None = asyncio.create_task(self._read())

    # What the answer does with it

    @property
    def message_ids(self) -> list[int]:
        """The Discord messages that show it so far."""
        return self._reply.message_ids

    @property
    def text(self) -> str:
        """The text so far, with what is held back."""
        return self._fed

    @property
    def differs_from_source(self) -> bool:
        """Whether some of it looks different from what the model wrote."""
        return self._reply.differs_from_source

    def feed(self, text: str) -> None:
        """Add text; never waits."""
        text = without_own_mark(text)
        self._fed += text
        self._unread += text
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read())

    def feed_hidden(self, text: str) -> int:
        """Add text behind spoilers, after all that came before it."""
        return self._reply.feed_hidden(text)

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        """Add a picture after the text that is shown so far."""
        self._reply.picture(filename, data, alt)

    def file(self, filename: str, data: bytes, alt: str | None = None) -> str:
        """Add a file below the text."""
        return self._reply.file(filename, data, alt)

    def show_status(self, sentence: str) -> None:
        """Say what the model does meanwhile."""
        self._reply.show_status(sentence)

    async def reveal(self, numbers: Collection[int]) -> None:
        """Show these hidden blocks plainly."""
        await self._reply.reveal(numbers)

    async def show_done(self, left: Sequence[Exercise]) -> None:
        """Show plainly what tells none of the exercises that are `left` to do."""
        async with self._lock:
            self._exercises = [each for each in self._exercises if each in left]
            tells = await self._look(list(self._hidden.values()), left, {}) if left else [False] * len(self._hidden)
            done = [number for number, telling in zip(self._hidden, tells, strict=True) if not telling]
            for number in done:
                del self._hidden[number]
        await self._reply.reveal(done)

    async def finish(self, *, buttons: Buttons = (), footer: str | None = None) -> None:
        """Show the whole answer."""
        await self._read(final=True)
        await self._reply.finish(buttons=buttons, footer=footer)
        if self._hidden and not self._told_end:
            self._told_end = True
            await self._on_end(list(self._hidden.values()), self._helped_with)

    async def fail(self, sentence: str, *, buttons: Buttons = ()) -> None:
        """Show that the answer broke off."""
        await self._read(final=True)
        await self._reply.fail(sentence, buttons=buttons)

    async def withdraw(self) -> None:
        """Change nothing in Discord any more."""
        if self._task is not None:
            self._task.cancel()
        await self._reply.withdraw()

    # What is held back

    async def learn(self, exercise: Exercise) -> None:
        """The run has asked for help with an exercise: its answer is known from now on."""
        async with self._lock:
            self._helped_with.append(exercise)
            await self._begin()
            if exercise not in self._exercises:
                self._exercises.append(exercise)

    async def _begin(self) -> None:
        if self._found:
            return
        found = await self._find()
        self._free = found is None
        self._exercises += found or []
        self._found = True

    async def _read(self, *, final: bool = False) -> None:
        """Show what can be shown by now; with `final`, all that is left."""
        async with self._lock:
            try:
                await self._begin()
                while blocks := self._take(final=final):
                    await self._show(blocks, final=final)
                if final:
                    await self._show([], final=True)
            except Exception:
                log.exception("reply.not_looked_through")
                if final:
                    await self._hide_rest()

    def _take(self, *, final: bool) -> list[str]:
        """The blocks that further text cannot change, out of what is not read yet."""
        if final or self._free:
            text, self._unread = self._unread, ""
            return [block.source for block in parse_blocks(text)] if text else []
        blocks = [block.source for block in parse_blocks(self._unread)]
        whole = blocks[:-MAY_CHANGE]
        while whole and not whole[-1].endswith("\n"):
            whole.pop()
        taken = len("".join(whole))
        rest = self._unread[taken:]
        if not self._held and not whole:
            early = self._early(rest)
            self._unread = rest[len(early) :]
            return [early] if early else []
        self._unread = rest
        return whole

    def _early(self, text: str) -> str:
        """The whole sentences at the beginning of a text that hold no mathematics: these need not wait."""
        end = 0
        for found in _SENTENCE_END.finditer(text):
            if has_mathematics(text[: found.end()]) or any(mark in text[: found.end()] for mark in "|`<~"):
                break
            end = found.end()
        return text[:end]

    async def _show(self, blocks: Sequence[str], *, final: bool) -> None:
        if self._free:
            self._feed("".join(blocks))
            return
        waiting = [*self._held, *blocks]
        self._held = []
        if not self._exercises and not final:
            first = next((at for at, block in enumerate(waiting) if has_mathematics(block)), len(waiting))
            self._feed("".join(waiting[:first]))
            self._held = waiting[first:]
            return
        if not self._exercises:
            self._feed("".join(waiting))
            return
        try:
            tells = await self._look(waiting, self._exercises, self._counted)
        except BaseException:
            self._held = waiting
            raise
        for block, telling in zip(waiting, tells, strict=True):
            await self._pass_on(block, hidden=telling)

    async def _pass_on(self, block: str, *, hidden: bool) -> None:
        if not hidden:
            self._feed(block)
            return
        if not self._veiled:
            self._veiled = True
            await self._on_hidden()
        self._hidden[self._reply.feed_hidden(block)] = block

    async def _hide_rest(self) -> None:
        """What could not be looked through is hidden, if it may hold mathematics."""
        waiting, self._held, self._unread = [*self._held, self._unread], [], ""
        for block in waiting:
            await self._pass_on(block, hidden=has_mathematics(block))

    def _feed(self, text: str) -> None:
        if text:
            self._reply.feed(text if self._free else without_bars(text))
