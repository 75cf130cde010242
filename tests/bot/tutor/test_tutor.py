"""Where the tutor can be asked: direct messages, forum posts, others' threads, voice and announcement channels."""

from pathlib import Path

from playground import default_guild
from playground.server import Playground
from playground.world.channels import ANNOUNCEMENT, TEXT, VOICE, Channel
from playground.world.guilds import Member
from tests.house import House, finished, handled, open_house

OTHER_GUILD = default_guild.EPOCH_ID + 500
OTHER_CHANNEL = default_guild.EPOCH_ID + 501


async def test_in_a_direct_message_every_message_is_answered_in_place(house: House) -> None:
    house.openai.say("x is 3.", "And y is 4.")
    minji = await house.discord.student("minji")
    channel = await minji.dm(house.discord.bot.id)
    await minji.says(channel, "x + 1 = 4")
    await finished(minji, channel, "x is 3")
    await minji.says(channel, "y + 1 = 5")
    await finished(minji, channel, "y is 4")
    assert house.user_texts() == ["민지: x + 1 = 4", "민지: y + 1 = 5"]


async def test_direct_messages_have_an_assistant_of_their_own(house: House) -> None:
    house.openai.say("One.", "Two.")
    minji = await house.discord.student("minji")
    await finished(minji, await house.ask(minji, "one?"))
    channel = await minji.dm(house.discord.bot.id)
    await minji.says(channel, "two?")
    await finished(minji, channel, "Two.")
    assistants = house.bot.guild_assistants
    assert await assistants.assistant(house.discord.guild.id) != await assistants.assistant(0)
    assert assistants.known_vector_store(0) is None


async def test_a_forum_post_that_asks_saem_becomes_its_own_thread(house: House) -> None:
    house.openai.say("Ten.", "Twenty.")
    alex = await house.discord.student("alex")
    thread, _ = await alex.posts_in_forum("homework", "Sums", f"{house.mention} 4 + 6?")
    await finished(alex, thread, "Ten.")
    await alex.says(thread, "and twice that?")
    await finished(alex, thread, "Twenty.")


async def test_in_a_forum_post_of_others_it_answers_when_mentioned_and_knows_what_was_said(house: House) -> None:
    house.openai.say("It is 42.")
    alex = await house.discord.student("alex")
    thread, _ = await alex.posts_in_forum("homework", "Six by seven", "What is 6 * 7?")
    await alex.says(thread, "anyone?")
    await alex.says(thread, f"{house.mention} do you know?")
    await finished(alex, thread, "42")
    assert house.user_texts() == ["Alex: What is 6 * 7?", "Alex: anyone?", "Alex: do you know?"]


async def test_in_others_threads_what_is_not_said_to_saem_is_left_alone_and_remembered(house: House) -> None:
    house.openai.say("Here.", "Again.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    thread = await minji.starts_thread(await minji.says("math", "my homework"), "Homework")
    await minji.says(thread, f"{house.mention} are you there?")
    await finished(minji, thread, "Here.")
    aside = await alex.says(thread, "I am too")
    await handled(house, aside.id)
    await minji.says(thread, f"{house.mention} still?")
    await finished(minji, thread, "Again.")
    assert len(house.requests) == 2
    assert house.user_texts()[-2:] == ["[to others] Alex: I am too", "민지: still?"]


async def test_in_the_chat_of_a_voice_channel_it_answers_in_place(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_add_voice_channel) as house:
        house.openai.say("In place.", "Still in place.")
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "where?", "talk")
        answer = await finished(alex, "talk", "In place.")
        assert answer.raw["message_reference"]["message_id"] == str(question.id)
        await alex.says("talk", "not for Saem")
        await alex.says("talk", "and now?", reply_to=answer)
        await finished(alex, "talk", "Still in place.")
        assert house.user_texts() == ["Alex: where?", "Alex: and now?"]


async def test_a_mention_in_an_announcement_channel_opens_a_thread(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_add_announcement_channel) as house:
        house.openai.say("In a thread.", "Still there.")
        teacher = await house.discord.student("teacher")
        question = await house.ask(teacher, "where?", "news")
        await finished(teacher, question.id, "In a thread.")
        await teacher.says(question.id, "and now?")
        await finished(teacher, question.id, "Still there.")


async def test_what_other_bots_and_passers_by_write_is_left_alone(house: House) -> None:
    alex = await house.discord.student("alex")
    await alex.says("math", "just talking")
    await alex.says("general", "@everyone hi")
    house.openai.say("Heard you.")
    await finished(alex, await house.ask(alex, "hello?"), "Heard you.")
    assert len(house.requests) == 1


async def test_without_the_message_content_intent_mentions_and_direct_messages_work(tmp_path: Path) -> None:
    async with open_house(tmp_path, playground={"message_content": False}) as house:
        house.openai.say("Heard.", "Heard again.", "In private.")
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "hello?")
        await finished(alex, question, "Heard.")
        await alex.says(question.id, "can you hear this?")
        await alex.sees(question.id, matching=lambda post: "mention me" in post.text or "멘션하지 않으면" in post.text)
        await alex.says(question.id, f"{house.mention} and this?")
        await finished(alex, question, "Heard again.")
        channel = await alex.dm(house.discord.bot.id)
        await alex.says(channel, "and here?")
        await finished(alex, channel, "In private.")


async def test_no_message_of_one_guild_reaches_another(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_add_guild) as house:
        house.openai.say("Noted.", "I do not know.")
        alex = await house.discord.student("alex")
        await finished(alex, await house.ask(alex, "the password is swordfish"), "Noted.")
        question = await alex.says(OTHER_CHANNEL, f"{house.mention} what is the password?")
        await finished(alex, question, "I do not know.")
        assert "swordfish" not in str(house.requests[-1])
        assistants = house.bot.guild_assistants
        assert await assistants.assistant(house.discord.guild.id) != await assistants.assistant(OTHER_GUILD)


def _add_guild(playground: Playground) -> None:
    world = playground.world
    guild = default_guild.build_guild(world, OTHER_GUILD, "Another school", playground.user("teacher"))
    alex = playground.user("alex")
    guild.members[alex.id] = Member(alex, world.clock.now())
    default_guild.invite_bot(world, guild, playground.application)
    channel = Channel(id=OTHER_CHANNEL, type=TEXT, name="room", guild_id=guild.id)
    guild.channels[channel.id] = world.channels[channel.id] = channel


def _add_voice_channel(playground: Playground) -> None:
    playground.add_channel("talk", VOICE)


def _add_announcement_channel(playground: Playground) -> None:
    playground.add_channel("news", ANNOUNCEMENT)
