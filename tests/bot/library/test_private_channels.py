"""Attacks through Discord on a private channel's files: roles, categories, threads, ids, old words, old runs."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from bot.store.tables import AnswerRow
from playground.pilot import SeenMessage, Student
from playground.world.channels import CATEGORY, FORUM, VOICE
from tests.bot.library.closed_channels import HISTORY, VIEW, close, overwrite, owner_of
from tests.bot.library.dropped_files import WATER, citing, reacted
from tests.house import House, eventually, finished
from tests.scripted_openai import Call, Turn, tool_outputs

SECRET = "The staff's answer is swordfish."
CONNECT = 1 << 20


async def _dropped(house: House, channel: Any, name: str = "secret.txt", text: str = SECRET) -> None:
    owner = await owner_of(house)
    await reacted(owner, await owner.drops(channel, (name, text.encode())), "✅")


def _readable(house: House) -> Any:
    return house.bot.cogs["LibraryCog"].library.readable_files  # type: ignore[attr-defined]


async def _offered(student: Student, typed: str = "", where: str = "math") -> list[str]:
    return [each["name"] for each in await student.completes("/library remove", "file", typed, where=where)]


def _button(post: SeenMessage, begins: str) -> str:
    """The whole custom id of the button whose custom id begins so."""
    return next(each.custom_id for each in post.controls if (each.custom_id or "").startswith(begins)) or ""


async def _role(house: House, name: str, *students: Student) -> int:
    """A new role, which these students have."""
    owner, guild = await owner_of(house), house.discord.guild.id
    made = await owner.client.request("POST", f"/guilds/{guild}/roles", {"name": name, "permissions": "0"})
    for student in students:
        await owner.client.request("PUT", f"/guilds/{guild}/members/{student.id}/roles/{made['id']}")
    await eventually(lambda: house.bot.guilds[0].get_role(int(made["id"])) is not None)
    return int(made["id"])


async def test_a_role_opens_a_channel_for_its_members_and_no_longer_when_it_is_taken_away(house: House) -> None:
    minji, alex, owner = (
        await house.discord.student("minji"),
        await house.discord.student("alex"),
        await owner_of(house),
    )
    staff = await _role(house, "staff", minji)
    library, math, guild = house.discord.channel("library"), house.discord.channel("math"), house.discord.guild.id
    await _dropped(house, library)
    await close(house, library)
    await overwrite(house, library, staff, allow=VIEW)
    places = {"math": math.id, "library": library.id, "voice": house.discord.add_channel("lounge", VOICE).id}
    made = await minji.client.request("POST", f"/channels/{math.id}/threads", {"name": "of staff", "type": 12})
    places["private thread"] = int(made["id"])
    places["thread"] = await minji.starts_thread(await minji.says("math", "a thread"), "of all")
    forum = house.discord.add_channel("questions", FORUM)
    places["forum post"], _ = await alex.posts_in_forum(forum, "a post", "of all")
    await eventually(lambda: house.bot.guilds[0].get_channel(forum.id) is not None)

    async def told() -> dict[str, bool]:
        return {name: await _readable(house).names_in_place(guild, id_) != [] for name, id_ in places.items()}

    only_library = {name: name == "library" for name in places}
    assert await told() == only_library
    assert await _offered(minji) == ["secret.txt"]
    assert await _offered(alex) == []
    # What the same role opens is read by its members: threads, forums and voice channels too.
    for place in (math, forum, house.discord.channel("lounge")):
        await close(house, place)
        await overwrite(house, place, staff, allow=VIEW)
    assert await told() == dict.fromkeys(places, True)
    # A member who may read the place by name alone.
    await overwrite(house, forum, alex.id, allow=VIEW, kind=1)
    assert await told() == dict.fromkeys(places, True) | {"forum post": False}
    await owner.client.request("DELETE", f"/guilds/{guild}/members/{minji.id}/roles/{staff}")
    assert await _offered(minji, where="general") == []
    # A role in general that lets its members view all channels opens no channel that denies them.
    tutors = await _role(house, "tutors", alex)
    await overwrite(house, library, tutors, deny=VIEW)
    assert await told() == dict.fromkeys(places, True) | {"forum post": False}
    await overwrite(house, math, tutors, allow=VIEW)
    assert not (await told())["math"]


async def test_a_channel_follows_its_category(house: House) -> None:
    minji, owner = await house.discord.student("minji"), await owner_of(house)
    category = house.discord.add_channel("Staff", CATEGORY)
    library = house.discord.channel("library")
    await owner.client.request("PATCH", f"/channels/{library.id}", {"parent_id": str(category.id)})
    await _dropped(house, library)
    assert await _offered(minji) == ["secret.txt"]
    await overwrite(house, category, house.discord.bot.id, allow=VIEW, kind=1)
    await overwrite(house, category, house.discord.guild.id, deny=VIEW)
    await eventually(lambda: _denies(house, library.id))
    assert await _offered(minji) == []
    assert await _readable(house).names_in_place(house.discord.guild.id, house.discord.channel("math").id) == []
    await overwrite(house, library, minji.id, allow=VIEW, kind=1)  # from here on it goes its own way
    await overwrite(house, category, minji.id, deny=VIEW, kind=1)
    assert await _offered(minji) == ["secret.txt"]


def _denies(house: House, channel_id: int) -> bool:
    channel = house.bot.guilds[0].get_channel(channel_id)
    return channel is not None and any(each.deny & VIEW for each in channel._overwrites)


async def test_a_voice_channels_files_are_for_those_who_may_connect(house: House) -> None:
    minji, guild, math = await house.discord.student("minji"), house.discord.guild.id, house.discord.channel("math").id
    lounge = house.discord.add_channel("library", VOICE)
    await eventually(lambda: house.bot.guilds[0].get_channel(lounge.id) is not None)
    await _dropped(house, lounge.id)
    assert await _readable(house).names_in_place(guild, math) == ["secret.txt"]
    await overwrite(house, lounge, guild, deny=CONNECT)
    assert await _readable(house).names_in_place(guild, math) == []
    assert await _offered(minji) == []


async def test_nothing_tells_a_hidden_file_from_one_that_never_was(house: House) -> None:
    """Ids pasted in place of names, beginnings of names, words of the file, its topic: the same sentences."""
    minji = await house.discord.student("minji")
    await _dropped(house, "library")
    file_id = (await minji.completes("/library remove", "file", "", where="math"))[0]["value"]
    other = house.discord.add_guild("Other school")
    await eventually(lambda: house.bot.get_guild(other.id) is not None)
    await close(house, house.discord.channel("library"))

    async def answer(command: str, **options: Any) -> str:
        outcome = await minji.runs(command, where="math", **options)
        text = (await outcome.says()).text
        for given in options.values():
            text = text.replace(str(given), "…")
        return text

    for tried in (file_id, "secret.txt", "sec", "s", str(int(file_id) + 1)):
        assert await answer("/library remove", file=tried) == await answer("/library remove", file="never-was.txt")
        assert await _offered(minji, tried) == []
    assert await answer("/library search", query="swordfish") == await answer("/library search", query="elephants")
    assert await answer("/library list") == await answer("/library list")
    assert "secret" not in await answer("/library status")
    assert [each["name"] for each in await minji.completes("/quiz", "topic", "sec", where="math")] == []


async def test_what_one_alone_is_shown_makes_no_quiz_for_others_and_no_file(house: House) -> None:
    minji = await house.discord.student("minji")
    await close(house, house.discord.channel("library"), minji.id)
    await _dropped(house, "library")
    await minji.runs("/library search", query="swordfish", where="math")
    private = await minji.sees("math", contains="swordfish")
    assert private.ephemeral
    await minji.uses("Quiz me on this", private)
    await minji.sees("math", contains="퀴즈로 만들 글이 없")
    assert not house.requests
    await minji.uses("Add to library", private)
    await minji.sees("math", contains="문서가 없")


async def test_an_answer_made_anew_reads_no_file_that_was_closed_since(house: House) -> None:
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    await _dropped(house, "library")
    citing(house, "swordfish", "It says swordfish{mark}.")
    question = await house.ask(minji, "what is the answer?")
    answer = await finished(minji, question)
    assert "secret.txt" in answer.text
    await close(house, house.discord.channel("library"))
    before = len(house.requests)
    await alex.clicks(answer, _button(answer, "saem:again:"))
    await alex.sees(question.id, contains="asked")
    assert len(house.requests) == before, "only who asked may have it made anew"
    await minji.clicks(answer, _button(answer, "saem:again:"))
    anew = await finished(minji, question, "No files")
    assert "secret.txt" not in anew.text
    assert SECRET not in str(house.requests[before:])


async def test_files_of_a_channel_that_saem_cannot_open_are_told_to_nobody(house: House) -> None:
    """It does not hear that a message there is deleted."""
    owner, library = await owner_of(house), house.discord.channel("library")
    await _dropped(house, "library")
    gone = await owner.drops("library", ("water.txt", WATER.encode()))
    await reacted(owner, gone, "✅")
    body = {"type": 1, "allow": "0", "deny": str(VIEW)}
    await owner.client.request("PUT", f"/channels/{library.id}/permissions/{house.discord.bot.id}", body)
    await eventually(lambda: _denies(house, library.id))  # Discord tells nothing else of channels that one cannot see
    assert await _offered(owner) == []
    await owner.deletes(gone)
    assert await _readable(house).names_in_place(house.discord.guild.id, library.id) == []
    await overwrite(house, library, house.discord.bot.id, allow=VIEW | HISTORY, kind=1)
    files = house.bot.cogs["LibraryCog"].library.library_store  # type: ignore[attr-defined]
    async with asyncio.timeout(10):
        while await files.of_message(gone.id):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
    assert await _offered(owner) == ["secret.txt"]


@pytest.mark.parametrize("history", [True, False])
async def test_who_cannot_read_the_older_messages_of_a_place_hears_nothing_of_closed_files_from_them(
    house: House, history: bool
) -> None:
    """A passage told in a channel that is opened to others afterwards."""
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    await close(house, house.discord.channel("library"), minji.id)
    await close(house, house.discord.channel("math"), minji.id)
    await _dropped(house, "library")
    citing(house, "swordfish", "It says swordfish{mark}.")
    question = await house.ask(minji, "what is the answer?")
    await finished(minji, question, "secret.txt")
    guild = house.discord.guild.id
    await overwrite(house, house.discord.channel("math"), guild, allow=VIEW, deny=0 if history else HISTORY)
    before = len(house.requests)
    await alex.says(question.id, f"{house.mention} what did you read in the last file?")
    await minji.sees(question.id, contains="No files")
    asked = str(house.requests[before:])
    assert SECRET not in asked
    assert ("It says swordfish" in asked) is history, "who can read the older messages can read that one"
    await minji.says(question.id, "thank you")
    await eventually(lambda: "thank you" in str(house.requests[-1]))
    assert "what did you read" in str(house.requests[-1]), "from there on the conversation goes on"


async def test_a_run_that_ended_unseen_is_not_shown_when_its_file_was_closed_since(house: House) -> None:
    minji = await house.discord.student("minji")
    await _dropped(house, "library")
    citing(house, "swordfish", "It says swordfish{mark}.")
    question = await house.ask(minji, "what is the answer?")
    await finished(minji, question, "secret.txt")
    store = house.bot.conversation_store
    stored = await store.last_answer(question.id)
    assert stored is not None
    conversation = await house.bot.conversations.find(question.id)
    assert conversation is not None
    await eventually(lambda: conversation.settled)
    await house.bot.store.write((update(AnswerRow).where(AnswerRow.id == stored.id).values(state="running"), {}))
    await close(house, house.discord.channel("library"))
    conversation.recover(stored)
    interrupted = await finished(minji, question, button="saem:retry:")
    house.openai.reply = lambda _: Turn("Something else.")
    await minji.clicks(interrupted, _button(interrupted, "saem:retry:"))
    await finished(minji, question, "Something else")
    assert "swordfish" not in str(house.requests[-1]["input"])


async def test_a_run_that_calls_functions_reads_no_file_that_is_closed_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    minji = await house.discord.student("minji")
    await _dropped(house, "library")
    called, go_on = asyncio.Event(), asyncio.Event()
    tool = house.bot.tools.get("generate_quiz")
    assert tool is not None

    async def slow(_call: Any) -> str:
        called.set()
        await go_on.wait()
        return "three"

    monkeypatch.setattr(tool, "call", slow)
    house.openai.turns.append(Turn("One moment.", calls=[Call("generate_quiz", {})]))
    question = await house.ask(minji, "what is the answer?")
    async with asyncio.timeout(10):
        await called.wait()
    await close(house, house.discord.channel("library"))
    citing(house, "swordfish", "It says swordfish{mark}.")
    before = len(house.requests)
    go_on.set()
    await minji.sees(question.id, contains="No files")
    assert "three" in str(house.requests[before:])
    assert SECRET not in str([tool_outputs(body) for body in house.requests])


async def test_a_role_taken_away_closes_direct_messages_too(house: House) -> None:
    minji, owner = await house.discord.student("minji"), await owner_of(house)
    staff, guild = await _role(house, "staff", minji), house.discord.guild.id
    await _dropped(house, "library")
    await close(house, house.discord.channel("library"))
    await overwrite(house, house.discord.channel("library"), staff, allow=VIEW)
    dm = await minji.dm(house.discord.bot.id)
    await minji.runs("/server", where=dm, name=house.discord.guild.name)
    await minji.sees(dm, contains=house.discord.guild.name)
    assert await _readable(house).names_in_place(0, dm) == ["secret.txt"]
    gate = asyncio.Event()
    house.openai.turns.append(Turn("Let me look again.", calls=[Call("file_search", {"queries": ["swordfish"]})]))
    house.openai.turns.append(Turn("It says swordfish 【0:0†source】.", gate=gate))
    await minji.says(dm, "what is the answer?")
    await minji.sees(dm, contains="Let me look")
    await owner.client.request("DELETE", f"/guilds/{guild}/members/{minji.id}/roles/{staff}")
    gate.set()
    shown = await finished(minji, dm, "It says")
    assert "secret.txt" not in shown.text, "what is closed is cited no more"
    assert await _readable(house).names_in_place(0, dm) == []
    citing(house, "swordfish", "It says swordfish{mark}.")
    before = len(house.requests)
    await minji.says(dm, "and again?")
    await minji.sees(dm, contains="No files")
    assert SECRET not in str(house.requests[before:])
    await reacted(owner, await owner.drops("math", ("water.txt", WATER.encode()), text=house.mention), "✅")
    assert await _readable(house).names_in_place(0, dm) == ["water.txt"]
