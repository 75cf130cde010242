"""The gateway, tested with a bare websocket."""

import base64
import zlib
from typing import Any

import aiohttp
import orjson
import pytest
import zstandard

from playground.pilot import Student
from playground.server import Playground
from tests.playground.conftest import eventually
from tests.playground.gateway.websocket import ALL, CONTENT, DMS, GUILDS, identify, line
from tests.playground.rest_client import RestClient

Json = dict[str, Any]


async def test_a_heartbeat_is_acknowledged_no_sooner_than_over_a_network(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground)
        await gateway.until("GUILD_CREATE")
        await gateway.send(1)
        await gateway.send(8, {"guild_id": str(playground.guild.id), "query": "", "limit": 0})
        assert (await gateway.next())["t"] == "GUILD_MEMBERS_CHUNK"
        assert (await gateway.next())["op"] == 11


async def test_hello_heartbeat_and_ready(playground: Playground) -> None:
    async with line(playground) as gateway:
        ready = await identify(gateway, playground)
        assert ready["user"]["username"] == "Saem"
        assert ready["guilds"] == [{"id": str(playground.guild.id), "unavailable": True}]
        assert ready["application"]["id"] == str(playground.application.id)
        assert ready["shard"] == [0, 1]
        guild = (await gateway.until("GUILD_CREATE"))["d"]
        assert isinstance(guild["id"], str)
        assert guild["member_count"] == 6
        await gateway.send(1, 2)
        assert (await gateway.until(None))["op"] == 11


async def test_a_student_gets_whole_guilds_at_once(playground: Playground) -> None:
    async with line(playground) as gateway:
        await gateway.next()
        await gateway.send(2, {"token": playground.user("minji").token, "properties": {}})
        ready = (await gateway.until("READY"))["d"]
        assert ready["user"]["locale"] == "ko"
        (guild,) = ready["guilds"]
        assert {channel["name"] for channel in guild["channels"]} >= {"general", "math", "library", "homework"}
        assert len(guild["members"]) == 6
        assert guild["threads"] == []


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 0, "properties": {}}}, 4004),
        ({"op": 2, "d": {"token": "{bot}", "intents": 1 << 30, "properties": {}}}, 4013),
        ({"op": 2, "d": {"token": "{bot}", "properties": {}}}, 4013),
        ({"op": 2, "d": {"token": "{bot}", "intents": 1 << 15, "properties": {}}}, 4014),
        ({"op": 2, "d": {"token": "{bot}", "intents": 0, "properties": {}, "shard": [2, 2]}}, 4010),
        ({"op": 2, "d": "nonsense"}, 4002),
        ({"op": 8, "d": {}}, 4003),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 99, "d": {}}, 4001),
        ({"nothing": 1}, 4002),
        ({"op": 1, "d": "x" * 5000}, 4002),
    ],
)
async def test_what_is_wrong_ends_with_its_close_code(playground: Playground, payload: Json, code: int) -> None:
    playground.application.message_content = False
    async with line(playground) as gateway:
        await gateway.next()
        text = orjson.dumps(payload).decode().replace("{bot}", playground.bot_token)
        await gateway.socket.send(text)
        assert await gateway.closed() == code


async def test_identifying_twice_is_4005(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground)
        await gateway.send(2, {"token": playground.bot_token, "intents": 0, "properties": {}})
        assert await gateway.closed() == 4005


@pytest.mark.parametrize(("query", "code"), [("v=6&encoding=json", 4012), ("v=10&encoding=etf", 4002)])
async def test_other_versions_and_encodings_are_refused_clearly(playground: Playground, query: str, code: int) -> None:
    async with line(playground, query) as gateway:
        assert await gateway.closed() == code


async def test_more_than_120_sends_a_minute_is_4008(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground)
        for _ in range(120):
            await gateway.send(3, {"status": "online", "since": None, "activities": [], "afk": False})
        assert await gateway.closed() == 4008


