"""Real discord.py against the playground."""

import io

import aiohttp
import discord
import pytest
from discord.ext import commands
from multidict import CIMultiDictProxy

from playground.faults import Fault
from playground.pilot import Student
from playground.server import Playground
from playground.world.guilds import Role
from playground.world.permissions import Permission
from tests.playground.conftest import Running, eventually, make_bot


async def test_a_bot_sees_its_guild_with_channels_members_and_roles(
    bot: commands.AutoShardedBot, running: Running
) -> None:
    async with running(bot):
        guild = bot.guilds[0]
        assert {channel.name for channel in guild.text_channels} == {"general", "math", "library"}
        assert [forum.name for forum in guild.forums] == ["homework"]
        assert {tag.name for tag in guild.forums[0].available_tags} == {"algebra", "geometry"}
        assert {member.name for member in guild.members} == {"minji", "junho", "alex", "sora", "teacher", "Saem"}
        assert guild.me.top_role.name == "Saem"
        assert guild.me.guild_permissions.create_public_threads
        assert not guild.me.guild_permissions.administrator
        assert bot.application_flags.gateway_message_content_limited


async def test_a_bot_answers_a_mention_in_a_thread_with_components_v2(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    seen: list[discord.Message] = []

    async def on_message(message: discord.Message) -> None:
        seen.append(message)
        if bot.user in message.mentions and message.type is discord.MessageType.default:
            thread = await message.create_thread(name="3x + 11 = 14")
            async with thread.typing():
                view = discord.ui.LayoutView()
                text: discord.ui.TextDisplay[discord.ui.LayoutView] = discord.ui.TextDisplay("x is")
                view.add_item(text)
                answer = await thread.send(view=view)
                text.content = "x is **1**"
                await answer.edit(view=view)

    bot.add_listener(on_message)
    async with running(bot):
        question = await minji.says("#math", f"<@{playground.bot.id}> 3x + 11 = 14")
        answer = await playground.bot_replies(question, contains="**1**")
        assert answer.content == ""
        assert answer.raw["flags"] == 1 << 15
        assert answer.edited
        thread = bot.get_channel(question.id)
        assert isinstance(thread, discord.Thread)
        assert thread.owner_id == playground.bot.id
        # The thread's own starter message is told of, and is no question.
        await eventually(lambda: len(seen) >= 3)
        kinds = [message.type for message in seen]
        assert discord.MessageType.thread_starter_message in kinds
        assert ("TYPING_START", question.id) in [(name, int(data.get("channel_id", 0))) for name, data in minji.events]


async def test_files_go_both_ways(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    got: list[tuple[str, bytes]] = []

    async def on_message(message: discord.Message) -> None:
        for attachment in message.attachments:
            got.append((attachment.filename, await attachment.read()))
            if not message.author.bot:
                picture = discord.File(io.BytesIO(b"not quite a picture"), "plot.png")
                await message.reply("here", file=picture, mention_author=False)

    bot.add_listener(on_message)
    async with running(bot):
        await minji.drops("#library", ("수학 노트.txt", "기하".encode()))
        reply = await playground.bot_replies("#library", contains="here")
        assert await minji.client.fetch(reply.attachments[0]["url"]) == b"not quite a picture"
        await eventually(lambda: len(got) == 2)
        assert got[0] == ("수학_노트.txt", "기하".encode())


async def test_history_reactions_pins_and_deletion(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    async with running(bot):
        for number in range(3):
            await minji.says("#math", f"question {number}")
        channel = bot.get_channel(playground.channel("math").id)
        assert isinstance(channel, discord.TextChannel)
        history = [message async for message in channel.history(limit=10, oldest_first=True)]
        assert [message.content for message in history] == ["question 0", "question 1", "question 2"]
        await history[0].add_reaction("👍")
        await history[0].pin()
        own = await channel.send("mine")
        await own.delete()
        fresh = await channel.fetch_message(history[0].id)
        assert [(str(reaction.emoji), reaction.me) for reaction in fresh.reactions] == [("👍", True)]
        assert fresh.pinned
        assert [message.id async for message in channel.pins()] == [fresh.id]
        with pytest.raises(discord.NotFound) as caught:
            await channel.fetch_message(own.id)
        assert caught.value.code == 10008


async def test_a_dm_is_answered(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    async def on_message(message: discord.Message) -> None:
        if message.guild is None and not message.author.bot:
            await message.channel.send(f"you said {message.content}")

    bot.add_listener(on_message)
    async with running(bot):
        dm = await minji.dm(playground.bot.id)
        await minji.says(dm, "hello?")
        await minji.sees(dm, contains="you said hello?")


async def test_a_forum_post_can_be_answered(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    async def on_message(message: discord.Message) -> None:
        if isinstance(message.channel, discord.Thread) and not message.author.bot:
            assert message.channel.starter_message is None or message.channel.starter_message.id == message.id
            await message.channel.send("noted")

    bot.add_listener(on_message)
    async with running(bot):
        thread_id, opening = await minji.posts_in_forum("homework", "Page 12", "I am stuck")
        assert opening.id == thread_id
        await playground.bot_replies(thread_id, contains="noted")


async def test_a_bot_resumes_after_a_drop_and_misses_nothing(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    heard: list[str] = []

    async def on_message(message: discord.Message) -> None:
        heard.append(message.content)

    bot.add_listener(on_message)
    async with running(bot):
        await minji.says("#math", "before")
        await eventually(lambda: heard == ["before"])
        assert playground.gateway.drop(user=playground.bot) == 1
        await minji.says("#math", "meanwhile")
        await eventually(lambda: heard == ["before", "meanwhile"], timeout=15)
        assert (playground.stats.identifies, playground.stats.resumes) == (2, 1)
        assert playground.gateway.ask_to_reconnect(playground.bot) == 1
        await eventually(lambda: playground.stats.resumes == 2, timeout=15)
        await minji.says("#math", "after")
        await eventually(lambda: heard[-1] == "after")


async def test_two_shards_share_the_guilds(playground: Playground, running: Running) -> None:
    playground.gateway.recommended_shards = 2
    bot = make_bot()

    async def no_wait(shard_id: int | None, *, initial: bool = False) -> None:
        return

    bot.before_identify_hook = no_wait  # type: ignore[method-assign]
    async with running(bot):
        assert bot.shard_count == 2
        assert len(bot.guilds) == 1
        assert bot.guilds[0].shard_id == (bot.guilds[0].id >> 22) % 2


async def test_an_intent_that_is_off_in_the_portal_ends_the_login(running: Running, playground: Playground) -> None:
    playground.application.message_content = False
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(make_bot()):
            pass


async def test_without_the_content_intent_only_mentions_and_dms_can_be_read(
    running: Running, playground: Playground, minji: Student
) -> None:
    heard: list[str] = []
    intents = discord.Intents.default()
    bot = make_bot(intents)

    async def on_message(message: discord.Message) -> None:
        heard.append(message.content)

    bot.add_listener(on_message)
    async with running(bot):
        await minji.says("#math", "among ourselves")
        await minji.says("#math", f"<@{playground.bot.id}> hello")
        await minji.says(await minji.dm(playground.bot.id), "in private")
        await eventually(lambda: len(heard) == 3)
        assert heard == ["", f"<@{playground.bot.id}> hello", "in private"]


async def test_nobody_is_pinged_with_allowed_mentions_none(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    async with running(bot):
        channel = bot.get_channel(playground.channel("math").id)
        assert isinstance(channel, discord.TextChannel)
        text = f"<@{minji.id}> and @everyone"
        quiet = await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
        loud = await channel.send(text)
        assert playground.pinged_by(quiet.id) == set()
        assert quiet.mentions == []
        # A new server lets everyone mention everyone.
        assert playground.pinged_by(loud.id) == set(playground.guild.members) - {playground.bot.id}


async def test_an_archived_thread_cannot_be_edited_and_a_message_reopens_it(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    async with running(bot):
        channel = bot.get_channel(playground.channel("math").id)
        assert isinstance(channel, discord.TextChannel)
        start = await minji.says("#math", "a question")
        thread = await channel.get_partial_message(start.id).create_thread(name="t", auto_archive_duration=60)
        message = await thread.send("first")
        playground.clock.advance(61 * 60)
        await eventually(lambda: bot.get_channel(thread.id) is None)
        with pytest.raises(discord.HTTPException) as caught:
            await message.edit(content="second")
        assert caught.value.code == 50083
        await thread.send("awake")
        await eventually(lambda: bot.get_channel(thread.id) is not None)


async def test_a_bot_hears_that_it_joins_a_guild_and_is_removed(
    bot: commands.AutoShardedBot, running: Running, playground: Playground
) -> None:
    heard: list[str] = []

    async def on_guild_join(guild: discord.Guild) -> None:
        heard.append(f"joined {guild.name} with {[channel.name for channel in guild.text_channels]}")

    async def on_guild_remove(guild: discord.Guild) -> None:
        heard.append(f"left {guild.name}")

    bot.add_listener(on_guild_join)
    bot.add_listener(on_guild_remove)
    async with running(bot):
        other = playground.add_guild("Another school")
        await eventually(lambda: heard == ["joined Another school with ['general']"])
        playground.remove_bot(other)
        await eventually(lambda: heard[1:] == ["left Another school"])


async def test_rate_limit_headers_reach_an_http_trace(playground: Playground, running: Running) -> None:
    seen: list[CIMultiDictProxy[str]] = []
    trace = aiohttp.TraceConfig()

    async def on_end(_: object, __: object, params: aiohttp.TraceRequestEndParams) -> None:
        seen.append(params.response.headers)

    trace.on_request_end.append(on_end)
    bot = make_bot(http_trace=trace)
    async with running(bot):
        channel = bot.get_channel(playground.channel("math").id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send("one")
        headers = seen[-1]
        assert headers["X-RateLimit-Limit"] == "5"
        assert headers["X-RateLimit-Remaining"] == "4"
        assert 0 < float(headers["X-RateLimit-Reset-After"]) <= 5
        assert headers["X-RateLimit-Bucket"]
        assert headers["Content-Type"] == "application/json"


async def test_discord_py_waits_out_a_429(
    bot: commands.AutoShardedBot, running: Running, playground: Playground
) -> None:
    async with running(bot):
        channel = bot.get_channel(playground.channel("math").id)
        assert isinstance(channel, discord.TextChannel)
        playground.fail(Fault("rate_limit", "POST /channels/*/messages", seconds=0.05))
        await channel.send("in the end")
        assert playground.stats.too_many == 1
        assert [post.content for post in playground.messages("#math")] == ["in the end"]


async def test_channels_keep_the_settings_of_their_type(
    bot: commands.AutoShardedBot, running: Running, playground: Playground
) -> None:
    own = playground.guild.roles[playground.guild.members[playground.bot.id].roles[0]]
    own.permissions |= Permission.MANAGE_CHANNELS | Permission.MANAGE_THREADS
    async with running(bot):
        guild = bot.guilds[0]
        voice = await guild.create_voice_channel("talk", user_limit=5)
        assert (voice.name, voice.bitrate, voice.user_limit) == ("talk", 64000, 5)
        await eventually(lambda: bot.get_channel(voice.id))
        with pytest.raises(discord.HTTPException, match="bitrate"):
            await voice.edit(bitrate=400_000)
        await guild.forums[0].edit(
            default_reaction_emoji="👍",
            default_sort_order=discord.ForumOrderType.creation_date,
            default_layout=discord.ForumLayoutType.gallery_view,
            default_thread_slowmode_delay=7,
        )
        forum = await bot.fetch_channel(guild.forums[0].id)
        assert isinstance(forum, discord.ForumChannel)
        assert str(forum.default_reaction_emoji) == "👍"
        assert forum.default_sort_order is discord.ForumOrderType.creation_date
        assert forum.default_layout is discord.ForumLayoutType.gallery_view
        assert (await forum.create_thread(name="p", content="x")).thread.slowmode_delay == 7
        await forum.edit(default_reaction_emoji=None)
        forum = await guild.fetch_channel(forum.id)
        assert isinstance(forum, discord.ForumChannel)
        assert forum.default_reaction_emoji is None
        assert forum.default_sort_order is discord.ForumOrderType.creation_date


async def test_a_bot_gives_the_roles_that_it_made_and_none_above_its_own(
    bot: commands.AutoShardedBot, running: Running, playground: Playground, minji: Student
) -> None:
    own = playground.guild.roles[playground.guild.members[playground.bot.id].roles[0]]
    own.permissions |= Permission.MANAGE_ROLES
    async with running(bot):
        guild = bot.guilds[0]
        member = await guild.fetch_member(minji.id)
        made = await guild.create_role(name="tutees")
        assert (await guild.fetch_role(made.id)).name == "tutees"
        await member.add_roles(made)
        assert made.id in playground.guild.members[minji.id].roles
        assert (await member.edit(roles=[])) is not None
        above = Role(playground.world.snowflakes.next(), "staff", 0, position=own.position + 1)
        playground.guild.roles[above.id] = above
        refused = [
            member.add_roles(discord.Object(above.id)),
            member.edit(roles=[discord.Object(above.id)]),
            (await guild.fetch_role(above.id)).edit(name="mine"),
            (await guild.fetch_role(above.id)).delete(),
        ]
        for call in refused:
            with pytest.raises(discord.Forbidden) as caught:
                await call
            assert caught.value.code == 50013
        assert playground.guild.members[minji.id].roles == []


async def test_a_command_has_no_permissions_of_its_own(
    bot: commands.AutoShardedBot, running: Running, playground: Playground
) -> None:
    @bot.tree.command()
    async def ask(_: discord.Interaction) -> None:
        """Ask."""

    async with running(bot):
        (command,) = await bot.tree.sync()
        with pytest.raises(discord.NotFound) as caught:
            await command.fetch_permissions(discord.Object(playground.guild.id))
        assert caught.value.code == 10066
