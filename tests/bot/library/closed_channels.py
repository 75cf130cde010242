"""Steps of tests with channels that not everybody can open: close one, and wait until the bot knows."""

import asyncio

from playground.pilot import Student
from playground.world.channels import Channel
from tests.house import House

VIEW, HISTORY = 1 << 10, 1 << 16


async def owner_of(house: House) -> Student:
    """The owner of the guild, who may change channels."""
    user = house.discord.guild.owner_id
    name = next(each.username for each in house.discord.world.users.values() if each.id == user)
    return await house.discord.student(name)


async def close(house: House, channel: Channel, *allowed: int, bits: int = VIEW) -> None:
    """Close a channel to all but the owner, the bot and `allowed` members, by overwrites."""
    for member_id in (house.discord.bot.id, *allowed):
        await overwrite(house, channel, member_id, allow=bits, kind=1)
    await overwrite(house, channel, house.discord.guild.id, deny=bits)


async def overwrite(
    house: House, channel: Channel, target: int, *, allow: int = 0, deny: int = 0, kind: int = 0
) -> None:
    """Set an overwrite, and wait until the bot's cache has it."""
    owner = await owner_of(house)
    body = {"type": kind, "allow": str(allow), "deny": str(deny)}
    await owner.client.request("PUT", f"/channels/{channel.id}/permissions/{target}", body)

    def known() -> bool:
        seen = house.bot.get_guild(house.discord.guild.id)
        cached = seen.get_channel(channel.id) if seen is not None else None
        return cached is not None and any(
            (each.id, each.allow, each.deny) == (target, allow, deny) for each in cached._overwrites
        )

    async with asyncio.timeout(10):
        while not known():  # noqa: ASYNC110 - the cache tells nobody
            await asyncio.sleep(0.01)
