"""What people could not open in Discord is told to them in no way: every way of telling, for every kind of place."""

import pytest

from playground.pilot import Student
from tests.bot.library.closed_channels import HISTORY, VIEW, close, overwrite, owner_of
from tests.bot.library.dropped_files import WATER, citing, reacted
from tests.bot.quizzes.playing import quiz_turn
from tests.house import House, eventually, finished
from tests.scripted_openai import tool_outputs

SECRET = "The staff's answer is swordfish."


async def _with_a_secret(house: House, *allowed: Student) -> None:
    """`secret.txt` stands in `#library`, closed to all but the owner and `allowed`; `water.txt` in `#general`."""
    owner = await owner_of(house)
    await owner.runs("/library watch", where="general")
    await reacted(owner, await owner.drops("general", ("water.txt", WATER.encode())), "✅")
    await close(house, house.discord.channel("library"), *(each.id for each in allowed))
    await reacted(owner, await owner.drops("library", ("secret.txt", SECRET.encode())), "✅")


@pytest.mark.parametrize("may", [True, False])
async def test_commands_show_a_private_channels_files_to_those_who_can_open_it(house: House, may: bool) -> None:
    minji = await house.discord.student("minji")
    await _with_a_secret(house, *([minji] if may else []))
    await minji.runs("/library list", where="math")
    listed = await minji.sees("math", contains="water.txt")
    assert ("secret.txt" in listed.text, "2" in listed.text.partition("\n")[0]) == (may, may)
    await minji.runs("/library search", query="swordfish", where="math")
    found = await minji.sees("math", contains="swordfish")
    assert ("secret.txt" in found.text) is may
    await minji.runs("/library status", where="math")
    status = await minji.sees("math", contains="지켜보는 채널")
    assert f"검색 가능 {2 if may else 1}개" in status.text
    assert (f"<#{house.discord.channel('library').id}>" in status.text) is may
    names = [each["name"] for each in await minji.completes("/library remove", "file", "", where="math")]
    assert names == (["secret.txt", "water.txt"] if may else ["water.txt"])
    await minji.runs("/library remove", file="secret.txt", where="math")
    await minji.sees("math", contains="올린 사람" if may else "그런 파일이 없어요")


async def test_a_permission_that_is_taken_away_closes_a_list_that_is_open(house: House) -> None:
    minji = await house.discord.student("minji")
    await _with_a_secret(house, minji)
    owner = await owner_of(house)
    for start in (0, 8):
        files = [(f"n{n:02}.txt", f"number {n}".encode()) for n in range(start, start + 8)]
        await reacted(owner, await owner.drops("library", *files), "✅")
    await minji.runs("/library list", where="math")
    listed = await minji.sees("math", contains="n15.txt")
    await overwrite(house, house.discord.channel("library"), minji.id, deny=1 << 10, kind=1)
    await minji.clicks(listed, "다음")
    await minji.wait_for(lambda: "water.txt" in minji.now(listed).text, what="the list as it is now")
    assert ".txt" not in minji.now(listed).text.replace("water.txt", "")
    assert await minji.completes("/library remove", "file", "secret", where="math") == []


async def test_names_in_a_place_are_those_that_everybody_there_can_open(house: House) -> None:
    minji = await house.discord.student("minji")
    await _with_a_secret(house, minji)
    readable = house.bot.cogs["LibraryCog"].library.readable_files  # type: ignore[attr-defined]
    guild_id = house.discord.guild.id
    places = {name: house.discord.channel(name).id for name in ("math", "library")}
    assert await readable.names_in_place(guild_id, places["math"]) == ["water.txt"]
    assert await readable.names_in_place(guild_id, places["library"]) == ["secret.txt", "water.txt"]


async def _asked(house: House, student: Student, where: str) -> str:
    """What Saem says where the model searches for the secret; and what the model was shown of it."""
    citing(house, "swordfish", "It says swordfish{mark}.")
    before = len(house.requests)
    question = await house.ask(student, "what is the answer?", where)
    answer = await finished(student, question)
    shown = SECRET in str([tool_outputs(body) for body in house.requests[before:]])
    assert shown is ("secret.txt" in answer.text), "what the model was shown it cited"
    return answer.text


async def test_an_answer_rests_on_what_everybody_who_reads_it_could_open(house: House) -> None:
    """For each place: who asks makes no difference, as all who read there are shown the answer."""
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    await _with_a_secret(house, minji)
    owner = await owner_of(house)
    assert "secret.txt" not in await _asked(house, alex, "math")
    assert "secret.txt" not in await _asked(house, minji, "math")
    assert "secret.txt" not in await _asked(house, owner, "general")
    assert "secret.txt" in await _asked(house, minji, "library")
    await close(house, house.discord.channel("math"), minji.id)
    assert "secret.txt" in await _asked(house, minji, "math")
    await overwrite(house, house.discord.channel("math"), alex.id, allow=VIEW, kind=1)
    assert "secret.txt" not in await _asked(house, minji, "math")


