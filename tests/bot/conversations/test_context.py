"""What students say to one another in a thread: known to the tutor, within bounds, and over a restart."""

from pathlib import Path

from bot.conversations.location import Location
from bot.conversations.prompts.assistants_messages import PAST_LIMIT
from playground.server import Playground
from tests.house import House, bot_in, finished, handled, settings_for
from tests.scripted_openai import ScriptedOpenAI


async def test_of_a_long_talk_among_students_the_newest_messages_go_along(house: House) -> None:
    house.openai.say("Hello.", "Yes.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "hello")
    await finished(minji, question, "Hello.")
    for number in range(PAST_LIMIT + 5):
        last = await alex.says(question.id, f"{minji.mention} {number}")
    await handled(house, last.id)
    await minji.says(question.id, "did you follow that?")
    await finished(minji, question, "Yes.")
    said = house.user_texts()
    assert said[:2] == ["민지: hello", "[to others] Alex: @민지 5"]
    assert said[-2:] == [f"[to others] Alex: @민지 {PAST_LIMIT + 4}", "민지: did you follow that?"]
    assert len(said) == PAST_LIMIT + 2


async def test_what_was_said_to_others_before_a_restart_is_known_after_it(tmp_path: Path) -> None:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        minji, alex = await discord.student("minji"), await discord.student("alex")
        settings = settings_for(discord, openai, tmp_path)
        async with bot_in(discord, settings) as bot:
            house = House(discord, openai, settings, bot)
            openai.say("Hello.", "Hello again.")
            question = await house.ask(minji, "hello")
            await finished(minji, question, "Hello.")
            known = await alex.says(question.id, f"{minji.mention} I took the bus")
            await handled(house, known.id)
            await minji.says(question.id, "hi again")
            await finished(minji, question, "Hello again.")
            for text in ("I am at home", "and this is deleted"):
                aside = await alex.says(question.id, f"{minji.mention} {text}")
                await handled(house, aside.id)
            await alex.deletes(aside)
        async with bot_in(discord, settings) as bot:
            house = House(discord, openai, settings, bot)
            openai.say("At home.")
            await minji.says(question.id, "where is Alex?")
            await finished(minji, question, "At home.")
            assert house.user_texts() == [
                "민지: hello",
                "[to others] Alex: @민지 I took the bus",
                "민지: hi again",
                "[to others] Alex: @민지 I am at home",
                "민지: where is Alex?",
            ]


async def test_whoever_only_spoke_beside_a_question_may_not_have_its_answer_made_anew(house: House) -> None:
    house.openai.say("Hello.", "Yes.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "hello")
    await finished(minji, question, "Hello.")
    aside = await alex.says(question.id, f"{minji.mention} hi")
    await handled(house, aside.id)
    await minji.says(question.id, "are you there?")
    answer = await finished(minji, question, "Yes.")
    await alex.clicks(answer, "Regenerate")
    await alex.sees(contains="Only the one who asked")
    assert len(house.requests) == 2


async def test_a_chain_of_replies_does_not_begin_with_what_others_asked_in_its_channel(tmp_path: Path) -> None:
    """Also when the process that took its first question died before it was asked."""
    async with Playground() as discord, ScriptedOpenAI() as openai:
        minji, alex = await discord.student("minji"), await discord.student("alex")
        settings = settings_for(discord, openai, tmp_path)
        async with bot_in(discord, settings) as bot:
            house = House(discord, openai, settings, bot)
            await alex.says("math", "nobody may read this in Minji's conversation")
            channel_id = alex._id("math")
            openai.say("Divided by nothing else.")
            message = await minji.says("math", f"{house.mention} what is a prime?")
            await finished(minji, message, "Divided")
            guild_id = bot.guilds[0].id
            history_before = bot.conversations._services.discord.history_before
            location = Location(message.id, guild_id, channel_id, owned=False)
            past = await history_before(location, [message.id])
            assert past == []
            in_thread = Location(channel_id, guild_id, channel_id, owned=False)
            past = await history_before(in_thread, [message.id])
            assert [each.text for each in past] == ["Alex: nobody may read this in Minji's conversation"]
