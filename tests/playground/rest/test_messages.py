"""Messages over REST: edits, deletions, forwards and nonces."""

from playground.pilot import Student
from playground.server import Playground
from tests.playground.rest_client import RestClient


async def test_others_messages_cannot_be_edited_and_system_messages_not_deleted(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    post = await minji.says("#math", "mine")
    path = f"/channels/{post.channel_id}/messages/{post.id}"
    assert (await as_bot("PATCH", path, {"content": "yours"})).code == 50005
    thread = await minji.starts_thread(post, "t")
    (starter,) = await minji.reads(thread)
    assert starter.raw["type"] == 21
    assert (await as_bot("DELETE", f"/channels/{thread}/messages/{starter.id}")).code == 50021


async def test_bulk_delete_takes_two_to_a_hundred_young_messages(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    posts = [await minji.says("#math", str(number)) for number in range(3)]
    path = f"/channels/{posts[0].channel_id}/messages/bulk-delete"
    ids = [str(post.id) for post in posts]
    assert (await as_bot("POST", path, {"messages": ids[:1]})).code == 50016
    playground.clock.advance(15 * 86400)
    assert (await as_bot("POST", path, {"messages": ids})).code == 50034
    young = [str((await minji.says("#math", "x")).id) for _ in range(2)]
    playground.clock.advance(2)
    assert (await as_bot("POST", path, {"messages": young})).status == 204
    assert len(playground.messages("#math")) == 3


async def test_a_forwarded_message_carries_a_snapshot(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    post = await minji.says("#general", "pass it on")
    reference = {"type": 1, "channel_id": str(post.channel_id), "message_id": str(post.id)}
    path = f"/channels/{playground.channel('math').id}/messages"
    made = (await as_bot("POST", path, {"message_reference": reference})).json
    assert made["content"] == ""
    assert made["message_snapshots"][0]["message"]["content"] == "pass it on"
    assert made["message_reference"]["type"] == 1


async def test_enforced_nonces_write_a_message_once(playground: Playground, as_bot: RestClient) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    body = {"content": "once", "nonce": "n1", "enforce_nonce": True}
    first, second = await as_bot("POST", path, body), await as_bot("POST", path, body)
    assert first.json["id"] == second.json["id"]
    assert first.json["nonce"] == "n1"
    third = await as_bot("POST", path, {"content": "twice", "nonce": "n1"})
    assert third.json["id"] != first.json["id"]
