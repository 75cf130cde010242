"""Files that are in a channel before the bot reads it."""

from playground.changes.guild_membership import join
from tests.assistants.retrieval import documents
from tests.bot.library.dropped_files import PLAN, WATER, Surroundings, citing, reacted, reactions, said_by_bot
from tests.house import House, bot_in, eventually, finished


async def test_files_that_were_dropped_before_the_bot_came_answer_questions(surroundings: Surroundings) -> None:
    discord, openai, settings = surroundings
    alex = await discord.student("alex")
    older = [await alex.drops("library", (f"{n}.txt", f"riddle{n} is {n * 7}".encode())) for n in range(30)]
    bad = await alex.drops("library", ("locked.pdf", documents.locked_pdf()))
    plan = await alex.drops("library", ("plan.txt", PLAN.encode()))
    async with bot_in(discord, settings) as bot:
        for message in [*older, plan]:
            await reacted(alex, message, "✅")
        await reacted(alex, bad, "⚠️")
        summary = await alex.sees("library", contains="stood in this channel")
        assert "31 can be searched" in summary.text
        assert "1 could not be read" in summary.text
        house = House(discord, openai, settings, bot)
        citing(house, "목표연도")
        answer = await finished(alex, await house.ask(alex, "목표연도는 언제인가요?"), "2030")
        assert str(plan.id) in answer.text
    assert len(said_by_bot(alex, plan.channel_id)) == 1
    assert not [
        data for event, data in alex.events if event == "MESSAGE_REACTION_ADD" and data["emoji"]["name"] == "⏳"
    ]


async def test_older_files_are_added_once_and_stay_out_when_they_were_removed(surroundings: Surroundings) -> None:
    discord, _, settings = surroundings
    alex = await discord.student("alex")
    first = await alex.drops("library", ("a.txt", WATER.encode()))
    second = await alex.drops("library", ("b.txt", PLAN.encode()))
    async with bot_in(discord, settings):
        await reacted(alex, first, "✅")
        await reacted(alex, second, "✅")
        (choice,) = await alex.completes("/library remove", "file", "a.txt", where="library")
        await alex.runs("/library remove", file=choice["value"], where="library")
        await alex.sees("library", contains="out of the library")
    async with bot_in(discord, settings) as bot:
        third = await alex.drops("library", ("c.txt", b"something third"))
        await reacted(alex, third, "✅")
        assert {file.filename async for file in bot.openai.files.list()} == {"b.txt", "c.txt"}


async def test_what_was_dropped_while_the_bot_was_away_is_read_although_more_follows_before_it_has_looked(
    surroundings: Surroundings,
) -> None:
    discord, _, settings = surroundings
    alex = await discord.student("alex")
    async with bot_in(discord, settings):
        first = await alex.drops("library", ("a.txt", WATER.encode()))
        await reacted(alex, first, "✅")
    missed = await alex.drops("library", ("b.txt", PLAN.encode()))
    async with bot_in(discord, settings) as bot:
        assert not bot.is_ready()
        last = await alex.drops("library", ("c.txt", b"something third"))
        await reacted(alex, last, "✅")
        await reacted(alex, missed, "✅")


async def test_a_guild_that_the_bot_is_invited_to_has_its_library_read(surroundings: Surroundings) -> None:
    discord, _, settings = surroundings
    guild = discord.add_guild("New school")
    role = next(role for role in guild.roles.values() if role.managed)
    discord.remove_bot(guild)
    join(discord.world, guild, discord.user("minji"))
    library = discord.add_channel("자료실", guild=guild)
    minji = await discord.student("minji")
    async with bot_in(discord, settings) as bot:
        older = await minji.drops(library.id, ("plan.txt", PLAN.encode()))
        await eventually(lambda: len(bot.guilds) == 1)
        join(discord.world, guild, discord.bot, roles=[role.id])
        await reacted(minji, older, "✅")


async def test_watching_a_channel_adds_the_files_that_are_in_it(house: House) -> None:
    students = [await house.discord.student(name) for name in ("teacher", "minji", "alex")]
    owner = next(each for each in students if each.id == house.bot.guilds[0].owner_id)
    older = await owner.drops("general", ("water.txt", WATER.encode()))
    later = await owner.says("general", "just words")
    await owner.runs("/library watch", where="general")
    await reacted(owner, older, "✅")
    assert reactions(owner, later) == set()
