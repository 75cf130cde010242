"""The pilot: what a student does, and what NotSeen says when something does not come."""

import pytest

from playground.pilot import NotSeen, Student
from playground.server import Playground
from tests.playground.rest_client import RestClient


async def test_not_seen_says_which_messages_are_there_instead_of_the_bots(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    await minji.says("#math", "anyone?")
    await as_bot("POST", f"/channels/{playground.channel('general').id}/messages", {"content": "over here"})
    with pytest.raises(NotSeen) as caught:
        await playground.bot_replies("#math", contains="x = 1", timeout=0.05)
    text = str(caught.value)
    assert "no bot's message with 'x = 1' in #math within 0.05 s" in text
    assert "minji: 'anyone?'" in text
    assert "#general: Saem: 'over here'" in text


async def test_not_seen_says_that_no_thread_was_made(playground: Playground, minji: Student) -> None:
    post = await minji.says("#math", "anyone?")
    with pytest.raises(NotSeen, match="no thread was made"):
        await playground.bot_replies(post, timeout=0.05)


async def test_a_student_who_waits_in_vain_says_what_they_saw(minji: Student) -> None:
    with pytest.raises(NotSeen) as caught:
        await minji.sees("#math", contains="hello", timeout=0.05)
    assert "minji waited 0.05 s for a bot's message with 'hello'; saw:" in str(caught.value)
    assert "last events: READY" in str(caught.value)


async def test_replies_can_be_asked_for_after_a_message(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    await as_bot("POST", path, {"content": "old"})
    question = await minji.says("#math", "new?")
    with pytest.raises(NotSeen):
        await playground.bot_replies("#math", after=question, timeout=0.05)
    await as_bot("POST", path, {"content": "new"})
    assert (await playground.bot_replies("#math", after=question)).content == "new"


async def test_students_edit_react_type_and_delete(playground: Playground, minji: Student, junho: Student) -> None:
    post = await minji.says("#math", "3x = 6")
    await minji.types("#math")
    await junho.reacts(post, "👍")
    edited = await minji.edits(post, "3x = 9")
    assert edited.edited
    await junho.wait_for(lambda: any(name == "TYPING_START" for name, _ in junho.events))
    await minji.wait_for(lambda: any(name == "MESSAGE_REACTION_ADD" for name, _ in minji.events))
    (seen,) = await junho.reads("#math")
    assert (seen.content, seen.raw["reactions"][0]["me"]) == ("3x = 9", True)
    await minji.deletes(post)
    await junho.wait_for(lambda: not junho.messages("#math"))
    with pytest.raises(NotSeen, match="is gone"):
        junho.now(post)


async def test_an_unknown_channel_is_named_with_those_there_are(minji: Student) -> None:
    with pytest.raises(NotSeen, match=r"no channel #chemistry; there are \['Study', 'general'"):
        await minji.says("#chemistry", "x")


async def test_guilds_channels_and_students_can_be_added_while_it_runs(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    playground.add_channel("chemistry")
    await minji.wait_for(lambda: any(name == "CHANNEL_CREATE" for name, _ in minji.events))
    await minji.says("#chemistry", "boom")
    playground.add_student("haru", "하루", "ko")
    haru = await playground.student("haru")
    assert [post.content for post in await haru.reads("#chemistry")] == ["boom"]
    other = playground.add_guild("Another school")
    names = {each["name"] for each in (await as_bot("GET", "/users/@me/guilds")).json}
    assert names == {playground.guild.name, "Another school"}
    playground.remove_bot(other)
    helper = playground.add_bot("Helper", "another.token")
    answer = await RestClient(as_bot._session, playground, "Bot another.token")("GET", "/users/@me")
    assert (answer.json["id"], answer.json["bot"]) == (str(helper.bot.id), True)
    assert (await as_bot("GET", f"/guilds/{other.id}")).code == 10004


@pytest.mark.parametrize("fault", ["drop", "ask_to_reconnect", "invalidate"])
async def test_a_student_whose_connection_drops_comes_back_and_goes_on(
    playground: Playground, minji: Student, junho: Student, fault: str
) -> None:
    getattr(playground.gateway, fault)(user=playground.user("minji"))
    await minji.wait_for(lambda: sum(name in {"RESUMED", "READY"} for name, _ in minji.events) > 1)
    await junho.says("#math", "x = 3")
    await minji.wait_for(lambda: any(post.content == "x = 3" for post in minji.messages()))


async def test_what_was_said_while_a_student_was_away_is_seen_after_it_is_back(
    playground: Playground, minji: Student, junho: Student
) -> None:
    playground.gateway.drop(user=playground.user("minji"))
    await junho.says("#math", "meanwhile")
    await minji.wait_for(lambda: any(post.content == "meanwhile" for post in minji.messages()))
