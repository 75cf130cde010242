"""Threads and forum posts: start, edit, archive, members."""

import pytest

from playground.pilot import ErrorResponse, Student
from playground.server import Playground
from tests.playground.conftest import eventually
from tests.playground.rest_client import RestClient


async def test_a_thread_under_a_message_takes_its_id_and_marks_it(minji: Student, junho: Student) -> None:
    post = await minji.says("#math", "3x + 11 = 14")
    thread = await minji.starts_thread(post, "Equations")
    assert thread == post.id
    update = await junho.wait_for(
        lambda: next((d for name, d in junho.events if name == "MESSAGE_UPDATE" and "thread" in d), None)
    )
    assert update["flags"] & 1 << 5
    assert update["thread"]["name"] == "Equations"
    assert update["edited_timestamp"] is None
    (starter,) = await junho.reads(thread)
    assert starter.raw["type"] == 21
    assert starter.raw["referenced_message"]["content"] == "3x + 11 = 14"
    created = next(data for name, data in junho.events if name == "THREAD_CREATE")
    assert created["newly_created"]
    assert created["thread_metadata"]["archived"] is False


async def test_a_second_thread_under_a_message_is_160004(minji: Student) -> None:
    post = await minji.says("#math", "x")
    await minji.starts_thread(post, "one")
    with pytest.raises(ErrorResponse) as refused:
        await minji.starts_thread(post, "two")
    assert (refused.value.status, refused.value.code) == (400, 160004)


async def test_a_thread_without_a_message_adds_a_system_message(playground: Playground, as_bot: RestClient) -> None:
    path = f"/channels/{playground.channel('math').id}/threads"
    thread = (await as_bot("POST", path, {"name": "loose", "type": 11})).json
    (notice,) = playground.messages("#math")
    assert (notice.raw["type"], notice.content) == (18, "loose")
    assert notice.raw["message_reference"]["channel_id"] == thread["id"]
    assert thread["member"]["user_id"] == str(playground.bot.id)


async def test_names_and_durations_are_checked(playground: Playground, as_bot: RestClient, minji: Student) -> None:
    post = await minji.says("#math", "x")
    path = f"/channels/{post.channel_id}/messages/{post.id}/threads"
    for body in ({}, {"name": ""}, {"name": "n" * 101}, {"name": "n", "auto_archive_duration": 61}):
        assert (await as_bot("POST", path, body)).code == 50035
    assert (await as_bot("POST", path, {"name": "n" * 100, "auto_archive_duration": 10080})).status == 201


async def test_writers_and_the_mentioned_become_members_of_a_thread_and_messages_are_counted(
    playground: Playground, minji: Student, junho: Student
) -> None:
    post = await minji.says("#math", "x")
    thread = await minji.starts_thread(post, "t")
    await minji.says(thread, f"<@{playground.user('alex').id}> look")
    await junho.says(thread, "me too")
    state = playground.world.channels[thread].thread
    assert state is not None
    assert set(state.members) == {minji.id, junho.id, playground.user("alex").id}
    # The starter message does not count.
    assert (state.message_count, state.total_message_sent) == (2, 2)


