"""Attachments, their links, and what the CDN serves."""

import io
import struct
import zlib

import aiohttp
import orjson
import pytest
from PIL import Image

from playground.pilot import ErrorResponse, Student
from playground.server import Playground
from tests.playground.conftest import Rest


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"),
                                            ("WEBP", "image/webp")])  # fmt: skip
async def test_pictures_say_their_size(minji: Student, kind: str, mime: str) -> None:
    post = await minji.drops("#math", (f"a.{kind.lower()}", picture(kind)))
    (file,) = post.attachments
    assert (file["width"], file["height"], file["content_type"]) == (40, 30, mime)


async def test_names_keep_every_script_and_lose_what_links_cannot_carry(minji: Student) -> None:
    post = await minji.drops("#math", ("../수학 (최종)?.pdf", b"%PDF-"), ("plain-1_2.txt", b"x"))
    names = [(file["filename"], file.get("title")) for file in post.attachments]
    assert names[1] == ("plain-1_2.txt", None)
    assert names[0][0] == "수학_최종.pdf"
    assert await minji.client.fetch(post.attachments[0]["url"]) == b"%PDF-"


async def test_links_run_out_after_a_day_and_can_be_refreshed(
    playground: Playground, minji: Student, as_bot: Rest
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


def form(body: object, **files: bytes) -> aiohttp.FormData:
    data = aiohttp.FormData(quote_fields=False)
    data.add_field("payload_json", orjson.dumps(body).decode(), content_type="application/json")
    for index, (name, content) in enumerate(files.items()):
        data.add_field(f"files[{index}]", content, filename=name.replace("_", "."))
    return data


async def test_an_edit_keeps_removes_and_adds_files(playground: Playground, as_bot: Rest) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    made = (await as_bot("POST", path, form({"content": "two"}, a_txt=b"a", b_txt=b"b"))).json
    first, second = made["attachments"]
    assert [first["filename"], second["filename"]] == ["a.txt", "b.txt"]
    body = {"attachments": [{"id": second["id"], "description": "kept"}, {"id": "0", "filename": "c.txt"}]}
    edited = (await as_bot("PATCH", f"{path}/{made['id']}", form(body, c_txt=b"c"))).json
    assert [file["filename"] for file in edited["attachments"]] == ["b.txt", "c.txt"]
    assert edited["attachments"][0]["description"] == "kept"
    untouched = (await as_bot("PATCH", f"{path}/{made['id']}", {"content": "three"})).json
    assert len(untouched["attachments"]) == 2
    bare = (await as_bot("PATCH", f"{path}/{made['id']}", {"attachments": []})).json
    assert bare["attachments"] == []


async def test_files_of_components_and_embeds_stand_there_and_not_in_the_list(
    playground: Playground, as_bot: Rest, minji: Student
) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://plot.png"}}]}
    body = {"flags": 1 << 15, "components": [gallery, {"type": 13, "file": {"url": "attachment://data.csv"}}]}
    made = (await as_bot("POST", path, form(body, plot_png=picture("PNG"), data_csv=b"1,2"))).json
    assert made["attachments"] == []
    media = made["components"][0]["items"][0]["media"]
    assert (media["width"], media["height"], media["content_type"]) == (40, 30, "image/png")
    assert await minji.client.fetch(media["url"]) == picture("PNG")
    assert (made["components"][1]["name"], made["components"][1]["size"]) == ("data.csv", 3)
    # A client that sends back what it read keeps the file by its link.
    kept = [{"type": 12, "items": [{"media": {"url": media["url"]}}]}]
    again = (await as_bot("PATCH", f"{path}/{made['id']}", {"components": kept})).json
    assert again["components"][0]["items"][0]["media"]["attachment_id"] == media["attachment_id"]
    embed = {"embeds": [{"title": "t", "image": {"url": "attachment://plot.png"}}]}
    shown = (await as_bot("POST", path, form(embed, plot_png=picture("PNG")))).json
    assert shown["attachments"] == []
    assert await minji.client.fetch(shown["embeds"][0]["image"]["url"]) == picture("PNG")


async def test_default_avatars_are_pictures(playground: Playground, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{playground.origin}/embed/avatars/3.png") as response:
        data = await response.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (64, 64)
    assert zlib.decompress(data[data.index(b"IDAT") + 4 : -16])


async def test_the_page_is_served_and_nothing_outside_of_it(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    async with http.get(playground.page_url) as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/html")
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/..%2fserver.py", "/page//etc/passwd"):
        async with http.get(f"{playground.origin}{path}") as response:
            assert response.status == 404
