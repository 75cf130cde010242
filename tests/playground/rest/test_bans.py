"""Bans, as the real discord.py gives and hears them."""

import asyncio

import aiohttp
import discord
import pytest
from discord.ext import commands

from playground.server import Playground
from playground.world.permissions import Permission
from tests.playground.conftest import Running, eventually
from tests.playground.rest_client import RestClient


def allow(playground: Playground, *permissions: Permission) -> None:
    """Give the bot's role more permissions."""
    for role in playground.guild.roles.values():
        if role.bot_id == playground.bot.id:
            role.permissions |= sum(permissions)


async def test_a_bot_bans_hears_of_it_lists_it_and_ends_it(
    playground: Playground, running: Running, bot: commands.AutoShardedBot
) -> None:
    allow(playground, Permission.BAN_MEMBERS)
    heard: list[str] = []

    @bot.listen()
    async def on_member_ban(_: discord.Guild, user: discord.User | discord.Member) -> None:
        heard.append(f"ban {user.name}")

    @bot.listen()
    async def on_member_remove(member: discord.Member) -> None:
        heard.append(f"leave {member.name}")

    @bot.listen()
    async def on_member_unban(_: discord.Guild, user: discord.User) -> None:
        heard.append(f"unban {user.name}")

    junho = await playground.student("junho")
    said = await junho.says("math", "spam")
    async with running(bot):
        guild = bot.guilds[0]
        await guild.ban(discord.Object(junho.id), reason="광고 ads", delete_message_seconds=3600)
        await eventually(lambda: len(heard) == 2)
        assert sorted(heard) == ["ban junho", "leave junho"]
        assert said.id not in playground.channel("math").messages
        (entry,) = [each async for each in guild.bans()]
        assert (entry.user.id, entry.reason) == (junho.id, "광고 ads")
        assert (await guild.fetch_ban(discord.Object(junho.id))).reason == "광고 ads"
        await guild.unban(discord.Object(junho.id))
        await eventually(lambda: heard[-1] == "unban junho")
        with pytest.raises(discord.NotFound) as gone:
            await guild.fetch_ban(discord.Object(junho.id))
        assert gone.value.code == 10026


async def test_many_are_banned_at_once_and_who_cannot_be_is_named(
    playground: Playground, running: Running, bot: commands.AutoShardedBot
) -> None:
    allow(playground, Permission.BAN_MEMBERS, Permission.MANAGE_GUILD)
    people = [discord.Object(playground.user(name).id) for name in ("minji", "sora", "teacher")]
    async with running(bot):
        result = await bot.guilds[0].bulk_ban(people)
        assert [each.id for each in result.banned] == [each.id for each in people[:2]]
        assert [each.id for each in result.failed] == [people[2].id]
        with pytest.raises(discord.HTTPException) as none:
            await bot.guilds[0].bulk_ban(people)
        assert none.value.code == 500000


async def test_who_may_not_ban_is_refused(playground: Playground, http: aiohttp.ClientSession) -> None:
    minji = RestClient(http, playground, playground.user("minji").token)
    path = f"/guilds/{playground.guild.id}/bans"
    for method, where in (("GET", path), ("PUT", f"{path}/{playground.user('sora').id}"), ("GET", f"{path}/1")):
        assert (await minji(method, where, {} if method == "PUT" else None)).code == 50013
    owner = RestClient(http, playground, playground.user("teacher").token)
    assert (await owner("PUT", f"{path}/1", {})).code == 10013
    assert (
        await owner("PUT", f"{path}/{playground.user('sora').id}", {"delete_message_seconds": 604_801})
    ).code == 50035
    assert playground.guild.bans == {}
    await asyncio.sleep(0)
