"""`python -m playground`."""

import asyncio
import json
import socket
import sys

import aiohttp

from playground.pilot import Student


async def test_it_prints_its_addresses_serves_and_ends_quietly() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", "--port", "0", "--bot-token", "secret", "--rate", "messages.create=1/60",
        "--rate", "threads.create=9/60/guild/hidden",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(30):
        addresses = json.loads(await process.stdout.readline())
        assert addresses["bot_token"] == "secret"
        headers = {"Authorization": "Bot secret"}
        async with aiohttp.ClientSession(headers=headers) as http:
            async with http.get(f"{addresses['api_url']}/users/@me") as response:
                assert (await response.json())["username"] == "Saem"
            async with http.get(f"{addresses['api_url']}/gateway/bot") as response:
                assert (await response.json())["url"] == addresses["gateway_url"]
            async with http.get(addresses["page_url"]) as response:
                assert response.status == 200
        async with Student.at(addresses["api_url"], addresses["gateway_url"], "minji") as minji:
            await minji.says("#math", "hello over there")
            assert [post.content for post in await minji.reads("#math")] == ["hello over there"]
        process.terminate()
        _, errors = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in errors


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "playground", "--port", str(port), stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(30):
            _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().strip() == f"The playground cannot listen on 127.0.0.1:{port}: Address already in use"
