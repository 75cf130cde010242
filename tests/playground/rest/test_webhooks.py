"""Webhooks of channels, as the real discord.py makes and uses them."""

import aiohttp
import discord
import pytest
from discord.ext import commands

from playground.server import Playground
from playground.world.permissions import Permission
from tests.playground.conftest import Running, eventually
from tests.playground.rest.test_bans import allow
from tests.playground.rest_client import RestClient


async def test_a_bot_makes_changes_lists_and_deletes_a_webhook(
    playground: Playground, running: Running, bot: commands.AutoShardedBot
) -> None:
    allow(playground, Permission.MANAGE_WEBHOOKS)
    told: list[str] = []

    @bot.listen()
    async def on_webhooks_update(channel: discord.abc.GuildChannel) -> None:
        told.append(channel.name)

    async with running(bot):
        math, general = (bot.get_channel(playground.channel(name).id) for name in ("math", "general"))
        assert isinstance(math, discord.TextChannel)
        assert isinstance(general, discord.TextChannel)
        made = await math.create_webhook(name="News", avatar=b"\x89PNG\r\n\x1a\n")
        assert made.token
        assert [each.id for each in await math.webhooks()] == [made.id]
        assert [each.id for each in await math.guild.webhooks()] == [made.id]
        changed = await made.edit(name="Newer", channel=general)
        assert (changed.name, changed.channel_id) == ("Newer", general.id)
        assert (await bot.fetch_webhook(made.id)).user == bot.user
        assert await math.webhooks() == []
        await made.delete()
        await eventually(lambda: len(told) == 4)
        assert told == ["math", "math", "general", "general"]
        with pytest.raises(discord.NotFound) as gone:
            await bot.fetch_webhook(made.id)
        assert gone.value.code == 10015


async def test_who_has_the_address_writes_edits_and_deletes(
    playground: Playground, running: Running, bot: commands.AutoShardedBot, http: aiohttp.ClientSession
) -> None:
    allow(playground, Permission.MANAGE_WEBHOOKS)
    heard: list[discord.Message] = []

    @bot.listen()
    async def on_message(message: discord.Message) -> None:
        heard.append(message)

    minji = await playground.student("minji")
    question = await minji.says("math", "a thread?")
    await minji.starts_thread(question, "thread")
    async with running(bot):
        math = bot.get_channel(playground.channel("math").id)
        assert isinstance(math, discord.TextChannel)
        made = await math.create_webhook(name="News")
        alone = discord.Webhook.partial(made.id, made.token or "", session=http)
        assert (await alone.fetch()).user is None
        sent = await alone.send("@everyone hello", username="Ms. Kim", wait=True)
        await eventually(lambda: heard)
        assert (heard[0].author.display_name, heard[0].webhook_id) == ("Ms. Kim", made.id)
        assert heard[0].mention_everyone
        await alone.send("again")
        await eventually(lambda: len(heard) == 2)
        assert heard[1].author.display_name == "News"
        assert (await sent.edit(content="hi")).content == "hi"
        assert (await alone.fetch_message(sent.id)).content == "hi"
        await sent.delete()
        with pytest.raises(discord.NotFound):
            await alone.fetch_message(sent.id)
        within = await alone.send("within", thread=discord.Object(question.id), wait=True)
        assert playground.world.channels[question.id].messages[within.id].content == "within"
        await alone.edit(name="Told by token")
        await alone.delete()
        with pytest.raises(discord.NotFound):
            await alone.send("too late")


async def test_in_a_forum_it_starts_a_post(
    playground: Playground, http: aiohttp.ClientSession, as_bot: RestClient
) -> None:
    allow(playground, Permission.MANAGE_WEBHOOKS)
    forum = playground.channel("homework")
    made = (await as_bot("POST", f"/channels/{forum.id}/webhooks", {"name": "Posts"})).json
    anybody = RestClient(http, playground, "nobody")
    path = f"/webhooks/{made['id']}/{made['token']}"
    assert (await anybody("POST", path, {"content": "no title"})).code == 220001
    posted = await anybody("POST", f"{path}?wait=true", {"content": "the task", "thread_name": "Week 1"})
    assert playground.world.channels[int(posted.json["channel_id"])].name == "Week 1"


async def test_what_is_wrong_is_refused(
    playground: Playground, http: aiohttp.ClientSession, as_bot: RestClient, as_minji: RestClient
) -> None:
    math = f"/channels/{playground.channel('math').id}/webhooks"
    assert (await as_minji("POST", math, {"name": "x"})).code == 50013
    allow(playground, Permission.MANAGE_WEBHOOKS)
    for name in ("", "My Discord", "Clyde", "x" * 81):
        assert (await as_bot("POST", math, {"name": name})).code == 50035, name
    made = (await as_bot("POST", math, {"name": "News"})).json
    anybody = RestClient(http, playground, "nobody")
    path = f"/webhooks/{made['id']}/{made['token']}"
    assert (await anybody("POST", f"/webhooks/{made['id']}/wrong", {"content": "x"})).code == 50027
    assert (await anybody("GET", "/webhooks/1/wrong")).code == 10015
    assert (await anybody("POST", path, {})).code == 50006
    assert (await anybody("POST", path, {"content": "x", "username": "discord"})).code == 50035
    assert (await anybody("POST", path, {"content": "x", "thread_name": "x"})).code == 220003
    assert (await anybody("POST", f"{path}?thread_id=1", {"content": "x"})).code == 10003
    assert (await as_minji("DELETE", f"/webhooks/{made['id']}")).code == 50013
    said = await (await playground.student("junho")).says("math", "mine")
    assert (await anybody("DELETE", f"{path}/messages/{said.id}")).code == 10008
    assert (await as_bot("GET", "/users/@me")).status == 200
    assert (await RestClient(http, playground, "Bot ")("GET", "/users/@me")).status == 401
