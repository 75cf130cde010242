"""The message that shows how far the reading is."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.assistants.retrieval import documents
from tests.bot.library.dropped_files import WATER, reacted, said_by_bot
from tests.house import open_house


async def test_long_reading_shows_files_and_pages_in_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.reading_progress.SHOWN_AFTER", 0.0)
    monkeypatch.setattr("bot.library.reading_progress.UPDATED_EVERY", 0.05)
    pages = [f"Page {n} tells of {'the river and its tides ' * 8}" for n in range(1, 131)]
    async with open_house(tmp_path, playground={"rate_limits": False}) as house:
        alex = await house.discord.student("alex")
        gates = {"boils": asyncio.Event(), "Page 65 ": asyncio.Event()}

        async def wait(texts: Sequence[str]) -> None:
            for words, gate in gates.items():
                if any(words in text for text in texts):
                    await gate.wait()

        house.openai.before_embedding = wait
        dropped = await alex.drops("library", ("a.txt", WATER.encode()), ("book.pdf", documents.pdf(pages)))
        await alex.sees("library", contains="File 1 of 2: **a.txt**")
        gates["boils"].set()
        status = await alex.sees("library", contains="File 2 of 2: **book.pdf**, page 64 of 130", timeout=20)
        gates["Page 65 "].set()
        await reacted(alex, dropped, "✅")
        await alex.wait_for(lambda: status.id not in {post.id for post in alex.messages()}, what="the status to go")
        assert not said_by_bot(alex, dropped.channel_id)
