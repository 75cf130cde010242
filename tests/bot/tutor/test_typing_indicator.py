"""Typing: until the first words, and again after each function call, once for each answer."""

import asyncio
from typing import Any

import pytest

from bot.replies.destinations import InChannel
from bot.tutor import typing_indicator
from bot.tutor.typing_indicator import TypingIndicator


class Outbox:
    """Has room, or not."""

    def __init__(self) -> None:
        self.room = True

    def has_spare_room(self) -> bool:
        return self.room


class Channel:
    """Counts the typing calls."""

    def __init__(self) -> None:
        self.typed = 0

    async def typing(self) -> None:
        self.typed += 1


class Reply:
    """What was said."""

    def __init__(self) -> None:
        self.text = ""


def place(channel: Any) -> InChannel:
    """Where it types."""
    return InChannel(channel)


async def settle() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


@pytest.fixture
def indicator() -> Any:
    return TypingIndicator(Outbox())  # type: ignore[arg-type]


async def test_it_types_once_until_there_are_words_and_again_after_a_function_call(indicator: Any) -> None:
    channel, reply, ended = Channel(), Reply(), asyncio.Event()
    destination = place(channel)
    indicator.show(destination, reply, ended)
    indicator.show(destination, reply, ended)
    await settle()
    assert channel.typed == 1
    reply.text = "Let me see."
    indicator.show(destination, reply, ended)
    await settle()
    assert channel.typed == 2
    ended.set()
    await settle()
    reply.text = "Let me see. It is 4."
    indicator.show(destination, reply, ended)
    await settle()
    assert channel.typed == 2, "an answer that has ended needs none"
    ended.clear()
    indicator.show(destination, reply, ended)
    await settle()
    assert channel.typed == 3
    ended.set()
    await settle()


async def test_it_goes_on_every_few_seconds_and_stops_with_the_words(
    indicator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing_indicator, "TYPING", 0.0)
    channel, reply, ended = Channel(), Reply(), asyncio.Event()
    indicator.show(place(channel), reply, ended)
    async with asyncio.timeout(5):
        while channel.typed < 3:  # noqa: ASYNC110 - the clock is pushed to nothing
            await asyncio.sleep(0)
    reply.text = "Words."
    await settle()
    typed = channel.typed
    await settle()
    assert channel.typed == typed


async def test_without_room_it_waits_and_an_error_of_discord_ends_it(
    indicator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing_indicator, "NO_ROOM", 0.0)
    channel, reply, ended = Channel(), Reply(), asyncio.Event()
    indicator._outbox.room = False
    indicator.show(place(channel), reply, ended)
    await settle()
    assert channel.typed == 0
    indicator._outbox.room = True
    await settle()
    assert channel.typed == 1
    ended.set()
    await settle()

    async def refuse() -> None:
        raise OSError

    channel.typing = refuse  # type: ignore[method-assign]
    ended.clear()
    indicator.show(place(channel), reply, ended)
    await settle()
    assert not indicator._waiting
