"""Whom a message mentions and notifies."""

import pytest

from playground.pilot import Student
from playground.server import Playground
from playground.world.guilds import Role
from tests.playground.rest_client import RestClient


@pytest.mark.parametrize(
    ("text", "allowed", "pinged"),
    [
        ("<@{junho}>", None, {"junho"}),
        ("<@{junho}> `<@{alex}>`", None, {"junho"}),
        ("<@{junho}> <@{alex}>", {"users": ["{alex}"]}, {"alex"}),
        ("<@{junho}> @everyone", {"parse": []}, set()),
        ("@here", {"parse": ["everyone"]}, {"junho", "alex", "sora", "teacher", "Saem"}),
        ("<@&{role}>", None, {"sora"}),
    ],
)
async def test_who_would_be_notified(
    playground: Playground, as_minji: RestClient, text: str, allowed: dict[str, list[str]] | None, pinged: set[str]
) -> None:
    role = Role(playground.world.snowflakes.next(), "helpers", 0, mentionable=True)
    playground.guild.roles[role.id] = role
    playground.guild.members[playground.user("sora").id].roles.append(role.id)
    names: dict[str, object] = {user.username: user.id for user in playground.world.users.values()}
    names["role"] = role.id
    body: dict[str, object] = {"content": text.format(**names)}
    if allowed is not None:
        body["allowed_mentions"] = {key: [each.format(**names) for each in ids] for key, ids in allowed.items()}
    answer = await as_minji("POST", f"/channels/{playground.channel('math').id}/messages", body)
    assert {playground.world.users[each].username for each in playground.pinged_by(int(answer.json["id"]))} == pinged


async def test_a_reply_notifies_its_author_unless_told_not_to(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    post = await minji.says("#math", "x")
    path = f"/channels/{post.channel_id}/messages"
    body = {"content": "re", "message_reference": {"message_id": str(post.id)}}
    loud = (await as_bot("POST", path, body)).json
    quiet = (await as_bot("POST", path, {**body, "allowed_mentions": {"parse": [], "replied_user": False}})).json
    assert playground.pinged_by(int(loud["id"])) == {minji.id}
    assert playground.pinged_by(int(quiet["id"])) == set()
    assert loud["referenced_message"]["id"] == str(post.id)
    assert [each["id"] for each in loud["mentions"]] == [str(minji.id)]
    assert quiet["mentions"] == []
