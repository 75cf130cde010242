"""Words in order, shown when they were looked at, and none after those that were refused."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.moderation.moderated_reply import BEFORE, MOST_AT_ONCE, ModeratedReply


class Shown:
    """Notes what a reply is told."""

    message_ids: tuple[int, ...] = ()
    differs_from_source = False

    def __init__(self) -> None:
        self.said: list[str] = []

    def feed(self, text: str) -> None:
        self.said.append(text)

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        self.said.append(f"[{filename}]")

    async def finish(self, **_: Any) -> None:
        self.said.append("<end>")

    async def fail(self, sentence: str, **_: Any) -> None:
        self.said.append(f"<{sentence}>")

    async def withdraw(self) -> None:
        self.said.append("<withdrawn>")


class Looker:
    """Refuses texts that hold a word; notes what it has read."""

    def __init__(self, word: str = "cruel") -> None:
        self.word, self.read, self.stops = word, [], 0  # type: ignore[var-annotated]
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, text: str) -> bool:
        self.read.append(text)
        await self.gate.wait()
        return self.word not in text

    def stop(self) -> None:
        self.stops += 1


def moderated(looker: Looker) -> tuple[Shown, ModeratedReply]:
    shown = Shown()
    return shown, ModeratedReply(shown, looker, looker.stop)  # type: ignore[arg-type]


@given(pieces=st.lists(st.text("ab cruel", max_size=4), max_size=12), pauses=st.integers(0, 4))
async def test_what_is_shown_is_the_text_until_the_first_refused_words(pieces: list[str], pauses: int) -> None:
    looker = Looker()
    shown, reply = moderated(looker)
    for piece in pieces:
        reply.feed(piece)
        for _ in range(pauses):
            await asyncio.sleep(0)
    await reply.finish()
    text, said = "".join(pieces), "".join(shown.said).removesuffix("<end>")
    assert text.startswith(said)
    assert "cruel" not in said
    assert (said == text) == ("cruel" not in text)
    assert looker.stops == ("cruel" in text)
    assert reply.text == said


async def test_pictures_keep_their_places_and_words_split_anywhere_are_found() -> None:
    looker = Looker()
    looker.gate.clear()
    shown, reply = moderated(looker)
    reply.picture("first.png", b"")
    reply.feed("one ")
    reply.picture("second.png", b"")
    reply.feed("two cr")
    looker.gate.set()
    await reply.settle()
    assert "".join(shown.said) == "[first.png]one [second.png]two cr"
    reply.feed("uel")
    reply.picture("third.png", b"")
    reply.feed(" more")
    await reply.fail("refused")
    assert "".join(shown.said) == "[first.png]one [second.png]two cr<refused>"
    assert looker.stops == 1


async def test_a_long_text_is_read_in_pieces_that_overlap() -> None:
    looker = Looker()
    shown, reply = moderated(looker)
    text = "".join(f"{number:05} " for number in range(3 * MOST_AT_ONCE // 6))
    reply.feed(text)
    await reply.settle()
    assert "".join(shown.said) == text
    assert [len(each) for each in looker.read] == [MOST_AT_ONCE, MOST_AT_ONCE + BEFORE, MOST_AT_ONCE + BEFORE]


async def test_withdrawn_in_the_middle_of_a_check_nothing_more_is_shown() -> None:
    looker = Looker()
    looker.gate.clear()
    shown, reply = moderated(looker)
    reply.feed("words")
    await asyncio.sleep(0)
    await reply.withdraw()
    looker.gate.set()
    await asyncio.sleep(0)
    assert shown.said == ["<withdrawn>"]


async def test_a_check_that_fails_shows_nothing_and_raises() -> None:
    async def broken(_text: str) -> bool:
        raise RuntimeError

    shown = Shown()
    reply = ModeratedReply(shown, broken, lambda: None)  # type: ignore[arg-type]
    reply.feed("words")
    with pytest.raises(RuntimeError):
        await reply.finish()
    assert shown.said == []