async def test_old_messages_that_are_closed_are_told_to_nobody(house: House) -> None:
    minji = await house.discord.student("minji")
    owner = await owner_of(house)
    await reacted(owner, await owner.drops("library", ("secret.txt", SECRET.encode())), "✅")
    assert "secret.txt" in await _asked(house, minji, "math")
    await overwrite(house, house.discord.channel("library"), house.discord.guild.id, deny=HISTORY)
    assert "secret.txt" not in await _asked(house, minji, "math")
    await minji.runs("/library list", where="math")
    await minji.sees("math", contains="비어 있어요")


async def test_a_conversation_reads_no_file_that_was_closed_since(house: House) -> None:
    minji = await house.discord.student("minji")
    owner = await owner_of(house)
    await reacted(owner, await owner.drops("library", ("secret.txt", SECRET.encode())), "✅")
    citing(house, "swordfish", "It says swordfish{mark}.")
    question = await house.ask(minji, "what is the answer?")
    assert "secret.txt" in (await finished(minji, question)).text
    await close(house, house.discord.channel("library"))
    before = len(house.requests)
    again = await minji.says(question.id, "and again?")
    await minji.sees(question.id, contains="No files")
    assert SECRET not in str(house.requests[before:]), again


async def test_a_private_threads_file_is_for_its_members(house: House) -> None:
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    math = house.discord.channel("math").id
    made = await minji.client.request("POST", f"/channels/{math}/threads", {"name": "two of us", "type": 12})
    thread = int(made["id"])
    await minji.client.request("PUT", f"/channels/{thread}/thread-members/{house.discord.bot.id}")
    dropped = await minji.drops(thread, ("secret.txt", SECRET.encode()), text=house.mention)
    await reacted(minji, dropped, "✅")
    for student, sees in ((minji, True), (alex, False)):
        names = [each["name"] for each in await student.completes("/library remove", "file", "", where="math")]
        assert names == (["secret.txt"] if sees else [])
    readable = house.bot.cogs["LibraryCog"].library.readable_files  # type: ignore[attr-defined]
    guild_id = house.discord.guild.id
    assert await readable.names_in_place(guild_id, math) == []
    assert await readable.names_in_place(guild_id, thread) == ["secret.txt"]
    await minji.client.request("DELETE", f"/channels/{thread}/thread-members/@me")
    assert await minji.completes("/library remove", "file", "", where="math") == []


async def test_a_thread_that_discord_has_archived_is_as_open_as_its_channel(house: House) -> None:
    minji = await house.discord.student("minji")
    math = house.discord.channel("math")
    question = await minji.says("math", "look at this")
    thread = await minji.starts_thread(question, "notes")
    await reacted(minji, await minji.drops(thread, ("water.txt", WATER.encode()), text=house.mention), "✅")
    guild = house.bot.guilds[0]
    await minji.client.request("PATCH", f"/channels/{thread}", {"archived": True})
    await eventually(lambda: guild.get_thread(thread) is None)
    readable = house.bot.cogs["LibraryCog"].library.readable_files  # type: ignore[attr-defined]
    general = house.discord.channel("general").id
    assert await readable.names_in_place(guild.id, general) == ["water.txt"]
    assert await readable.names_in_place(guild.id, thread) == ["water.txt"]
    await close(house, math, minji.id)
    assert await readable.names_in_place(guild.id, general) == []
    assert await readable.names_in_place(guild.id, thread) == ["water.txt"]


async def test_a_quiz_that_waited_goes_on_without_files_that_were_closed_meanwhile(house: House) -> None:
    minji = await house.discord.student("minji")
    owner = await owner_of(house)
    await reacted(owner, await owner.drops("library", ("secret.txt", SECRET.encode())), "✅")
    question = {"question_text": "1 + 1?", "choices": ["two", "three"], "answer": 0}
    house.openai.turns.append(quiz_turn({"title": "Sums", "questions": [question]}))
    asked = await house.ask(minji, "quiz me")
    shown = await minji.sees(asked.id, contains="1 + 1", matching=lambda post: bool(post.controls))
    await close(house, house.discord.channel("library"))
    citing(house, "swordfish", "It says swordfish{mark}.")
    before = len(house.requests)
    await minji.clicks(shown, shown.controls[0].custom_id or "")
    await minji.sees(asked.id, contains="No files")
    assert "two" in str(house.requests[before:]), "the results go to the model"
    assert SECRET not in str(house.requests[before:])


async def test_a_server_that_knows_no_filters_gives_the_whole_library_or_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversations.guild_assistants.filters_of", lambda _: None)
    minji = await house.discord.student("minji")
    await _with_a_secret(house, minji)
    answer = await _asked(house, minji, "math")
    assert "No files" in answer, "not all of the library may be told there"
    assert "secret.txt" in await _asked(house, minji, "library")
    assistants = [each async for each in house.bot.openai.beta.assistants.list()]
    assert "filters" not in str([each.tools for each in assistants])


async def test_a_quiz_from_files_is_made_where_there_are_files_for_everybody(house: House) -> None:
    minji = await house.discord.student("minji")
    await close(house, house.discord.channel("library"), minji.id)
    await reacted(minji, await minji.drops("library", ("secret.txt", SECRET.encode())), "✅")
    await minji.runs("/quiz", topic="fish", source="files", where="math")
    await minji.sees("math", contains="파일")
    assert not house.requests, "no file that all could open: no quiz is asked for"
