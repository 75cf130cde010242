"""Bodies of requests: JSON, forms, files, and what is too large."""

import io

import aiohttp
import orjson

from playground.server import Playground
from tests.playground.rest_client import RestClient


async def test_bodies_may_be_forms_as_curl_sends_them(http: aiohttp.ClientSession, playground: Playground) -> None:
    url = f"{playground.api_url}/channels/{playground.channel('math').id}/messages"
    headers = {"Authorization": f"Bot {playground.bot_token}"}
    async with http.post(url, data={"content": "urlencoded"}, headers=headers) as response:
        assert (response.status, (await response.json())["content"]) == (200, "urlencoded")
    async with http.post(url, data={"payload_json": '{"content": "py-cord"}'}, headers=headers) as response:
        assert (response.status, (await response.json())["content"]) == (200, "py-cord")
    form = aiohttp.FormData()
    form.add_field("content", "multipart")
    form.add_field("file", b"x", filename="a.txt")
    async with http.post(url, data=form, headers=headers) as response:
        made = await response.json()
    assert (made["content"], made["attachments"][0]["filename"]) == ("multipart", "a.txt")


async def test_a_body_that_cannot_be_read_has_its_error_code(
    http: aiohttp.ClientSession, playground: Playground
) -> None:
    url = f"{playground.api_url}/channels/{playground.channel('math').id}/messages"
    headers = {"Authorization": f"Bot {playground.bot_token}", "Content-Type": "application/json"}
    async with http.post(url, data=b"{nonsense", headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)
    async with http.post(url, data=b"[]", headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50035)
    headers["Content-Type"] = "text/plain"
    async with http.post(url, data=b'{"content": "x"}', headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50035)


async def test_a_file_over_ten_mebibytes_is_40005(playground: Playground, as_bot: RestClient) -> None:
    form = aiohttp.FormData()
    form.add_field("payload_json", orjson.dumps({"content": "big"}).decode())
    form.add_field("files[0]", io.BytesIO(bytes(10 * 1024 * 1024 + 1)), filename="big.bin")
    answer = await as_bot("POST", f"/channels/{playground.channel('math').id}/messages", form)
    assert (answer.status, answer.code) == (413, 40005)


async def test_a_request_over_25_mebibytes_is_40005_before_it_is_read(
    playground: Playground, as_bot: RestClient
) -> None:
    form = aiohttp.FormData()
    form.add_field("files[0]", io.BytesIO(bytes(26 * 1024 * 1024)), filename="huge.bin")
    answer = await as_bot("POST", f"/channels/{playground.channel('math').id}/messages", form)
    assert (answer.status, answer.code) == (413, 40005)
