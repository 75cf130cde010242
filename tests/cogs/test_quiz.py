"""`/quiz` and "Quiz me on this": what is asked of the model, and what is refused."""

import json

from playground.faults import Fault
from tests.bot.quizzes.playing import asked, question, quiz_turn
from tests.house import House, eventually, finished
from tests.scripted_openai import Turn


async def test_a_quiz_must_call_the_function(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions", source="anything")
    post = await question(alex, "What is 1/2 + 1/3?")
    assert asked(house)[0]["tool_choice"] != "auto"
    assert "Draw on what you know." in json.dumps(asked(house)[0])
    await eventually(lambda: alex.id in members(house, post.channel_id))


def members(house: House, thread_id: int) -> set[int]:
    """Who has the thread in the list of channels."""
    thread = house.discord.world.channels[thread_id].thread
    return set(thread.members) if thread is not None else set()


async def test_a_quiz_begins_where_its_student_cannot_be_added_to_its_thread(house: House) -> None:
    house.discord.fail(Fault("status", "PUT /channels/*/thread-members/*", times=9, status=403))
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    assert alex.id not in members(house, post.channel_id)


async def test_a_message_becomes_a_quiz_by_its_menu(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    message = await minji.says("math", "A half is 1/2. Three quarters is 3/4.")
    await alex.uses("Quiz me on this", message)
    await question(alex, "What is 1/2 + 1/3?")
    assert "Three quarters is 3/4." in house.user_texts()[-1]


async def test_a_message_without_words_makes_no_quiz(house: House) -> None:
    alex = await house.discord.student("alex")
    message = await alex.says("math", "🎉🎉")
    used = await alex.uses("Quiz me on this", message)
    assert (await used.says("no text in that message")).ephemeral
    assert asked(house) == []


async def test_an_empty_topic_is_asked_for_again(house: House) -> None:
    alex = await house.discord.student("alex")
    for topic in (" ", "???", "\u200b"):
        ran = await alex.runs("/quiz", where="math", topic=topic)
        assert (await ran.says("Tell me what the quiz is to be about")).ephemeral
    assert asked(house) == []


async def test_an_absurd_topic_is_no_danger(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("hello")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="a" * 5_000 + "``` @everyone {topic} %s \n" * 20)
    await question(alex, "What is 1/2 + 1/3?")
    await finished(alex, await house.ask(alex, "still there?"), "hello")