async def test_a_thread_counts_neither_its_first_message_nor_system_messages_nor_deleted_ones(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    thread, opening = await minji.posts_in_forum("homework", "Page 12", "I am stuck")
    state = playground.world.channels[thread].thread
    assert state is not None
    assert (state.message_count, state.total_message_sent) == (0, 0)
    answer = await minji.says(thread, "found it")
    await as_bot("PATCH", f"/channels/{thread}", {"name": "Page 13"})
    (notice,) = [each for each in await minji.reads(thread) if each.raw["type"] == 4]
    assert [each.raw["position"] for each in (opening, answer, notice)] == [0, 1, 1]
    await minji.deletes(answer)
    assert (state.message_count, state.total_message_sent) == (0, 1)
    await as_bot("DELETE", f"/channels/{thread}/messages/{notice.id}")
    assert (state.message_count, state.total_message_sent) == (0, 1)


async def test_thread_members_come_in_pages_when_their_guild_members_come_along(
    playground: Playground, minji: Student, junho: Student, as_bot: RestClient
) -> None:
    post = await minji.says("#math", "x")
    thread = await minji.starts_thread(post, "t")
    await junho.says(thread, "me too")
    path = f"/channels/{thread}/thread-members"
    ids = sorted([minji.id, junho.id])
    assert {each["user_id"] for each in (await as_bot("GET", path)).json} == {str(each) for each in ids}
    seen, after = [], 0
    while page := (await as_bot("GET", f"{path}?with_member=true&limit=1&after={after}")).json:
        (one,) = page
        assert one["member"]["user"]["id"] == one["user_id"]
        after = int(one["user_id"])
        seen.append(after)
    assert seen == ids


async def test_a_quiet_thread_archives_itself_and_a_message_reopens_it(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    post = await minji.says("#math", "x")
    thread = await minji.starts_thread(post, "t")
    await as_bot("PATCH", f"/channels/{thread}", {"auto_archive_duration": 60})
    playground.clock.advance(59 * 60)
    said = await minji.says(thread, "still here")
    playground.clock.advance(59 * 60)
    assert not (await as_bot("GET", f"/channels/{thread}")).json["thread_metadata"]["archived"]
    playground.clock.advance(2 * 60)
    metadata = (await as_bot("GET", f"/channels/{thread}")).json["thread_metadata"]
    assert metadata["archived"]
    active = (await as_bot("GET", f"/guilds/{playground.guild.id}/threads/active")).json
    archived = (await as_bot("GET", f"/channels/{playground.channel('math').id}/threads/archived/public")).json
    assert active["threads"] == []
    assert [each["id"] for each in archived["threads"]] == [str(thread)]
    path = f"/channels/{thread}/messages/{said.id}"
    refused = await as_bot("PUT", f"{path}/reactions/%F0%9F%91%8D/@me")
    assert (refused.status, refused.code) == (400, 50083)
    await minji.says(thread, "hello again")
    assert not (await as_bot("GET", f"/channels/{thread}")).json["thread_metadata"]["archived"]
    await eventually(lambda: [name for name, _ in minji.events].count("THREAD_UPDATE") >= 3)


async def test_a_locked_thread_opens_only_for_moderators(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    post = await minji.says("#math", "x")
    thread = await minji.starts_thread(post, "t")
    locked = await as_bot("PATCH", f"/channels/{thread}", {"archived": True, "locked": True})
    assert locked.json["thread_metadata"]["locked"]
    with pytest.raises(ErrorResponse) as refused:
        await minji.says(thread, "let me in")
    assert refused.value.code == 50083
    assert (await as_bot("POST", f"/channels/{thread}/messages", {"content": "moderators may"})).status == 200


async def test_a_new_name_of_a_thread_adds_a_system_message(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    post = await minji.says("#math", "x")
    thread = await minji.starts_thread(post, "old")
    assert (await as_bot("PATCH", f"/channels/{thread}", {"name": "new"})).json["name"] == "new"
    last = playground.messages(thread)[-1]
    assert (last.raw["type"], last.content) == (4, "new")


async def test_an_edit_that_does_not_fit_changes_nothing(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    thread = await minji.starts_thread(await minji.says("#math", "x"), "old")
    assert (await as_bot("PATCH", f"/channels/{thread}", {"name": "new", "applied_tags": ["1"]})).code == 10087
    teacher = await playground.student("teacher")
    with pytest.raises(ErrorResponse):
        await teacher.client.request(
            "PATCH", f"/channels/{playground.channel('math').id}", {"name": "maths", "topic": "t" * 1025}
        )
    assert (await as_bot("GET", f"/channels/{thread}")).json["name"] == "old"
    assert playground.channel("math").topic == "Mention @Saem with a question"


async def test_private_threads_are_for_their_members(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    path = f"/channels/{playground.channel('math').id}/threads"
    teacher = await playground.student("teacher")
    thread = int((await teacher.client.request("POST", path, {"name": "secret", "type": 12}))["id"])
    with pytest.raises(ErrorResponse) as refused:
        await minji.reads(thread)
    assert refused.value.code == 50001
    await teacher.client.request("PUT", f"/channels/{thread}/thread-members/{minji.id}")
    await teacher.says(thread, "welcome")
    assert [post.content for post in await minji.reads(thread)] == ["welcome"]
    members = (await as_bot("GET", f"/channels/{thread}/thread-members")).json
    assert {int(each["user_id"]) for each in members} == {teacher.id, minji.id}


async def test_a_forum_post_has_tags_and_a_first_message_with_its_id(
    playground: Playground, as_bot: RestClient
) -> None:
    forum = playground.channel("homework")
    tag = forum.tags[0]["id"]
    body = {"name": "Page 12", "message": {"content": "stuck"}, "applied_tags": [tag]}
    made = (await as_bot("POST", f"/channels/{forum.id}/threads", body)).json
    assert made["id"] == made["message"]["id"]
    assert made["applied_tags"] == [tag]
    assert made["message"]["content"] == "stuck"
    assert (await as_bot("POST", f"/channels/{forum.id}/threads", {"name": "no message"})).code == 50035
    body["applied_tags"] = ["1"]
    assert (await as_bot("POST", f"/channels/{forum.id}/threads", body)).code == 10087


async def test_a_deleted_thread_is_gone(playground: Playground, minji: Student, as_bot: RestClient) -> None:
    post = await minji.says("#math", "x")
    thread = await minji.starts_thread(post, "t")
    assert (await as_bot("DELETE", f"/channels/{thread}")).status == 200
    assert (await as_bot("POST", f"/channels/{thread}/messages", {"content": "x"})).code == 10003
    assert (await as_bot("GET", f"/channels/{post.channel_id}/messages/{post.id}")).json["content"] == "x"
