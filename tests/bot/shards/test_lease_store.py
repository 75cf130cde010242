"""Leases in PostgreSQL, with a clock that is set ahead."""

import asyncio
import json
import random
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.shards import lease_store
from bot.shards.balance import plan
from bot.shards.guild_payloads import packed
from bot.shards.lease_store import LEASE, LeaseStore, Session, SessionStarts
from bot.store.store import open_store

STARTS = SessionStarts(max_concurrency=1, remaining=100, reset_after=1_000.0)
_PACKED = zlib.compress(json.dumps({"id": "1"}).encode())
SESSION = Session("session", 7, "wss://resume.example")


@pytest.fixture
async def stores(postgres: str) -> AsyncIterator[list[LeaseStore]]:
    """Three processes' ways to the rows, with tables that are empty."""
    async with open_store(postgres) as store:
        names = ("shard_processes", "shards", "shard_guilds", "shard_cluster", "identify_buckets")
        from sqlalchemy import text

        async with store.database.writer.begin() as connection:
            await connection.execute(text(f"TRUNCATE {', '.join(names)}"))
        made = [LeaseStore(store.database, each, "host") for each in ("a", "b", "c")]
        try:
            yield made
        finally:
            for each in made:
                await each.close()


def _ahead(stores: list[LeaseStore], seconds: float) -> None:
    for each in stores:
        each.ahead += seconds


async def test_the_number_of_shards_is_kept_while_anybody_lives(stores: list[LeaseStore]) -> None:
    a, b, c = stores
    assert await a.join(None, 4, STARTS) == 4
    assert await b.join(None, 9, STARTS) == 4
    assert await b.join(2, 9, STARTS) == 4
    _ahead(stores, LEASE + 1)
    assert await c.join(None, 9, STARTS) == 9
    assert len((await c.beat({}, closing=False)).shards) == 9
    await c.leave()
    assert await c.join(2, 9, STARTS) == 2
    assert [each.shard_id for each in (await c.beat({}, closing=False)).shards] == [0, 1]


async def test_sessions_outlive_all_processes_but_not_another_number_of_shards(stores: list[LeaseStore]) -> None:
    a, b, _ = stores
    await a.join(None, 1, STARTS)
    await a.take(0)
    await a.give(0, SESSION, {}, ())
    await a.leave()
    await b.join(None, 1, STARTS)
    taken = await b.take(0)
    assert taken is not None
    assert taken.session == SESSION
    await b.give(0, SESSION, {}, ())
    await b.leave()
    await a.join(None, 2, STARTS)
    taken = await a.take(0)
    assert taken is not None
    assert taken.session is None


async def test_one_of_those_that_take_a_shard_at_the_same_instant_gets_it(stores: list[LeaseStore]) -> None:
    await asyncio.gather(*(each.join(None, 1, STARTS) for each in stores))
    taken = await asyncio.gather(*(each.take(0) for each in stores))
    assert sum(each is not None for each in taken) == 1


async def test_a_lease_holds_until_it_runs_out_and_its_owner_may_renew_it_until_another_has_it(
    stores: list[LeaseStore],
) -> None:
    a, b, _ = stores
    await a.join(None, 1, STARTS)
    await b.join(None, 1, STARTS)
    await a.take(0)
    _ahead(stores, LEASE - 0.5)
    assert await b.take(0) is None
    assert await b.owner_of(0) == "a"
    assert (await a.beat({0: None}, closing=False)).renewed == {0}
    _ahead(stores, LEASE - 0.5)
    assert await b.take(0) is None
    _ahead(stores, 1)
    assert await b.owner_of(0) is None
    assert (await a.beat({0: None}, closing=False)).renewed == {0}  # late, but nobody had taken it
    assert await b.take(0) is None
    _ahead(stores, LEASE + 0.1)
    assert await b.take(0) is not None
    assert (await a.beat({0: SESSION}, closing=False)).renewed == frozenset()
    await a.give(0, SESSION, {}, ())
    await a.free(0)
    assert await b.owner_of(0) == "b"
    assert (await b.beat({0: None}, closing=False)).renewed == {0}


async def test_who_has_no_heartbeat_is_dead_and_its_shards_are_seen_as_lapsed(stores: list[LeaseStore]) -> None:
    a, b, _ = stores
    await a.join(None, 2, STARTS)
    await a.take(0)
    await b.join(None, 2, STARTS)
    seen = await b.beat({}, closing=False)
    assert {each.process_id for each in seen.processes} == {"a", "b"}
    assert [(each.owner, each.lapsed) for each in seen.shards] == [("a", False), (None, True)]
    _ahead(stores, LEASE + 0.1)
    seen = await b.beat({}, closing=True)
    assert [(each.process_id, each.closing) for each in seen.processes] == [("b", True)]
    assert [(each.owner, each.lapsed) for each in seen.shards] == [("a", True), (None, True)]
    assert seen.shards[0].free_for == pytest.approx(0.1, abs=5)
    assert await b.live_processes() == {"b"}


