"""Permissions: what is allowed, and the error codes of what is not."""

import aiohttp
import discord
import pytest
from discord.ext import commands

from playground.pilot import Student
from playground.server import Playground
from playground.world.channels import Overwrite
from playground.world.permissions import Permission
from tests.playground.conftest import Running, eventually
from tests.playground.rest_client import RestClient


def deny(playground: Playground, permission: Permission, channel: str = "math") -> None:
    """Take a permission from everyone in a channel."""
    role = playground.guild.id
    for target in (role, *playground.guild.members[playground.bot.id].roles):
        playground.channel(channel).overwrites[target] = Overwrite(target, 0, deny=int(permission))


@pytest.mark.parametrize(
    ("permission", "method", "path", "code"),
    [
        (Permission.CREATE_PUBLIC_THREADS, "POST", "/channels/{math}/messages/{post}/threads", 50013),
        (Permission.SEND_MESSAGES, "POST", "/channels/{math}/messages", 50013),
        (Permission.ADD_REACTIONS, "PUT", "/channels/{math}/messages/{post}/reactions/%F0%9F%91%8D/@me", 50013),
        (Permission.MANAGE_MESSAGES, "DELETE", "/channels/{math}/messages/{post}", 50013),
        (Permission.VIEW_CHANNEL, "GET", "/channels/{math}", 50001),
        (Permission.VIEW_CHANNEL, "POST", "/channels/{math}/messages", 50001),
        (Permission.SEND_MESSAGES, "POST", "/channels/{math}/typing", 50013),
    ],
)
async def test_what_is_not_allowed_is_refused(
    playground: Playground,
    as_bot: RestClient,
    minji: Student,
    permission: Permission,
    method: str,
    path: str,
    code: int,
) -> None:
    post = await minji.says("#math", "x")
    deny(playground, permission)
    filled = path.format(math=post.channel_id, post=post.id)
    answer = await as_bot(method, filled, {"content": "x", "name": "n"} if method == "POST" else None)
    assert (answer.status, answer.code) == (403, code)
    assert answer.json["message"] == ("Missing Access" if code == 50001 else "Missing Permissions")


async def test_writing_in_threads_is_a_permission_of_its_own(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    post = await minji.says("#math", "x")
    thread = await minji.starts_thread(post, "t")
    deny(playground, Permission.SEND_MESSAGES_IN_THREADS)
    assert (await as_bot("POST", f"/channels/{thread}/messages", {"content": "x"})).code == 50013
    assert (await as_bot("POST", f"/channels/{post.channel_id}/messages", {"content": "x"})).status == 200


async def test_without_history_nothing_is_listed_and_nothing_can_be_replied_to(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    post = await minji.says("#math", "x")
    deny(playground, Permission.READ_MESSAGE_HISTORY)
    path = f"/channels/{post.channel_id}/messages"
    assert (await as_bot("GET", path)).json == []
    body = {"content": "re", "message_reference": {"message_id": str(post.id)}}
    assert (await as_bot("POST", path, body)).code == 50013


async def test_a_members_own_overwrite_beats_those_of_roles(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    deny(playground, Permission.SEND_MESSAGES)
    path = f"/channels/{playground.channel('math').id}"
    assert (await as_bot("PUT", f"{path}/permissions/{playground.bot.id}", {"type": 1, "allow": "2048"})).code == 50013
    teacher = await playground.student("teacher")
    await teacher.client.request("PUT", f"{path}/permissions/{playground.bot.id}", {"type": 1, "allow": "2048"})
    assert (await as_bot("POST", f"{path}/messages", {"content": "x"})).status == 200


async def test_someone_in_timeout_reads_and_cannot_write(playground: Playground, as_minji: RestClient) -> None:
    member = playground.guild.members[playground.user("minji").id]
    member.timeout_until = playground.clock.now() + 60
    path = f"/channels/{playground.channel('math').id}/messages"
    assert (await as_minji("POST", path, {"content": "x"})).code == 50013
    assert (await as_minji("GET", path)).status == 200
    playground.clock.advance(61)
    assert (await as_minji("POST", path, {"content": "x"})).status == 200


async def test_slowmode_limits_students(playground: Playground, as_minji: RestClient, as_bot: RestClient) -> None:
    playground.channel("math").slowmode = 10
    path = f"/channels/{playground.channel('math').id}/messages"
    assert (await as_minji("POST", path, {"content": "x"})).status == 200
    held = await as_minji("POST", path, {"content": "x"})
    assert (held.status, held.code) == (429, 20016)
    assert 0 < held.json["retry_after"] <= 10
    playground.clock.advance(10)
    assert (await as_minji("POST", path, {"content": "x"})).status == 200


async def test_a_bot_lists_its_guilds_by_pages_with_its_permissions_and_counts(
    playground: Playground, as_bot: RestClient
) -> None:
    other = playground.add_guild("Another school")
    everyone = (await as_bot("GET", "/users/@me/guilds?with_counts=true")).json
    assert [each["name"] for each in everyone] == [playground.guild.name, "Another school"]
    assert everyone[0]["approximate_member_count"] == len(playground.guild.members)
    assert int(everyone[0]["permissions"]) & Permission.MANAGE_MESSAGES
    after = (await as_bot("GET", f"/users/@me/guilds?after={playground.guild.id}&limit=1")).json
    assert [each["id"] for each in after] == [str(other.id)]
    assert (await as_bot("GET", f"/users/@me/guilds?after={other.id}")).json == []
    assert [each["id"] for each in (await as_bot("GET", f"/users/@me/guilds?before={other.id}")).json] == [
        str(playground.guild.id)
    ]


async def test_a_channel_that_a_bot_does_not_see_is_told_of_without_its_name_until_it_sees_it(
    playground: Playground,
    as_bot: RestClient,
    http: aiohttp.ClientSession,
    bot: commands.AutoShardedBot,
    running: Running,
) -> None:
    deny(playground, Permission.VIEW_CHANNEL)
    math = playground.channel("math")
    listed = (await as_bot("GET", f"/guilds/{playground.guild.id}/channels")).json
    assert {each["name"] for each in listed} == {"Study", "general", "library", "homework"}
    told = (await playground.student("minji")).client.ready["guilds"][0]["channels"]
    (obfuscated,) = [each for each in told if each["flags"] & 1 << 17]
    assert (obfuscated["id"], obfuscated["name"]) == (str(math.id), "___hidden___")
    everyone = {"id": str(playground.guild.id), "type": 0, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}
    assert obfuscated["permission_overwrites"] == [everyone]
    as_teacher = RestClient(http, playground, playground.user("teacher").token)

    def shown() -> discord.TextChannel:
        channel = bot.get_channel(math.id)
        assert isinstance(channel, discord.TextChannel)
        return channel

    async with running(bot):
        hidden = shown()
        assert (hidden.name, hidden.topic) == ("___hidden___", None)
        assert not hidden.permissions_for(hidden.guild.me).view_channel
        for target in list(math.overwrites):
            assert (await as_teacher("DELETE", f"/channels/{math.id}/permissions/{target}")).status == 204
        await eventually(lambda: shown().name == "math")
        assert shown().topic == math.topic
        await shown().send("found it")
        path = f"/channels/{math.id}/permissions/{playground.guild.id}"
        await as_teacher("PUT", path, {"type": 0, "deny": str(int(Permission.VIEW_CHANNEL))})
        await eventually(lambda: shown().name == "___hidden___")
