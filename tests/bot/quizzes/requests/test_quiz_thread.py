"""Where quizzes are played: in place in threads and direct messages."""

from tests.bot.quizzes.playing import question, quiz_turn, record
from tests.house import House, finished
from tests.scripted_openai import Turn


async def test_a_quiz_in_a_thread_is_played_in_place(house: House) -> None:
    house.openai.turns += [Turn("x = 1"), quiz_turn()]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "3x + 11 = 14")
    await finished(alex, start, "x = 1")
    await alex.runs("/quiz", where=start, topic="equations")
    post = await question(alex, "What is 1/2 + 1/3?")
    assert post.channel_id == start.id


async def test_a_quiz_in_a_direct_message_is_played_alone(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    dm = await alex.dm(house.discord.bot.id)
    ran = await alex.runs("/quiz", where=dm, topic="fractions", mode="together")
    await ran.says("here you play alone")
    post = await question(alex, "What is 1/2 + 1/3?", dm)
    assert (await record(house, post)).session.mode == "solo"