async def test_a_shard_is_given_with_its_session_and_guilds(stores: list[LeaseStore], monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.shards.guild_payloads.guild_payload", lambda guild: {"name": guild})
    a, b, _ = stores
    await a.join(None, 2, STARTS)
    await a.take(0)
    guild: Any = "one"
    await a.save_guilds(0, SESSION, {1: packed(guild), 2: packed(guild), 3: packed(guild)}, (), whole=True)
    guild = "two"
    await a.save_guilds(0, SESSION, {2: packed(guild)}, {3}, whole=False)
    later = Session("session", 9, "wss://resume.example")
    guild = "four"
    await a.give(0, later, {4: packed(guild)}, {1})
    await b.join(None, 2, STARTS)
    taken = await b.take(0)
    assert taken is not None
    assert taken.session == later
    assert sorted(each["name"] for each in taken.guilds) == ["four", "two"]
    await a.save_guilds(0, SESSION, {5: packed(guild)}, {4}, whole=True)  # it is not a's any more
    await b.free(0)
    taken = await a.take(0)
    assert taken is not None
    assert (taken.session, len(taken.guilds)) == (later, 2)
    await a.save_guilds(0, SESSION, {7: packed(guild)}, (), whole=True)
    assert (await a.beat({0: None}, closing=False)).renewed == {0}
    await a.free(0)
    taken = await b.take(0)
    assert taken is not None
    assert (taken.session, taken.guilds) == (None, ())  # without its session nobody can use the guilds


async def test_shards_identify_in_turn_in_each_bucket(stores: list[LeaseStore], monkeypatch: Any) -> None:
    a, b, _ = stores
    await a.join(None, 4, SessionStarts(max_concurrency=2, remaining=3, reset_after=1_000.0))
    assert (await a.take_turn(0)).wait == 0
    assert 4 < (await b.take_turn(2)).wait <= lease_store.IDENTIFY_INTERVAL
    assert (await b.take_turn(1)).wait == 0
    _ahead(stores, lease_store.IDENTIFY_INTERVAL)
    assert (await b.take_turn(2)).wait == 0
    turn = await a.take_turn(1)
    assert turn.used_up
    assert 900 < turn.wait <= 1_000
    _ahead(stores, 1_000)
    assert (await a.take_turn(1)).outdated
    await a.set_starts(SessionStarts(max_concurrency=1, remaining=1, reset_after=0.0))
    assert (await a.take_turn(1)).wait == 0
    assert (await b.take_turn(1)).used_up


async def test_what_discord_counts_bounds_the_starts_but_never_adds_to_them(stores: list[LeaseStore]) -> None:
    a, b, _ = stores
    await a.join(None, 1, SessionStarts(1, 1, 1_000.0))
    assert (await a.take_turn(0)).wait == 0
    await b.join(None, 1, SessionStarts(1, 1, 1_000.0))  # Discord has not counted it yet
    assert (await b.take_turn(0)).used_up


async def test_starts_that_another_program_has_used_up_are_back_when_discord_says(
    stores: list[LeaseStore],
) -> None:
    a, b, _ = stores
    await a.join(None, 1, SessionStarts(1, 900, 80_000.0))
    await b.set_starts(SessionStarts(1, 0, 40.0))
    turn = await a.take_turn(0)
    assert turn.used_up
    assert 30 < turn.wait <= 40


async def test_one_process_does_what_is_done_once_while_others_live(stores: list[LeaseStore]) -> None:
    a, b, c = stores
    done = await asyncio.gather(a.once("commands", "v1"), b.once("commands", "v1"))
    assert sorted(done) == [False, True]
    assert await c.once("commands", "v2")
    assert not await b.once("commands", "v2")
    _ahead(stores, LEASE + 1)
    assert await a.once("commands", "v2")  # who starts alone does it again


async def _guilds(store: LeaseStore) -> int:
    async with store._engine.connect() as connection:
        return len(await store._execute(connection, "SELECT 1 FROM shard_guilds"))


async def test_sessions_and_guilds_are_kept_no_longer_than_discord_resumes(
    stores: list[LeaseStore], monkeypatch: Any
) -> None:
    monkeypatch.setattr("bot.shards.guild_payloads.guild_payload", lambda guild: {"name": guild})
    a, b, _ = stores
    await a.join(None, 2, STARTS)
    guilds: list[Any] = ["one", "two"]
    for shard_id, guild in enumerate(guilds):
        await a.take(shard_id)
        await a.give(shard_id, SESSION, {shard_id: packed(guild)}, ())
    await a.leave()
    _ahead(stores, lease_store.RESUMABLE - 60)
    await b.join(None, 2, STARTS)
    assert await _guilds(b) == 2
    taken = await b.take(0)
    assert taken is not None
    assert taken.session == SESSION
    _ahead(stores, 70)
    await a.join(None, 2, STARTS)
    assert await _guilds(a) == 1, "the one whose session went on"
    taken = await a.take(1)
    assert taken is not None
    assert taken.session is None
    await a.give(1, None, {1: packed(guilds[1])}, ())
    assert await _guilds(a) == 1, "without a session nobody needs them"


@pytest.mark.parametrize("noted", [False, True])
async def test_an_owner_that_is_killed_while_it_gives_a_shard_away_is_replaced(
    stores: list[LeaseStore], noted: bool
) -> None:
    a, b, _ = stores
    await a.join(None, 1, STARTS)
    await a.take(0)
    await a.save_guilds(0, SESSION, {1: _PACKED}, (), whole=True)
    await a.beat({0: SESSION}, closing=False)
    await b.join(None, 1, STARTS)
    await a.beat({0: SESSION}, closing=True)
    later = Session("session", 9, "wss://resume.example")
    if noted:
        await a.give(0, later, {}, ())
    else:
        assert await b.take(0) is None
        _ahead(stores, LEASE + 0.1)
    taken = await b.take(0)
    assert taken is not None
    assert (taken.session, len(taken.guilds)) == (later if noted else SESSION, 1), "what came after it comes again"


async def test_owners_that_are_killed_before_they_are_connected_leave_the_session_to_the_next(
    stores: list[LeaseStore],
) -> None:
    a, b, c = stores
    await a.join(None, 1, STARTS)
    await a.take(0)
    await a.give(0, SESSION, {1: _PACKED}, ())
    await a.leave()
    for killed in (b, a):  # each dies right after it has taken the shard
        await killed.join(None, 1, STARTS)
        assert await killed.take(0) is not None
        assert await c.take(0) is None
        _ahead(stores, LEASE + 0.1)
    await c.join(None, 1, STARTS)
    taken = await c.take(0)
    assert taken is not None
    assert (taken.session, len(taken.guilds)) == (SESSION, 1)
    assert await c.live_processes() == {"c"}


class World:
    """Processes that come, stop and die; each step is a heartbeat."""

    def __init__(self, stores: list[LeaseStore], seed: int) -> None:
        self.chance = random.Random(seed)
        self.stores = stores
        self.running: dict[LeaseStore, set[int]] = {}
        """The processes that run, with the shards that each knows to be its own."""
        self.closing: set[LeaseStore] = set()

    async def disturb(self, coming: float) -> None:
        """Several may come, stop and die at once."""
        for each in self.stores:
            if each not in self.running:
                if self.chance.random() < coming:
                    self.closing.discard(each)
                    self.running[each] = set()
                    await each.join(3, 3, STARTS)
            elif self.chance.random() < 0.1:
                del self.running[each]
            elif self.chance.random() < 0.1:
                self.closing.add(each)

    async def beat(self) -> None:
        """All that run beat, in any order."""
        order = sorted(self.running, key=lambda each: each.process_id)
        for each in self.chance.sample(order, len(order)):
            await self._step(each)

    async def _step(self, each: LeaseStore) -> None:
        mine = self.running[each]
        seen = await each.beat(dict.fromkeys(mine, SESSION), closing=each in self.closing)
        mine &= seen.renewed
        if each in self.closing:
            for shard_id in self.running.pop(each):
                await each.give(shard_id, SESSION, {}, ())
            await each.leave()
            return
        todo = plan(each.process_id, seen.processes, seen.shards, identifies=3)
        for shard_id in todo.take:
            if await each.take(shard_id) is not None:
                mine.add(shard_id)
        if todo.give is not None:
            mine.discard(todo.give)
            if self.chance.random() < 0.3:
                del self.running[each]  # killed before it notes the session
            else:
                await each.give(todo.give, SESSION, {}, ())

    def held(self) -> list[int]:
        return [shard_id for each in self.running.values() for shard_id in each]


@pytest.mark.parametrize("seed", range(4))
async def test_whoever_comes_and_goes_all_shards_are_held_by_one_each_within_15_seconds(
    stores: list[LeaseStore], seed: int
) -> None:
    world, unowned = World(stores, seed), dict[int, int]()
    for tick in range(40):
        if tick < 26:
            await world.disturb(0.4)
        elif not world.running:
            await world.disturb(1.0)
        await world.beat()
        _ahead(stores, 2.0)
        held = world.held()
        assert len(held) == len(set(held)), "two have a shard"
        unowned = {each: unowned.get(each, tick) for each in range(3) if each not in held and world.running}
        assert all(2 * (tick - since) < 15 for since in unowned.values()), "nobody has a shard"
    assert not unowned
    sizes = [len(each) for each in world.running.values()]
    assert max(sizes) - min(sizes) <= 1
