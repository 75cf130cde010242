"""The topics that `/quiz` suggests: the student's own, and files that everybody in the channel can open."""

from dataclasses import replace

import pytest

from tests.bot.library.closed_channels import close
from tests.bot.library.dropped_files import reacted
from tests.bot.quizzes.playing import cog, question, quiz_turn, record
from tests.house import House, finished
from tests.scripted_openai import Turn


async def suggested(house: House, name: str, typed: str = "", where: str = "math") -> list[str]:
    student = await house.discord.student(name)
    return [each["value"] for each in await student.completes("/quiz", "topic", typed, where=where)]


async def test_ones_own_topics_and_the_librarys_files_are_suggested(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("Fraction rules.txt", b"A fraction has a numerator and a denominator."))
    await reacted(alex, dropped, "✅")
    await alex.runs("/quiz", where="math", topic="Fractions and halves")
    await question(alex, "What is 1/2 + 1/3?")
    assert await suggested(house, "alex", "frac") == ["Fractions and halves", "Fraction rules.txt"]
    assert await suggested(house, "alex", "rules") == ["Fraction rules.txt"]
    assert await suggested(house, "alex", "xyz") == []
    assert await suggested(house, "sora") == ["Fraction rules.txt"]


async def test_what_somebody_else_said_is_no_topic(house: House) -> None:
    house.openai.turns += [Turn(r"The answer is \(x = \frac{1}{2}\)."), quiz_turn(), quiz_turn()]
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    start = await house.ask(alex, "2x = 1")
    answer = await finished(alex, start, "The answer")
    await alex.clicks(answer, "Quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    await alex.clicks(post, "Cancel")
    message = await minji.says("math", "A half is 1/2, a secret of mine.")
    await alex.uses("Quiz me on this", message)
    await alex.sees(contains="What is 1/2 + 1/3?", matching=lambda each: each.channel_id != post.channel_id)
    for name in ("alex", "minji", "sora"):
        assert await suggested(house, name) == []


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ("fractions", ["fractions"]),
        (r"solving $\frac{x}{2} = 3$", ["solving x/2 = 3"]),
        (r"\int_0^1 \begin{cases} x", []),
        ("The right answer is 5/6, because three sixths and two sixths are five sixths", []),
        ("look at https://example.com/page", []),
        ("what <@1300000000000000001> said", []),
    ],
)
async def test_topics_are_short_and_made_of_words(house: House, topic: str, shown: list[str]) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic=topic)
    await question(alex, "What is 1/2 + 1/3?")
    assert await suggested(house, "alex") == shown


async def test_a_topic_that_comes_again_is_suggested_once_as_it_was_typed_last(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="halves")
    first = await record(house, await question(alex, "What is 1/2 + 1/3?"))
    for number, topic in enumerate(("thirds", "HALVES")):
        await cog(house).quiz_store.add(replace(first, id=f"quiz{number}", call_id=f"call{number}", topic=topic))
    assert await suggested(house, "alex") == ["HALVES", "thirds"]


async def test_files_of_a_channel_that_not_everybody_here_can_open_are_not_suggested(house: House) -> None:
    alex = await house.discord.student("alex")
    await close(house, house.discord.channel("library"), alex.id)
    await reacted(alex, await alex.drops("library", ("secret.txt", b"The answer is swordfish.")), "✅")
    assert await suggested(house, "sora", "secret") == []
    assert await suggested(house, "alex", "secret") == []
    assert await suggested(house, "alex", "secret", where="library") == ["secret.txt"]
