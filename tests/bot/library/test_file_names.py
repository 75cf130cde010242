"""How names of files are shown."""

import pytest

from tests.bot.library.dropped_files import PLAN, citing, reacted
from tests.house import House, finished


@pytest.mark.parametrize(("name", "shown"), [("\u202egpj.exe\u202c.txt", "gpj.exe.txt"), ("가" * 290 + ".txt", "…")])
async def test_a_citation_shows_a_files_name_as_it_is_and_not_too_long(house: House, name: str, shown: str) -> None:
    minji = await house.discord.student("minji")
    await reacted(minji, await minji.drops("library", (name, PLAN.encode())), "✅")
    citing(house, "목표연도")
    answer = await finished(minji, await house.ask(minji, "목표연도는 언제인가요?"), "2030")
    assert shown in answer.text
    assert "\u202e" not in answer.text
    assert "가" * 60 not in answer.text
