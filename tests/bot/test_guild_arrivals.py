"""A session is ready as soon as all guilds that READY named have arrived."""

from types import SimpleNamespace
from typing import Any

from bot.guild_arrivals import SETTLED, GuildArrivals


class Bot:
    """What of discord.py's client it looks at."""

    def __init__(self, *unavailable: bool) -> None:
        self.guilds = [SimpleNamespace(unavailable=each) for each in unavailable]
        self._connection = SimpleNamespace(guild_ready_timeout=2.0)
        self.listeners: list[Any] = []

    def add_listener(self, listener: Any, _name: str) -> None:
        self.listeners.append(listener)

    def remove_listener(self, listener: Any, _name: str) -> None:
        self.listeners.remove(listener)

    @property
    def patience(self) -> float:
        return float(self._connection.guild_ready_timeout)

    async def tell(self, event: str, *arrived: int) -> None:
        for index in arrived:
            self.guilds[index].unavailable = False
        for listener in list(self.listeners):
            await listener(event)


async def test_it_waits_for_the_last_guild_in_any_order_and_then_no_longer() -> None:
    bot = Bot(True, True, False, True)
    arrivals = GuildArrivals(bot)  # type: ignore[arg-type]
    arrivals.session_began()
    for arrived in (3, 0):
        await bot.tell("GUILD_CREATE", arrived)
        assert bot.patience == 2.0
    await bot.tell("MESSAGE_CREATE", 1)
    assert bot.patience == 2.0
    await bot.tell("GUILD_CREATE")
    assert bot.patience == SETTLED
    assert not bot.listeners  # events cost nothing any more


async def test_the_next_session_is_waited_for_as_before_and_a_guild_that_discord_lacks_too() -> None:
    bot = Bot()
    arrivals = GuildArrivals(bot)  # type: ignore[arg-type]
    arrivals.session_began()
    assert bot.patience == SETTLED
    bot.guilds = [SimpleNamespace(unavailable=True)]
    arrivals.session_began()
    arrivals.session_began()  # of another shard
    assert (bot.patience, len(bot.listeners)) == (2.0, 1)
    await bot.tell("GUILD_CREATE")
    assert bot.patience == 2.0
    await bot.tell("GUILD_CREATE", 0)
    assert bot.patience == SETTLED


async def test_a_shorter_patience_stays() -> None:
    bot = Bot()
    bot._connection.guild_ready_timeout = 0.01
    GuildArrivals(bot).session_began()  # type: ignore[arg-type]
    assert bot.patience == 0.01
