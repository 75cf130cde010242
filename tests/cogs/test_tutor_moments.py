"""Edits, deletions and faults at awkward moments: before the message is noted, while its thread is being made."""

import asyncio
from pathlib import Path

from bot.conversations.location import Location
from bot.conversations.question import Question
from playground.faults import Fault
from tests.house import House, eventually, finished, handled, open_house
from tests.scripted_openai import Turn

SLOW_THREAD = Fault("slow", "POST */threads", seconds=1.0)


async def test_a_question_edited_while_its_thread_is_being_made_is_answered_in_the_thread(house: House) -> None:
    house.discord.fail(SLOW_THREAD)
    house.openai.turns.extend([Turn("one two three", gate=asyncio.Event()), Turn("Four.")])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "1 + 2?")
    await eventually(lambda: len(house.requests) == 1)
    await minji.edits(question, f"{house.mention} 1 + 3?")
    await finished(minji, question.id, "Four.")
    assert house.user_texts() == ["민지: 1 + 3?"]


async def test_what_is_edited_or_deleted_while_it_is_noted_is_asked_anew_or_not_at_all(house: House) -> None:
    house.openai.say("New it is.")
    alex = await house.discord.student("alex")
    channel = await alex.dm(house.discord.bot.id)
    conversations, location = house.bot.conversations, Location(channel, 0, channel)
    old, new, gone = (
        Question(text, alex.id, "Alex", message_id=at) for text, at in (("old", 1), ("new", 1), ("gone", 2))
    )
    noting = [asyncio.create_task(conversations.ask(location, each)) for each in (old, gone)]
    await asyncio.sleep(0)
    await conversations.message_edited(new)
    await conversations.message_deleted(2)
    assert await asyncio.gather(*noting) == [True, False]
    await finished(alex, channel, "New it is.")
    assert house.user_texts() == ["Alex: new"]
    await eventually(lambda: not house.bot.quotas.waiting(alex.id))
    dropped = await house.bot.conversation_store.question(2)
    assert dropped is not None
    assert dropped.state == "dropped"


async def test_a_waiting_question_edited_to_say_something_to_others_counts_no_more(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_queue=1) as house:
        gate = asyncio.Event()
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("Second.")])
        alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
        question = await house.ask(alex, "first")
        await alex.sees(question, contains="one")
        waiting = await alex.says(question.id, "is that right?")
        await handled(house, waiting.id)
        await alex.edits(waiting, f"{minji.mention} is that right?")
        await eventually(lambda: house.bot.quotas.waiting(alex.id) == 1)
        gate.set()
        await finished(alex, question, "two")
        await eventually(lambda: not house.bot.quotas.waiting(alex.id))


async def test_what_is_edited_in_a_direct_message_is_asked_anew_whomever_it_mentions(house: House) -> None:
    house.openai.turns.extend([Turn("one two three", gate=asyncio.Event()), Turn("No.")])
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    channel = await minji.dm(house.discord.bot.id)
    question = await minji.says(channel, f"is {alex.mention} right?")
    await minji.sees(channel, contains="one")
    await minji.edits(question, f"is {alex.mention} wrong?")
    await finished(minji, channel, "No.")


async def test_a_question_that_is_refused_gets_no_thread(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_queue=1) as house:
        gate = asyncio.Event()
        house.openai.turns.append(Turn("one two", gate=gate))
        alex = await house.discord.student("alex")
        first = await house.ask(alex, "first")
        await alex.sees(first, contains="one")
        second = await house.ask(alex, "second")
        await handled(house, second.id)
        third = await house.ask(alex, "third")
        refused = await alex.sees("math", contains="1 questions waiting")
        assert refused.raw["message_reference"]["message_id"] == str(third.id)
        gate.set()
        await finished(alex, second)
        assert third.id not in house.discord.world.channels


async def test_a_thread_is_made_again_when_the_connection_breaks_over_it(house: House) -> None:
    house.openai.say("One.", "Two.", "Three.")
    alex = await house.discord.student("alex")
    house.discord.fail(Fault("disconnect", "POST */threads"))
    await finished(alex, await house.ask(alex, "first"), "One.")
    house.discord.fail(Fault("disconnect", "POST */threads", after=True))
    second = await house.ask(alex, "second")
    await finished(alex, second, "Two.")
    assert len([post for post in alex.messages(second.id) if post.by_bot]) == 1
    house.discord.fail(Fault("disconnect", "POST */threads", times=9))
    third = await house.ask(alex, "third")
    answer = await finished(alex, "math", "Three.")
    assert answer.raw["message_reference"]["message_id"] == str(third.id)
