"""Tokens, and the error codes of what does not exist."""

import aiohttp
import pytest

from playground.server import Playground
from tests.playground.rest_client import RestClient


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/channels/1", 404, 10003),
        ("GET", "/channels/abc", 400, 50035),
        ("GET", "/guilds/1", 404, 10004),
        ("GET", "/channels/{math}/messages/1", 404, 10008),
        ("GET", "/channels/{math}/messages?limit=101", 400, 50035),
        ("GET", "/users/1", 404, 10013),
        ("GET", "/guilds/{guild}/members/1", 404, 10007),
        ("DELETE", "/guilds/{guild}/roles/1", 403, 50013),
        ("PUT", "/channels/{math}/messages/1/reactions/x/@me", 404, 10008),
        ("POST", "/channels/{homework}/messages", 400, 50008),
        ("GET", "/nowhere", 404, 0),
        ("PUT", "/users/@me", 405, 0),
        ("POST", "/webhooks/{app}/nonsense", 404, 10015),
        ("POST", "/interactions/1/nonsense/callback", 404, 10062),
        ("GET", "/applications/{app}/commands/1", 404, 10063),
        ("GET", "/applications/1/commands", 404, 10002),
    ],
)
async def test_unknown_things_have_their_codes(
    playground: Playground, as_bot: RestClient, method: str, path: str, status: int, code: int
) -> None:
    names = {
        "math": playground.channel("math").id,
        "homework": playground.channel("homework").id,
        "guild": playground.guild.id,
        "app": playground.application.id,
    }
    body = {"content": "x", "type": 4} if method == "POST" else None
    answer = await as_bot(method, path.format(**names), body)
    assert (answer.status, answer.code) == (status, code), answer.json


@pytest.mark.parametrize("token", ["", "Bot nonsense", "Bot {student}", "{bot}", "Bearer {bot}"])
async def test_a_wrong_token_is_401(http: aiohttp.ClientSession, playground: Playground, token: str) -> None:
    filled = token.format(student=playground.user("minji").token, bot=playground.bot_token)
    answer = await RestClient(http, playground, filled)("GET", "/users/@me")
    assert (answer.status, answer.json) == (401, {"message": "401: Unauthorized", "code": 0})
