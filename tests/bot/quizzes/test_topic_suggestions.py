"""The topics that `/quiz` suggests."""

import asyncio

from tests.bot.quizzes.playing import question, quiz_turn
from tests.house import House


async def test_recent_topics_and_titles_are_suggested(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    store = await house.bot.guild_assistants.vector_store(house.discord.guild.id)
    text = ("Fraction rules.txt", b"A fraction has a numerator and a denominator.")
    await house.bot.openai.vector_stores.files.upload_and_poll(vector_store_id=store, file=text)
    await alex.runs("/quiz", where="math", topic="Fractions and halves")
    await question(alex, "What is 1/2 + 1/3?")

    async def suggested(typed: str) -> list[str]:
        return [each["value"] for each in await sora.completes("/quiz", "topic", typed, where="math")]

    while "Fraction rules.txt" not in await suggested(""):  # noqa: ASYNC110 - a slow list comes with the next key
        await asyncio.sleep(0.1)
    assert await suggested("frac") == ["Fractions and halves", "Fraction rules.txt"]
    assert await suggested("rules") == ["Fraction rules.txt"]
    assert await suggested("xyz") == []
