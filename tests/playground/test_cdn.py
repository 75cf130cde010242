"""Attachments, their links, and what the CDN serves."""

import struct
import zlib

import aiohttp
import pytest

from playground.pilot import ErrorResponse, Student
from playground.server import Playground
from tests.playground.rest_client import RestClient


async def test_links_expire_after_a_day_and_can_be_refreshed(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    post = await minji.drops("#math", ("a.txt", b"x"))
    link = post.attachments[0]["url"]
    playground.clock.advance(24 * 3600 + 1)
    with pytest.raises(ErrorResponse) as caught:
        await minji.client.fetch(link)
    assert caught.value.status == 404
    fresh = (await as_bot("POST", "/attachments/refresh-urls", {"attachment_urls": [link]})).json["refreshed_urls"]
    assert fresh[0]["original"] == link
    assert await minji.client.fetch(fresh[0]["refreshed"]) == b"x"
    # A message that is read again has fresh links too.
    (again,) = await minji.reads("#math")
    assert await minji.client.fetch(again.attachments[0]["url"]) == b"x"


async def test_a_link_that_was_tampered_with_or_whose_message_is_gone_is_404(minji: Student) -> None:
    post = await minji.drops("#math", ("a.txt", b"x"))
    link = post.attachments[0]["url"]
    for broken in (link.replace("hm=", "hm=0"), link.split("?")[0], link.replace("ex=", "ex=f")):
        with pytest.raises(ErrorResponse) as caught:
            await minji.client.fetch(broken)
        assert caught.value.status == 404
    await minji.deletes(post)
    with pytest.raises(ErrorResponse):
        await minji.client.fetch(link)


async def test_a_file_that_could_run_in_the_page_is_only_downloaded(
    playground: Playground, minji: Student, http: aiohttp.ClientSession
) -> None:
    post = await minji.drops("#math", ("a.html", b"<script>alert(1)</script>"), ("a.svg", b"<svg/>"))
    for file in post.attachments:
        async with http.get(file["url"]) as response:
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_default_avatars_are_pictures(playground: Playground, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{playground.origin}/embed/avatars/3.png") as response:
        data = await response.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (64, 64)
    assert zlib.decompress(data[data.index(b"IDAT") + 4 : -16])
