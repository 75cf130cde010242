"""A missed question comes back: `/review` with real discord.py in the playground."""

from playground.pilot import Outcome, SeenMessage, Student
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.bot.quizzes.playing import begun_at_once, press, question, quiz_turn, record, updated, with_button
from tests.house import House
from tests.scripted_openai import Turn

DAY = 86_400
CAKE = {"title": "One", "questions": FRACTIONS["questions"][1:2]}
ASKED = "Which fraction is the largest?"


async def missed(house: House, student: Student, arguments: object = CAKE) -> SeenMessage:
    """The results of a quiz of one question, which a student has missed."""
    house.openai.turns += [quiz_turn(arguments), Turn("Compare decimals.")]
    start = await student.says("math", f"{house.mention} quiz me")
    post = await question(student, ASKED, start)
    quiz_id = (post.controls[0].custom_id or "").split(":")[1]
    assert (await student.clicks(post, f"quiz:{quiz_id}:answer:0:0")).ok
    await student.sees(start, contains="Compare decimals.")
    return await updated(student, post, "right")


def labels(post: SeenMessage) -> list[str]:
    return [each.label for each in post.controls if each.label]


def pressing(post: SeenMessage, action: str) -> str:
    """The custom_id of a review's button."""
    ids = [each.custom_id or "" for each in post.controls]
    return next(each for each in ids if f":{action}" in each)


async def shown(outcome: Outcome, contains: str) -> SeenMessage:
    post = await outcome.says(contains)
    assert post.ephemeral
    return post


async def test_a_missed_question_comes_back_next_day_and_counts(house: House) -> None:
    alex = await house.discord.student("alex")
    await missed(house, alex)
    house.discord.world.clock.advance(DAY)
    post = await shown(await alex.runs("/review", where="math"), ASKED)
    assert "I don't know" in labels(post)
    assert (await alex.clicks(post, pressing(post, "answer:2"))).ok
    post = await updated(alex, post, "✓ Right")
    assert "0.75 is more" in post.text
    again = post
    assert (await alex.clicks(post, "Easy")).ok
    post = await updated(alex, post, "Comes back")
    assert (await alex.clicks(post, "Next")).ok
    post = await updated(alex, post, "1 right, 0 not.")
    with_button(house, post, pressing(again, "next"))
    assert (await press(alex, post, pressing(again, "next"))).ok  # a double press changes nothing
    assert "1 right, 0 not." in alex.now(post).text
    assert (await shown(await alex.runs("/review", where="math"), "Nothing is due now")).text


async def test_the_wrong_ones_of_a_quiz_are_practised_until_each_was_right_once(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    results = await missed(house, alex)
    await (await sora.clicks(results, "Practise the wrong ones")).says("for those who played this quiz")
    post = await shown(await alex.clicks(results, "Practise the wrong ones"), ASKED)
    assert "1 left" in post.text  # the one that is asked counts, the first time and the second
    assert (await alex.clicks(post, "I don't know")).ok
    post = await updated(alex, post, "It comes again until it is right once.")
    assert "1 left" in post.text
    assert "Good" not in labels(post)  # practice is no review
    assert (await alex.clicks(post, "Next")).ok
    post = await updated(alex, post, "I") if "I don't know" not in labels(alex.now(post)) else alex.now(post)
    assert "1 left" in post.text
    assert (await alex.clicks(post, pressing(post, "answer:2"))).ok
    post = await updated(alex, post, "✓ Right")
    assert " left" not in post.text
    assert (await alex.clicks(post, "Next")).ok
    await updated(alex, post, "Each was right once.")


async def test_of_a_groups_quiz_each_player_practises_their_own_misses_in_private(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    house.openai.turns += [quiz_turn(CAKE), Turn("Compare decimals.")]
    await alex.runs("/quiz", where="math", topic="fractions", mode="together")
    post = await begun_at_once(alex, ASKED)
    quiz_id = (await record(house, post)).id
    await sora.clicks(post, f"quiz:{quiz_id}:answer:0:0")
    await alex.clicks(post, f"quiz:{quiz_id}:answer:0:2")
    await alex.clicks(post, "End")
    table = await question(alex, "Results", post.channel_id)
    await (await alex.clicks(table, "Practise the wrong ones")).says("You missed nothing in this quiz")
    await shown(await sora.clicks(table, "Practise the wrong ones"), ASKED)
