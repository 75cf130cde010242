"""The library in Discord, over HTTP: files dropped, found, cited, edited, deleted; discord.py and the openai SDK."""

import asyncio
import re
from typing import Any

import pytest

from playground.pilot import SeenMessage, Student
from tests.assistants.retrieval import documents
from tests.house import House, finished
from tests.scripted_openai import Call, Turn, tool_outputs

PLAN = "수원시의 목표연도는 2030년이다."
WATER = "Water boils at 100 degrees Celsius at sea level."


async def marked(student: Student, message: SeenMessage, emoji: str, *, timeout: float = 20) -> SeenMessage:
    """Wait until the bot has put `emoji` under a message, and taken ⏳ away."""

    def done() -> bool:
        seen = reactions(student, message)
        return emoji in seen and "⏳" not in seen

    await student.wait_for(done, what=f"{emoji} on {message.id}", timeout=timeout)
    return student.now(message)


def reactions(student: Student, message: SeenMessage) -> set[str]:
    seen: list[str] = []
    for event, data in student.events:
        if event in {"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"} and int(data["message_id"]) == message.id:
            emoji = data["emoji"]["name"]
            seen = [*seen, emoji] if event.endswith("ADD") else [each for each in seen if each != emoji]
    return set(seen)


def citing(house: House, query: str, text: str = "It is 2030{mark}.") -> None:
    """The model searches for `query`, then cites the first passage, or says that there is none."""

    def reply(body: dict[str, Any]) -> Turn:
        outputs = tool_outputs(body)
        if not outputs:
            offered = {tool.get("name") for tool in body.get("tools", [])}
            return (
                Turn(calls=[Call("file_search", {"queries": [query]})])
                if "file_search" in offered
                else Turn("No files.")
            )
        marks = re.findall(r"【\d+:\d+†source】(?= from)", outputs[-1])
        return Turn(text.format(mark=marks[0]) if marks else "The files do not hold that.")

    house.openai.reply = reply


def jump_url(message: SeenMessage, house: House) -> str:
    guild = next(iter(house.bot.guilds)).id
    return f"https://discord.com/channels/{guild}/{message.channel_id}/{message.id}"


async def test_a_file_dropped_in_the_library_answers_questions_with_a_link_to_its_message(house: House) -> None:
    teacher = await house.discord.student("minji")
    dropped = await teacher.drops("library", ("plan.pdf", documents.pdf(["표지", PLAN])))
    await marked(teacher, dropped, "✅")
    citing(house, "목표연도")
    question = await house.ask(teacher, "목표연도는 언제인가요?")
    answer = await finished(teacher, question, "2030")
    assert f"[[1]]({jump_url(dropped, house)})" in answer.text
    assert "plan.pdf, p. 2" in answer.text
    assert "†" not in answer.text


@pytest.mark.parametrize(("name", "shown"), [("\u202egpj.exe\u202c.txt", "gpj.exe.txt"), ("가" * 290 + ".txt", "…")])
async def test_a_citation_shows_a_files_name_as_it_is_and_not_too_long(house: House, name: str, shown: str) -> None:
    minji = await house.discord.student("minji")
    await marked(minji, await minji.drops("library", (name, PLAN.encode())), "✅")
    citing(house, "목표연도")
    answer = await finished(minji, await house.ask(minji, "목표연도는 언제인가요?"), "2030")
    assert shown in answer.text
    assert "\u202e" not in answer.text
    assert "가" * 60 not in answer.text


async def test_a_deleted_message_takes_its_file_out_everywhere(house: House) -> None:
    teacher = await house.discord.student("minji")
    dropped = await teacher.drops("library", ("plan.txt", PLAN.encode("cp949")))
    await marked(teacher, dropped, "✅")
    await teacher.deletes(dropped)

    async def files() -> int:
        return len((await house.bot.openai.files.list()).data)

    for _ in range(100):
        if not await files():
            break
        await _soon()
    assert await files() == 0
    citing(house, "목표연도")
    question = await house.ask(teacher, "목표연도는 언제인가요?")
    answer = await finished(teacher, question)
    assert "2030" not in answer.text
    assert PLAN not in str(house.requests)


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
    await marked(alex, dropped, "⚠️")
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


async def test_the_same_content_twice_is_kept_once_and_stays_while_one_message_does(house: House) -> None:
    minji = await house.discord.student("minji")
    first = await minji.drops("library", ("a.txt", WATER.encode()))
    await marked(minji, first, "✅")
    second = await minji.drops("library", ("copy.txt", WATER.encode()))
    await marked(minji, second, "✅")
    assert len((await house.bot.openai.files.list()).data) == 1
    await minji.deletes(first)
    citing(house, "boils", "100{mark}")
    answer = await finished(minji, await house.ask(minji, "when does water boil?"), "100")
    assert jump_url(second, house) in answer.text


async def test_a_mention_with_only_documents_adds_them_in_any_channel(house: House) -> None:
    minji = await house.discord.student("minji")
    dropped = await minji.drops("math", ("water.md", WATER.encode()), text=house.mention)
    await marked(minji, dropped, "✅")
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


