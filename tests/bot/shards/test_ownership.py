"""Which process owns which guild, and who is told of it."""

from bot.shards.ownership import SoleOwnership, new_process_id, shard_of, tell_cut_off, tell_gained, tell_lost
from tests.house import House, eventually


class Listener:
    """Notes what it is told."""

    def __init__(self, told: list[str], name: str, *, fails: bool = False) -> None:
        self.told, self.name, self.fails = told, name, fails

    async def shards_gained(self, shard_ids: frozenset[int]) -> None:
        self.told.append(f"{self.name} gained {sorted(shard_ids)}")
        if self.fails:
            raise RuntimeError("no")

    async def shards_lost(self, shard_ids: frozenset[int]) -> None:
        self.told.append(f"{self.name} lost {sorted(shard_ids)}")
        if self.fails:
            raise RuntimeError("no")

    async def shards_cut_off(self, shard_ids: frozenset[int]) -> None:
        self.told.append(f"{self.name} cut off {sorted(shard_ids)}")
        if self.fails:
            raise RuntimeError("no")


def test_a_guild_belongs_to_the_shard_that_discord_names_and_direct_messages_to_shard_0() -> None:
    assert shard_of(197038439483310086, 1) == 0
    assert [shard_of(number << 22, 4) for number in range(6)] == [0, 1, 2, 3, 0, 1]
    assert shard_of((5 << 22) + 4_194_303, 4) == 1
    assert shard_of(0, 7) == 0


def test_no_two_processes_have_one_name() -> None:
    assert new_process_id() != new_process_id()


async def test_one_process_owns_everything_and_has_its_shards_once_it_is_ready() -> None:
    ownership = SoleOwnership("here-1")
    assert ownership.shard_ids == frozenset()
    ownership.gained(3)
    assert ownership.shard_ids == {0, 1, 2}
    assert ownership.owns(5 << 22)
    assert ownership.shard_of(5 << 22) == 2
    assert await ownership.owner_of(2) == "here-1"
    assert await ownership.live_processes() == {"here-1"}


async def test_listeners_are_told_in_order_also_after_one_that_fails() -> None:
    told: list[str] = []
    listeners = [Listener(told, "first", fails=True), Listener(told, "second")]
    await tell_gained(listeners, [1, 0])
    await tell_lost(listeners, [1])
    await tell_cut_off(listeners, [0])
    assert told == [
        *("first gained [0, 1]", "second gained [0, 1]"),
        *("first lost [1]", "second lost [1]"),
        *("first cut off [0]", "second cut off [0]"),
    ]


async def test_a_bot_alone_gains_all_shards_once_when_it_is_ready(house: House) -> None:
    told: list[str] = []
    house.bot.shard_listeners.append(Listener(told, "listener"))
    await eventually(lambda: told)
    assert told == ["listener gained [0]"]
    house.bot.dispatch("ready")
    await house.discord.student("alex")
    assert told == ["listener gained [0]"]