async def test_a_session_resumes_with_what_it_missed(playground: Playground, minji: Student) -> None:
    async with line(playground) as gateway:
        ready = await identify(gateway, playground)
        await minji.says("#math", "one")
        last = (await gateway.until("MESSAGE_CREATE"))["s"]
        assert playground.gateway.drop(user=playground.bot) == 1
        assert await gateway.closed() == 4000
    await minji.says("#math", "two")
    await minji.says("#math", "three")
    async with line(playground) as gateway:
        await gateway.next()
        await gateway.send(6, {"token": playground.bot_token, "session_id": ready["session_id"], "seq": last})
        missed = [await gateway.next() for _ in range(3)]
        assert [frame["t"] for frame in missed] == ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
        assert [frame["d"].get("content") for frame in missed[:2]] == ["two", "three"]
        assert [frame["s"] for frame in missed] == [last + 1, last + 2, last + 3]


async def test_a_session_that_is_gone_is_invalid(playground: Playground) -> None:
    async with line(playground) as gateway:
        ready = await identify(gateway, playground)
        playground.gateway.drop(user=playground.bot, resumable=False)
        await gateway.closed()
    async with line(playground) as gateway:
        await gateway.next()
        await gateway.send(6, {"token": playground.bot_token, "session_id": ready["session_id"], "seq": 1})
        assert await gateway.next() == {"t": None, "s": None, "op": 9, "d": False}
        # The connection stays, to identify on.
        await gateway.send(2, {"token": playground.bot_token, "intents": 0, "properties": {}})
        assert (await gateway.next())["t"] == "READY"


async def test_closing_with_1000_ends_the_session(playground: Playground) -> None:
    async with line(playground) as gateway:
        ready = await identify(gateway, playground)
    await eventually(lambda: not playground.gateway.sessions)
    async with line(playground) as gateway:
        await gateway.next()
        await gateway.send(6, {"token": playground.bot_token, "session_id": ready["session_id"], "seq": 1})
        assert (await gateway.next())["op"] == 9


async def test_a_sequence_from_the_future_is_4007(playground: Playground) -> None:
    async with line(playground) as gateway:
        ready = await identify(gateway, playground)
        playground.gateway.drop(user=playground.bot)
        await gateway.closed()
    async with line(playground) as gateway:
        await gateway.next()
        await gateway.send(6, {"token": playground.bot_token, "session_id": ready["session_id"], "seq": 9999})
        assert await gateway.closed() == 4007


async def test_zlib_stream_is_one_context_with_flushed_frames(playground: Playground) -> None:
    async with line(playground, "v=10&encoding=json&compress=zlib-stream") as gateway:
        inflate = zlib.decompressobj()
        first = await gateway.socket.recv()
        assert isinstance(first, bytes)
        assert first.endswith(b"\x00\x00\xff\xff")
        assert orjson.loads(inflate.decompress(first))["op"] == 10
        await gateway.send(2, {"token": playground.bot_token, "intents": GUILDS, "properties": {}})
        second = await gateway.socket.recv()
        assert isinstance(second, bytes)
        assert orjson.loads(inflate.decompress(second))["t"] == "READY"


async def test_zstd_stream_is_one_context_with_flushed_frames(playground: Playground) -> None:
    async with line(playground, "v=10&encoding=json&compress=zstd-stream") as gateway:
        unpack = zstandard.ZstdDecompressor().decompressobj()
        assert orjson.loads(unpack.decompress(await gateway.socket.recv(decode=False)))["op"] == 10
        await gateway.send(2, {"token": playground.bot_token, "intents": GUILDS, "properties": {}})
        assert orjson.loads(unpack.decompress(await gateway.socket.recv(decode=False)))["t"] == "READY"


async def test_payload_compression_is_for_those_who_ask_for_it_alone(playground: Playground) -> None:
    async with line(playground) as gateway:
        await gateway.next()
        identity = {"token": playground.bot_token, "intents": GUILDS, "properties": {}, "compress": True}
        await gateway.send(2, identity)
        frame = await gateway.socket.recv()
        assert isinstance(frame, bytes)
        assert orjson.loads(zlib.decompress(frame))["t"] == "READY"