async def test_pictures_are_no_library_files(house: House) -> None:
    minji = await house.discord.student("minji")
    picture = await minji.drops("library", ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64))
    after = await minji.drops("library", ("a.txt", WATER.encode()))
    await marked(minji, after, "✅")
    assert reactions(minji, picture) == set()


async def test_a_channel_can_be_watched_and_no_longer(house: House) -> None:
    owner = await _owner(house)
    await owner.runs("/library watch", where="general")
    dropped = await owner.drops("general", ("a.txt", WATER.encode()))
    await marked(owner, dropped, "✅")
    await owner.runs("/library unwatch", where="general")
    ignored = await owner.drops("general", ("b.txt", b"something else"))
    other = await owner.drops("library", ("c.txt", b"something third"))
    await marked(owner, other, "✅")
    assert reactions(owner, ignored) == set()


async def test_an_older_message_is_added_by_its_menu(house: House) -> None:
    alex = await house.discord.student("alex")
    old = await alex.drops("general", ("a.txt", WATER.encode()))
    await alex.uses("Add to library", old)
    await marked(alex, old, "✅")
    outcome = await alex.uses("Add to library", old)
    assert "already" in (await alex.sees("general", contains="already")).text, outcome


async def test_the_list_has_pages(house: House) -> None:
    alex = await house.discord.student("alex")
    for start in (0, 7):
        files = [(f"n{n:02}.txt", f"number {n}".encode()) for n in range(start, start + 7)]
        await marked(alex, await alex.drops("library", *files), "✅")
    await alex.runs("/library list", where="library")
    listed = await alex.sees("library", contains="14 files")
    assert "n13.txt" in listed.text
    assert "n00.txt" not in listed.text
    await alex.clicks(listed, "Next")
    await alex.wait_for(lambda: "n00.txt" in alex.now(listed).text, what="the second page")


async def test_a_file_is_removed_by_who_added_it_and_not_by_others(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    dropped = await alex.drops("library", ("a.txt", WATER.encode()))
    await marked(alex, dropped, "✅")
    (choice,) = await minji.completes("/library remove", "file", "a", where="library")
    await minji.runs("/library remove", file=choice["value"], where="library")
    await minji.sees("library", contains="올린 사람")
    await alex.runs("/library remove", file=choice["value"], where="library")
    await alex.sees("library", contains="out of the library")
    assert (await house.bot.openai.files.list()).data == []


async def test_status_says_what_there_is(house: House) -> None:
    alex = await house.discord.student("alex")
    await marked(alex, await alex.drops("library", ("a.txt", WATER.encode())), "✅")
    await marked(alex, await alex.drops("library", ("b.pdf", documents.locked_pdf())), "⚠️")
    await alex.runs("/library status", where="library")
    status = await alex.sees("library", contains="searchable")
    assert "1 searchable" in status.text
    assert "1 could not be read" in status.text
    assert "everyone" in status.text


async def test_a_file_edited_out_of_its_message_is_taken_out(house: House) -> None:
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("a.txt", WATER.encode()), ("b.txt", PLAN.encode()))
    await marked(alex, dropped, "✅")
    kept = dropped.attachments[1]
    body = {"attachments": [{"id": kept["id"], "filename": kept["filename"]}]}
    await alex.client.request("PATCH", f"/channels/{dropped.channel_id}/messages/{dropped.id}", body)
    for _ in range(200):
        names = {file.filename async for file in house.bot.openai.files.list()}
        if names == {"b.txt"}:
            break
        await _soon()
    assert names == {"b.txt"}


async def test_only_the_chosen_role_may_add_files(house: House) -> None:
    owner, alex = await _owner(house), await house.discord.student("alex")
    if owner.id == alex.id:
        alex = await house.discord.student("minji")
    role = next(role for role in house.bot.guilds[0].roles if not role.is_default())
    await owner.runs("/library contributors", where="library", role=role)
    refused = await alex.drops("library", ("a.txt", WATER.encode()), text="some notes")
    await marked(alex, refused, "⚠️")
    await alex.sees("library", contains=f"Only @{role.name}")
    assert [file async for file in house.bot.openai.files.list()] == []
    citing(house, "boils", "100{mark}")
    question = await alex.drops("math", ("a.txt", WATER.encode()), text=house.mention)
    await finished(alex, question)
    await alex.runs("/library list", where="math")
    assert {record.kind for record in await _records(house)} == {"thread"}


async def _records(house: House) -> list[Any]:
    records = house.bot.cogs["LibraryCog"].library.records  # type: ignore[attr-defined]
    return [*await records.in_state("ready"), *await records.in_state("waiting")]


async def _owner(house: House) -> Student:
    for name in ("teacher", "minji", "alex"):
        try:
            student = await house.discord.student(name)
        except Exception:  # noqa: BLE001 - the name is not in the default guild
            continue
        guild = next(iter(house.bot.guilds))
        if guild.owner_id == student.id:
            return student
    pytest.skip("nobody of these owns the default guild")


async def _soon() -> None:
    await asyncio.sleep(0.05)
