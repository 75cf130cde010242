"""What a process still works on after its shard has gone: the next one waits for just that, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from bot.shards import holds as module
from bot.shards.holds import Holds
from bot.shards.notices import Notices
from bot.store.store import Store
from tests.bot.store.conftest import store

__all__ = ["store"]

GUILD, OTHER_GUILD = 5, 6


@dataclass
class World:
    """Two processes with the same store."""

    store: Store
    first: Holds
    second: Holds
    alive: set[str]
    freed: list[tuple[str, int, int]] = field(default_factory=list)

    async def note(self, kind: str, thing_id: int, guild_id: int) -> None:
        self.freed.append((kind, thing_id, guild_id))


@pytest_asyncio.fixture
async def world(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """The second process looks often, and hears nothing: rows alone tell."""
    monkeypatch.setattr(module, "LOOK_EVERY", 0.01)
    alive = {"first", "second"}

    async def lives(process_id: str) -> bool:
        return process_id in alive

    first, second = [Holds(store, Notices(store, name), name, lives) for name in ("first", "second")]
    made = World(store, first, second, alive)
    second.on_free.append(made.note)
    yield made
    await first.close()
    await second.close()


async def test_what_is_held_is_waited_for_until_it_is_released(world: World) -> None:
    await world.first.hold("conversation", {1: GUILD, 2: GUILD, 3: OTHER_GUILD})
    await world.second.learn(lambda guild_id: guild_id == GUILD)
    assert [world.second.held("conversation", each) for each in (1, 2, 3, 4)] == [True, True, False, False]
    assert not world.second.held("files", 1)
    waiting = asyncio.create_task(world.second.wait("conversation", 1))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await world.first.release("conversation", 1)
    await asyncio.wait_for(waiting, 5)
    assert world.freed == [("conversation", 1, GUILD)]
    assert world.second.held("conversation", 2)
    await world.second.wait("conversation", 1)  # at once


async def test_what_a_dead_process_held_is_free(world: World) -> None:
    await world.first.hold("files", {1: GUILD})
    await world.second.learn(lambda _: True)
    world.alive.discard("first")
    await asyncio.wait_for(world.second.wait("files", 1), 5)
    assert world.freed == [("files", 1, GUILD)]
    await world.second.learn(lambda _: True)
    assert not world.second.held("files", 1)


async def test_a_third_process_waits_for_the_first_though_the_second_has_gone_too(world: World) -> None:
    await world.first.hold("conversation", {1: GUILD})
    await world.second.learn(lambda _: True)
    world.second.forget(lambda guild_id: guild_id == GUILD)
    assert not world.second.held("conversation", 1)
    await world.second.learn(lambda _: True)
    assert world.second.held("conversation", 1)


async def test_a_shard_that_comes_back_waits_for_what_this_process_is_at_still(world: World) -> None:
    await world.first.hold("conversation", {1: GUILD})
    await world.first.learn(lambda _: True)
    assert world.first.held("conversation", 1)
    await world.first.release("conversation", 1)
    await asyncio.wait_for(world.first.wait("conversation", 1), 5)


async def test_who_ends_holds_nothing_more(world: World) -> None:
    await world.first.hold("conversation", {1: GUILD})
    await world.second.learn(lambda _: True)
    await world.first.close()
    await asyncio.wait_for(world.second.wait("conversation", 1), 5)
    await world.second.release("conversation", 1)  # which it does not hold
