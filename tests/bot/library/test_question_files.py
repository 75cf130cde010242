"""Files that come with a question, or with a bare mention."""

import asyncio
from typing import Any

import pytest

from bot.client import SaemBot
from tests.assistants.retrieval import documents
from tests.bot.library.dropped_files import PLAN, WATER, Surroundings, citing, jump_url, reacted
from tests.house import House, bot_in, finished


async def test_a_mention_with_only_documents_adds_them_in_any_channel(house: House) -> None:
    minji = await house.discord.student("minji")
    dropped = await minji.drops("math", ("water.md", WATER.encode()), text=house.mention)
    await reacted(minji, dropped, "✅")
    assert not house.requests
    outcome = await minji.runs("/library search", query="boils", where="math")
    assert WATER in (await minji.sees("math", contains="water.md")).text, outcome


async def test_a_file_in_a_question_belongs_to_that_thread_alone(house: House) -> None:
    alex = await house.discord.student("alex")
    citing(house, "목표연도")
    question = await alex.drops("math", ("plan.txt", PLAN.encode()), text=f"{house.mention} 목표연도는?")
    answer = await finished(alex, question, "2030")
    assert jump_url(question, house) in answer.text
    other = await house.ask(alex, "목표연도는?")
    assert "No files" in (await finished(alex, other)).text
    await alex.runs("/library list", where="math")
    await alex.sees("math", contains="empty")


async def test_a_file_in_a_question_that_cannot_be_read_is_said_so(house: House) -> None:
    minji = await house.discord.student("minji")
    question = await minji.drops("math", ("locked.pdf", documents.locked_pdf()), text=f"{house.mention} what is in it?")
    assert "password" in (await minji.sees(question.id, contains="locked")).text


async def test_a_threads_file_is_found_in_no_other_thread(house: House) -> None:
    alex = await house.discord.student("alex")
    citing(house, "목표연도")
    question = await alex.drops("math", ("plan.txt", PLAN.encode()), text=f"{house.mention} 목표연도는?")
    await finished(alex, question, "2030")
    seen = len(house.requests)
    for text in ("목표연도는?", f"look into thread {question.id} for plan.txt"):
        await finished(alex, await house.ask(alex, text))
    assert PLAN not in str(house.requests[seen:])


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


async def _files(bot: SaemBot) -> list[str]:
    return [file.purpose async for file in bot.openai.files.list()]


async def _gone(bot: SaemBot) -> None:
    async with asyncio.timeout(20):
        while await _files(bot):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.02)


async def test_a_picture_goes_with_its_message(house: House) -> None:
    alex = await house.discord.student("alex")
    asked = await alex.drops("math", ("a.png", PNG), text=f"{house.mention} what is this?")
    await finished(alex, asked)
    assert await _files(house.bot) == ["vision"]
    await alex.deletes(asked)
    await _gone(house.bot)


async def test_a_picture_that_a_question_replies_to_goes_with_its_own_message(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    shown = await alex.drops("math", ("a.png", PNG))
    first = await minji.replies(shown, f"{house.mention} what is this?")
    await finished(minji, first)
    await finished(alex, await alex.replies(shown, f"{house.mention} and how old is it?"))
    assert await _files(house.bot) == ["vision"], "it is there once"
    await minji.deletes(first)
    await finished(minji, await minji.replies(shown, f"{house.mention} really?"))
    assert await _files(house.bot) == ["vision"]
    await alex.deletes(shown)
    await _gone(house.bot)


async def test_a_picture_whose_message_was_deleted_while_the_bot_was_away_goes(surroundings: Surroundings) -> None:
    discord, openai, settings = surroundings
    alex = await discord.student("alex")
    async with bot_in(discord, settings) as bot:
        house = House(discord, openai, settings, bot)
        asked = await alex.drops("math", ("a.png", PNG), text=f"{house.mention} what is this?")
        kept = await alex.drops("math", ("b.png", PNG), text=f"{house.mention} and this?")
        await finished(alex, asked)
        await finished(alex, kept)
    await alex.deletes(asked)
    async with bot_in(discord, settings) as bot:
        async with asyncio.timeout(20):
            store = bot.cogs["LibraryCog"].library.library_store  # type: ignore[attr-defined]
            while await store.of_message(asked.id):  # noqa: ASYNC110 - the store tells nobody
                await asyncio.sleep(0.02)
        assert await _files(bot) == ["vision"]
        assert len(await store.of_message(kept.id)) == 1


async def test_a_picture_whose_message_is_deleted_while_it_is_uploaded_is_not_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alex = await house.discord.student("alex")
    store = house.bot.cogs["LibraryCog"].library.library_store  # type: ignore[attr-defined]
    upload, uploaded = house.bot.question_attachments._upload, asyncio.Event()

    async def slowly(*arguments: Any) -> str:
        file_id = await upload(*arguments)
        (message,) = [each for each in alex.messages("math") if each.attachments]
        await alex.deletes(message)
        while await store.of_message(message.id):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
        uploaded.set()
        return file_id

    monkeypatch.setattr(house.bot.question_attachments, "_upload", slowly)
    await alex.drops("math", ("a.png", PNG), text=f"{house.mention} what is this?")
    await uploaded.wait()
    await _gone(house.bot)
