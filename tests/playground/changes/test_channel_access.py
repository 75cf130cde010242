"""A channel opens or closes for a bot by a role: what it hears, in the real discord.py."""

import asyncio
from typing import Any

import discord
import pytest
import pytest_asyncio
from discord.ext import commands

from playground.pilot import Student
from playground.server import Playground
from playground.world.permissions import Permission
from tests.playground.conftest import Running, eventually
from tests.playground.rest_client import RestClient

VIEW = str(int(Permission.VIEW_CHANNEL))


class Staffroom:
    """A channel that nobody but its roles sees, with a thread in it, and the roles `helpers`."""

    def __init__(self, playground: Playground, admin: RestClient) -> None:
        self.playground = playground
        self.admin = admin
        self.guild = f"/guilds/{playground.guild.id}"
        self.channel = playground.channel("library")
        self.role = ""

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        response = await self.admin(method, path, body)
        assert response.status < 300, response.json
        return response.json

    async def build(self, teacher: Student) -> None:
        """Close the channel for everyone but a new role."""
        said = await teacher.says(self.channel.id, "for us")
        await teacher.starts_thread(said, "plans")
        self.role = (await self.call("POST", f"{self.guild}/roles", {"name": "helpers", "permissions": "0"}))["id"]
        path = f"/channels/{self.channel.id}/permissions"
        await self.call("PUT", f"{path}/{self.playground.guild.id}", {"type": 0, "deny": VIEW})
        await self.call("PUT", f"{path}/{self.role}", {"type": 0, "allow": VIEW})

    async def give(self) -> None:
        await self.call("PUT", f"{self.guild}/members/{self.playground.bot.id}/roles/{self.role}")

    async def take(self) -> None:
        await self.call("DELETE", f"{self.guild}/members/{self.playground.bot.id}/roles/{self.role}")


@pytest_asyncio.fixture
async def staffroom(playground: Playground, http: Any) -> Staffroom:
    admin = RestClient(http, playground, playground.user("teacher").token)
    room = Staffroom(playground, admin)
    await room.build(await playground.student("teacher"))
    return room


async def test_a_role_that_a_bot_gets_opens_a_channel_with_its_threads(
    staffroom: Staffroom, running: Running, bot: commands.AutoShardedBot
) -> None:
    updates: list[tuple[str, str]] = []

    @bot.listen()
    async def on_guild_channel_update(before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        updates.append((before.name, after.name))

    async with running(bot):
        hidden = bot.get_channel(staffroom.channel.id)
        assert isinstance(hidden, discord.TextChannel)
        assert hidden.name == "___hidden___"
        assert hidden.threads == []
        await staffroom.give()
        await eventually(lambda: updates)
        assert updates == [("___hidden___", "library")]
        await eventually(lambda: [each.name for each in hidden.threads] == ["plans"])
        assert [each.content async for each in hidden.history(limit=None) if each.content] == ["for us"]
        await staffroom.take()
        await eventually(lambda: updates[1:] == [("library", "___hidden___")])


@pytest.mark.parametrize("how", ["permissions", "delete", "overwrite", "edit", "roles"])
async def test_every_way_in_which_a_channel_opens_or_closes_is_told(
    staffroom: Staffroom, as_bot: RestClient, how: str
) -> None:
    playground, room = staffroom.playground, staffroom
    heard: list[tuple[str, str]] = []
    minji = playground.user("minji")

    def hear(event: Any) -> None:
        mine = event.only is None or minji.id in event.only
        if event.name in {"CHANNEL_UPDATE", "THREAD_LIST_SYNC"} and mine:
            heard.append((event.name, event.payload(minji).get("name", "")))

    playground.world.listen(hear)
    opened = [("CHANNEL_UPDATE", "library"), ("THREAD_LIST_SYNC", "")]
    member = f"{room.guild}/members/{minji.id}"
    match how:
        case "permissions":
            administrator = str(int(Permission.ADMINISTRATOR))
            await room.call("PUT", f"{member}/roles/{room.role}")
            assert heard == opened
            path = f"/channels/{room.channel.id}/permissions/{room.role}"
            await room.call("DELETE", path)
            del heard[:]
            await room.call("PATCH", f"{room.guild}/roles/{room.role}", {"permissions": administrator})
            assert heard == opened
        case "delete":
            await room.call("PUT", f"{member}/roles/{room.role}")
            del heard[:]
            await room.call("DELETE", f"{room.guild}/roles/{room.role}")
            assert heard == [("CHANNEL_UPDATE", "___hidden___")]
        case "overwrite":
            await room.call("DELETE", f"/channels/{room.channel.id}/permissions/{playground.guild.id}")
            assert heard == opened
        case "edit":
            await room.call("PATCH", f"/channels/{room.channel.id}", {"permission_overwrites": []})
            assert heard == opened
        case "roles":
            await room.call("PATCH", member, {"roles": [room.role]})
            assert heard == opened


async def test_a_change_that_opens_nothing_tells_of_no_channel(staffroom: Staffroom) -> None:
    names: list[str] = []
    staffroom.playground.world.listen(lambda event: names.append(event.name))
    await staffroom.call("PATCH", f"{staffroom.guild}/roles/{staffroom.role}", {"color": 255})
    await asyncio.sleep(0)
    assert names == ["GUILD_ROLE_UPDATE"]