async def test_events_come_by_intents(playground: Playground, minji: Student) -> None:
    async with line(playground) as quiet, line(playground) as private:
        await identify(quiet, playground, GUILDS)
        await identify(private, playground, DMS)
        await minji.says("#math", "in public")
        await minji.says(await minji.dm(playground.bot.id), "in private")
        assert (await private.until("MESSAGE_CREATE"))["d"]["content"] == "in private"
        await quiet.send(1)
        names = []
        while (frame := await quiet.next())["op"] != 11:
            names.append(frame["t"])
        assert "MESSAGE_CREATE" not in names


async def test_without_the_content_intent_messages_are_empty_but_for_mentions(
    playground: Playground, minji: Student
) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground, ALL & ~CONTENT)
        asked = await minji.says("#math", "a secret", files=[("a.txt", b"x")])
        hidden = (await gateway.until("MESSAGE_CREATE"))["d"]
        assert (hidden["content"], hidden["attachments"], hidden["embeds"], hidden["components"]) == ("", [], [], [])
        await minji.says("#math", f"<@{playground.bot.id}> look", reply_to=asked)
        shown = (await gateway.until("MESSAGE_CREATE"))["d"]
        assert shown["content"].endswith("look")
        assert shown["referenced_message"]["content"] == ""


async def test_private_channels_are_heard_only_by_those_who_see_them(
    playground: Playground, minji: Student, as_minji: RestClient
) -> None:
    teacher = await playground.student("teacher")
    hidden = await teacher.client.request(
        "POST",
        f"/guilds/{playground.guild.id}/channels",
        {"name": "staff", "permission_overwrites": [{"id": str(playground.guild.id), "type": 0, "deny": "1024"}]},
    )
    await teacher.says(int(hidden["id"]), "between us")
    await teacher.says("#math", "for all")
    await minji.wait_for(lambda: minji.messages("#math"))
    assert [post.content for post in minji.messages()] == ["for all"]
    answer = await as_minji("GET", f"/channels/{hidden['id']}/messages")
    assert (answer.status, answer.code) == (403, 50001)


async def test_members_come_in_chunks_with_the_nonce(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground)
        guild_id = str(playground.guild.id)
        await gateway.send(8, {"guild_id": guild_id, "query": "", "limit": 0, "nonce": "n"})
        chunk = (await gateway.until("GUILD_MEMBERS_CHUNK"))["d"]
        assert (len(chunk["members"]), chunk["nonce"], chunk["chunk_index"], chunk["chunk_count"]) == (6, "n", 0, 1)
        await gateway.send(8, {"guild_id": guild_id, "user_ids": [str(playground.user("minji").id), "1"]})
        chunk = (await gateway.until("GUILD_MEMBERS_CHUNK"))["d"]
        assert [each["user"]["username"] for each in chunk["members"]] == ["minji"]
        assert chunk["not_found"] == ["1"]


async def test_a_client_without_heartbeats_is_disconnected() -> None:
    async with Playground(heartbeat_interval=100) as playground, line(playground) as gateway:
        await identify(gateway, playground)
        assert await gateway.closed() == 4009


async def test_reconnect_and_invalid_session_on_demand(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground)
        playground.gateway.ask_to_reconnect()
        assert (await gateway.until(None))["op"] == 7
        playground.gateway.invalidate(resumable=False)
        assert await gateway.until(None) == {"t": None, "s": None, "op": 9, "d": False}


def test_the_bots_token_tells_its_id_as_discords_tokens_do(playground: Playground) -> None:
    first = playground.bot_token.split(".")[0]
    assert base64.b64decode(first + "==").decode() == str(playground.bot.id)


async def test_it_hangs_up_before_hello_as_often_as_is_asked(playground: Playground) -> None:
    async with aiohttp.ClientSession() as http:
        fault = {"kind": "hang_up", "times": 2}
        async with http.post(f"{playground.origin}/playground/faults", json=fault) as response:
            assert response.status == 200
        for _ in range(2):
            async with line(playground) as gateway:
                assert await gateway.closed() == 4000
        async with line(playground) as gateway:
            assert (await gateway.next())["op"] == 10
        playground.gateway.hang_ups = 9
        async with http.post(f"{playground.origin}/playground/faults", json={"kind": "clear"}):
            assert playground.gateway.hang_ups == 0


async def test_intents_that_discord_does_not_document_are_accepted(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground, (1 << 26) - 1)
