"""Quotas of uploads: what a student and a server may add in a day."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest_asyncio

from bot.library.errors import FileFailedError
from bot.library.upload_quotas import NOBODY, UploadQuotas
from bot.settings import Settings
from bot.store.store import Store, open_store
from tests.bot.library.dropped_files import WATER, reacted
from tests.house import finished, open_house
from tests.scripted_openai import Turn

MB = 1 << 20


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as opened:
        yield opened


def _quotas(store: Store, days: list[date] | None = None, **limits: int) -> UploadQuotas:
    settings = Settings(_env_file=None, **limits)  # type: ignore[arg-type, call-arg]
    return UploadQuotas(store, settings, day=lambda: (days or [date(2026, 9, 1)])[0])


async def _refused(quotas: UploadQuotas, guild_id: int, author_id: int, size: int = 1) -> str | None:
    try:
        await quotas.charge(guild_id, author_id, size)
    except FileFailedError as error:
        return error.reason
    return None


async def test_a_student_has_so_many_files_in_all_servers_together(store: Store) -> None:
    quotas = _quotas(store, student_files_per_day=2)
    assert [await _refused(quotas, guild, 7) for guild in (1, 2, 1, 0)] == [
        None,
        None,
        "student_quota",
        "student_quota",
    ]
    assert await _refused(quotas, 1, 8) is None, "others are not held up"


async def test_bytes_count_and_what_is_refused_does_not(store: Store) -> None:
    quotas = _quotas(store, student_megabytes_per_day=3)
    sizes = (2 * MB, 2 * MB, MB, 1)
    assert [await _refused(quotas, 1, 7, size) for size in sizes] == [None, "student_quota", None, "student_quota"]


async def test_a_server_has_its_own_quota_and_direct_messages_are_no_server(store: Store) -> None:
    quotas = _quotas(store, server_files_per_day=2, server_megabytes_per_day=0)
    assert [await _refused(quotas, 1, author) for author in (7, 8, 9)] == [None, None, "server_quota"]
    assert await _refused(quotas, 2, 9) is None
    assert [await _refused(quotas, 0, author) for author in (7, 8, 9)] == [None] * 3


async def test_files_that_were_there_already_are_nobodys(store: Store) -> None:
    quotas = _quotas(store, student_files_per_day=1, server_files_per_day=3)
    assert [await _refused(quotas, 1, NOBODY) for _ in range(4)] == [None, None, None, "server_quota"]


async def test_there_is_room_again_the_next_day_and_none_after_a_restart(store: Store) -> None:
    days = [date(2026, 9, 1)]
    assert [await _refused(_quotas(store, days, student_files_per_day=1), 1, 7) for _ in range(2)] == [
        None,
        "student_quota",
    ]
    days[0] = date(2026, 9, 2)
    assert await _refused(_quotas(store, days, student_files_per_day=1), 1, 7) is None


async def test_a_limit_of_nothing_is_none(store: Store) -> None:
    quotas = _quotas(store, student_files_per_day=0, student_megabytes_per_day=0)
    assert [await _refused(quotas, 0, 7, 1 << 40) for _ in range(3)] == [None] * 3


async def test_what_is_too_much_is_said_and_can_be_added_when_there_is_room(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_files_per_day=1) as house:
        alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
        await reacted(alex, await alex.drops("library", ("a.txt", WATER.encode())), "✅")
        second = await alex.drops("library", ("b.txt", b"something else"))
        await reacted(alex, second, "⚠️")
        await alex.sees("library", contains="one person may in a day")
        await reacted(minji, await minji.drops("library", ("c.txt", b"something third")), "✅")
        house.bot.cogs["LibraryCog"].library.upload_quotas._student = (0, 0)  # type: ignore[attr-defined]
        await alex.uses("Add to library", second)
        await reacted(alex, second, "✅")


async def test_a_picture_and_a_document_in_a_question_count_too(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    async with open_house(tmp_path, student_files_per_day=1) as house:
        alex = await house.discord.student("alex")
        asked = await alex.drops("math", ("a.png", picture), text=f"{house.mention} what is this?")
        await finished(alex, asked)
        house.openai.turns.append(Turn("Let me see."))
        again = await alex.drops("math", ("b.png", picture), ("c.txt", b"text"), text=f"{house.mention} and this?")
        answer = await finished(alex, again)
        assert "b.png" in answer.text
        assert "c.txt" in answer.text
        assert answer.text.count("one person may in a day") == 2
        assert len([file async for file in house.bot.openai.files.list()]) == 1
