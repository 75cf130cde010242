"""A playground for `benchmarks.many`: four shards, each with a server of its own, which the first student is in too.

`python -m benchmarks.classes` prints its addresses as JSON, as the playground does, and serves until it is ended.
"""

import asyncio
import json
import signal
import sys
from typing import Final

from playground.changes import guild_membership
from playground.rate_limits import Rate
from playground.server import Playground

SHARDS: Final = 4
THREADS_ARE_FREE: Final = {"threads.create": Rate(1_000, 1.0)}


async def _serve() -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with Playground(shards=SHARDS, rates=THREADS_ARE_FREE) as discord:
        first = discord.guild
        taken = (first.id >> 22) % SHARDS
        for number in (each for each in range(SHARDS) if each != taken):
            guild = discord.add_guild(f"Class {number}", shard=number)
            for member in first.members.values():
                if member.user.id not in guild.members and not member.user.bot:
                    guild_membership.join(discord.world, guild, member.user)
        print(
            json.dumps(
                {"api_url": discord.api_url, "gateway_url": discord.gateway_url, "bot_token": discord.bot_token}
            ),
            flush=True,
        )
        await ended.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(_serve()))
