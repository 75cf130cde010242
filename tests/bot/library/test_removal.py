"""Files leave the library with their messages."""

import asyncio

from tests.bot.library.dropped_files import PLAN, WATER, citing, jump_url, reacted
from tests.house import House, finished


async def test_a_deleted_message_takes_its_file_out_everywhere(house: House) -> None:
    teacher = await house.discord.student("minji")
    dropped = await teacher.drops("library", ("plan.txt", PLAN.encode("cp949")))
    await reacted(teacher, dropped, "✅")
    await teacher.deletes(dropped)

    async def files() -> int:
        return len((await house.bot.openai.files.list()).data)

    for _ in range(100):
        if not await files():
            break
        await asyncio.sleep(0.05)
    assert await files() == 0
    citing(house, "목표연도")
    question = await house.ask(teacher, "목표연도는 언제인가요?")
    answer = await finished(teacher, question)
    assert "2030" not in answer.text
    assert PLAN not in str(house.requests)


async def test_the_same_content_twice_is_kept_once_and_stays_while_one_message_does(house: House) -> None:
    minji = await house.discord.student("minji")
    first = await minji.drops("library", ("a.txt", WATER.encode()))
    await reacted(minji, first, "✅")
    second = await minji.drops("library", ("copy.txt", WATER.encode()))
    await reacted(minji, second, "✅")
    assert len((await house.bot.openai.files.list()).data) == 1
    await minji.deletes(first)
    citing(house, "boils", "100{mark}")
    answer = await finished(minji, await house.ask(minji, "when does water boil?"), "100")
    assert jump_url(second, house) in answer.text


async def test_a_file_edited_out_of_its_message_is_removed(house: House) -> None:
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("a.txt", WATER.encode()), ("b.txt", PLAN.encode()))
    await reacted(alex, dropped, "✅")
    kept = dropped.attachments[1]
    body = {"attachments": [{"id": kept["id"], "filename": kept["filename"]}]}
    await alex.client.request("PATCH", f"/channels/{dropped.channel_id}/messages/{dropped.id}", body)
    for _ in range(200):
        names = {file.filename async for file in house.bot.openai.files.list()}
        if names == {"b.txt"}:
            break
        await asyncio.sleep(0.05)
    assert names == {"b.txt"}
