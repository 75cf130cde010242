"""Dropped files are downloaded, uploaded and indexed, and are found; or people are told why not."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.assistants.retrieval import documents
from tests.bot.library.dropped_files import PLAN, WATER, citing, jump_url, reacted, reactions, said_by_bot
from tests.house import House, finished, open_house


async def test_a_file_dropped_in_the_library_answers_questions_with_a_link_to_its_message(house: House) -> None:
    teacher = await house.discord.student("minji")
    dropped = await teacher.drops("library", ("plan.pdf", documents.pdf(["표지", PLAN])))
    await reacted(teacher, dropped, "✅")
    citing(house, "목표연도")
    question = await house.ask(teacher, "목표연도는 언제인가요?")
    answer = await finished(teacher, question, "2030")
    assert f"[[1]]({jump_url(dropped, house)})" in answer.text
    assert "plan.pdf, p. 2" in answer.text
    assert "†" not in answer.text


async def test_files_that_cannot_be_read_are_named_with_the_reason_and_the_rest_goes_on(house: House) -> None:
    alex = await house.discord.student("alex")
    dropped = await alex.drops(
        "library",
        ("good.txt", WATER.encode()),
        ("locked.pdf", documents.locked_pdf()),
        ("scan.pdf", documents.pdf_of_images()),
        ("setup.txt", b"MZ\x90\x00\x03\x00\x00\x00" * 40),
        text="for the unit test",
    )
    await reacted(alex, dropped, "⚠️")
    said = await alex.sees("library", contains="locked")
    assert "protected with a password" in said.text
    assert "scanned pictures" in said.text
    assert "cannot be read" in said.text
    assert "good" not in said.text
    assert "✅" in reactions(alex, dropped)
    assert len((await house.bot.openai.files.list()).data) == 1


async def test_reasons_are_given_in_korean_to_those_who_write_korean(house: House) -> None:
    minji = await house.discord.student("minji")
    await minji.drops("library", ("잠김.pdf", documents.locked_pdf()), text="이거 넣어 주세요")
    assert "암호" in (await minji.sees("library", contains="잠김")).text


async def test_pictures_are_no_library_files(house: House) -> None:
    minji = await house.discord.student("minji")
    picture = await minji.drops("library", ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64))
    after = await minji.drops("library", ("a.txt", WATER.encode()))
    await reacted(minji, after, "✅")
    assert reactions(minji, picture) == set()


async def test_hundreds_of_files_at_once_all_come_to_an_end_and_few_are_fetched_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.reading_progress.SHOWN_AFTER", 0.2)
    monkeypatch.setattr("bot.library.reading_progress.UPDATED_EVERY", 0.2)
    rates = {"rate_limits": False}
    async with open_house(tmp_path, playground=rates, embedding_model="") as house:
        fetcher = house.bot.cogs["LibraryCog"].library.downloader  # type: ignore[attr-defined]
        together: list[int] = []
        alex = await house.discord.student("alex")
        watching = asyncio.create_task(_watch(fetcher, together))
        dropped = [
            await alex.drops("library", *[(f"{n}.txt", f"riddle {m} {n}".encode()) for n in range(m, m + 10)])
            for m in range(0, 200, 10)
        ]
        bad = await alex.drops("library", ("empty.txt", b" "), ("good.txt", WATER.encode()))
        for message in [*dropped, bad]:
            await reacted(alex, message, "✅", timeout=60)
        watching.cancel()
        assert "⚠️" in reactions(alex, bad)
        store = house.bot.cogs["LibraryCog"].library.library_store  # type: ignore[attr-defined]
        counts = Counter(each.state for each in await store.newest_first(house.bot.guilds[0].id))
        assert counts == {"ready": 201, "failed": 1}
        assert max(together) <= 6
        statuses = {int(data["id"]) for event, data in alex.events if event == "MESSAGE_CREATE" and _is_status(data)}
        assert len(statuses) == 1
        await alex.wait_for(lambda: len(said_by_bot(alex, bad.channel_id)) == 1, what="nothing but the refusal to stay")


def _is_status(data: dict[str, Any]) -> bool:
    return "📚 File" in str(data.get("content"))


async def _watch(fetcher: Any, together: list[int]) -> None:
    while True:
        folder = fetcher._directory
        together.append(len(list(folder.iterdir())) if folder.exists() else 0)
        await asyncio.sleep(0.01)
