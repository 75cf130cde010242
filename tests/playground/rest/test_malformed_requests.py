"""Whatever clients send, the playground answers as Discord does, and never with a 500."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import aiohttp
import orjson
import pytest

from playground.pilot import Student
from playground.server import Playground
from tests.playground.gateway.websocket import identify, line
from tests.playground.rest_client import RestClient

Json = dict[str, Any]

GARBAGE: list[Any] = [
    None, True, 0, -1, 2**63, 1.5, "", "x", "x" * 5000, "<@1>", "🧮", [], [None], [[]], {}, {"a": 1}, {"id": "x"},
    [{"type": 99}], [1, "2", {}], "attachment://x", "1" * 30, "-5",
]  # fmt: skip

MESSAGE: Json = {
    "content": "text <@1300000000000000100>",
    "nonce": "n",
    "enforce_nonce": True,
    "flags": 0,
    "tts": False,
    "embeds": [{"title": "t", "color": 5, "fields": [{"name": "n", "value": "v"}], "footer": {"text": "f"},
                "author": {"name": "a", "url": "https://example.com"}, "image": {"url": "https://example.com/a.png"}}],
    "attachments": [{"id": "0", "filename": "a.txt", "description": "d"}],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"], "replied_user": True},
    "message_reference": {"message_id": "1", "channel_id": "1", "fail_if_not_exists": False, "type": 0},
    "components": [{"type": 1, "components": [
        {"type": 3, "custom_id": "s", "options": [{"label": "l", "value": "v", "emoji": {"name": "🧮"}}],
         "min_values": 1, "max_values": 1, "placeholder": "p"}]}],
}  # fmt: skip
V2: Json = {
    "flags": 1 << 15,
    "components": [
        {"type": 9, "components": [{"type": 10, "content": "t"}],
         "accessory": {"type": 2, "style": 1, "label": "l", "custom_id": "c", "emoji": {"id": "1", "name": "n"}}},
        {"type": 12, "items": [{"media": {"url": "https://example.com/a.png"}, "description": "d"}]},
        {"type": 14, "divider": True, "spacing": 1},
        {"type": 17, "accent_color": 1, "components": [{"type": 10, "content": "t", "id": 7}]},
    ],
}  # fmt: skip
COMMAND: Json = {
    "name": "quiz", "type": 1, "description": "d", "name_localizations": {"ko": "퀴즈"}, "nsfw": False,
    "default_member_permissions": "0", "contexts": [0], "options": [
        {"type": 1, "name": "sub", "description": "d", "options": [
            {"type": 4, "name": "n", "description": "d", "choices": [{"name": "c", "value": 1}], "min_value": 1},
            {"type": 3, "name": "s", "description": "d", "max_length": 5, "autocomplete": True}]}],
}  # fmt: skip
INTERACTION: Json = {
    "type": 2, "application_id": "1300000000000000001", "guild_id": "1300000000000000010",
    "channel_id": "1300000000000000022", "session_id": "s", "nonce": "n", "message_id": "1", "message_flags": 0,
    "data": {"id": "{command}", "version": "1", "type": 1, "name": "quiz", "custom_id": "c", "component_type": 2,
             "values": ["1"], "target_id": "1", "components": [],
             "options": [{"type": 1, "name": "sub", "options": [{"type": 4, "name": "n", "value": 1}]}]},
}  # fmt: skip
CHANNEL: Json = {
    "name": "n", "type": 0, "topic": "t", "parent_id": "1300000000000000020", "rate_limit_per_user": 5, "nsfw": False,
    "permission_overwrites": [{"id": "1300000000000000010", "type": 0, "allow": "1", "deny": "2"}], "position": 1,
    "available_tags": [{"name": "t", "emoji_name": "🧮"}], "default_auto_archive_duration": 60, "flags": 0,
}  # fmt: skip
THREAD: Json = {
    "name": "n", "auto_archive_duration": 60, "rate_limit_per_user": 0, "type": 11, "invitable": True,
    "applied_tags": ["1300000000000000031"], "message": {"content": "x"}, "archived": False, "locked": False,
}  # fmt: skip
FAULT: Json = {
    "kind": "status", "route": "X", "times": 1, "status": 500, "seconds": 0.0, "user_id": "1", "global": False,
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside, and of the whole."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value = copy.deepcopy(value)
    at = value
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return value


def spoiled(value: Any, count: int, seed: int = 1) -> Iterator[Any]:
    """Yield the value with garbage in one place or two."""
    chance = random.Random(seed)
    everywhere = list(places(value))
    for _ in range(count):
        found = value
        for _ in range(chance.choice((1, 1, 2))):
            spots = list(places(found)) if found is not value else everywhere
            found = replaced(found, chance.choice(spots), chance.choice(GARBAGE))
        yield found


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/channels/{math}/messages", MESSAGE),
        ("POST", "/channels/{math}/messages", V2),
        ("PATCH", "/channels/{math}/messages/{message}", MESSAGE),
        ("PATCH", "/channels/{math}/messages/{message}", V2),
        ("POST", "/applications/{app}/commands", COMMAND),
        ("PUT", "/applications/{app}/commands", [COMMAND]),
        ("POST", "/channels/{homework}/threads", THREAD),
        ("POST", "/channels/{math}/messages/{message}/threads", THREAD),
        ("POST", "/channels/{math}/messages/bulk-delete", {"messages": ["1", "2"]}),
        ("POST", "/users/@me/channels", {"recipient_id": "1300000000000000100"}),
        ("POST", "/attachments/refresh-urls", {"attachment_urls": ["https://example.com"]}),
    ],
)
async def test_a_bots_garbage_is_never_a_500(playground: Playground, method: str, path: str, body: Any) -> None:
    playground.services.rate_limits.enabled = False
    async with aiohttp.ClientSession() as session:
        rest = RestClient(session, playground, f"Bot {playground.bot_token}")
        made = await rest("POST", f"/channels/{playground.channel('math').id}/messages", {"content": "x"})
        names = {
            "math": playground.channel("math").id,
            "homework": playground.channel("homework").id,
            "app": playground.application.id,
            "message": made.json["id"],
        }
        for each in spoiled(body, 150):
            answer = await rest(method, path.format(**names), each)
            assert answer.status < 500, orjson.dumps(each)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/interactions", INTERACTION),
        ("POST", "/guilds/{guild}/channels", CHANNEL),
        ("PATCH", "/channels/{math}", CHANNEL),
        ("PATCH", "/channels/{thread}", THREAD),
        (
            "PATCH",
            "/guilds/{guild}/members/{minji}",
            {"nick": "n", "roles": ["1"], "communication_disabled_until": "x"},
        ),
        ("POST", "/guilds/{guild}/roles", {"name": "n", "permissions": "8", "color": 1, "hoist": True}),
        ("PUT", "/channels/{math}/permissions/{minji}", {"type": 1, "allow": "1", "deny": "1"}),
        ("PATCH", "/guilds/{guild}/channels", [{"id": "1300000000000000022", "position": 1}]),
    ],
)
async def test_an_owners_garbage_is_never_a_500(
    playground: Playground, as_bot: RestClient, method: str, path: str, body: Any
) -> None:
    teacher = await playground.student("teacher")
    rest = RestClient(as_bot._session, playground, playground.user("teacher").token)
    command = (await as_bot("POST", f"/applications/{playground.application.id}/commands", COMMAND)).json["id"]
    thread = await teacher.starts_thread(await teacher.says("#math", "x"), "t")
    names = {
        "guild": playground.guild.id,
        "math": playground.channel("math").id,
        "minji": playground.user("minji").id,
        "thread": thread,
    }
    filled = orjson.loads(orjson.dumps(body).replace(b"{command}", str(command).encode()))
    for each in spoiled(filled, 150):
        answer = await rest(method, path.format(**names), each)
        assert answer.status < 500, orjson.dumps(each)


async def test_garbage_answers_to_interactions_are_never_a_500(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    playground.services.rate_limits.enabled = False
    command = {"name": "x", "description": "d", "type": 1}
    made = (await as_bot("POST", f"/applications/{playground.application.id}/commands", command)).json
    modal = {"custom_id": "m", "title": "t", "components": [
        {"type": 18, "label": "l", "component": {"type": 4, "custom_id": "a", "style": 1, "value": "v"}},
        {"type": 18, "label": "l", "component": {"type": 21, "custom_id": "b", "options": [
            {"label": "l", "value": "v"}]}},
        {"type": 1, "components": [{"type": 4, "custom_id": "c", "label": "l", "style": 2}]}]}  # fmt: skip
    bodies = [
        {"type": 4, "data": MESSAGE},
        {"type": 4, "data": V2},
        {"type": 9, "data": modal},
        {"type": 5, "data": {}},
    ]
    teller = await playground.student("junho")
    for body in bodies:
        for each in spoiled(body, 60):
            data = {"id": made["id"], "type": 1, "name": "x", "options": []}
            asked = {
                "type": 2,
                "application_id": str(playground.application.id),
                "guild_id": str(playground.guild.id),
                "channel_id": str(playground.channel("math").id),
                "session_id": "s",
                "data": data,
            }
            await teller.client.request("POST", "/interactions", asked)
            latest = list(playground.services.interactions._by_id.values())[-1]
            answer = await as_bot("POST", f"/interactions/{latest.id}/{latest.token}/callback", each)
            assert answer.status < 500, orjson.dumps(each)


async def test_garbage_faults_are_never_a_500(playground: Playground, as_bot: RestClient) -> None:
    for each in spoiled(FAULT, 100):
        async with as_bot._session.post(f"{playground.origin}/playground/faults", json=each) as response:
            assert response.status < 500, each


async def test_garbage_on_the_gateway_closes_it_with_a_code_or_is_ignored(playground: Playground) -> None:
    payloads: list[Any] = []
    for op, data in (
        (2, {"token": playground.bot_token, "intents": 1, "properties": {}, "shard": [0, 1], "presence": {}}),
        (6, {"token": playground.bot_token, "session_id": "x", "seq": 1}),
        (3, {"status": "online", "activities": [{"name": "x"}], "since": None, "afk": False}),
        (8, {"guild_id": str(playground.guild.id), "query": "", "limit": 0, "user_ids": ["1"], "nonce": "x"}),
    ):
        payloads += spoiled({"op": op, "d": data}, 12)
    for payload in payloads:
        text = orjson.dumps(payload).decode()
        async with line(playground) as gateway:
            if isinstance(payload, dict) and payload.get("op") in (3, 8):
                await identify(gateway, playground)
            else:
                await gateway.next()
            await gateway.socket.send(text)
            await gateway.socket.send('{"op":99}')
            assert 4000 <= await gateway.closed() <= 4014, text
